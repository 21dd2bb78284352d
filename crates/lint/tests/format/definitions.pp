class a::b($x,$y = 1,Integer *$z) inherits a{ }
class c(
  # about x
  String     $x,
  Optional[Array[String]]  $y=undef, # trailing
  Hash $zzz                       = {}
){

  $a = 1
  $bcd   = 2 # one
  $e     = 3     # two

  $f = $x ? {
      'a'=>1,
      default  => 2
  }
}
define d ($a) {}
node 'x',/y/{}
function e::f ( Integer $a , $b=2 )>>String{ "$a$b" }
type E::T=Variant[Integer[0,10],
  Struct[{ name=>String,
    Optional[other] => Any }]]
type E::U   =   Enum[ 'a' ]
