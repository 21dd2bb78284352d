# case_without_default selector_inside_resource
case $a {
  1: { case $b { 2: { } } }
  3, default: { }
}
case $c {
  1: { case $d { 2: { } default: { } } }
}
file { '/x':
  mode  => $facts['a']['b'] ? { 'c' => 'd', default => 'e' },
  owner => f($a) ? { default => 1 },
}
$z = $a ? { default => 1 }
