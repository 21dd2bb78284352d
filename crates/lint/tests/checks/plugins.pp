# anchor_resource check_unsafe_interpolations file_ensure leading_zero lookup_in_parameter relative_classname_inclusion relative_classname_reference topscope_variable unquoted_string_in_case unquoted_string_in_selector
class style::plugins($a, $b = lookup('x'), $c = $d.lookup) inherits ::style::base {
  include ::a, b, '::c', d('::e')
  contain '::f'
  file { '/x': require => Class['::g', h], ensure => present }
  file { '/y': ensure => 'present', target => '/x' }
  class { '::i': }
  anchor { 'j': }
  exec { "rm ${a}": }
  exec { "touch ${a}": command => "touch ${b} ${c['d']}", onlyif => ["test ${a}"], unless => "x $a" }
  $e = 0644 + 1 + 0x1F + "${::m::n} ${::o}" + $::p::q
  case $a {
    foo, 'bar', Baz, Integer, Foo::Bar, b-c: { $f = $a ? { foo => 1, Foo => 2, default => 3 } }
    default: { }
  }
}
