# trailing_comma
$a = [
  1,
  2
]
$b = {
  a => 1
}
$c = Enum[
  'a'
]
file { '/x':
  mode => 1
}
file { '/y':
  mode => 1;
}
file { '/z':
  content => @(E)
    text
    | E
}
File {
  mode => 1 # comment
}
class { 'a':
}
f([1, 2], { a => 1 })
