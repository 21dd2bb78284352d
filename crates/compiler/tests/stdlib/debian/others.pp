## apache
apache::bool2httpd(true)
#= "On"

apache::bool2httpd(false)
#= "Off"

apache::bool2httpd('On')
#= "On"

apache::bool2httpd('off')
#= "off"

apache::bool2httpd('true')
#= "On"

apache::bool2httpd('a false b')
#= "Off"

apache::bool2httpd(undef)
#= "Off"

apache::bool2httpd('')
#= ""

apache::bool2httpd(1)
#= "1"

apache::bool2httpd(['a'])
#= "[\"a\"]"

apache::bool2httpd()
#! Evaluation Error: Error while evaluating a Function Call, 'apache::bool2httpd' expects 1 argument, got none

bool2httpd(true)
#! Evaluation Error: Error while evaluating a Function Call, deprecation. bool2httpd. This function is deprecated, please use apache::bool2httpd instead. at ["unknown", 2]:["unknown", 1]

bool2httpd()
#! Evaluation Error: Error while evaluating a Function Call, deprecation. bool2httpd. This function is deprecated, please use apache::bool2httpd instead. at ["unknown", 2]:["unknown", 1]

apache::pw_hash('test')
#= "{SHA}qUqP5cyxm6YcTAhz05Hph5gvu9M="

apache::pw_hash('é')
#= "{SHA}vxW+cXrBsIC08cRWaSgliR/1Bz0="

apache::pw_hash('')
#! Evaluation Error: Error while evaluating a Function Call, 'apache::pw_hash' parameter 'password' expects a String[1] value, got String

apache::apache_pw_hash('test')
#! Evaluation Error: Error while evaluating a Function Call, deprecation. apache::apache_pw_hash. This function is deprecated, please use apache::pw_hash instead. at ["unknown", 2]:["unknown", 1]

apache_pw_hash('test')
#! Evaluation Error: Error while evaluating a Function Call, deprecation. apache_pw_hash. This function is deprecated, please use apache::pw_hash instead. at ["unknown", 2]:["unknown", 1]

apache_pw_hash()
#! Evaluation Error: Error while evaluating a Function Call, deprecation. apache_pw_hash. This function is deprecated, please use apache::pw_hash instead. at ["unknown", 2]:["unknown", 1]

## archive
assemble_nexus_url('http://nexus.local', {'g' => 'com.test', 'a' => 'test', 'v' => '1.0.0', 'r' => 'ext-release-local', 'p' => 'xml', 'c' => ''})
#= "http://nexus.local/service/local/artifact/maven/content?g=com.test&a=test&v=1.0.0&r=ext-release-local&p=xml&c="

assemble_nexus_url('http://nexus.local', {'g' => 'a b', 'v' => 'x/y', 'n' => undef})
#! Evaluation Error: Error while evaluating a Function Call, no implicit conversion of nil into String

assemble_nexus_url('http://nexus.local', {})
#= "http://nexus.local/service/local/artifact/maven/content?"

assemble_nexus_url('http://nexus.local')
#= "http://nexus.local/service/local/artifact/maven/content?"

assemble_nexus_url()
#= "/service/local/artifact/maven/content?"

## collectd
collectd_convert_processes('a')
#! Evaluation Error: Error while evaluating a Function Call, convert_process_array(): Needs an array as argument

collectd_convert_processes(['a', 'b'])
#= {"a" => {}, "b" => {}}

collectd_convert_processes({'a' => 'b'})
#= {"a" => "b"}

collectd_convert_processes([{'name' => 'a', 'regex' => 'b'}, 'c'])
#= {"a" => {"regex" => "b"}, "c" => {}}

collectd_convert_processes({'a' => {'regex' => 'x', 'collect_context_switch' => true}})
#= {"a" => {"regex" => "x", "collect_context_switch" => true}}

collectd_convert_processes([])
#= {}

collectd_convert_processes({})
#= {}

collectd_convert_processes(1)
#! Evaluation Error: Error while evaluating a Function Call, convert_process_array(): Needs an array as argument

collectd_convert_processes()
#! Evaluation Error: Error while evaluating a Function Call, collectd_convert_processes(): Wrong number of arguments given (0 for 1)

collectd_convert_processes('a', 'b')
#! Evaluation Error: Error while evaluating a Function Call, collectd_convert_processes(): Wrong number of arguments given (2 for 1)

## dns
get_in_addr_arpa('10.1.2.3')
#= "3.2.1.10.in-addr.arpa"

get_in_addr_arpa('10.1.2.0/24')
#= "0/24.2.1.10.in-addr.arpa"

get_in_addr_arpa('2001:db8::1')
#= "2001:db8::1.in-addr.arpa"

get_in_addr_arpa('x')
#= "x.in-addr.arpa"

get_in_addr_arpa()
#! Evaluation Error: Error while evaluating a Function Call, undefined method `split' for nil:NilClass

## inifile
#@ show=catalog

inifile::create_ini_settings({'s' => {'a' => 'b', 'c' => {'value' => 'd', 'ensure' => 'present'}}}, {'path' => '/tmp/x.ini'})
#= Ini_setting[/tmp/x.ini [s] a] {"path" => "/tmp/x.ini", "ensure" => "present", "section" => "s", "setting" => "a", "value" => "b"}
#= Ini_setting[/tmp/x.ini [s] c] {"path" => "/tmp/x.ini", "ensure" => "present", "section" => "s", "setting" => "c", "value" => "d"}

inifile::create_ini_settings({'s' => {'a' => undef, 'b' => 1, 'c' => true, 'd' => ['e']}}, {'path' => '/tmp/x.ini'})
#= Ini_setting[/tmp/x.ini [s] a] {"path" => "/tmp/x.ini", "ensure" => "present", "section" => "s", "setting" => "a"}
#= Ini_setting[/tmp/x.ini [s] b] {"path" => "/tmp/x.ini", "ensure" => "present", "section" => "s", "setting" => "b", "value" => 1}
#= Ini_setting[/tmp/x.ini [s] c] {"path" => "/tmp/x.ini", "ensure" => "present", "section" => "s", "setting" => "c", "value" => true}
#= Ini_setting[/tmp/x.ini [s] d] {"path" => "/tmp/x.ini", "ensure" => "present", "section" => "s", "setting" => "d", "value" => ["e"]}

inifile::create_ini_settings({'path' => '/a', 's' => {'a' => 'b'}})
#! Evaluation Error: Error while evaluating a Function Call, create_ini_settings(): Section path must contain a Hash

inifile::create_ini_settings({'s' => {'a' => 'b'}})
#! Evaluation Error: Error while evaluating a Function Call, create_ini_settings(): must pass the path parameter to the Ini_setting resource!

inifile::create_ini_settings({'s' => 'x'}, {'path' => '/a'})
#! Evaluation Error: Error while evaluating a Function Call, create_ini_settings(): Section s must contain a Hash

inifile::create_ini_settings({}, {'path' => '/a'})
#= (none)

create_ini_settings({'s' => {'a' => 'b'}}, {'path' => '/tmp/x.ini'})
#! Evaluation Error: Error while evaluating a Function Call, deprecation. create_ini_settings. This method is deprecated, please use inifile::create_ini_settings instead. at ["unknown", 2]:["unknown", 1]

#@

inifile::create_ini_settings()
#! Evaluation Error: Error while evaluating a Function Call, 'inifile::create_ini_settings' expects between 1 and 2 arguments, got none

inifile::create_ini_settings('x')
#! Evaluation Error: Error while evaluating a Function Call, 'inifile::create_ini_settings' parameter 'settings' expects a Hash value, got String

## mcollective
mco_array_to_string('a')
#! Evaluation Error: Error while evaluating a Function Call, Expected an array, but got a String

mco_array_to_string(['a', 'b'])
#= ["a", "b"]

mco_array_to_string(['a', ['b', 1]])
#= ["a", "[\"b\", 1]"]

mco_array_to_string([])
#= []

mco_array_to_string(1)
#! Evaluation Error: Error while evaluating a Function Call, Expected an array, but got a Integer

mco_array_to_string()
#! Evaluation Error: Error while evaluating a Function Call, Expected an array, but got a NilClass

## memcached
memcached::max_memory('100')
#= 100

memcached::max_memory('50%')
#= 7987

memcached::max_memory(100)
#= 100

memcached::max_memory('')
#= 0

memcached::max_memory('x')
#= 0

memcached::max_memory()
#! Evaluation Error: Error while evaluating a Function Call, 'memcached::max_memory' expects 1 argument, got none

#@ facts=modern

memcached::max_memory('50%')
#! Evaluation Error: Error while evaluating a Function Call, undefined method `[]' for nil:NilClass

memcached::max_memory('10%')
#! Evaluation Error: Error while evaluating a Function Call, undefined method `[]' for nil:NilClass

#@

## mongodb
mongodb_password('user', 'pass')
#= "e0c4a7b97d4db31f5014e9694e567d6b"

mongodb_password('user', '')
#= "eef2de421080fd1f739b6042583da86f"

mongodb_password('é', 'ü')
#= "c74e5ef201387878b86af5adecfc11d1"

mongodb_password('a')
#! Evaluation Error: Error while evaluating a Function Call, mongodb_password(): Wrong number of arguments given (1 for 2)

mongodb_password()
#! Evaluation Error: Error while evaluating a Function Call, mongodb_password(): Wrong number of arguments given (0 for 2)

mongodb_password(1, 2)
#= "c381a4a4531d9f85e279acee349a9b8b"

## mysql
mysql::password('pass')
#= "*196BDEDE2AE4F84CA44C47D54D78478C7E2BD7B7"

mysql::password('')
#= ""

mysql::password('*94BDCEBE19083CE2A1F959FD02F964C7AF4CFC29')
#= "*94BDCEBE19083CE2A1F959FD02F964C7AF4CFC29"

mysql::password('pass', true)
#! Evaluation Error: Error while evaluating a Function Call, 'mysql::password' expects 1 argument, got 2

mysql::password(1)
#! Evaluation Error: Error while evaluating a Function Call, 'mysql::password' parameter 'password' expects a String value, got Integer

mysql::password()
#! Evaluation Error: Error while evaluating a Function Call, 'mysql::password' expects 1 argument, got none

mysql_password('pass')
#= "*196BDEDE2AE4F84CA44C47D54D78478C7E2BD7B7"

mysql_password()
#! Evaluation Error: Error while evaluating a Function Call, mysql_password(): Wrong number of arguments given (0 for 1)

mysql_password('')
#= ""

mysql::strip_hash({'a' => 1, 'b' => '', 'c' => undef, 'd' => ''})
#= {"a" => 1, "c" => undef}

mysql::strip_hash({})
#= {}

mysql::strip_hash('x')
#! Evaluation Error: Error while evaluating a Function Call, 'mysql::strip_hash' parameter 'hash' expects a Hash value, got String

## openssl
cert_date_valid('/nonexistent')
#! Evaluation Error: Error while evaluating a Function Call, No date found in certificate

cert_date_valid('TESTS/files/a.yaml')
#! Evaluation Error: Error while evaluating a Function Call, No date found in certificate

cert_date_valid()
#! Evaluation Error: Error while evaluating a Function Call, No date found in certificate

## postgresql
postgresql::postgresql_password('user', 'pass')
#= "md57f409a7c046daea1c2c60502d7e2becc"

postgresql::postgresql_password('user', 'pass', false)
#! Evaluation Error: Error while evaluating a Function Call, 'postgresql::postgresql_password' expects 2 arguments, got 3

postgresql::postgresql_password('user', 'pass', true)
#! Evaluation Error: Error while evaluating a Function Call, 'postgresql::postgresql_password' expects 2 arguments, got 3

postgresql::postgresql_password('user', 'pass', false, 'md5')
#! Evaluation Error: Error while evaluating a Function Call, 'postgresql::postgresql_password' expects 2 arguments, got 4

postgresql::postgresql_password('user', 'pass', false, 'scram-sha-256')
#! Evaluation Error: Error while evaluating a Function Call, 'postgresql::postgresql_password' expects 2 arguments, got 4

postgresql::postgresql_password('user', 'pass', false, 'scram-sha-256', 'salt')
#! Evaluation Error: Error while evaluating a Function Call, 'postgresql::postgresql_password' expects 2 arguments, got 5

postgresql::postgresql_password('user', 'md5c0ffee', false, 'md5')
#! Evaluation Error: Error while evaluating a Function Call, 'postgresql::postgresql_password' expects 2 arguments, got 4

postgresql::postgresql_password('user', 'md596948aad3fcae80c08a35c9b5958cd89')
#= "md5cd952a0dd173f3d041165dcf97cbb272"

postgresql::postgresql_password(1, 2)
#= "md53c59dc048e8850243be8079a5c74d079"

postgresql::postgresql_password('', 'a')
#! Evaluation Error: Error while evaluating a Function Call, 'postgresql::postgresql_password' parameter 'username' expects a value of type String[1] or Integer, got String

postgresql::postgresql_password('user')
#! Evaluation Error: Error while evaluating a Function Call, 'postgresql::postgresql_password' expects 2 arguments, got 1

postgresql_password('user', 'pass')
#! Evaluation Error: Error while evaluating a Function Call, deprecation. postgresql_password. This method is deprecated, please use postgresql::postgresql_password instead. at ["unknown", 2]:["unknown", 1]

postgresql_password()
#! Evaluation Error: Error while evaluating a Function Call, deprecation. postgresql_password. This method is deprecated, please use postgresql::postgresql_password instead. at ["unknown", 2]:["unknown", 1]

postgresql::postgresql_escape('x')
#= "$$x$$"

postgresql::postgresql_escape('a $$ b')
#= "$ef$a $$ b$ef$"

postgresql::postgresql_escape('')
#! Evaluation Error: Error while evaluating a Function Call, 'postgresql::postgresql_escape' parameter 'input_string' expects a String[1] value, got String

postgresql_escape('x')
#! Evaluation Error: Error while evaluating a Function Call, deprecation. postgresql_escape. This method is deprecated, please use postgresql::postgresql_escape instead. at ["unknown", 2]:["unknown", 1]

postgresql::postgresql_acls_to_resources_hash(['local all all trust', 'host all all 127.0.0.1/32 md5'], 'test', 10)
#= {"postgresql class generated rule test 0" => {"type" => "local", "database" => "all", "user" => "all", "order" => "010", "auth_method" => "trust"}, "postgresql class generated rule test 1" => {"type" => "host", "database" => "all", "user" => "all", "order" => "011", "address" => "127.0.0.1/32", "auth_method" => "md5"}}

postgresql::postgresql_acls_to_resources_hash(['host db user 10.0.0.0 255.0.0.0 ident map=x y'], 'test', 0)
#= {"postgresql class generated rule test 0" => {"type" => "host", "database" => "db", "user" => "user", "order" => "000", "address" => "10.0.0.0 255.0.0.0", "auth_method" => "ident", "auth_option" => "map=x y"}}

postgresql::postgresql_acls_to_resources_hash(['hostssl db "a b" samehost cert clientcert=1', 'local  a   b   peer map=z'], 'test', 1)
#= {"postgresql class generated rule test 0" => {"type" => "hostssl", "database" => "db", "user" => "\"a", "order" => "001", "address" => "b\"", "auth_method" => "samehost", "auth_option" => "cert clientcert=1"}, "postgresql class generated rule test 1" => {"type" => "local", "database" => "a", "user" => "b", "order" => "002", "auth_method" => "peer", "auth_option" => "map=z"}}

postgresql::postgresql_acls_to_resources_hash(['local a b'], 'test', 0)
#! Evaluation Error: Error while evaluating a Function Call, postgresql::postgresql_acls_to_resources_hash(): acl line 0 does not have enough parts

postgresql::postgresql_acls_to_resources_hash(['what a b c'], 'test', 0)
#= {"postgresql class generated rule test 0" => {"type" => "what", "database" => "a", "user" => "b", "order" => "000", "address" => "c", "auth_method" => undef}}

postgresql::postgresql_acls_to_resources_hash([], 'test', 0)
#= {}

postgresql::postgresql_acls_to_resources_hash('x', 'test', 0)
#! Evaluation Error: Error while evaluating a Function Call, 'postgresql::postgresql_acls_to_resources_hash' parameter 'acls' expects an Array value, got String

## redis
getvar_emptystring('::kernel')
#! Evaluation Error: Error while evaluating a Function Call, Undefined variable '::kernel';

getvar_emptystring('nothing::there')
#! Evaluation Error: Error while evaluating a Function Call, Undefined variable 'nothing::there'; class nothing could not be found

getvar_emptystring()
#! Evaluation Error: Error while evaluating a Function Call, getvar_emptystring(): wrong number of arguments (0; must be 1)

## ssh
ipaddresses()
#! Evaluation Error: Error while evaluating a Function Call, Undefined variable 'ipaddress_Eth1.5';

ipaddresses(['lo'])
#! Evaluation Error: Error while evaluating a Function Call, Undefined variable 'ipaddress_Eth1.5';

## staging
staging_parse('/etc/a.tar.gz')
#= "a.tar.gz"

staging_parse('/etc/a.tar.gz', 'filename')
#= "a.tar.gz"

staging_parse('/etc/a.tar.gz', 'basename')
#= "a.tar"

staging_parse('/etc/a.tar.gz', 'extname')
#= ".gz"

staging_parse('/etc/a.tar.gz', 'parent')
#= "/etc"

staging_parse('http://h/x/a.tar.gz?b=c', 'basename', '.gz')
#= "a.tar"

staging_parse('/etc/a.tar.gz', 'nothing')
#! Evaluation Error: Error while evaluating a Function Call, staging_parse(), unknown parse info nothing.

staging_parse()
#! Evaluation Error: Error while evaluating a Function Call, staging_parse(): Wrong number of arguments given (0 for 1, 2, 3)

scope_defaults('File', 'mode')
#= false

scope_defaults('Exec')
#! Evaluation Error: Error while evaluating a Function Call, scope_defaults(): Wrong number of arguments given (1 for 2)

## translate
translate('Hello')
#= "Hello"

translate('Hello %{a}', {'a' => 'b'})
#= "Hello b"

translate('Hello %{a}', {'b' => 'c'})
#= "Hello %{a}"

translate('Hello %{a} %%', {'a' => 1})
#= "Hello 1 %"

translate('Hello %{', {'a' => 1})
#! Evaluation Error: Error while evaluating a Function Call, malformed name - unmatched parenthesis

translate('%s')
#= "%s"

translate(1)
#! Evaluation Error: Error while evaluating a Function Call, 'translate' parameter 'message' expects a String value, got Integer
