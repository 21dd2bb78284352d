# parameter_documentation parameter_types
# @param a First.
# @param [String] b Second.
# @param gone
# @param a Again.
#
class style::parameters($a, String $b, Optional[Hash[String, Integer]] $c = { 'x' => f(1, $y) }) { }

# $name:: The name.
# [*a*] First.
define style::other($a = 1, $b) { }

# @api private
class style::private(Integer $x) { }
