## apache
apache::bool2httpd(true)
#= "On"

apache::bool2httpd('Off')
#= "Off"

bool2httpd('on')
#! Evaluation Error: Error while evaluating a Function Call, deprecation. bool2httpd. This function is deprecated, please use apache::bool2httpd instead. at ["unknown", 2]:["unknown", 1]

apache::pw_hash('test')
#= "{SHA}qUqP5cyxm6YcTAhz05Hph5gvu9M="

apache::pw_hash(1)
#! Evaluation Error: Error while evaluating a Function Call, 'apache::pw_hash' parameter 'password' expects a String value, got Integer

apache_pw_hash('test')
#! Evaluation Error: Error while evaluating a Function Call, deprecation. apache_pw_hash. This function is deprecated, please use apache::pw_hash instead. at ["unknown", 2]:["unknown", 1]

apache::apache_pw_hash('test')
#! Evaluation Error: Error while evaluating a Function Call, deprecation. apache::apache_pw_hash. This function is deprecated, please use apache::pw_hash instead. at ["unknown", 2]:["unknown", 1]

apache::authz_core_config({'Require' => ['a', 'b']})
#= ["  Require a", "  Require b"]

apache::authz_core_config({'require_all' => {'require_any' => {'require' => ['user foo', 'group bar']}, 'require' => ['a']}})
#= ["  <RequireAll>", "    <RequireAny>", "      Require user foo", "      Require group bar", "    </RequireAny>", "    Require a", "  </RequireAll>"]

apache::authz_core_config({'require_none' => {'require' => 'text'}})
#! Evaluation Error: Error while evaluating a Function Call, undefined method `map' for "text":String

apache::authz_core_config({})
#= []

apache::authz_core_config('x')
#! Evaluation Error: Error while evaluating a Function Call, 'apache::authz_core_config' parameter 'config' expects a Hash value, got String

## docker
docker::env(['a=b', 'c=d'])
#= ["a=b", "c=d"]

docker::env([['a', ['b']], 'c'])
#= [["a", ["b"]], "c"]

docker::env('x')
#! Evaluation Error: Error while evaluating a Function Call, 'docker::env' parameter 'args' expects an Array value, got String

docker_exec_flags({'detach' => true, 'interactive' => true, 'tty' => true, 'env' => ['A=1', 'B=2']})
#= "--detach=true --interactive=true --tty=true --env A=1 --env B=2"

docker_exec_flags({'detach' => false, 'env' => undef})
#= ""

docker_exec_flags({})
#= ""

docker_plugin_enable_flags({'force_enable' => true, 'timeout' => 5})
#= ""

docker_plugin_enable_flags({'enabled_alias' => 'a', 'plugin_name' => 'b', 'plugin_alias' => 'c'})
#= "'c'"

docker_plugin_enable_flags({'plugin_name' => 'b', 'plugin_alias' => 'c'})
#= "'c'"

docker_plugin_install_flags({'plugin_name' => 'b', 'plugin_alias' => 'c', 'disable_on_install' => true, 'disable_content_trust' => true, 'grant_all_permissions' => true, 'settings' => ['a=1', 'b=2']})
#= "--alias c --disable --disable-content-trust --grant-all-permissions 'b' a=1 b=2"

docker_plugin_install_flags({'plugin_name' => 'b', 'settings' => undef})
#= "'b'"

docker_plugin_install_flags({'plugin_name' => 'b', 'settings' => {'a' => 'b'}})
#= "'b'"

docker_plugin_remove_flags({'force_remove' => true})
#= "--force"

docker_plugin_remove_flags({'force_remove' => false})
#= ""

docker_plugin_remove_flags({'plugin_name' => 'x'})
#= "'x'"

docker_secrets_flags({'ensure' => 'present', 'secret_name' => 'n', 'secret_path' => '/p', 'label' => ['a', 'b']})
#= "create 'n' '/p' -l %s \\\n -l %s \\\n"

docker_secrets_flags({'ensure' => 'absent', 'secret_name' => 'n'})
#= "'n'"

docker_secrets_flags({'ensure' => 'present', 'label' => [undef]})
#= "create"

docker_secrets_flags({'label' => undef})
#= ""

docker_service_flags({'service_name' => 'n', 'env' => ['a=b'], 'label' => ['x=y'], 'mounts' => ['m'], 'networks' => ['n1'], 'publish' => '80', 'replicas' => '5', 'tty' => true, 'user' => 'u', 'workdir' => '/w', 'extra_params' => ['--x 1'], 'image' => 'i', 'command' => ['c', 'd'], 'detach' => true, 'host_socket' => 's', 'registry_mirror' => 'r'})
#= "'n' --detach --env 'a=b' --label x=y --mount m --network n1 --publish '80' --replicas '5' --tty --user 'u' --workdir '/w' --x 1 -H 's' --registry-mirror='r' 'i' c d"

docker_service_flags({'service_name' => 'n', 'publish' => ['80', 81], 'mounts' => [], 'extra_params' => 'x', 'image' => 'i', 'command' => 'c', 'registry_mirror' => ['a', 'b']})
#= "'n' --detach --publish 80 --publish 81 --tty --registry-mirror='a' --registry-mirror='b' 'i' c"

docker_service_flags({})
#= "--detach --tty"

docker_service_flags({'service_name' => "it's", 'image' => 'a b', 'env' => undef, 'label' => undef, 'networks' => undef})
#= "'it's' --detach --tty 'a b'"

docker_stack_flags({'bundle_file' => '/b', 'compose_files' => ['/a', '/c'], 'resolve_image' => 'always', 'prune' => true, 'with_registry_auth' => true})
#= "--bundle-file '/b' --compose-file '/a' --compose-file '/c' --resolve-image 'always' --prune --with-registry-auth"

docker_stack_flags({'compose_files' => undef, 'resolve_image' => undef})
#= ""

docker_stack_flags({})
#= ""

docker_swarm_init_flags({'init' => true, 'advertise_addr' => '10.0.0.1', 'autolock' => true, 'cert_expiry' => '1h', 'default_addr_pool' => ['10.0.0.0/8', 'b'], 'default_addr_pool_mask_length' => '24', 'dispatcher_heartbeat' => '5', 'external_ca' => 'x', 'force_new_cluster' => true, 'listen_addr' => 'y', 'max_snapshots' => '3', 'snapshot_interval' => '4'})
#= "init --advertise-addr '10.0.0.1' --autolock --cert-expiry '1h' --default-addr-pool 10.0.0.0/8 --default-addr-pool b --default-addr-pool-mask-length '24' --dispatcher-heartbeat '5' --external-ca 'x' --force-new-cluster --listen-addr 'y' --max-snapshots '3' --snapshot-interval '4'"

docker_swarm_init_flags({'default_addr_pool' => undef})
#= "init --autolock --force-new-cluster"

docker_swarm_init_flags({})
#= "init --autolock --force-new-cluster"

docker_swarm_join_flags({'join' => true, 'advertise_addr' => '10.0.0.1', 'listen_addr' => 'y', 'token' => 't'})
#= "join --advertise-addr '10.0.0.1' --listen-addr \"y\" --token 't'"

docker_swarm_join_flags({'join' => false})
#= ""

docker_run_flags({'username' => 'u', 'hostname' => 'h', 'restart' => 'always', 'net' => 'bridge', 'memory_limit' => '10b', 'cpuset' => ['0', '1'], 'disable_network' => true, 'privileged' => true, 'health_check_cmd' => 'x', 'health_check_interval' => 30, 'restart_on_unhealthy' => true, 'tty' => true, 'read_only' => true, 'env' => ['A=1'], 'env_file' => ['f'], 'dns' => ['1.1.1.1'], 'dns_search' => ['s'], 'links' => ['l'], 'expose' => ['80'], 'volumes' => ['/a:/b'], 'labels' => ['x'], 'extra_params' => ['--a', '--b'], 'hostentries' => ['h:1'], 'lxc_conf' => ['l'], 'socket_connect' => [], 'volumes_from' => ['v'], 'ports' => ['1:2'], 'osfamily' => 'debian', 'image' => 'i', 'after' => [], 'detach' => true})
#= "-u u \\\n-h h \\\n--restart 'always' \\\n--net bridge \\\n-m 10b \\\n--cpuset-cpus=0,1 \\\n-n false \\\n--privileged \\\n--health-cmd='x' \\\n--health-interval=30s \\\n-t \\\n--read-only=true \\\n--dns 1.1.1.1 \\\n \\\n--dns-search s \\\n \\\n--expose=80 \\\n \\\n--link l \\\n \\\n--lxc-conf=l \\\n \\\n--volumes-from v \\\n \\\n-e A\\=1 \\\n \\\n--env-file f \\\n \\\n-p 1:2 \\\n \\\n-l x \\\n \\\n--add-host h:1 \\\n \\\n-v /a:/b \\\n \\\n--a \\\n--b"

docker_run_flags({'memory_limit' => '0b', 'cpuset' => [], 'env' => [], 'env_file' => [], 'dns' => [], 'dns_search' => [], 'links' => [], 'expose' => [], 'volumes' => '/x', 'labels' => [], 'extra_params' => 'a', 'hostentries' => [], 'lxc_conf' => [], 'socket_connect' => [], 'volumes_from' => [], 'ports' => [], 'net' => ['a', 'b'], 'osfamily' => 'windows', 'health_check_cmd' => undef})
#! Evaluation Error: Error while evaluating a Function Call, undefined method `each' for "a":String

docker_run_flags({})
#! Evaluation Error: Error while evaluating a Function Call, undefined method `each' for nil:NilClass

docker_run_flags()
#! Evaluation Error: Error while evaluating a Function Call, undefined method `each' for nil:NilClass

## haproxy
haproxy::generate_error_message('x')
#! Evaluation Error: Error while evaluating a Function Call, x

haproxy::sort_bind({'10.0.0.1:80' => ['a'], '10.0.0.1:8080' => 'b', '1.0.0.1:443' => []})
#= [["1.0.0.1:443", []], ["10.0.0.1:80", ["a"]], ["10.0.0.1:8080", "b"]]

haproxy::sort_bind({'*:80' => [], '/var/run/x' => ['mode 600'], '[::1]:5' => []})
#= [["*:80", []], ["/var/run/x", ["mode 600"]], ["[::1]:5", []]]

haproxy::sort_bind({})
#= []

haproxy::sort_bind('x')
#! Evaluation Error: Error while evaluating a Function Call, 'haproxy::sort_bind' parameter 'bind' expects a Hash value, got String

haproxy::validate_ip_addr('10.0.0.1')
#= true

haproxy::validate_ip_addr('*')
#= false

haproxy::validate_ip_addr('')
#= false

haproxy::validate_ip_addr('::1')
#= true

haproxy::validate_ip_addr('host.example.com')
#= false

haproxy::validate_ip_addr('under_score')
#= false

haproxy::validate_ip_addr('/path')
#= false

haproxy::validate_ip_addr(1)
#! Evaluation Error: Error while evaluating a Function Call, 'haproxy::validate_ip_addr' parameter 'virtual_ip' expects a String value, got Integer

## icinga2
icinga2::icinga2_ticket_id('agent.example.com', 'salt')
#= "2ceec279f94f1fd2cbd17b4fe3bb80e4a6b73102"

icinga2::icinga2_ticket_id('', 'salt')
#= "d8b5ad6833d1e57eca10c0649aea6132d7c98241"

icinga2::icinga2_ticket_id('agent', '')
#= "c2060cc15e4f7d5d3a30988c2f7c8783e4d7ee0d"

icinga2::icinga2_ticket_id('agent')
#! Evaluation Error: Error while evaluating a Function Call, 'icinga2::icinga2_ticket_id' expects 2 arguments, got 1

icinga2::icinga2_ticket_id(1, 2)
#! Evaluation Error: Error while evaluating a Function Call, 'icinga2::icinga2_ticket_id' parameter 'cn' expects a String value, got Integer

## mysql
mysql::password('pass')
#= "*196BDEDE2AE4F84CA44C47D54D78478C7E2BD7B7"

mysql::password('')
#= ""

mysql::password('*94BDCEBE19083CE2A1F959FD02F964C7AF4CFC29')
#= "*94BDCEBE19083CE2A1F959FD02F964C7AF4CFC29"

mysql::password(1)
#! Evaluation Error: Error while evaluating a Function Call, 'mysql::password' parameter 'password' expects a value of type String or Sensitive[String], got Integer

mysql_password('pass')
#! Evaluation Error: Error while evaluating a Function Call, deprecation. mysql_password. This method has been deprecated, please use the namespaced version 'mysql::password' instead. at ["unknown", 2]:["unknown", 1]

mysql_password('pass', false)
#! Evaluation Error: Error while evaluating a Function Call, deprecation. mysql_password. This method has been deprecated, please use the namespaced version 'mysql::password' instead. at ["unknown", 2]:["unknown", 1]

mysql::strip_hash({'a' => 1, 'b' => '', 'c' => undef})
#= {"a" => 1, "c" => undef}

mysql::normalise_and_deepmerge({'one' => 1, 'two' => {'a-b' => 2}}, {'one' => 2, 'two' => {'a_b' => 3, 'c' => 4}})
#= {"one" => 2, "two" => {"a_b" => 3, "c" => 4}}

mysql::normalise_and_deepmerge({'ensure' => 'x', 'a-b' => 1}, {'a_b' => 2}, {'a-b' => 3})
#= {"ensure" => "x", "a-b" => 3}

mysql::normalise_and_deepmerge({'a' => [1]}, '', {'a' => [2]})
#= {"a" => [2]}

mysql::normalise_and_deepmerge({'a' => {'b' => 1}}, {'a' => 'c'})
#= {"a" => "c"}

mysql::normalise_and_deepmerge({}, 2)
#! Evaluation Error: Error while evaluating a Function Call, mysql::normalise_and_deepmerge: unexpected argument type %{arg_class}, only expects hash arguments.

mysql::normalise_and_deepmerge({})
#! Evaluation Error: Error while evaluating a Function Call, mysql::normalise_and_deepmerge(): wrong number of arguments (1; must be at least 2)

mysql::normalise_and_deepmerge()
#! Evaluation Error: Error while evaluating a Function Call, mysql::normalise_and_deepmerge(): wrong number of arguments (0; must be at least 2)

mysql::innobackupex_args('user', true, 'pass', ['db1', 'db2'], ['opt'])
#= "--user=\"user\" --password=\"pass\" --compress --databases=\"db1 db2\" opt"

mysql::innobackupex_args('user', false, undef, [], [])
#= ""

mysql::innobackupex_args(undef, false, undef, [], ['--a', '--b'])
#= " --a --b"

mysql::innobackupex_args('user', false, 'p', [], [])
#= "--user=\"user\" --password=\"p\""

mysql::innobackupex_args('', false, '', [], [])
#= "--user=\"\" --password=\"\""

## postgresql
postgresql::postgresql_password('user', 'pass', false, 'scram-sha-256')
#= "SCRAM-SHA-256$4096:dXNlcg==$n7VOduCIzPAbX+GtGpXxrXtSU2JskYKXsUj22zzlVDU=:Dmyon+Wu9jrmbTbVtie+7bmT0rVwgmSMiwMbHSR5QEA="

postgresql::postgresql_password('user', 'pass', false, 'scram-sha-256', 'salt')
#= "SCRAM-SHA-256$4096:c2FsdA==$2vkhYrhps+80I+uVMp2ddi/07L2daFcwdQOUbT8Qpws=:kUBWqMOyEvAl0qbFEpHDX1cE8NJa+OsPDj9hXNRaOiA="

postgresql::postgresql_password('user', 'pass', false, 'plain')
#! Evaluation Error: Error while evaluating a Function Call, 'postgresql::postgresql_password' parameter 'hash' expects an undef value or a match for Enum['md5', 'scram-sha-256'], got 'plain'

postgresql::postgresql_password('user')
#! Evaluation Error: Error while evaluating a Function Call, 'postgresql::postgresql_password' expects between 2 and 5 arguments, got 1

postgresql_password('user', 'pass')
#! Evaluation Error: Error while evaluating a Function Call, deprecation. postgresql_password. This method is deprecated, please use postgresql::postgresql_password instead. at ["unknown", 2]:["unknown", 1]

postgresql::postgresql_escape('a $$ b')
#= "$ef$a $$ b$ef$"

postgresql::postgresql_escape('x')
#= "$$x$$"

postgresql_escape('x')
#! Evaluation Error: Error while evaluating a Function Call, deprecation. postgresql_escape. This method is deprecated, please use postgresql::postgresql_escape instead. at ["unknown", 2]:["unknown", 1]

postgresql::prepend_sql_password('p')
#= "ENCRYPTED PASSWORD 'p'"

postgresql::prepend_sql_password(1)
#! Evaluation Error: Error while evaluating a Function Call, 'postgresql::prepend_sql_password' parameter 'password' expects a String value, got Integer

postgresql::postgresql_acls_to_resources_hash(['local all all trust', 'host all all 127.0.0.1/32 md5'], 'test', 10)
#= {"postgresql class generated rule test 0" => {"type" => "local", "database" => "all", "user" => "all", "order" => "010", "auth_method" => "trust"}, "postgresql class generated rule test 1" => {"type" => "host", "database" => "all", "user" => "all", "order" => "011", "address" => "127.0.0.1/32", "auth_method" => "md5"}}

postgresql::postgresql_acls_to_resources_hash(['host db user 10.0.0.0 255.0.0.0 ident map=x y', 'hostgssenc a b samenet gss'], 'test', 0)
#= {"postgresql class generated rule test 0" => {"type" => "host", "database" => "db", "user" => "user", "order" => "000", "address" => "10.0.0.0 255.0.0.0", "auth_method" => "ident", "auth_option" => "map=x y"}, "postgresql class generated rule test 1" => {"type" => "hostgssenc", "database" => "a", "user" => "b", "order" => "001", "address" => "samenet", "auth_method" => "gss"}}

## puppet_agent
any_resources_of_type('nothing')
#= false

any_resources_of_type('class', {'name' => 'x'})
#= false

uri_host_from_string('https://a.b:80/c')
#= "a.b"

uri_host_from_string('a.b')
#= undef

uri_host_from_string('http://[::1]/')
#= "[::1]"

uri_host_from_string('a b')
#! Evaluation Error: Error while evaluating a Function Call, bad URI(is not URI?): "a b"

uri_host_from_string('')
#= undef

uri_host_from_string()
#! Evaluation Error: Error while evaluating a Function Call, uri_host_from_string(): Wrong number of arguments given (0 for 1)

windows_native_path('C:/a/b')
#= "C:\\a\\b"

windows_native_path('a')
#= "a"

windows_native_path()
#! Evaluation Error: Error while evaluating a Function Call, windows_native_path(): Wrong number of arguments given (0 for 1)

windows_msi_installargs(['A=b', {'C' => 'd e'}])
#= "A=b C=\"\"\"d e\"\"\""

windows_msi_installargs('x')
#! Evaluation Error: Error while evaluating a Function Call, undefined method `map' for "x":String

windows_msi_installargs(['A=C:/x', {'D' => 'E:/f'}])
#= "A=C:/x D=\"\"\"E:/f\"\"\""

windows_msi_installargs([])
#= ""

## tomcat
tomcat::change('a')
#= "a"

tomcat::change({'a' => 'b'})
#= {"a" => "b"}

tomcat::change(['a', {'b' => undef}])
#= ["a", {"b" => undef}]

tomcat::change(undef)
#= undef

tomcat::change({'a' => {'b' => true, 'c' => 1}})
#= {"a" => {"b" => true, "c" => 1}}
