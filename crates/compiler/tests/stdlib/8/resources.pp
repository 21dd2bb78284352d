## ensure_packages
#@ show=catalog

ensure_packages('vim')
#= Package[vim] {"ensure" => "installed"}

ensure_packages(['a', 'b'])
#= Package[a] {"ensure" => "installed"}
#= Package[b] {"ensure" => "installed"}

ensure_packages(['a', 'a'])
#= Package[a] {"ensure" => "installed"}

ensure_packages('a', {'ensure' => 'latest'})
#= Package[a] {"ensure" => "latest"}

ensure_packages('a', {'ensure' => 'present'})
#= Package[a] {"ensure" => "installed"}

ensure_packages({'a' => {'ensure' => '1.0'}, 'b' => {}})
#= Package[a] {"ensure" => "1.0"}
#= Package[b] {"ensure" => "installed"}

ensure_packages({'a' => {'ensure' => '1.0'}}, {'provider' => 'gem'})
#= Package[a] {"ensure" => "1.0", "provider" => "gem"}

ensure_packages({'a' => undef}, {'provider' => 'gem'})
#= Package[a] {"ensure" => "installed", "provider" => "gem"}

package { 'a': ensure => installed } ensure_packages('a')
#= Package[a] {"ensure" => "installed"}

package { 'a': ensure => present } ensure_packages('a')
#! Evaluation Error: Error while evaluating a Function Call, Duplicate declaration: Package[a] is already declared at; cannot redeclare

package { 'a': ensure => latest } ensure_packages('a')
#! Evaluation Error: Error while evaluating a Function Call, Duplicate declaration: Package[a] is already declared at; cannot redeclare

package { 'a': ensure => installed, provider => gem } ensure_packages('a')
#= Package[a] {"ensure" => "installed", "provider" => "gem"}

ensure_packages('a') package { 'a': ensure => installed }
#! Evaluation Error: Error while evaluating a Resource Statement, Duplicate declaration: Package[a] is already declared at; cannot redeclare

ensure_packages([])
#= (none)

ensure_packages('')
#! Evaluation Error: Error while evaluating a Function Call, 'ensure_packages' parameter 'packages' expects a value of type String[1], Array[String[1]], or Hash[String[1], Any], got String

ensure_packages(1)
#! Evaluation Error: Error while evaluating a Function Call, 'ensure_packages' parameter 'packages' expects a value of type String, Array, or Hash, got Integer

ensure_packages()
#! Evaluation Error: Error while evaluating a Function Call, 'ensure_packages' expects between 1 and 2 arguments, got none

ensure_packages('a', 'b')
#! Evaluation Error: Error while evaluating a Function Call, 'ensure_packages' parameter 'default_attributes' expects a Hash value, got String

ensure_packages('a') ensure_packages('a', {'ensure' => 'present'})
#= Package[a] {"ensure" => "installed"}

ensure_packages('a') ensure_packages('a', {'ensure' => 'latest'})
#! Evaluation Error: Error while evaluating a Function Call, Duplicate declaration: Package[a] is already declared at; cannot redeclare

ensure_packages('a', {'require' => Notify['__r']})
#= Package[a] {"ensure" => "installed", "require" => "Notify[__r]"}

ensure_packages([['a']])
#! Evaluation Error: Error while evaluating a Function Call, 'ensure_packages' expects (Variant[String[1], Array[String[1]], Hash[String[1], Any]] packages, Hash default_attributes?)
#!   rejected: parameter 'packages' variant 0 expects a String value, got Tuple
#!   rejected: parameter 'packages' variant 1 index 0 expects a String value, got Tuple
#!   rejected: parameter 'packages' variant 2 expects a Hash value, got Tuple

ensure_packages({})
#= (none)

## ensure_resource
ensure_resource()
#! Evaluation Error: Error while evaluating a Function Call, Must specify a type

ensure_resource('user')
#! Evaluation Error: Error while evaluating a Function Call, Must specify a title

ensure_resource('user', 'dan')
#= User[dan] {}

ensure_resource('user', 'dan', {'ensure' => 'present'})
#= User[dan] {"ensure" => "present"}

ensure_resource('user', ['dan', 'alex'], {'ensure' => 'present'})
#= User[dan] {"ensure" => "present"}
#= User[alex] {"ensure" => "present"}

ensure_resource('user', 'dan', {'ensure' => 'present'}) ensure_resource('user', 'dan', {'ensure' => 'present'})
#= User[dan] {"ensure" => "present"}

ensure_resource('user', 'dan', {'ensure' => 'present'}) ensure_resource('user', 'dan', {'ensure' => 'absent'})
#! Evaluation Error: Error while evaluating a Function Call, Duplicate declaration: User[dan] is already declared at; cannot redeclare

user { 'dan': ensure => present } ensure_resource('user', 'dan', {'ensure' => 'present'})
#= User[dan] {"ensure" => "present"}

user { 'dan': ensure => present, uid => 1 } ensure_resource('user', 'dan', {'ensure' => 'present'})
#= User[dan] {"ensure" => "present", "uid" => 1}

user { 'dan': } ensure_resource('user', 'dan', {'ensure' => undef})
#= User[dan] {}

user { 'dan': ensure => present } ensure_resource('user', 'dan', {'ensure' => undef})
#! Evaluation Error: Error while evaluating a Function Call, Duplicate declaration: User[dan] is already declared at; cannot redeclare

user { 'dan': ensure => present } ensure_resource('user', 'dan')
#= User[dan] {"ensure" => "present"}

ensure_resource('file', '/x', {'mode' => '0644', 'ensure' => 'file'})
#= File[/x] {"mode" => "0644", "ensure" => "file"}

ensure_resource('own::def', 'x', {'value' => 1})
#= Own::Def[x] {"value" => 1, "other" => "o"}

ensure_resource('own::def', 'x', {'value' => 1}) ensure_resource('own::def', 'x', {'value' => 1})
#= Own::Def[x] {"value" => 1, "other" => "o"}

own::def { 'x': value => 1 } ensure_resource('own::def', 'x', {'value' => 1})
#= Own::Def[x] {"value" => 1, "other" => "o"}

ensure_resource('nosuch', 'x', {})
#! Evaluation Error: Error while evaluating a Function Call, Unknown resource type: 'nosuch'

ensure_resource('user', '', {})
#! Evaluation Error: Error while evaluating a Function Call, No title provided and "user[]" is not a valid resource reference

ensure_resource('user', 1, {})
#= User[1] {}

ensure_resource('user', 'dan', 1)
#! Evaluation Error: Error while evaluating a Function Call, no implicit conversion of Integer into Hash

ensure_resource('user', undef, {})
#! Evaluation Error: Error while evaluating a Function Call, No title provided and "user[]" is not a valid resource reference

ensure_resource('', 'x', {})
#! Evaluation Error: Error while evaluating a Function Call, No title provided and "[x]" is not a valid resource reference

ensure_resource(undef, 'x', {})
#! Evaluation Error: Error while evaluating a Function Call, No title provided and "[x]" is not a valid resource reference

ensure_resource('class', 'own', {})
#= (none)

ensure_resource('class', 'own') ensure_resource('class', 'own')
#= (none)

ensure_resource('user', [['dan'], 'alex'], {})
#= User[dan] {}
#= User[alex] {}

ensure_resource('User', 'dan', {})
#= User[dan] {}

ensure_resource('Own::Def', 'dan', {})
#= Own::Def[dan] {"other" => "o"}

ensure_resource('@user', 'dan', {})
#= (none)

ensure_resource('user', 'dan', {'nosuch' => 1})
#! no parameter named 'nosuch' on User[dan]

ensure_resource('user', 'a]b', {})
#= User[a]b] {}

ensure_resource('user', 'a[b', {})
#= User[a[b] {}

ensure_resource('file', "/x\ny", {})
#= File[/x
#= y] {}

ensure_resource('user', 'dan', '')
#! Evaluation Error: Error while evaluating a Function Call, no implicit conversion of String into Hash

@user { 'dan': ensure => present } ensure_resource('user', 'dan', {'ensure' => 'present'})
#= (none)

ensure_resource('user', 'dan', {'groups' => ['a', 'b']}) ensure_resource('user', 'dan', {'groups' => ['a', 'b']})
#= User[dan] {"groups" => ["a", "b"]}

ensure_resource('user', 'dan', {'uid' => 5}) ensure_resource('user', 'dan', {'uid' => '5'})
#! Evaluation Error: Error while evaluating a Function Call, Duplicate declaration: User[dan] is already declared at; cannot redeclare

ensure_resource('user', 'dan', {'uid' => 5}, 6)
#= User[dan] {"uid" => 5}

Package { ensure => latest } ensure_resource('package', 'a', {'ensure' => 'latest'}) ensure_resource('package', 'a', {'ensure' => 'latest'})
#= Package[a] {"ensure" => "latest"}

## ensure_resources
ensure_resources()
#! Evaluation Error: Error while evaluating a Function Call, Must specify a type

ensure_resources('user', {'dan' => {'gid' => 'a'}, 'alex' => {'gid' => 'b'}}, {'ensure' => 'present'})
#= User[dan] {"ensure" => "present", "gid" => "a"}
#= User[alex] {"ensure" => "present", "gid" => "b"}

ensure_resources('user', {'dan' => undef}, {'ensure' => 'present'})
#= User[dan] {"ensure" => "present"}

ensure_resources('user', {'dan' => {}})
#= User[dan] {}

ensure_resources('user', ['dan'], {})
#! Evaluation Error: Error while evaluating a Function Call, ensure_resources(): Requires second argument to be a Hash

ensure_resources('user', 'dan')
#! Evaluation Error: Error while evaluating a Function Call, ensure_resources(): Requires second argument to be a Hash

ensure_resources('user')
#! Evaluation Error: Error while evaluating a Function Call, Must specify a title

ensure_resources('user', {'dan' => 1}, {})
#! Evaluation Error: Error while evaluating a Function Call, no implicit conversion of Integer into Hash

ensure_resources('user', {})
#= (none)

ensure_resources('user', undef)
#! Evaluation Error: Error while evaluating a Function Call, ensure_resources(): Requires second argument to be a Hash

ensure_resources('user', {'dan' => {'uid' => 1}}, 'x')
#! Evaluation Error: Error while evaluating a Function Call, undefined method `merge' for "x":String

#@

ensure_resource('user', 'dan', {})
#= undef

ensure_resources('user', {'dan' => {}})
#= undef

ensure_packages('a')
#= undef

## defined_with_params
defined_with_params()
#! Evaluation Error: Error while evaluating a Function Call, Must specify a reference

user { 'dan': ensure => present, uid => 1 } defined_with_params(User['dan'], {'ensure' => 'present'})
#= true

user { 'dan': ensure => present, uid => 1 } defined_with_params('User[dan]', {'ensure' => 'present'})
#= true

user { 'dan': ensure => present, uid => 1 } defined_with_params('User[dan]', {'ensure' => 'absent'})
#= false

user { 'dan': ensure => present, uid => 1 } defined_with_params('User[dan]', {'uid' => 1})
#= true

user { 'dan': ensure => present, uid => 1 } defined_with_params('User[dan]', {'uid' => '1'})
#= false

user { 'dan': ensure => present, uid => 1 } defined_with_params('User[dan]')
#= true

user { 'dan': ensure => present, uid => 1 } defined_with_params('User[dan]', '')
#= true

user { 'dan': ensure => present, uid => 1 } defined_with_params('User[dan]', undef)
#= true

user { 'dan': ensure => present, uid => 1 } defined_with_params('User[dan]', {})
#= true

user { 'dan': ensure => present, uid => 1 } defined_with_params('User[dan]', {'gid' => undef})
#= true

user { 'dan': ensure => present, uid => 1 } defined_with_params('User[dan]', {'gid' => ''})
#= false

user { 'dan': ensure => present, uid => 1 } defined_with_params('User[dan]', {'uid' => undef})
#= false

user { 'dan': ensure => present, uid => 1 } defined_with_params('User[dan]', {'uid' => 1, 'gid' => 2})
#= false

user { 'dan': ensure => present, uid => 1 } defined_with_params('User[alex]', {})
#= false

user { 'dan': ensure => present, uid => 1 } defined_with_params(User, {'uid' => 1})
#= true

user { 'dan': ensure => present, uid => 1 } defined_with_params('User', {'uid' => 1})
#! Evaluation Error: Error while evaluating a Function Call, No title provided and "User" is not a valid resource reference

user { 'dan': ensure => present, uid => 1 } defined_with_params('user[dan]', {'uid' => 1})
#= true

user { 'dan': ensure => present, uid => 1 } defined_with_params('User[]', {'uid' => 1})
#! Evaluation Error: Error while evaluating a Function Call, No title provided and "User[]" is not a valid resource reference

defined_with_params('nosuch[x]', {})
#= false

defined_with_params('x', {})
#! Evaluation Error: Error while evaluating a Function Call, No title provided and "x" is not a valid resource reference

defined_with_params(1, {})
#! Evaluation Error: Error while evaluating a Function Call, Reference is not understood: 'Integer'

defined_with_params(undef, {})
#! Evaluation Error: Error while evaluating a Function Call, No title provided and "" is not a valid resource reference

defined_with_params('', {})
#! Evaluation Error: Error while evaluating a Function Call, No title provided and "" is not a valid resource reference

own::def { 'a': value => 1 } defined_with_params(Own::Def['a'], {'value' => 1})
#= true

own::def { 'a': value => 1 } defined_with_params('Own::Def[a]', {'value' => 2})
#= false

own::def { 'a': value => 1 } defined_with_params('Own::Def', {'value' => 1})
#! Evaluation Error: Error while evaluating a Function Call, No title provided and "Own::Def" is not a valid resource reference

include own defined_with_params(Class['own'], {})
#= true

include own defined_with_params('Class[own]', {})
#= true

file { '/x': ensure => file } defined_with_params('File[/x/]', {})
#= true

file { '/x': ensure => file } defined_with_params(File['/x/'], {})
#= true

user { 'dan': uid => 1 } defined_with_params('User[dan]', {'uid' => 1.0})
#= true

user { 'dan': groups => ['a'] } defined_with_params('User[dan]', {'groups' => 'a'})
#= false

User { shell => '/bin/sh' } user { 'dan': } defined_with_params('User[dan]', {'shell' => '/bin/sh'})
#= true

user { 'dan': } defined_with_params('User[dan]', {'name' => 'dan'})
#= false

user { 'dan': } defined_with_params('User[dan]', {'title' => 'dan'})
#= true

user { ['a', 'b']: uid => 1 } defined_with_params('User', {'title' => 'b'})
#! Evaluation Error: Error while evaluating a Function Call, No title provided and "User" is not a valid resource reference

defined_with_params(Integer, {})
#! Evaluation Error: Error while evaluating a Function Call, Reference is not understood: 'Puppet::Pops::Types::PIntegerType'

user { 'dan': } defined_with_params('User[dan]', 'x')
#! Evaluation Error: Error while evaluating a Function Call, undefined method `map' for "x":String

## getparam
getparam()
#! Evaluation Error: Error while evaluating a Function Call, Must specify a reference

user { 'dan': ensure => present } getparam(User['dan'], 'ensure')
#= "present"

user { 'dan': ensure => present } getparam('User[dan]', 'ensure')
#= "present"

user { 'dan': ensure => present } getparam(User['dan'], 'uid')
#= ""

user { 'dan': ensure => present } getparam(User['alex'], 'uid')
#= ""

user { 'dan': ensure => present } getparam(User['dan'], '')
#= ""

user { 'dan': ensure => present } getparam(User['dan'], 1)
#! Evaluation Error: Error while evaluating a Function Call, Must specify name of a parameter

user { 'dan': ensure => present } getparam(User['dan'])
#! Evaluation Error: Error while evaluating a Function Call, Must specify name of a parameter

user { 'dan': ensure => present } getparam(User['dan'], 'nosuch')
#= ""

user { 'dan': ensure => present } getparam(User['dan'], 'title')
#= "dan"

user { 'dan': ensure => present } getparam(User['dan'], 'name')
#= ""

user { 'dan': ensure => present } getparam(User, 'name')
#! Evaluation Error: Error while evaluating a Function Call, No title provided and "User[]" is not a valid resource reference

getparam('x', 'y')
#! Evaluation Error: Error while evaluating a Function Call, No title provided and "x" is not a valid resource reference

getparam(1, 'y')
#! Evaluation Error: Error while evaluating a Function Call, No title provided and "1" is not a valid resource reference

getparam('', 'y')
#! Evaluation Error: Error while evaluating a Function Call, No title provided and "" is not a valid resource reference

getparam('Foo[', 'y')
#! Evaluation Error: Error while evaluating a Function Call, No title provided and "Foo[" is not a valid resource reference

own::def { 'a': value => [1] } getparam(Own::Def['a'], 'value')
#= [1]

own::def { 'a': value => [1] } getparam(Own::Def['a'], 'other')
#= ""

include own getparam(Class['own'], 'port')
#= 80

file { '/x': mode => '0644' } getparam(File['/x/'], 'mode')
#= "0644"

file { '/x': mode => '0644' } getparam('File[/x/]', 'mode')
#= "0644"

File { mode => '0600' } file { '/x': } getparam(File['/x'], 'mode')
#= "0600"

user { 'dan': managehome => false } getparam(User['dan'], 'managehome')
#= false

user { 'dan': tag => 'x' } getparam(User['dan'], 'tag')
#= "x"

## str2resource
user { 'dan': } stdlib::str2resource('User[dan]')
#= "User[dan]"

user { 'dan': } stdlib::str2resource("User['dan']")
#! Evaluation Error: Error while evaluating a Function Call, stdlib::str2resource(): could not find User['dan'], this is parse order dependent and values should not be quoted

stdlib::str2resource('User[dan]')
#! Evaluation Error: Error while evaluating a Function Call, stdlib::str2resource(): could not find User[dan], this is parse order dependent and values should not be quoted

stdlib::str2resource('x')
#! Evaluation Error: Error while evaluating a Function Call, No title provided and "x" is not a valid resource reference

stdlib::str2resource(1)
#! Evaluation Error: Error while evaluating a Function Call, 'stdlib::str2resource' parameter 'res_string' expects a String value, got Integer

stdlib::str2resource('')
#! Evaluation Error: Error while evaluating a Function Call, No title provided and "" is not a valid resource reference

include own stdlib::str2resource('Class[own]')
#= "Class[Own]"

own::def { 'a': value => 1 } stdlib::str2resource('Own::Def[a]')
#= "Own::Def[a]"

stdlib::str2resource('Nosuch[dan]')
#! Evaluation Error: Error while evaluating a Function Call, stdlib::str2resource(): could not find Nosuch[dan], this is parse order dependent and values should not be quoted

user { 'dan': } user { 'x': require => stdlib::str2resource('User[dan]') } User['x']['require']
#= "User[dan]"

## fact
fact('os.family')
#= "Debian"

fact('os.release.major')
#= "12"

fact('nosuch')
#= undef

fact('os.nosuch.x')
#= undef

fact('processors.models.1')
#= "b"

fact('processors.models.x')
#- warning: fact request for processors.models.x returning nil: 'processors.models' is an array; cannot index to 'x'
#= undef

fact('processors.models.9')
#= undef

fact('os.family.x')
#- warning: fact request for os.family.x returning nil: 'os.family' is not a collection; cannot walk to 'x'
#= undef

fact('networking.interfaces.eth0.bindings.0.address')
#= "10.0.0.1"

fact('"os"."family"')
#= "Debian"

fact('')
#= {"networking" => {"fqdn" => "Host.example.com", "hostname" => "Host", "domain" => "example.com", "ip" => "10.0.0.1", "interfaces" => {"eth0" => {"ip" => "10.0.0.1", "mac" => "aa:bb:cc:dd:ee:ff", "netmask" => "255.255.255.0", "network" => "10.0.0.0", "bindings" => [{"address" => "10.0.0.1"}]}, "lo" => {"ip" => "127.0.0.1", "netmask" => "255.0.0.0", "network" => "127.0.0.0"}}}, "os" => {"family" => "Debian", "name" => "Debian", "release" => {"full" => "12.5", "major" => "12", "minor" => "5"}}, "processors" => {"count" => 4, "models" => ["a", "b"]}, "memory" => {"system" => {"total" => "15.60 GiB"}}, "virtual" => "kvm", "fqdn" => "Host.example.com", "hostname" => "Host", "interfaces" => "eth0,lo,Eth1.5", "ipaddress" => "10.0.0.1", "ipaddress_eth0" => "10.0.0.1", "ipaddress_lo" => "127.0.0.1", "ipaddress6_eth0" => "fe80::1", "macaddress" => "aa:bb:cc:dd:ee:ff", "macaddress_eth0" => "aa:bb:cc:dd:ee:ff", "netmask_eth0" => "255.255.255.0", "network_eth0" => "10.0.0.0", "network_lo" => "127.0.0.0", "operatingsystem" => "Debian", "operatingsystemmajrelease" => "12", "memorysize" => "15.60 GiB"}

fact('.')
#= {"networking" => {"fqdn" => "Host.example.com", "hostname" => "Host", "domain" => "example.com", "ip" => "10.0.0.1", "interfaces" => {"eth0" => {"ip" => "10.0.0.1", "mac" => "aa:bb:cc:dd:ee:ff", "netmask" => "255.255.255.0", "network" => "10.0.0.0", "bindings" => [{"address" => "10.0.0.1"}]}, "lo" => {"ip" => "127.0.0.1", "netmask" => "255.0.0.0", "network" => "127.0.0.0"}}}, "os" => {"family" => "Debian", "name" => "Debian", "release" => {"full" => "12.5", "major" => "12", "minor" => "5"}}, "processors" => {"count" => 4, "models" => ["a", "b"]}, "memory" => {"system" => {"total" => "15.60 GiB"}}, "virtual" => "kvm", "fqdn" => "Host.example.com", "hostname" => "Host", "interfaces" => "eth0,lo,Eth1.5", "ipaddress" => "10.0.0.1", "ipaddress_eth0" => "10.0.0.1", "ipaddress_lo" => "127.0.0.1", "ipaddress6_eth0" => "fe80::1", "macaddress" => "aa:bb:cc:dd:ee:ff", "macaddress_eth0" => "aa:bb:cc:dd:ee:ff", "netmask_eth0" => "255.255.255.0", "network_eth0" => "10.0.0.0", "network_lo" => "127.0.0.0", "operatingsystem" => "Debian", "operatingsystemmajrelease" => "12", "memorysize" => "15.60 GiB"}

fact('os')
#= {"family" => "Debian", "name" => "Debian", "release" => {"full" => "12.5", "major" => "12", "minor" => "5"}}

fact(1)
#! Evaluation Error: Error while evaluating a Function Call, 'fact' parameter 'fact_name' expects a String value, got Integer

fact()
#! Evaluation Error: Error while evaluating a Function Call, 'fact' expects 1 argument, got none

fact('networking.interfaces."eth0".ip')
#= "10.0.0.1"

fact('kernel."a.b".c')
#= undef

fact('os."family"."a.b"')
#- warning: fact request for os."family"."a.b" returning nil: 'os.family' is not a collection; cannot walk to 'a.b'
#= undef

fact('processors.models.01')
#= "b"

fact('processors.models."a.b"')
#- warning: fact request for processors.models."a.b" returning nil: 'processors.models' is an array; cannot index to 'a.b'
#= undef

## os_version_gte
os_version_gte('Debian', '9')
#= true

os_version_gte('Debian', '12')
#= true

os_version_gte('Debian', '13')
#= false

os_version_gte('Ubuntu', '9')
#= false

os_version_gte('', '9')
#! Evaluation Error: Error while evaluating a Function Call, 'os_version_gte' parameter 'os' expects a String[1] value, got String

os_version_gte('Debian')
#! Evaluation Error: Error while evaluating a Function Call, 'os_version_gte' expects 2 arguments, got 1

os_version_gte('Debian', 9)
#! Evaluation Error: Error while evaluating a Function Call, 'os_version_gte' parameter 'version' expects a String value, got Integer

## without legacy facts
#@ facts=modern

os_version_gte('Debian', '9')
#= false

os_version_gte('Ubuntu', '9')
#= false

has_interface_with('lo')
#! Evaluation Error: Error while evaluating a Function Call, Undefined variable 'interfaces';

has_interface_with('ipaddress', '127.0.0.1')
#! Evaluation Error: Error while evaluating a Function Call, Undefined variable 'interfaces';

has_ip_address('10.0.0.1')
#! Evaluation Error: Error while evaluating a Function Call, Undefined variable 'interfaces';

fqdn_rotate(['a', 'b', 'c', 'd', 'e'])
#! Evaluation Error: Error while evaluating a Function Call, Undefined variable '::fqdn';

fqdn_rotate('abcdefgh', 'x')
#! Evaluation Error: Error while evaluating a Function Call, Undefined variable '::fqdn';

fqdn_rand_string(10)
#= "pRh8eK1qnU"

#@
