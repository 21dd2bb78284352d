

# comment
class   foo(
   String   $a,
   Integer  $bcd=1,
   Optional[Hash] $c = {a=>1}
)
inherits bar
{
   if $a  and $b{
     file{"/x":
        ensure=>file,content  =>  "abc${d}",
        # about mode
        mode=>"0644", # trailing
        }
   }
   elsif ($x
     and $y) { notice( 'a' , $b ) }
   else
   {
      include foo,
      bar
   }
   $x=[ 'a','b',
     "c" ]
   $y   = { 'a'=>1,
     'bcd'   => [1,-2,$a-1] , }
   $z = $a ?{ 'x'=>1, default=>2 }
   case $os {
   'a','b' : { $q=1 }
      default:
      {
      fail ( "x $a y" )
      }
   }
   Package['a'] -> File['b'] ~>
   Service['c']
   $list.each|$i , $j|{ notify{"${i}":} }
   file { '/1': ensure => file;
     '/2': ensure => file, mode => '1'; }
   content(@(E), 1)
     text
       | E
   File<|title=='x'|>{ mode=>1 }
   @@foo{ 'x' : }
   create_resources('foo', {
     'a'=>{ x=>1 } }
   )


}
