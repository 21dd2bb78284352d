$a=-1+$b*-2 - (3 %4)/ 5
$c =!$d and ! ($e or $f =~ /x y/) and $g in ['a' ,'b']
$h = $i[1][ 'x' ].map|$k,$v|{ [$k,*$v] }.join( ', ' )
$l = $m
  .filter |$n| { $n >1 }
  .reduce(0) | Integer $o, $p | >> Integer[0,9] {
  $o+$p
    }
if $q==1
and $r != 2 { notice 'a','b' } else { }
unless $s{ return( -1) }
if $t { $u = 1 }
else  { $u = 2 }
case $v{ 'a','b':{ } /c/ : { include d } default:{ fail 'x' } }
case $w {
  1:   { $x = 1 }
  200: { $x = 2 }
}
$y = { 'a'=>{}, 'bcd' => [ ], e=>
  'f' }
$z = [
  1,2,

  3, # three
]
function_call ( $a , 'b', { c=>1,
  dd=>2 } )
include a,
b
Foo['a']->Bar['b']
  ~> # after
  Baz['c']
$aa = "plain" + "it's" + "$a-${b}" + 'x' + "multi
line" + "\t"
$bb = f("${g("inner", "$x")}")
$cc <- $dd ;$ee = 1
( $ff )
[1]
# end   
