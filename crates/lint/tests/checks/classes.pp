# autoloader_layout class_inherits_from_params_class inherits_across_namespaces names_containing_uppercase nested_classes_or_defines documentation parameter_order code_on_top_scope
# Documented.
class style::classes inherits style::params {
  class style::nested {
    define style::nested::deep { }
  }
  class { 'not_nested': class => 1 }
}

# Too far away.

class style::other(
  Integer $required,
  Optional[Hash[String, Integer]] $optional = { 'a' => f(1, 2) },
  Enum['a', 'b'] $late,
  $later,
) inherits ::other { }
define Style::Upper($a = $b, String[1] $c) { }
$x = $facts['a']['b'] + "c"
