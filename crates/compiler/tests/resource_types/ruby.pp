### attributes, and the namevar left out
route { '/a': via => 'b', metric => 1 }
### a title that is not quite the namevar
route { '/a//': via => 'b' }
### the namevar given
route { 'a': path => '/a', via => 'b' }
### the namevar given as the title has it
route { '/a': path => '/a' }
### name is a second name of the namevar
route { 'a': name => '/a' }
### name is the title
route { '/a': name => '/a' }
### an unknown attribute
route { '/a': vai => 'b' }
### an unknown attribute of a default
Route { vai => 'b' }
route { '/a': }
### an unknown attribute of an override
route { '/a': }
Route['/a'] { vai => 'b' }
### an unknown attribute of a collector
route { '/a': }
Route <| |> { vai => 'b' }
### an unknown attribute in a query
route { '/a': via => 'b' }
Route <| vai == 'b' |> { metric => 1 }
### an attribute in a query
route { '/a': via => 'b' }
Route <| via == 'b' |> { metric => 1 }
### an unknown attribute from create_resources
create_resources('route', { '/a' => { 'vai' => 'b' } })
### metaparameters
route { '/a': noop => true, tag => 'x', before => Notify['n'] }
notify { 'n': }
### two titles of one namevar
route { '/a': }
route { '/a/': }
### a namevar that is another title
route { '/a': }
route { 'x': path => '/a' }
### a reference by another title
route { '/a': }
notify { 'n': require => Route['/a/'] }
### an override by another title
route { '/a': }
Route['/a/'] { via => 'c' }
### reading attributes
route { '/a': via => 'b' }
notice(Route['/a']['via'], Route['/a']['metric'], Route['/a']['path'])
### reading an unknown attribute
route { '/a': via => 'b' }
notice(Route['/a']['vai'])
### a title that gives two attributes
endpoint { 'web:80': value => 1 }
### a title that gives one of two attributes
endpoint { 'web': value => 1 }
### a given attribute goes before the title's
endpoint { 'web:80': port => 81 }
### name where several attributes name
endpoint { 'web:80': name => 'x' }
### the same values of all namevars
endpoint { 'web:80': }
endpoint { 'other': host => 'web', port => '80' }
### other types of the same values
endpoint { 'web:80': }
endpoint { 'other': host => 'web', port => 80 }
### no pattern fits
endpoint { 'web:x': }
### no pattern fits a reference
endpoint { 'web:80': }
notify { 'n': require => Endpoint['web:x'] }
### a reference by the values of namevars
endpoint { 'other': host => 'web', port => '80' }
notify { 'n': require => Endpoint['web:80'] }
### name among several namevars
login { 'eve@home': roles => ['a'] }
login { 'adam': }
### name given among several namevars
login { 'eve@home': name => 'x' }
### the same user under two names
login { 'eve@home': }
login { 'x': user => 'eve', realm => 'home' }
### the same login
login { 'eve@home': }
login { 'x': user => 'eve', realm => 'home', name => 'eve@home' }
### a reference to a login by its values
login { 'x': user => 'eve', realm => 'home' }
notify { 'n': require => Login['eve@home'] }
### not isomorphic
probe { 'a': target => 'x' }
probe { 'b': target => 'x', interval => 5 }
### several namevars and no patterns
unpatterned { 'a': host => 'x', port => 1 }
### no namevar
nameless { 'a': value => 1 }
### a type of the agent's modules that a module has, too
sshkey { 'a': fingerprint => 'x' }
### an attribute that only the agent's edition has
sshkey { 'a': key => 'x' }
### the first module wins
shadowed { 'a': of_net => 1 }
### the second module loses
shadowed { 'a': of_other => 1 }
### a type of the Resource API
box { 'rack/7': ensure => present }
### a type of the Resource API with one part
box { 'rack': ensure => present, slot => '7' }
### the same box twice
box { 'rack/7': }
box { 'rack': slot => '7' }
### a box without a pattern
box { 'rack/x': }
### an attribute that is read only
box { 'rack': serial => '7' }
### an unknown attribute of the Resource API
box { 'rack': weight => '7' }
### virtual and realized
@route { '/a': via => 'b' }
realize(Route['/a'])
### virtual with an unknown attribute
@route { '/a': vai => 'b' }
### an alias
route { '/a': alias => 'x' }
notify { 'n': require => Route['x'] }
### defined and types
notice(defined('route'), defined('Route'), defined(Route), defined('net::route'), type(Route['/a']))
notice(Route == Resource['route'], Resource['route', '/a'])
### a define beside a type
net::route { 'r': }
### an unknown type
routes { '/a': via => 'b' }
### capital letters
Route { via => 'x' }
ROUTE { '/a': }
### a sensitive attribute
route { '/a': via => Sensitive('b') }
### an undefined attribute
route { '/a': via => undef, vai => undef }
