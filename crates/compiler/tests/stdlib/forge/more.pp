## archive
archive::assemble_nexus_url('http://nexus.local', {'g' => 'com.test', 'a' => 'test', 'v' => '1.0.0', 'r' => 'ext-release-local', 'p' => 'xml', 'c' => ''})
#= "http://nexus.local/service/local/artifact/maven/content?g=com.test&a=test&v=1.0.0&r=ext-release-local&p=xml&c="

archive::assemble_nexus_url('http://nexus.local/', {'g' => 'a b', 'v' => 'x/y', 'n' => 'é'})
#= "http://nexus.local//service/local/artifact/maven/content?g=a+b&v=x%2Fy&n=%C3%A9"

archive::assemble_nexus_url('http://nexus.local', {})
#= "http://nexus.local/service/local/artifact/maven/content?"

archive::assemble_nexus_url('x', {})
#! Evaluation Error: Error while evaluating a Function Call, 'archive::assemble_nexus_url' parameter 'nexus_url' expects a match for Stdlib::HTTPUrl = Pattern[/\Ahttps?:/], got 'x'

archive::assemble_nexus_url()
#! Evaluation Error: Error while evaluating a Function Call, 'archive::assemble_nexus_url' expects 2 arguments, got none

archive::parse_artifactory_url('https://repo.jfrog.org/artifactory/repo1-cache/maven-proxy-cache/artifactory.war')
#= undef

archive::parse_artifactory_url('https://repo.jfrog.org/artifactory/libs-release-local/org/jfrog/artifactory/5.0/artifactory-5.0.war')
#= {"base_url" => "https://repo.jfrog.org/artifactory", "repository" => "libs-release-local", "org_path" => "org/jfrog", "module" => "artifactory", "base_rev" => "5.0", "folder_iteg_rev" => undef, "file_iteg_rev" => undef, "classifier" => undef, "ext" => "war"}

archive::parse_artifactory_url('https://h/artifactory/r/o/m/1-SNAPSHOT/m-1-20200101.120000-1-sources.jar')
#= {"base_url" => "https://h/artifactory", "repository" => "r", "org_path" => "o", "module" => "m", "base_rev" => "1", "folder_iteg_rev" => "SNAPSHOT", "file_iteg_rev" => "20200101.120000-1", "classifier" => "sources", "ext" => "jar"}

archive::parse_artifactory_url('nothing')
#! Evaluation Error: Error while evaluating a Function Call, 'archive::parse_artifactory_url' parameter 'url' expects a match for Variant[Stdlib::HTTPUrl = Pattern[/\Ahttps?:/], Stdlib::HTTPSUrl = Pattern[/\Ahttps:/]], got 'nothing'

archive::parse_artifactory_url()
#! Evaluation Error: Error while evaluating a Function Call, 'archive::parse_artifactory_url' expects 1 argument, got none

## consul
consul::sorted_json({'b' => 1, 'a' => [2, 'x', '5', undef, true]})
#= "{\"a\":[2,\"x\",5,null,true],\"b\":1}"

consul::sorted_json({'b' => {'z' => '1', 'y' => '-2.5'}, 'a' => []}, true)
#= "{\n    \"a\": [\n        \n    ],\n    \"b\": {\n        \"y\": \"-2.5\",\n        \"z\": 1\n    }\n}\n"

consul::sorted_json({'b' => {'z' => '1', 'y' => {}}, 'a' => ['1', {'k' => 'v'}]}, true, 2)
#= "{\n  \"a\": [\n    1,\n    {\n      \"k\": \"v\"\n    }\n  ],\n  \"b\": {\n    \"y\": {\n\n    },\n    \"z\": 1\n  }\n}\n"

consul::sorted_json({'node_meta' => {'a' => '1'}, 'meta' => {'b' => '2'}, 'tags' => ['3'], 'args' => ['4'], 'other' => '5'})
#= "{\"args\":[\"4\"],\"meta\":{\"b\":\"2\"},\"node_meta\":{\"a\":\"1\"},\"other\":5,\"tags\":[\"3\"]}"

consul::sorted_json({'node_meta' => {'a' => '1'}, 'meta' => {'b' => '2'}, 'tags' => ['3'], 'args' => ['4'], 'other' => '5'}, true)
#= "{\n    \"args\": [\n        \"4\"\n    ],\n    \"meta\": {\n        \"b\": \"2\"\n    },\n    \"node_meta\": {\n        \"a\": \"1\"\n    },\n    \"other\": 5,\n    \"tags\": [\n        \"3\"\n    ]\n}\n"

consul::sorted_json({'a' => 'undef', 'b' => 'true', 'c' => 'false', 'd' => ':undef', 'e' => ''})
#= "{\"a\":\"undef\",\"b\":\"true\",\"c\":\"false\",\"d\":\":undef\",\"e\":\"\"}"

consul::sorted_json('x')
#= "\"x\""

consul::sorted_json(5, true)
#= "5\n"

consul::sorted_json([])
#= "[]"

consul::sorted_json({}, true, 4)
#= "{\n\n}\n"

consul::sorted_json()
#= "{}"

consul::sorted_json({'a' => "q\"uo\\te\n"})
#= "{\"a\":\"q\\\"uo\\\\te\\n\"}"

consul::validate_checks({'http' => 'localhost', 'interval' => '30s'})
#= undef

consul::validate_checks([{'http' => 'localhost', 'interval' => '30s'}, {'ttl' => '30s'}])
#= [{"http" => "localhost", "interval" => "30s"}, {"ttl" => "30s"}]

consul::validate_checks({'http' => 'localhost'})
#! Evaluation Error: Error while evaluating a Function Call, interval must be defined for tcp, http, grpc and script checks

consul::validate_checks({'ttl' => '30s', 'http' => 'x'})
#! Evaluation Error: Error while evaluating a Function Call, interval must be defined for tcp, http, grpc and script checks

consul::validate_checks({'ttl' => '30s', 'script' => 'x'})
#! Evaluation Error: Error while evaluating a Function Call, interval must be defined for tcp, http, grpc and script checks

consul::validate_checks({'ttl' => '30s', 'interval' => 'x'})
#! Evaluation Error: Error while evaluating a Function Call, script, http, tcp, grpc and interval must not be defined for ttl checks

consul::validate_checks({'args' => ['a'], 'interval' => '5s'})
#= undef

consul::validate_checks({'args' => ['a']})
#! Evaluation Error: Error while evaluating a Function Call, interval must be defined for tcp, http, grpc and script checks

consul::validate_checks({'args' => 'a', 'interval' => '5s'})
#= undef

consul::validate_checks({'script' => 'a'})
#! Evaluation Error: Error while evaluating a Function Call, interval must be defined for tcp, http, grpc and script checks

consul::validate_checks({'tcp' => 'a'})
#! Evaluation Error: Error while evaluating a Function Call, interval must be defined for tcp, http, grpc and script checks

consul::validate_checks({'tcp' => 'a', 'interval' => '5s'})
#= undef

consul::validate_checks({'grpc' => 'a', 'interval' => '5s'})
#= undef

consul::validate_checks({'grpc' => 'a'})
#! Evaluation Error: Error while evaluating a Function Call, interval must be defined for tcp, http, grpc and script checks

consul::validate_checks({'docker_container_id' => 'a'})
#! Evaluation Error: Error while evaluating a Function Call, One of ttl, script, tcp, grpc or http must be defined.

consul::validate_checks({'alias_service' => 'a'})
#= undef

consul::validate_checks({'what' => 'a'})
#! Evaluation Error: Error while evaluating a Function Call, One of ttl, script, tcp, grpc or http must be defined.

consul::validate_checks({})
#! Evaluation Error: Error while evaluating a Function Call, One of ttl, script, tcp, grpc or http must be defined.

consul::validate_checks([{'what' => 'a'}])
#! Evaluation Error: Error while evaluating a Function Call, One of ttl, script, tcp, grpc or http must be defined.

consul::validate_checks('x')
#! Evaluation Error: Error while evaluating a Function Call, 'consul::validate_checks' parameter 'obj' expects a HashOrArray = Variant[Hash, Array] value, got String

consul::validate_checks({'http' => 'x', 'interval' => '5s', 'script' => 'y'})
#! Evaluation Error: Error while evaluating a Function Call, script, tcp and grpc must not be defined for http checks

consul::validate_checks({'ttl' => '30s', 'status' => 'what'})
#= undef

consul::validate_checks({'ttl' => '30s', 'status' => 'passing'})
#= undef

consul::validate_checks({'id' => 'a', 'http' => 'x', 'interval' => '1s', 'id_' => 'b'})
#= undef

## elasticsearch
array_suffix(['a', 'b'], 'p')
#= ["ap", "bp"]

array_suffix(['a', 'b'])
#= ["a", "b"]

array_suffix('a', 'b')
#! Evaluation Error: Error while evaluating a Function Call, array_suffix(): expected first argument to be an Array, got "a"

array_suffix(['a'], 1)
#! Evaluation Error: Error while evaluating a Function Call, array_suffix(): expected second argument to be a String, got 1

array_suffix()
#! Evaluation Error: Error while evaluating a Function Call, array_suffix(): Wrong number of arguments given (0 for 1)

concat_merge({'a' => [1]}, {'a' => [2], 'b' => 3})
#= {"a" => [1, 2], "b" => 3}

concat_merge({'a' => 'x'}, {'a' => 'y'})
#= {"a" => "y"}

concat_merge({'a' => [1]}, '', {'a' => [1, 2]})
#= {"a" => [1, 1, 2]}

concat_merge({'a' => {'b' => [1]}}, {'a' => {'b' => [2]}})
#= {"a" => {"b" => [2]}}

concat_merge({}, 'x')
#! Evaluation Error: Error while evaluating a Function Call, concat_merge: unexpected argument type String, only expects hash arguments

concat_merge({})
#! Evaluation Error: Error while evaluating a Function Call, concat_merge(): wrong number of arguments (1; must be at least 2)

plugin_dir('elasticsearch/shield')
#= "shield"

plugin_dir('a/elasticsearch-b/1.0')
#= "b"

plugin_dir('es-foo')
#= "es-foo"

plugin_dir('org/es-foo')
#= "foo"

plugin_dir('a', 'b')
#= "a"

plugin_dir()
#! Evaluation Error: Error while evaluating a Function Call, plugin_dir(): No arguments given

plugin_dir(1)
#! Evaluation Error: Error while evaluating a Function Call, plugin_dir(): Requires string as first argument

## extlib
extlib::cidr_to_netmask('10.0.0.0/8')
#= "255.0.0.0"

extlib::cidr_to_netmask('10.0.0.5/25')
#= "255.255.255.128"

extlib::cidr_to_netmask('2001:db8::/32')
#= "ffff:ffff:0000:0000:0000:0000:0000:0000"

extlib::cidr_to_netmask('x')
#! Evaluation Error: Error while evaluating a Function Call, 'extlib::cidr_to_netmask' parameter 'ip' expects a match for Variant[Stdlib::IP::Address::V4::CIDR = Pattern[/\A[\d.]+\/\d+\z/], Stdlib::IP::Address::V6::CIDR = Pattern[/\A[\h:]+\/\d+\z/]], got 'x'

extlib::cidr_to_netmask()
#! Evaluation Error: Error while evaluating a Function Call, 'extlib::cidr_to_netmask' expects 1 argument, got none

extlib::cidr_to_network('10.1.2.3/8')
#= "10.0.0.0"

extlib::cidr_to_network('2001:db8::5/32')
#= "2001:db8::"

extlib::cidr_to_network('x')
#! Evaluation Error: Error while evaluating a Function Call, 'extlib::cidr_to_network' parameter 'ip' expects a match for Variant[Stdlib::IP::Address::V4::CIDR = Pattern[/\A[\d.]+\/\d+\z/], Stdlib::IP::Address::V6::CIDR = Pattern[/\A[\h:]+\/\d+\z/]], got 'x'

extlib::last_in_cidr('10.1.2.3/8')
#= "10.255.255.255"

extlib::last_in_cidr('2001:db8::5/64')
#= "2001:db8::ffff:ffff:ffff:ffff"

extlib::compare_ip('10.0.0.1', '10.0.0.2')
#= -1

extlib::compare_ip('10.0.0.2', '10.0.0.1')
#= 1

extlib::compare_ip('10.0.0.2', '10.0.0.2')
#= 0

extlib::compare_ip('::1', '10.0.0.2')
#= -1

extlib::compare_ip('x', '10.0.0.2')
#! Evaluation Error: Error while evaluating a Function Call, 'extlib::compare_ip' parameter 'left' expects a match for Stdlib::IP::Address = Pattern[/\A[\h.:\/]+\z/], got 'x'

extlib::default_content('text', 'nothing/x.epp')
#= "text"

extlib::default_content('text', undef)
#= "text"

extlib::default_content(undef, undef)
#= undef

extlib::default_content('', undef)
#= undef

extlib::default_content('', '')
#= undef

extlib::echo('a')
#= undef

extlib::echo('a', 'comment')
#= undef

extlib::echo({'a' => [1, undef]}, 'c')
#= undef

extlib::echo(undef)
#= undef

extlib::echo(1.5)
#= undef

extlib::get_ip_in_cidr('10.0.0.0/24')
#= "10.0.0.1"

extlib::get_ip_in_cidr('10.0.0.0/24', 'first')
#= "10.0.0.1"

extlib::get_ip_in_cidr('10.0.0.0/24', 'second')
#= "10.0.0.2"

extlib::get_ip_in_cidr('10.0.0.0/24', 'last')
#= "10.0.0.255"

extlib::get_ip_in_cidr('10.0.0.0/24', 5)
#= "10.0.0.5"

extlib::get_ip_in_cidr('10.0.0.0/24', 'x')
#! Evaluation Error: Error while evaluating a Function Call, 'extlib::get_ip_in_cidr' parameter 'index' expects a match for Variant[Enum['first', 'last', 'second'], Integer], got 'x'

extlib::get_ip_in_cidr('10.0.0.0/24', 500)
#! Evaluation Error: Error while evaluating a Function Call, Index is outside of the CIDR

extlib::get_ip_in_cidr('2001:db8::/64', 3)
#= "2001:db8::3"

extlib::get_ip_in_cidr('2001:db8::/64', 'last')
#= "2001:db8::ffff:ffff:ffff:ffff"

extlib::ip_to_cron()
#= ["*", [1, 31]]

extlib::ip_to_cron(3600)
#= ["*", [1]]

extlib::ip_to_cron(7200)
#= [[1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23], 1]

extlib::ip_to_cron(300)
#= ["*", [1, 6, 11, 16, 21, 26, 31, 36, 41, 46, 51, 56]]

extlib::ip_to_cron(1)
#= ["*", [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]]

extlib::ip_to_cron(0)
#! Evaluation Error: Error while evaluating a Function Call, 'extlib::ip_to_cron' parameter 'runinterval' expects an Integer[1] value, got Integer[0, 0]

extlib::ip_to_cron(86400)
#= [[1], 1]

extlib::ip_to_reverse('10.1.2.3')
#= "3.2.1.10.in-addr.arpa"

extlib::ip_to_reverse('2001:db8::1')
#= "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"

extlib::ip_to_reverse('x')
#! Evaluation Error: Error while evaluating a Function Call, 'extlib::ip_to_reverse' parameter 'ip' expects a match for Stdlib::IP::Address = Pattern[/\A[\h.:\/]+\z/], got 'x'

extlib::is_in_cidr('10.1.2.3', '10.0.0.0/8')
#= true

extlib::is_in_cidr('11.1.2.3', '10.0.0.0/8')
#= false

extlib::is_in_cidr('2001:db8::1', '2001:db8::/32')
#= true

extlib::is_in_cidr('10.1.2.3', '2001:db8::/32')
#= false

extlib::netmask_to_cidr('255.255.255.0')
#= 24

extlib::netmask_to_cidr('ffff:ffff::')
#= 32

extlib::netmask_to_cidr('0.0.0.0')
#= 0

extlib::netmask_to_cidr('255.0.255.0')
#! Evaluation Error: Error while evaluating a Function Call, invalid mask 255.0.255.0: 0

extlib::netmask_to_cidr('x')
#! Evaluation Error: Error while evaluating a Function Call, 'extlib::netmask_to_cidr' parameter 'netmask' expects a match for Stdlib::IP::Address::Nosubnet = Pattern[/\A[\h.:]+\z/], got 'x'

extlib::random_password(10).length
#= 10

extlib::random_password(0)
#! Evaluation Error: Error while evaluating a Function Call, 'extlib::random_password' parameter 'length' expects an Integer[1] value, got Integer[0, 0]

extlib::resources_deep_merge({'a' => {'b' => 1}, 'c' => {}}, {'b' => 2, 'd' => {'e' => 1}})
#= {"a" => {"b" => 1, "d" => {"e" => 1}}, "c" => {"b" => 2, "d" => {"e" => 1}}}

extlib::resources_deep_merge({'a' => {'d' => {'f' => 2}}}, {'b' => 2, 'd' => {'e' => 1}})
#= {"a" => {"b" => 2, "d" => {"e" => 1, "f" => 2}}}

extlib::resources_deep_merge({'a' => 'x'}, {'b' => 2})
#! Evaluation Error: Error while evaluating a Function Call, deep_merge: unexpected argument type String, only expects hash arguments

extlib::resources_deep_merge({'a' => undef}, {'b' => 2})
#= {"a" => {"b" => 2}}

extlib::resources_deep_merge({}, {'b' => 2})
#= {}

extlib::sort_by_version(['10.0.0b12', '10.0.0b3', '10.0.0a2', '9.0.10', '9.0.3'])
#= ["9.0.3", "9.0.10", "10.0.0a2", "10.0.0b3", "10.0.0b12"]

extlib::sort_by_version(['1.10', '1.9', '1.9.0', '1'])
#= ["1", "1.9", "1.9.0", "1.10"]

extlib::sort_by_version([])
#= []

extlib::sort_by_version(['a b', '1'])
#! Evaluation Error: Error while evaluating a Function Call, Malformed version number string a b

extlib::sort_by_version([''])
#= [""]

extlib::sort_by_version(['1-2', '1.0.pre.1', '1.pre'])
#= ["1.pre", "1.0.pre.1", "1-2"]

extlib::sort_by_version('x')
#! Evaluation Error: Error while evaluating a Function Call, 'extlib::sort_by_version' parameter 'versions' expects an Array value, got String

extlib::sort_hash_deep({'b' => 1, 'a' => {'d' => 1, 'c' => [{'z' => 1, 'y' => 2}]}})
#= {"a" => {"c" => [{"y" => 2, "z" => 1}], "d" => 1}, "b" => 1}

extlib::sort_hash_deep({})
#= {}

extlib::to_ini({'main' => {'a' => 1, 'b' => [1, 2], 'c' => {'d' => 'e', 'f' => 'g'}}, 'z' => 5})
#! Evaluation Error: Error while evaluating a Function Call, undefined method `each' for 5:Integer

extlib::to_ini({'main' => {'a' => 1, 'b' => true, 'c' => undef}}, {'header' => '; x', 'section_prefix' => '<', 'section_suffix' => '>', 'key_val_separator' => ': ', 'quote_char' => "'", 'quote_booleans' => false, 'quote_numerics' => false})
#= "; x\n\n<main>\na: 1\nb: true\nc: ''\n"

extlib::to_ini({'a' => {'b' => ['x', 'y'], 'c' => 1.5}}, {'quote_char' => undef})
#= "# THIS FILE IS CONTROLLED BY PUPPET\n\n[a]\nb=[\"x\", \"y\"]\nc=1.5\n"

extlib::to_ini({})
#= "# THIS FILE IS CONTROLLED BY PUPPET\n"

extlib::to_ini({'a' => {}}, {'what' => 1})
#= "# THIS FILE IS CONTROLLED BY PUPPET\n\n[a]\n"

extlib::to_ini('x')
#! Evaluation Error: Error while evaluating a Function Call, 'extlib::to_ini' parameter 'data' expects a Hash value, got String

extlib::has_module('puppetlabs/stdlib')
#= true

extlib::has_module('a/b')
#= false

## grafana
grafana::get_sub_paths('/var/lib/grafana/x')
#= ["/var", "/var/lib", "/var/lib/grafana"]

grafana::get_sub_paths('/')
#= []

grafana::get_sub_paths('/a')
#= []

grafana::get_sub_paths('a/b/c')
#= ["/b"]

grafana::get_sub_paths('/a/b/')
#= ["/a"]

## jenkins
jenkins_port()
#! Evaluation Error: Error while evaluating a Function Call, Undefined variable 'jenkins::config_hash'; class jenkins could not be found

jenkins_prefix()
#! Evaluation Error: Error while evaluating a Function Call, Undefined variable 'jenkins::config_hash'; class jenkins could not be found

jenkins_port('a')
#! Evaluation Error: Error while evaluating a Function Call, Undefined variable 'jenkins::config_hash'; class jenkins could not be found

## letsencrypt
letsencrypt::letsencrypt_lookup('a.example.com')
#= undef

letsencrypt::letsencrypt_lookup(1)
#! Evaluation Error: Error while evaluating a Function Call, undefined method `split' for 1:Integer

## php
php::ensure_prefix(['a', 'pb', 'c'], 'p')
#= ["pa", "pb", "pc"]

php::ensure_prefix({'a' => 1, 'pb' => 2}, 'p')
#= {"pa" => 1, "pb" => 2}

php::ensure_prefix(['x'], '')
#= ["x"]

php::ensure_prefix([], 'p')
#= []

php::ensure_prefix([1], 'p')
#= ["p1"]

php::ensure_prefix('a', 'b')
#! Evaluation Error: Error while evaluating a Function Call, The function 'php::ensure_prefix' was called with arguments it does not accept. It expects one of:
#!   (Variant[Array, Hash] enumerable, Variant[Undef, String[0, 0]] prefix)
#!     rejected: parameter 'enumerable' expects a value of type Array or Hash, got String
#!   (Array array, String[1] prefix)
#!     rejected: parameter 'array' expects an Array value, got String
#!   (Hash hash, String[1] prefix)
#!     rejected: parameter 'hash' expects a Hash value, got String

to_hash_settings({'a' => 'b', 'c' => 'd'})
#= {"a" => {"key" => "a", "value" => "b"}, "c" => {"key" => "c", "value" => "d"}}

to_hash_settings({'a' => 'b'}, 'x')
#= {"x: a" => {"key" => "a", "value" => "b"}}

to_hash_settings({})
#= {}

to_hash_settings('x')
#! Evaluation Error: Error while evaluating a Function Call, to_hash_settings(): Requires hash to work with

to_hash_settings()
#! Evaluation Error: Error while evaluating a Function Call, to_hash_settings(): Requires hash to work with

## ssh
ssh::ipaddresses()
#! Evaluation Error: Error while evaluating a Function Call, 'ssh::ipaddresses' expects 2 arguments, got none

ssh::ipaddresses(['lo'])
#! Evaluation Error: Error while evaluating a Function Call, 'ssh::ipaddresses' expects 2 arguments, got 1

ssh::ipaddresses(['eth0'], [])
#= []

ssh::ipaddresses([], ['^e'])
#= []

#@ facts=modern

ssh::ipaddresses()
#! Evaluation Error: Error while evaluating a Function Call, 'ssh::ipaddresses' expects 2 arguments, got none

ssh::ipaddresses(['lo'])
#! Evaluation Error: Error while evaluating a Function Call, 'ssh::ipaddresses' expects 2 arguments, got 1

ssh::ipaddresses([], ['^e'])
#= []

#@

sshclient_options_to_augeas_ssh_config({'Host *' => {'SendEnv' => 'x'}, 'Port' => 1}, [], {})
#= {"SendEnv *" => {"ensure" => "present", "host" => "*", "key" => "SendEnv", "value" => "x"}, "Port" => {"ensure" => "present", "key" => "Port", "value" => 1}}

sshclient_options_to_augeas_ssh_config({'Host *' => {'SendEnv' => 'x', 'B' => ['c', 'd']}, 'Port' => 1}, ['Host *.x', 'Gone'], {'target' => '/etc/ssh'})
#= {"SendEnv *" => {"ensure" => "present", "host" => "*", "key" => "SendEnv", "value" => "x", "target" => "/etc/ssh"}, "B *" => {"ensure" => "present", "host" => "*", "key" => "B", "value" => ["c", "d"], "target" => "/etc/ssh"}, "Port" => {"ensure" => "present", "key" => "Port", "value" => 1, "target" => "/etc/ssh"}, "Host *.x" => {"ensure" => "absent", "key" => "Host *.x", "target" => "/etc/ssh"}, "Gone" => {"ensure" => "absent", "key" => "Gone", "target" => "/etc/ssh"}}

sshclient_options_to_augeas_ssh_config({'Host *' => {'SendEnv' => 'x'}, 'Port' => 1})
#! Evaluation Error: Error while evaluating a Function Call, no implicit conversion of nil into Hash

sshserver_options_to_augeas_sshd_config({'Port' => 22}, [], {})
#= {"Port" => {"ensure" => "present", "key" => "Port", "value" => 22}}

sshserver_options_to_augeas_sshd_config({'Port' => [22, 23], 'Match User a' => {'X' => 'y'}}, ['Match User b', 'Gone'], {'target' => '/etc/ssh'})
#= {"Port" => {"ensure" => "present", "key" => "Port", "value" => [22, 23], "target" => "/etc/ssh"}, "X User a" => {"ensure" => "present", "condition" => "User a", "key" => "X", "value" => "y", "target" => "/etc/ssh"}, "Match User b" => {"ensure" => "absent", "key" => "Match User b", "target" => "/etc/ssh"}, "Gone" => {"ensure" => "absent", "key" => "Gone", "target" => "/etc/ssh"}}

sshserver_options_to_augeas_sshd_config({'Port' => 22})
#! Evaluation Error: Error while evaluating a Function Call, no implicit conversion of nil into Hash

## systemd
systemd::systemd_escape('a/b-c')
#= "a-b\\x2dc"

systemd::systemd_escape('/a/b', true)
#= "a-b"

systemd::systemd_escape('a b', false)
#= "a\\x20b"

systemd::systemd_escape('.a.b')
#= "\\x2ea.b"

systemd::systemd_escape('é')
#= "\\xc3\\xa9"

systemd::systemd_escape('/', true)
#= "-"

systemd::systemd_escape('//a//b//', true)
#= "a-b"

systemd::systemd_escape('')
#= ""

systemd::systemd_escape('', true)
#= "-"

systemd::systemd_escape('a@b:c_d\e')
#= "a\\x40b:c_d\\x5ce"

## wildfly
wildfly::objectify({'a' => '1', 'b' => 'true', 'c' => ['2', 'x'], 'd' => {'e' => 'false'}})
#! Evaluation Error: Error while evaluating a Function Call, 'wildfly::objectify' parameter 'input_list' expects an Array value, got Struct

wildfly::objectify({'a' => undef, 'b' => 'undef', 'c' => '1.5', 'd' => 5})
#! Evaluation Error: Error while evaluating a Function Call, 'wildfly::objectify' parameter 'input_list' expects an Array value, got Struct

wildfly::objectify({})
#! Evaluation Error: Error while evaluating a Function Call, 'wildfly::objectify' parameter 'input_list' expects an Array value, got Hash

wildfly::objectify('x')
#! Evaluation Error: Error while evaluating a Function Call, 'wildfly::objectify' parameter 'input_list' expects an Array value, got String

wildfly::objectify({'a' => '', 'b' => '-3', 'c' => ' 4', 'd' => '0x1f', 'e' => '010'})
#! Evaluation Error: Error while evaluating a Function Call, 'wildfly::objectify' parameter 'input_list' expects an Array value, got Struct
