# duplicate_params ensure_first_param ensure_not_symlink_target file_mode unquoted_file_mode unquoted_resource_title
file { '/a':
  owner  => 'root',
  mode   => 644,
  # about ensure
  ensure => '/target',
}
file {
  '/b': ensure => file, mode => '755', owner => 'a', owner => 'b';
  c: mode => "0${m}";
  [d, 'e', f-g]: mode => undef, content => @(END), ensure => file;
    text
    | END
  default: mode => $m;
}
concat { '/d': mode => 'u=rw,go+r', group => { owner => 1, owner => 2 } }
file { '/e': mode => 'u=rwy' }
file { '/f': mode => f(1) }
file { '/g': mode => 0644 }
exec { '/h': ensure => '/x', mode => 1 }
class { 'i': a => 1, ensure => 2 }
service { 'j': unless => 1, ensure => 2 }
@file { 'k': mode => 0644 }
