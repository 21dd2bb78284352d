file
{ [ '/a',
    '/b' ]: ensure=>directory }
file { '/c': ensure => file, mode => '0644' }
file { '/d': ensure => file,
  mode => '0644' }
foo_config {
  'a/b':   value => 1;
  'a/bcd': value => 2, secret => true;
}
foo_config {
  'x': value => 1;
}
foo_config { 'x': value => 1;
  'yy': value => 2,
        secret => true; # why
}
File { mode=>'0644',
  owner   => root }
File['/a']{ * => $defaults, tag+>'x' }
Foo<<| tag=='x' and (a!=1) |>>
Foo<||>
@foo{'x':}
class{'y':
}
file { '/e':
  content => @("END"/L),
    text ${with} \
      margin
    | END
  source => undef
}
file { '/f': content => inline_epp(@(END)) }
   verbatim
 END
