## batch_escape and the like
stdlib::batch_escape('a "b" $c \\d')
#= "\"a \"\"b\"\" \\$c \\\\d\""

stdlib::batch_escape()
#! Evaluation Error: Error while evaluating a Function Call, 'stdlib::batch_escape' expects 1 argument, got none

stdlib::powershell_escape("a 'b' `c`")
#= "a` `'b`'` ``c``"

stdlib::shell_escape("it's")
#= "it\\'s"

stdlib::shell_escape(['a b'])
#= "\\[\\\"a\\ b\\\"\\]"

## crc32, sha256
stdlib::crc32('abc')
#= "352441c2"

stdlib::crc32('')
#= "0"

stdlib::crc32(1)
#= "83dcefb7"

stdlib::crc32(1.5)
#= "875c9bba"

stdlib::crc32(true)
#= "fdfc4c8d"

stdlib::crc32(/x/)
#! Evaluation Error: Error while evaluating a Function Call, 'stdlib::crc32' parameter 'my_data' expects a value of type ScalarData, Sensitive[ScalarData], Binary, or Sensitive[Binary], got Regexp

stdlib::crc32('ü')
#= "63d969d5"

stdlib::crc32([1])
#! Evaluation Error: Error while evaluating a Function Call, 'stdlib::crc32' parameter 'my_data' expects a value of type ScalarData, Sensitive[ScalarData], Binary, or Sensitive[Binary], got Tuple

stdlib::crc32(undef)
#! Evaluation Error: Error while evaluating a Function Call, 'stdlib::crc32' parameter 'my_data' expects a value of type ScalarData, Sensitive[ScalarData], Binary, or Sensitive[Binary], got Undef

stdlib::sha256('abc')
#= "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

stdlib::sha256('')
#= "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

stdlib::sha256(1)
#= "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b"

stdlib::sha256(/x/)
#! Evaluation Error: Error while evaluating a Function Call, 'stdlib::sha256' parameter 'my_data' expects a value of type ScalarData, Sensitive[ScalarData], Binary, or Sensitive[Binary], got Regexp

stdlib::sha256({})
#! Evaluation Error: Error while evaluating a Function Call, 'stdlib::sha256' parameter 'my_data' expects a value of type ScalarData, Sensitive[ScalarData], Binary, or Sensitive[Binary], got Hash

## ensure_packages
#@ show=catalog

stdlib::ensure_packages('vim')
#= Package[vim] {"ensure" => "installed"}

stdlib::ensure_packages(['a', 'b'])
#= Package[a] {"ensure" => "installed"}
#= Package[b] {"ensure" => "installed"}

stdlib::ensure_packages('a', {'ensure' => 'latest'})
#= Package[a] {"ensure" => "latest"}

stdlib::ensure_packages('a', {'ensure' => 'present'})
#= Package[a] {"ensure" => "installed"}

stdlib::ensure_packages({'a' => {'ensure' => '1.0'}, 'b' => {}})
#= Package[a] {"ensure" => "1.0"}
#= Package[b] {"ensure" => "installed"}

stdlib::ensure_packages({'a' => {'ensure' => '1.0'}}, {'provider' => 'gem'})
#= Package[a] {"ensure" => "1.0", "provider" => "gem"}

stdlib::ensure_packages({'a' => undef}, {'provider' => 'gem'})
#! Evaluation Error: Error while evaluating a Function Call, no implicit conversion of nil into Hash

stdlib::ensure_packages({'a' => 1})
#! Evaluation Error: Error while evaluating a Function Call, no implicit conversion of Integer into Hash

package { 'a': ensure => installed } stdlib::ensure_packages('a')
#= Package[a] {"ensure" => "installed"}

package { 'a': ensure => present } stdlib::ensure_packages('a')
#= Package[a] {"ensure" => "present"}

package { 'a': ensure => latest } stdlib::ensure_packages('a')
#! Evaluation Error: Error while evaluating a Function Call, Duplicate declaration: Package[a] is already declared at; cannot redeclare

package { 'a': ensure => present } stdlib::ensure_packages('a', {'ensure' => 'installed'})
#= Package[a] {"ensure" => "present"}

package { 'a': ensure => present, provider => 'gem' } stdlib::ensure_packages('a', {'provider' => 'gem'})
#= Package[a] {"ensure" => "present", "provider" => "gem"}

stdlib::ensure_packages('a') stdlib::ensure_packages('a', {'ensure' => 'present'})
#= Package[a] {"ensure" => "installed"}

stdlib::ensure_packages([])
#= (none)

stdlib::ensure_packages('')
#! Evaluation Error: Error while evaluating a Function Call, 'stdlib::ensure_packages' parameter 'packages' expects a value of type String[1], Array[String[1]], or Hash[String[1], Any], got String

stdlib::ensure_packages(1)
#! Evaluation Error: Error while evaluating a Function Call, 'stdlib::ensure_packages' parameter 'packages' expects a value of type String, Array, or Hash, got Integer

stdlib::ensure_packages()
#! Evaluation Error: Error while evaluating a Function Call, 'stdlib::ensure_packages' expects between 1 and 2 arguments, got none

stdlib::ensure_packages({'' => {}})
#! Evaluation Error: Error while evaluating a Function Call, 'stdlib::ensure_packages' parameter 'packages' expects a value of type String[1], Array[String[1]], or Hash[String[1], Any], got Hash[String, Hash[0, 0], 1, 1]

stdlib::ensure_packages('a', 'b')
#! Evaluation Error: Error while evaluating a Function Call, The function 'stdlib::ensure_packages' was called with arguments it does not accept. It expects one of:
#!   (Variant[String[1], Array[String[1]]] packages, Hash default_attributes?)
#!     rejected: parameter 'default_attributes' expects a Hash value, got String
#!   (Hash[String[1], Any] packages, Hash default_attributes?)
#!     rejected: parameter 'packages' expects a Hash value, got String

ensure_packages('a') ensure_packages('b')
#- warning: This function is deprecated, please use stdlib::ensure_packages instead. at ["unknown", 2]:["unknown", 1]
#= Package[a] {"ensure" => "installed"}
#= Package[b] {"ensure" => "installed"}

ensure_packages('')
#- warning: This function is deprecated, please use stdlib::ensure_packages instead. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, 'stdlib::ensure_packages' parameter 'packages' expects a value of type String[1], Array[String[1]], or Hash[String[1], Any], got String

#@

## fqdn_rand_string, fqdn_rotate
stdlib::fqdn_rand_string(10)
#= "pRh8eK1qnU"

stdlib::fqdn_rand_string(10, 'abc')
#= "bbbbcccbab"

stdlib::fqdn_rand_string(10, undef, 'seed')
#= "nbuZsJtUGU"

stdlib::fqdn_rand_string(10, '', 'seed', 2)
#= "zu24HlyCDS"

stdlib::fqdn_rand_string('10')
#! Evaluation Error: Error while evaluating a Function Call, 'stdlib::fqdn_rand_string' parameter 'length' expects an Integer value, got String

stdlib::fqdn_rand_string(0)
#! Evaluation Error: Error while evaluating a Function Call, 'stdlib::fqdn_rand_string' parameter 'length' expects an Integer[1] value, got Integer[0, 0]

stdlib::fqdn_rand_string(5, 1)
#! Evaluation Error: Error while evaluating a Function Call, 'stdlib::fqdn_rand_string' parameter 'charset' expects a value of type Undef or String, got Integer

stdlib::fqdn_rand_string()
#! Evaluation Error: Error while evaluating a Function Call, 'stdlib::fqdn_rand_string' expects at least 1 argument, got none

stdlib::fqdn_rand_string(8, undef, ['a', ['b']])
#= "XCuLgEVo"

stdlib::fqdn_rotate([])
#= []

stdlib::fqdn_rotate('')
#= ""

stdlib::fqdn_rotate(['a', 'b', 'c', 'd', 'e'])
#= ["c", "d", "e", "a", "b"]

stdlib::fqdn_rotate(['a', 'b', 'c', 'd', 'e'], 'seed')
#= ["b", "c", "d", "e", "a"]

stdlib::fqdn_rotate(['a', 'b', 'c', 'd', 'e'], 'seed', 2)
#= ["b", "c", "d", "e", "a"]

stdlib::fqdn_rotate('abcdefgh')
#= "ghabcdef"

stdlib::fqdn_rotate('abcdefgh', 'x')
#= "fghabcde"

stdlib::fqdn_rotate('abcdefgh', 'x', 1)
#= "bcdefgha"

stdlib::fqdn_rotate(1)
#! Evaluation Error: Error while evaluating a Function Call, 'stdlib::fqdn_rotate' parameter 'input' expects a value of type String or Array, got Integer

stdlib::fqdn_rotate(['a', 'b'], [1])
#! Evaluation Error: Error while evaluating a Function Call, The function 'stdlib::fqdn_rotate' was called with arguments it does not accept. It expects one of:
#!   (String input, Variant[Integer, String] seeds*)
#!     rejected: parameter 'input' expects a String value, got Tuple
#!   (Array input, Variant[Integer, String] seeds*)
#!     rejected: parameter 'seeds' expects a value of type Integer or String, got Tuple

stdlib::fqdn_rotate()
#! Evaluation Error: Error while evaluating a Function Call, 'stdlib::fqdn_rotate' expects at least 1 argument, got none

## has_function
stdlib::has_function('stdlib::sha256')
#= true

stdlib::has_function('pick')
#= true

stdlib::has_function('nosuch')
#= false

stdlib::has_function('own::pp')
#= true

stdlib::has_function('include')
#= true

stdlib::has_function('fail')
#= true

stdlib::has_function('')
#! Evaluation Error: Error while evaluating a Function Call, 'stdlib::has_function' parameter 'function_name' expects a String[1] value, got String

stdlib::has_function(1)
#! Evaluation Error: Error while evaluating a Function Call, 'stdlib::has_function' parameter 'function_name' expects a String value, got Integer

## has_interface_with
stdlib::has_interface_with('lo')
#= true

stdlib::has_interface_with('eth9')
#= false

stdlib::has_interface_with('ipaddress', '10.0.0.1')
#= true

stdlib::has_interface_with('ip', '10.0.0.1')
#= true

stdlib::has_interface_with('macaddress', 'aa:bb:cc:dd:ee:ff')
#= true

stdlib::has_interface_with('mac', 'x')
#= false

stdlib::has_interface_with('network', '127.0.0.0')
#= true

stdlib::has_interface_with('netmask', '255.0.0.0')
#= true

stdlib::has_interface_with('nosuch', 'x')
#! Evaluation Error: Error while evaluating a Function Call, The function 'stdlib::has_interface_with' was called with arguments it does not accept. It expects one of:
#!   (String[1] interface)
#!     rejected: expects 1 argument, got 2
#!   (Enum['ip', 'ipaddress', 'mac', 'macaddress', 'netmask', 'network'] kind, String[1] value)
#!     rejected: parameter 'kind' expects a match for Enum['ip', 'ipaddress', 'mac', 'macaddress', 'netmask', 'network'], got 'nosuch'

stdlib::has_interface_with('')
#! Evaluation Error: Error while evaluating a Function Call, The function 'stdlib::has_interface_with' was called with arguments it does not accept. It expects one of:
#!   (String[1] interface)
#!     rejected: parameter 'interface' expects a String[1] value, got String
#!   (Enum['ip', 'ipaddress', 'mac', 'macaddress', 'netmask', 'network'] kind, String[1] value)
#!     rejected: expects 2 arguments, got 1

stdlib::has_interface_with()
#! Evaluation Error: Error while evaluating a Function Call, 'stdlib::has_interface_with' expects between 1 and 2 arguments, got none

stdlib::has_interface_with(1)
#! Evaluation Error: Error while evaluating a Function Call, The function 'stdlib::has_interface_with' was called with arguments it does not accept. It expects one of:
#!   (String[1] interface)
#!     rejected: parameter 'interface' expects a String value, got Integer
#!   (Enum['ip', 'ipaddress', 'mac', 'macaddress', 'netmask', 'network'] kind, String[1] value)
#!     rejected: expects 2 arguments, got 1

## merge, nested_values, sort_by
stdlib::merge({'a' => 1}, {'b' => 2}, undef, '')
#= {"a" => 1, "b" => 2}

stdlib::merge()
#= {}

stdlib::merge([1, 2]) |$h, $i, $v| { {$v => $i} }
#= {1 => 0, 2 => 1}

stdlib::merge('x')
#! Evaluation Error: Error while evaluating a Function Call, The function 'stdlib::merge' was called with arguments it does not accept. It expects one of:
#!   (Variant[Hash[Scalar, Any], Undef, String[0, 0]] args*)
#!     rejected: parameter 'args' expects a value of type Undef, Hash[Scalar, Any], or String[0, 0], got String
#!   (Iterable args*, Callable[3, 3] block)
#!     rejected: expects a block
#!   (Iterable args*, Callable[2, 2] block)
#!     rejected: expects a block

stdlib::nested_values({'a' => {'b' => 1, 'c' => {'d' => [2, {'e' => 3}]}}, 'f' => undef})
#= [1, [2, {"e" => 3}], undef]

stdlib::nested_values({})
#= []

stdlib::nested_values([])
#! Evaluation Error: Error while evaluating a Function Call, 'stdlib::nested_values' parameter 'hash' expects a Hash value, got Array

stdlib::sort_by(['aaa', 'b', 'cc']) |$x| { size($x) }
#= ["b", "cc", "aaa"]

stdlib::sort_by('hello') |$x| { $x }
#= "ehllo"

stdlib::sort_by({'a' => 2, 'b' => 1}) |$k, $v| { $v }
#! Evaluation Error: Parameter $v is required but no value was given

stdlib::sort_by({'a' => 2, 'b' => 1}) |$x| { $x[1] }
#= {"b" => 1, "a" => 2}

stdlib::sort_by([3, 1, 2]) |$x| { -$x }
#= [3, 2, 1]

stdlib::sort_by([1, 'a']) |$x| { $x }
#! Evaluation Error: Error while evaluating a Function Call, comparison of Integer with String failed

stdlib::sort_by([1, 2])
#! Evaluation Error: Error while evaluating a Function Call, 'stdlib::sort_by' expects a block

stdlib::sort_by([1, 2]) |$a, $b| { 1 }
#! Evaluation Error: Error while evaluating a Function Call, The function 'stdlib::sort_by' was called with arguments it does not accept. It expects one of:
#!   (Array ary, Callable[1, 1] block)
#!     rejected: block expects 1 argument, got 2
#!   (String str, Callable[1, 1] block)
#!     rejected: parameter 'str' expects a String value, got Tuple
#!   (Hash hsh)
#!     rejected: parameter 'hsh' expects a Hash value, got Tuple

stdlib::sort_by(1) |$a| { 1 }
#! Evaluation Error: Error while evaluating a Function Call, The function 'stdlib::sort_by' was called with arguments it does not accept. It expects one of:
#!   (Array ary, Callable[1, 1] block)
#!     rejected: parameter 'ary' expects an Array value, got Integer
#!   (String str, Callable[1, 1] block)
#!     rejected: parameter 'str' expects a String value, got Integer
#!   (Hash hsh)
#!     rejected: parameter 'hsh' expects a Hash value, got Integer

stdlib::sort_by([]) |$a| { 1 }
#= []

stdlib::sort_by(['b', 'a']) |$x| { [1, $x] }
#= ["a", "b"]

stdlib::sort_by({'a' => 2}) |$k, $v, $x| { $v }
#! Evaluation Error: Error while evaluating a Function Call, 'stdlib::sort_by' block expects between 1 and 2 arguments, got 3

## os_version_gte
stdlib::os_version_gte('Debian', '9')
#= true

stdlib::os_version_gte('Debian', '13')
#= false

stdlib::os_version_gte('Ubuntu', '9')
#= false

stdlib::os_version_gte('', '9')
#! Evaluation Error: Error while evaluating a Function Call, 'stdlib::os_version_gte' parameter 'os' expects a String[1] value, got String

stdlib::os_version_gte('Debian')
#! Evaluation Error: Error while evaluating a Function Call, 'stdlib::os_version_gte' expects 2 arguments, got 1

## parsehocon
stdlib::parsehocon('a: 1')
#= {"a" => 1}

stdlib::parsehocon('{', 'd')
#= "d"

## seeded_rand
stdlib::seeded_rand(10, 'a')
#= 4

stdlib::seeded_rand('10', 'a')
#! Evaluation Error: Error while evaluating a Function Call, 'stdlib::seeded_rand' parameter 'max' expects an Integer value, got String

stdlib::seeded_rand(0, 'a')
#! Evaluation Error: Error while evaluating a Function Call, 'stdlib::seeded_rand' parameter 'max' expects an Integer[1] value, got Integer[0, 0]

stdlib::seeded_rand(10, 1)
#! Evaluation Error: Error while evaluating a Function Call, 'stdlib::seeded_rand' parameter 'seed' expects a String value, got Integer

stdlib::seeded_rand_string(10, 'seed')
#= "JSYSrD2xIu"

stdlib::seeded_rand_string(5, 'seed', 'abc')
#= "bcacc"

## formats
stdlib::to_json({'a' => [1, undef]})
#= "{\"a\":[1,null]}"

stdlib::to_json_pretty({'a' => undef, 'b' => 1}, true)
#= "{\n  \"b\": 1\n}\n"

stdlib::to_json_pretty([undef, 1], true)
#= "[\n  1\n]\n"

stdlib::to_json_pretty({'a' => [1]}, false, {'indent' => ' '})
#= "{\n \"a\": [\n  1\n ]\n}\n"

stdlib::to_json_pretty('x')
#! Evaluation Error: Error while evaluating a Function Call, 'stdlib::to_json_pretty' parameter 'data' expects a value of type Hash or Array, got String

stdlib::to_yaml({'a' => [1]})
#= "---\na:\n- 1\n"

stdlib::to_yaml({'a' => [1]}, {'indentation' => 4})
#= "---\na:\n- 1\n"

stdlib::to_toml({'a' => {'b' => 1}})
#= "[a]\nb = 1\n"

stdlib::to_python({'a' => [true, undef]})
#= "{\"a\": [True, None]}"

stdlib::to_ruby({'a' => [true, undef]})
#= "{\"a\" => [true, nil]}"

stdlib::type_of([1, 'a'])
#= Tuple[Integer[1, 1], String]

stdlib::rewrap_sensitive_data({'a' => 1})
#= {"a" => 1}

stdlib::rewrap_sensitive_data({'a' => 1}) |$x| { [$x] }
#= [{"a" => 1}]

stdlib::rewrap_sensitive_data(1) |$x, $y| { [$x] }
#! Evaluation Error: Error while evaluating a Function Call, 'stdlib::rewrap_sensitive_data' block expects 1 argument, got 2

## with Sensitive
stdlib::crc32(Sensitive('abc'))
#= "352441c2"

stdlib::sha256(Sensitive(5))
#= "ef2d127de37b942baad06145e54b0c619a1f22327b2ebbcfbec78f5564afe39d"

stdlib::sha256(Sensitive([1]))
#! Evaluation Error: Error while evaluating a Function Call, 'stdlib::sha256' parameter 'my_data' expects a value of type ScalarData, Sensitive[ScalarData], Binary, or Sensitive[Binary], got Sensitive[Array[Integer]]

stdlib::to_json({'a' => Sensitive('x')})
#= Sensitive("{\"a\":\"x\"}")

stdlib::to_json(Sensitive({'a' => Sensitive('x')}))
#= Sensitive("{\"a\":\"x\"}")

stdlib::to_json_pretty([Sensitive('x')])
#= Sensitive("[\n  \"x\"\n]\n")

stdlib::to_json_pretty(Sensitive(['x']))
#! Evaluation Error: Error while evaluating a Function Call, 'stdlib::to_json_pretty' parameter 'data' expects a value of type Hash or Array, got Sensitive[Array]

stdlib::to_yaml({'a' => Sensitive('x')})
#= Sensitive("---\na: x\n")

stdlib::to_toml({'a' => Sensitive('x')})
#= Sensitive("a = \"x\"\n")

stdlib::rewrap_sensitive_data({'a' => Sensitive('x')})
#= Sensitive({"a" => "x"})

stdlib::rewrap_sensitive_data({Sensitive('a') => [Sensitive(Sensitive('x'))]}) |$x| { [$x] }
#= Sensitive([{"a" => ["x"]}])

stdlib::rewrap_sensitive_data([1, Sensitive(2)]) |$x| { undef }
#= Sensitive(undef)

## validation
stdlib::validate_domain_name('example.com')
#= undef

stdlib::validate_domain_name('example.com', 'x.')
#= undef

stdlib::validate_domain_name('X')
#! Evaluation Error: Error while evaluating a Function Call, 'stdlib::validate_domain_name' parameter 'values' expects a match for Variant[Stdlib::Fqdn = Pattern[/\A[a-z.]+\z/], Stdlib::Dns::Zone = Pattern[/\.\z/]], got 'X'

stdlib::validate_domain_name('x', 1)
#! Evaluation Error: Error while evaluating a Function Call, 'stdlib::validate_domain_name' parameter 'values' expects a match for Variant[Stdlib::Fqdn = Pattern[/\A[a-z.]+\z/], Stdlib::Dns::Zone = Pattern[/\.\z/]], got Integer

stdlib::validate_domain_name()
#! Evaluation Error: Error while evaluating a Function Call, stdlib::validate_domain_name(): Wrong number of arguments need at least one

stdlib::validate_email_address('a@b')
#= undef

stdlib::validate_email_address('a@b', 'x')
#! Evaluation Error: Error while evaluating a Function Call, 'stdlib::validate_email_address' parameter 'values' expects a match for Stdlib::Email = Pattern[/@/], got 'x'

stdlib::validate_email_address()
#! Evaluation Error: Error while evaluating a Function Call, stdlib::validate_email_address(): Wrong number of arguments need at least one

## files
loadyaml('TESTS/files/a.yaml')
#= {"a" => 1, "b" => ["x"]}

loadyaml('TESTS/files/nosuch.yaml', {'default' => 'value'})
#- warning: Can't load 'TESTS/files/nosuch.yaml' File does not exist!
#= {"default" => "value"}

loadyaml('TESTS/files/broken.yaml')
#! Evaluation Error: Error while evaluating a Function Call, (<unknown>): did not find expected node content while parsing a flow node at line 2 column 1

loadyaml('TESTS/files/alias.yaml')
#= {"a" => [1], "b" => [1]}

loadyaml('TESTS/files/date.yaml')
#! Evaluation Error: Error while evaluating a Function Call, Tried to load unspecified class: Date

loadyaml('TESTS/files/date.yaml', 'd')
#= "d"

loadjson('TESTS/files/a.json')
#= {"a" => [1, undef]}

loadjson('TESTS/files/nosuch.json', {'default' => 'value'})
#- warning: Can't load 'TESTS/files/nosuch.json' File does not exist!
#= {"default" => "value"}

loadjson('TESTS/files/broken.json')
#! Evaluation Error: Error while evaluating a Function Call, unexpected token at '{"a"
#! '

loadjson('TESTS/files/broken.json', 'd')
#= "d"

loadjson(1)
#! Evaluation Error: Error while evaluating a Function Call, undefined method `start_with?' for 1:Integer

load_module_metadata('own')
#= {"name" => "author-own", "version" => "1.2.3", "author" => "author", "license" => "x", "source" => "s", "summary" => "y", "dependencies" => []}

load_module_metadata('bare')
#! Evaluation Error: Error while evaluating a Function Call, load_module_metadata(): No metadata.json file for module bare

load_module_metadata('bare', true)
#= {}

load_module_metadata('nosuch')
#! Evaluation Error: Error while evaluating a Function Call, Could not find module nosuch in environment production

## without interfaces
#@ facts=modern

stdlib::has_interface_with('lo')
#= true

stdlib::fqdn_rotate(['a', 'b', 'c', 'd', 'e'])
#= ["c", "d", "e", "a", "b"]

stdlib::os_version_gte('Debian', '9')
#= true

#@

## others
own::nosuch()
#! Evaluation Error: Unknown function: 'own::nosuch'.

hash(['a', 1])
#! Evaluation Error: Unknown function: 'hash'.

has_key({'a' => 1}, 'a')
#! Evaluation Error: Unknown function: 'has_key'.

is_string('a')
#! Evaluation Error: Unknown function: 'is_string'.

type3x('a')
#! Evaluation Error: Unknown function: 'type3x'.
