# arrow_alignment space_before_arrow
file { '/a':
  ensure => file,
  mode  => '0644',
  content    => $a ? {
    1 => 'x',
    default  => 'y',
  },
}
file { '/b': ensure=>file, mode   => '0644' }
file { '/c':
  ensure => file, owner => 'root',
  # a comment => not an arrow
  group => { "mo${d}e" => 1,
    e => 2 },
}
class { 'd':
  hash => { 'a' => 1,
    'bcd' => 2, },
  list => [
    { x => 1, yy => 2 },
    { x => 1,
      yy => 2 },
  ];
}
class { 'e': a  => 1;
  'f':
    a   => 1,
    bcd => $h['k'],
    ghijkl => { $k['l'] => 2,
      m => 3 },
}
File { mode  => 1, owner => 2 }
$x = { 'a' => 1,
  'bcd'   => 2 }
