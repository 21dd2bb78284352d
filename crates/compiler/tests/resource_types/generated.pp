### attributes of a generated type
good { 'x': ensure => present, value => 1 }
### the namevar is kept when it is not the title
good { 'x': path => 'y', provider => 'z' }
### name is no second name of the namevar
good { 'x': name => 'y' }
### an unknown attribute
good { 'x': foo => 'y' }
### the namevar is another resource's title
good { 'x': path => 'y' }
good { 'y': }
### a title that gives two attributes
pair { 'x:1': value => 2 }
### name of a type with several namevars
pair { 'x:1': name => 2 }
### the same values of the namevars
pair { 'x:1': }
pair { 'x': port => '1' }
### a title that no pattern takes
pair { 'x:y': }
### an empty file
empty { 'x': }
### a file without the call
nocall { 'x': }
### a file with more than the call
extra { 'x': }
### a file with another type
wrong { 'x': }
### a type that is only a name
noargs { 'x': }
### name of a type without attributes
noargs { 'x': name => 'x' }
### a type that is not isomorphic
noniso { 'x': }
noniso { 'y': name => 'x' }
### several namevars and no patterns
nopat { 'x': }
### one namevar and an empty hash of patterns
emptyp { 'x': }
### no namevar
nonamevar { 'x': a => 1 }
### an argument of the wrong type
bad { 'x': }
### a syntax error
syntax { 'x': }
### types of Puppet itself are not replaced
file { '/x': }
### a type of the agent's modules is replaced
cron { 'x': }
### an unknown attribute of the replacement
cron { 'x': foo => 1 }
### references
notice(Good['x'])
good { 'x': value => 1}
Good['x'] -> Pair['a:1']
pair { 'a:1':}
### a reference to a broken file
notice(Empty['x'])
### defined
notice(defined('good'), defined('pair'), defined('zzz'))
### defaults
Good { value => 3 }
good { 'x': }
