## openstacklib
is_service_default('<SERVICE DEFAULT>')
#= true

is_service_default('other')
#= false

is_service_default(1)
#= false

is_service_default(undef)
#= false

is_service_default()
#! Evaluation Error: Error while evaluating a Function Call, is_service_default(): Wrong number of argumentsgiven (0 for 1)

is_service_default('a', 'b')
#! Evaluation Error: Error while evaluating a Function Call, is_service_default(): Wrong number of argumentsgiven (2 for 1)

normalize_ip_for_uri('10.0.0.1')
#= "10.0.0.1"

normalize_ip_for_uri('::1')
#= "[::1]"

normalize_ip_for_uri('[::1]')
#= "[::1]"

normalize_ip_for_uri('fe80::1%eth0')
#= "[fe80::1%eth0]"

normalize_ip_for_uri('www.example.com')
#= "www.example.com"

normalize_ip_for_uri('')
#= ""

normalize_ip_for_uri(['10.0.0.1', '2001:db8::1', 'host'])
#= ["10.0.0.1", "[2001:db8::1]", "host"]

normalize_ip_for_uri(['::1'])
#= "[::1]"

normalize_ip_for_uri([])
#= []

normalize_ip_for_uri('::1', '10.0.0.1')
#= ["[::1]", "10.0.0.1"]

normalize_ip_for_uri()
#= []

normalize_ip_for_uri(1)
#= 1

normalize_ip_for_uri(undef)
#= undef

normalize_ip_for_uri({'a' => 'b'})
#= {"a" => "b"}

inet6_prefix('10.0.0.1')
#= "10.0.0.1"

inet6_prefix('::1')
#= "inet6:[::1]"

inet6_prefix('inet6:[::1]')
#= "inet6:[::1]"

inet6_prefix(['::1', '10.0.0.1', 'host'])
#= ["inet6:[::1]", "10.0.0.1", "host"]

inet6_prefix(['::1'])
#= "inet6:[::1]"

inet6_prefix('::1', '::2')
#= ["inet6:[::1]", "inet6:[::2]"]

inet6_prefix('::/0')
#= "inet6:[::/0]"

inet6_prefix()
#= []

inet6_prefix(5)
#= 5

os_database_connection({'dialect' => 'sqlite', 'host' => '127.0.0.1', 'port' => '3306', 'database' => 'test', 'username' => 'guest', 'password' => 's3cr3t'})
#= "sqlite://guest:s3cr3t@127.0.0.1:3306/test"

os_database_connection({'dialect' => 'mysql', 'host' => '127.0.0.1', 'port' => '3306', 'database' => 'test', 'username' => 'guest', 'password' => 's3cr3t', 'charset' => 'utf-8'})
#= "mysql://guest:s3cr3t@127.0.0.1:3306/test?charset=utf-8"

os_database_connection({'dialect' => 'mysql', 'host' => '127.0.0.1', 'port' => 3306, 'database' => 'test', 'username' => 'guest', 'password' => 's3cr3t'})
#! Evaluation Error: Error while evaluating a Function Call, os_database_connection(): port should be a String

os_database_connection({'dialect' => 'mysql', 'host' => '127.0.0.1', 'port' => '3306', 'database' => 'test', 'username' => '', 'password' => 's3cr3t'})
#= "mysql://127.0.0.1:3306/test"

os_database_connection({'dialect' => 'mysql', 'host' => '127.0.0.1', 'port' => '3306', 'database' => 'test'})
#= "mysql://127.0.0.1:3306/test"

os_database_connection({'dialect' => 'mysql', 'host' => '127.0.0.1', 'database' => 'test', 'charset' => 'utf-8'})
#= "mysql://127.0.0.1/test?charset=utf-8"

os_database_connection({'dialect' => 'sqlite', 'database' => 'test', 'host' => ''})
#! Evaluation Error: Error while evaluating a Function Call, bad component(expected host component):

os_database_connection({'dialect' => 'sqlite', 'host' => '127.0.0.1', 'database' => 'test', 'username' => 'guest', 'password' => 's3 c/r@'})
#= "sqlite://guest:s3%20c%2Fr%40@127.0.0.1/test"

os_database_connection({'dialect' => 'sqlite', 'host' => '::1', 'database' => 'test', 'username' => 'guest', 'password' => 'x', 'extra' => {'read_timeout' => 60, 'a' => 'b c'}})
#= "sqlite://guest:x@[::1]/test?read_timeout=60&a=b%20c"

os_database_connection({'dialect' => 'mysql', 'host' => 'h', 'database' => 'd', 'extra' => {'charset' => 'latin1', 'b' => 'é'}, 'charset' => 'utf8'})
#= "mysql://h/d?charset=utf8&b=%C3%A9"

os_database_connection({'dialect' => 'mysql', 'host' => 'h', 'database' => 'd', 'extra' => 'text'})
#! Evaluation Error: Error while evaluating a Function Call, os_database_connection(): extra should be a Hash

os_database_connection({'host' => 'h', 'database' => 'd'})
#! Evaluation Error: Error while evaluating a Function Call, os_database_connection(): dialect is required

os_database_connection({'dialect' => 'mysql', 'host' => 'h'})
#! Evaluation Error: Error while evaluating a Function Call, os_database_connection(): database is required

os_database_connection({'dialect' => 'mysql', 'database' => 'd'})
#= "mysql:///d"

os_database_connection({'dialect' => '', 'host' => 'h', 'database' => 'd'})
#! Evaluation Error: Error while evaluating a Function Call, bad component(expected scheme component):

os_database_connection({'dialect' => 'mysql', 'host' => 'h', 'database' => 'd', 'password' => 'p'})
#= "mysql://h/d"

os_database_connection({'dialect' => 'mysql', 'host' => 'h', 'database' => 'd', 'username' => 'u'})
#= "mysql://u@h/d"

os_database_connection({})
#! Evaluation Error: Error while evaluating a Function Call, os_database_connection(): dialect is required

os_database_connection('text')
#! Evaluation Error: Error while evaluating a Function Call, os_database_connection(): Requires an hash, got String

os_database_connection()
#! Evaluation Error: Error while evaluating a Function Call, os_database_connection(): Wrong number of arguments given (0 for 1)

os_database_connection({}, {})
#! Evaluation Error: Error while evaluating a Function Call, os_database_connection(): Wrong number of arguments given (2 for 1)

os_transport_url({'transport' => 'rabbit', 'host' => '127.0.0.1', 'port' => 5672, 'username' => 'guest', 'password' => 's3cr3t', 'virtual_host' => 'virt', 'ssl' => '1'})
#= "rabbit://guest:s3cr3t@127.0.0.1:5672/virt?ssl=1"

os_transport_url({'transport' => 'rabbit', 'host' => '127.0.0.1', 'port' => '5672', 'username' => 'guest', 'password' => 's3cr3t', 'virtual_host' => 'virt', 'query' => {'key' => 'value', 'k2' => 'v 2'}})
#= "rabbit://guest:s3cr3t@127.0.0.1:5672/virt?key=value&k2=v 2"

os_transport_url({'transport' => 'rabbit', 'hosts' => ['h1', 'h2'], 'port' => '5672', 'username' => 'guest', 'password' => 's3@:/cr3t'})
#= "rabbit://guest:s3%40%3A%2Fcr3t@h1:5672,guest:s3%40%3A%2Fcr3t@h2:5672/"

os_transport_url({'transport' => 'rabbit', 'hosts' => '::1', 'port' => '5672'})
#! Evaluation Error: Error while evaluating a Function Call, os_transport_url(): hosts should be a Array

os_transport_url({'transport' => 'rabbit', 'hosts' => ['::1', '10.0.0.1'], 'username' => 'u'})
#= "rabbit://u@[::1],u@10.0.0.1/"

os_transport_url({'transport' => 'rabbit', 'host' => '::1'})
#= "rabbit://[::1]/"

os_transport_url({'transport' => 'rabbit', 'hosts' => []})
#= "rabbit:///"

os_transport_url({'transport' => 'rabbit', 'host' => 'h', 'hosts' => ['a']})
#! Evaluation Error: Error while evaluating a Function Call, os_transport_url(): cannot use both host and hosts.

os_transport_url({'transport' => 'rabbit'})
#! Evaluation Error: Error while evaluating a Function Call, os_transport_url(): host or hosts is required

os_transport_url({'host' => 'h'})
#! Evaluation Error: Error while evaluating a Function Call, os_transport_url(): transport is required

os_transport_url({'transport' => 'rabbit', 'host' => 'h', 'ssl' => true})
#! Evaluation Error: Error while evaluating a Function Call, os_transport_url(): ssl should be a String

os_transport_url({'transport' => 'rabbit', 'host' => 'h', 'ssl' => 'false', 'query' => {'ssl' => '1'}})
#= "rabbit://h/?ssl=0"

os_transport_url({'transport' => 'rabbit', 'host' => 'h', 'ssl' => 'maybe'})
#! Evaluation Error: Error while evaluating a Function Call, os_transport_url _str2bool(): Unknown type of boolean given

os_transport_url({'transport' => 'rabbit', 'host' => 'h', 'ssl' => 0})
#! Evaluation Error: Error while evaluating a Function Call, os_transport_url(): ssl should be a String

os_transport_url({'transport' => 'rabbit', 'host' => 1})
#! Evaluation Error: Error while evaluating a Function Call, os_transport_url(): host should be a String

os_transport_url({'transport' => '', 'host' => 'h'})
#= "://h/"

os_transport_url({'transport' => 'rabbit', 'host' => 'h', 'virtual_host' => 'a b/c'})
#= "rabbit://h/a b/c"

os_transport_url({'transport' => 'rabbit', 'host' => 'h', 'password' => 'p'})
#= "rabbit://h/"

os_transport_url()
#! Evaluation Error: Error while evaluating a Function Call, os_transport_url(): Wrong number of arguments

os_transport_url('a')
#! Evaluation Error: Error while evaluating a Function Call, os_transport_url(): Requires an hash, got String

os_transport_url({})
#! Evaluation Error: Error while evaluating a Function Call, os_transport_url(): transport is required

## neutron
convert_to_json_string({'a' => 1})
#= "{\"a\":1}"

convert_to_json_string(['a', undef, 1.5])
#= "[\"a\",null,1.5]"

convert_to_json_string('a')
#= "\"a\""

convert_to_json_string(undef)
#= "null"

convert_to_json_string()
#= "null"

convert_to_json_string('a', 'b')
#= "\"a\""

convert_cert_to_string('TESTS/files/a.yaml')
#= "a: 1b:- x"

convert_cert_to_string('/nonexistent/file')
#! Evaluation Error: Error while evaluating a Function Call, Certificate file not found: /nonexistent/file

convert_cert_to_string(1)
#! Evaluation Error: Error while evaluating a Function Call, 'convert_cert_to_string' parameter 'cert_file' expects a String value, got Integer

validate_network_vlan_ranges('datacentre:1:100')
#= ["datacentre:1:100"]

validate_network_vlan_ranges(['datacentre:1:100', 'b:5:6'])
#= ["datacentre:1:100", "b:5:6"]

validate_network_vlan_ranges('datacentre')
#= ["datacentre"]

validate_network_vlan_ranges('datacentre:5:1')
#! Evaluation Error: Error while evaluating a Function Call, network vlan ranges are invalid.

validate_network_vlan_ranges('datacentre:1:4095')
#! Evaluation Error: Error while evaluating a Function Call, vlan id are invalid.

validate_network_vlan_ranges('datacentre:-1:4')
#! Evaluation Error: Error while evaluating a Function Call, network vlan ranges are invalid.

validate_network_vlan_ranges('physnet:1')
#= ["physnet:1"]

validate_network_vlan_ranges('a:b:c')
#! Evaluation Error: Error while evaluating a Function Call, network vlan ranges are invalid.

validate_network_vlan_ranges('a:1:2,b:3:4')
#= ["a:1:2,b:3:4"]

validate_network_vlan_ranges([])
#= []

validate_network_vlan_ranges('')
#= [""]

validate_network_vlan_ranges(5)
#! Evaluation Error: Error while evaluating a Function Call, no implicit conversion of Integer into String

validate_network_vlan_ranges()
#= [undef]

validate_tunnel_id_ranges('20:100')
#= ["20:100"]

validate_tunnel_id_ranges(['20:100', '1:1'])
#= ["20:100", "1:1"]

validate_tunnel_id_ranges('100:20')
#! Evaluation Error: Error while evaluating a Function Call, tunnel id ranges are invalid.

validate_tunnel_id_ranges('1:1000001')
#= ["1:1000001"]

validate_tunnel_id_ranges('1:2000000')
#! Evaluation Error: Error while evaluating a Function Call, tunnel id ranges are to large.

validate_tunnel_id_ranges('x')
#! Evaluation Error: Error while evaluating a Function Call, tunnel id ranges are invalid.

validate_tunnel_id_ranges('1')
#! Evaluation Error: Error while evaluating a Function Call, tunnel id ranges are invalid.

validate_tunnel_id_ranges([])
#= []

validate_tunnel_id_ranges()
#= [undef]

validate_vni_ranges('20:100')
#= ["20:100"]

validate_vni_ranges(['20:100', '40:300'])
#= ["20:100", "40:300"]

validate_vni_ranges('100:20')
#! Evaluation Error: Error while evaluating a Function Call, vni ranges are invalid.

validate_vni_ranges('1:16777216')
#! Evaluation Error: Error while evaluating a Function Call, vni ranges are invalid.

validate_vni_ranges('0:5')
#= ["0:5"]

validate_vni_ranges('x:y')
#! Evaluation Error: Error while evaluating a Function Call, vni ranges are invalid.

validate_vni_ranges()
#= [undef]

validate_vxlan_udp_port('4789')
#= undef

validate_vxlan_udp_port('8472')
#! Evaluation Error: Error while evaluating a Function Call, vxlan udp port is invalid.

validate_vxlan_udp_port('49200')
#= undef

validate_vxlan_udp_port('65535')
#= undef

validate_vxlan_udp_port('65536')
#! Evaluation Error: Error while evaluating a Function Call, vxlan udp port is invalid.

validate_vxlan_udp_port('123')
#! Evaluation Error: Error while evaluating a Function Call, vxlan udp port is invalid.

validate_vxlan_udp_port('abc')
#! Evaluation Error: Error while evaluating a Function Call, invalid value for Integer(): "abc"

validate_vxlan_udp_port(4789)
#= undef

validate_vxlan_udp_port()
#! Evaluation Error: Error while evaluating a Function Call, can't convert nil into Integer

## ironic
ipv6_normalize_dnsmasq_ip_subnets([{'ip_range' => '192.168.0.100,192.168.0.120', 'netmask' => '255.255.255.0', 'gateway' => '192.168.0.254'}])
#= [{"ip_range" => "192.168.0.100,192.168.0.120", "netmask" => "255.255.255.0", "gateway" => "192.168.0.254"}]

ipv6_normalize_dnsmasq_ip_subnets([{'ip_range' => 'fd00::100,fd00::200', 'netmask' => 'ffff:ffff:ffff:ffff::', 'gateway' => 'fd00::1', 'tag' => 't'}])
#= [{"ip_range" => "fd00::100,fd00::200", "netmask" => 64, "tag" => "t"}]

ipv6_normalize_dnsmasq_ip_subnets([{'ip_range' => 'fd00::100,fd00::200', 'netmask' => 'ffff:ffff:ffff:ffff:ffff::'}, {'ip_range' => '10.0.0.1,10.0.0.2'}])
#= [{"ip_range" => "fd00::100,fd00::200", "netmask" => 80}, {"ip_range" => "10.0.0.1,10.0.0.2"}]

ipv6_normalize_dnsmasq_ip_subnets([{'netmask' => '255.255.0.0'}])
#= [{"netmask" => "255.255.0.0"}]

ipv6_normalize_dnsmasq_ip_subnets([{'ip_range' => 'x'}])
#= [{"ip_range" => "x"}]

ipv6_normalize_dnsmasq_ip_subnets([{'ip_range' => 'fd00::100,fd00::200', 'netmask' => '64'}])
#= [{"ip_range" => "fd00::100,fd00::200", "netmask" => "64"}]

ipv6_normalize_dnsmasq_ip_subnets([])
#= []

ipv6_normalize_dnsmasq_ip_subnets(['one', 'netmask gateway'])
#= ["one", "netmask gateway"]

ipv6_normalize_dnsmasq_ip_subnets([['a']])
#! Evaluation Error: Error while evaluating a Function Call, no implicit conversion of String into Integer

ipv6_normalize_dnsmasq_ip_subnets([undef])
#! Evaluation Error: Error while evaluating a Function Call, undefined method `[]' for nil:NilClass

ipv6_normalize_dnsmasq_ip_subnets('x')
#! Evaluation Error: Error while evaluating a Function Call, undefined method `each' for "x":String

ipv6_normalize_dnsmasq_ip_subnets()
#! Evaluation Error: Error while evaluating a Function Call, 'ipv6_normalize_dnsmasq_ip_subnets' expects 1 argument, got none

## murano
get_ext_net_name({'net0' => {'router:external' => true, 'b' => 1}})
#= undef

get_ext_net_name({'net0' => {'L3' => {'subnet' => 'a'}}, 'net04_ext' => {'L3' => {}, 'L2' => {'router_ext' => true}}})
#= "net04_ext"

get_ext_net_name({'net0' => {'L2' => {'router_ext' => false}}})
#= undef

get_ext_net_name({})
#= undef

get_ext_net_name('x')
#! Evaluation Error: Error while evaluating a Function Call, get_ext_net_name(): No network data provided!

get_ext_net_name()
#! Evaluation Error: Error while evaluating a Function Call, get_ext_net_name(): No network data provided!

## nova
to_array_of_json_strings('{"a": 1}')
#= ["{\"a\":1}"]

to_array_of_json_strings([{'a' => 1}, {'b' => 'c'}])
#= ["{\"a\":1}", "{\"b\":\"c\"}"]

to_array_of_json_strings({'a' => 1})
#! Evaluation Error: Error while evaluating a Function Call, Syntax error: {"a"=>1} is not an Array or JSON encoded String

to_array_of_json_strings('[{"a": 1}, {"b": [1, 2]}]')
#= ["{\"a\":1}", "{\"b\":[1,2]}"]

to_array_of_json_strings('not json')
#! Evaluation Error: Error while evaluating a Function Call, Syntax error: not json is not valid

to_array_of_json_strings([])
#= []

to_array_of_json_strings('')
#! Evaluation Error: Error while evaluating a Function Call, Syntax error:  is not an Array or JSON encoded String

to_array_of_json_strings(1)
#! Evaluation Error: Error while evaluating a Function Call, Syntax error: 1 is not an Array or JSON encoded String

to_array_of_json_strings(undef)
#! Evaluation Error: Error while evaluating a Function Call, Syntax error:  is not an Array or JSON encoded String

to_array_of_json_strings()
#! Evaluation Error: Error while evaluating a Function Call, to_array_of_json_strings(): Wrong number of arguments

## openstack_extras
validate_yum_hash({'repo' => {'descr' => 'a', 'gpgcheck' => '1'}})
#= {"repo" => {"descr" => "a", "gpgcheck" => "1"}}

validate_yum_hash({'repo' => {'what' => 'a', 'other' => 'b'}})
#! Evaluation Error: Error while evaluating a Function Call, Parameter what is not valid for the yumrepo type

validate_yum_hash({'repo' => {}})
#= {"repo" => {}}

validate_yum_hash({})
#= undef

validate_yum_hash('x')
#! Evaluation Error: Error while evaluating a Function Call, non-hash argument provided to validate_yum_hash

validate_yum_hash({'repo' => 'text'})
#! Evaluation Error: Error while evaluating a Function Call, undefined method `each' for "text":String

validate_yum_hash()
#! Evaluation Error: Error while evaluating a Function Call, non-hash argument provided to validate_yum_hash

## vswitch
range_to_mask('')
#= undef

range_to_mask(undef)
#= undef

range_to_mask('1')
#= "2"

range_to_mask('0-3')
#= "f"

range_to_mask('1,3-5')
#= "3a"

range_to_mask('64')
#= "10000000000000000"

range_to_mask('0,2,4')
#= "15"

range_to_mask('a')
#! Evaluation Error: Error while evaluating a Function Call, 'range_to_mask' parameter 'range' expects an undef value or a match for Pattern[/^$/, /^[0-9\-\,]/], got 'a'

range_to_mask(1)
#! Evaluation Error: Error while evaluating a Function Call, 'range_to_mask' parameter 'range' expects an undef value or a match for Pattern[/^$/, /^[0-9\-\,]/], got Integer
