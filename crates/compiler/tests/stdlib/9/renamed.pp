## functions that stdlib:: has taken over
batch_escape('a "b"')
#- warning: This function is deprecated, please use stdlib::batch_escape instead. at ["unknown", 2]:["unknown", 1]
#= "\"a \"\"b\"\"\""

batch_escape()
#- warning: This function is deprecated, please use stdlib::batch_escape instead. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, 'stdlib::batch_escape' expects 1 argument, got none

ensure_packages('a')
#- warning: This function is deprecated, please use stdlib::ensure_packages instead. at ["unknown", 2]:["unknown", 1]
#= undef

fqdn_rand_string(10)
#- warning: This function is deprecated, please use stdlib::fqdn_rand_string instead. at ["unknown", 2]:["unknown", 1]
#= "pRh8eK1qnU"

fqdn_rand_string(0)
#- warning: This function is deprecated, please use stdlib::fqdn_rand_string instead. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, 'stdlib::fqdn_rand_string' parameter 'length' expects an Integer[1] value, got Integer[0, 0]

fqdn_rotate(['a', 'b', 'c'])
#- warning: This function is deprecated, please use stdlib::fqdn_rotate instead. at ["unknown", 2]:["unknown", 1]
#= ["c", "a", "b"]

has_interface_with('lo')
#- warning: This function is deprecated, please use stdlib::has_interface_with instead. at ["unknown", 2]:["unknown", 1]
#= true

merge({'a' => 1}, {'b' => 2})
#- warning: This function is deprecated, please use stdlib::merge instead. at ["unknown", 2]:["unknown", 1]
#= {"a" => 1, "b" => 2}

merge([1, 2]) |$h, $v| { {$v => 1} }
#- warning: This function is deprecated, please use stdlib::merge instead. at ["unknown", 2]:["unknown", 1]
#= {1 => 1, 2 => 1}

merge([1]) |$v| { {$v => 1} }
#! Evaluation Error: Error while evaluating a Function Call, 'merge' block variant 0 expects an Undef value, got Callable

merge(1)
#- warning: This function is deprecated, please use stdlib::merge instead. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, The function 'stdlib::merge' was called with arguments it does not accept. It expects one of:
#!   (Variant[Hash[Scalar, Any], Undef, String[0, 0]] args*)
#!     rejected: parameter 'args' expects a value of type Undef, Hash, or String, got Integer
#!   (Iterable args*, Callable[3, 3] block)
#!     rejected: expects a block
#!   (Iterable args*, Callable[2, 2] block)
#!     rejected: expects a block

os_version_gte('Debian', '9')
#- warning: This function is deprecated, please use stdlib::os_version_gte instead. at ["unknown", 2]:["unknown", 1]
#= true

parsehocon('a: 1')
#- warning: This function is deprecated, please use stdlib::parsehocon instead. at ["unknown", 2]:["unknown", 1]
#= {"a" => 1}

powershell_escape('a b')
#- warning: This function is deprecated, please use stdlib::powershell_escape instead. at ["unknown", 2]:["unknown", 1]
#= "a` b"

seeded_rand(10, 'a')
#- warning: This function is deprecated, please use stdlib::seeded_rand instead. at ["unknown", 2]:["unknown", 1]
#= 4

seeded_rand_string(5, 'a')
#- warning: This function is deprecated, please use stdlib::seeded_rand_string instead. at ["unknown", 2]:["unknown", 1]
#= "PsujL"

shell_escape('a b')
#- warning: This function is deprecated, please use stdlib::shell_escape instead. at ["unknown", 2]:["unknown", 1]
#= "a\\ b"

to_json([1])
#- warning: This function is deprecated, please use stdlib::to_json instead. at ["unknown", 2]:["unknown", 1]
#= "[1]"

to_json_pretty([1])
#- warning: This function is deprecated, please use stdlib::to_json_pretty instead. at ["unknown", 2]:["unknown", 1]
#= "[\n  1\n]\n"

to_python([true])
#- warning: This function is deprecated, please use stdlib::to_python instead. at ["unknown", 2]:["unknown", 1]
#= "[True]"

to_ruby([true])
#- warning: This function is deprecated, please use stdlib::to_ruby instead. at ["unknown", 2]:["unknown", 1]
#= "[true]"

to_toml({'a' => 1})
#- warning: This function is deprecated, please use stdlib::to_toml instead. at ["unknown", 2]:["unknown", 1]
#= "a = 1\n"

to_yaml([1])
#- warning: This function is deprecated, please use stdlib::to_yaml instead. at ["unknown", 2]:["unknown", 1]
#= "---\n- 1\n"

type_of(1)
#- warning: This function is deprecated, please use stdlib::type_of instead. at ["unknown", 2]:["unknown", 1]
#= Integer[1, 1]

validate_domain_name('a.b')
#- warning: This function is deprecated, please use stdlib::validate_domain_name instead. at ["unknown", 2]:["unknown", 1]
#= undef

validate_email_address('a@b')
#- warning: This function is deprecated, please use stdlib::validate_email_address instead. at ["unknown", 2]:["unknown", 1]
#= undef

batch_escape('a') batch_escape('b')
#- warning: This function is deprecated, please use stdlib::batch_escape instead. at ["unknown", 2]:["unknown", 1]
#= "\"b\""

to_yaml([1], {'indentation' => 3}, 4)
#- warning: This function is deprecated, please use stdlib::to_yaml instead. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, 'stdlib::to_yaml' expects between 1 and 2 arguments, got 3

parsepson('[1]')
#! Evaluation Error: Error while evaluating a Function Call, deprecation. parsepson. This method is deprecated. From Puppet 8, PSON is no longer natively supported. Please use JSON.parse(). at ["unknown", 2]:["unknown", 1]

parsepson('[1]', 'd')
#= "d"

deprecation('key', 'message')
#! Evaluation Error: Error while evaluating a Function Call, deprecation. key. message at ["unknown", 2]:["unknown", 1]

deprecation('key', 'message', false)
#- warning: message at ["unknown", 2]:["unknown", 1]
#= undef

deprecation('key', 'message', true)
#! Evaluation Error: Error while evaluating a Function Call, deprecation. key. message at ["unknown", 2]:["unknown", 1]

deprecation('key', 'message', 1)
#! Evaluation Error: Error while evaluating a Function Call, 'deprecation' parameter 'use_strict_setting' expects a Boolean value, got Integer

deprecation('key')
#! Evaluation Error: Error while evaluating a Function Call, 'deprecation' expects between 2 and 3 arguments, got 1

is_a(1, Integer)
#= true

is_array([1])
#! Evaluation Error: Unknown function: 'is_array'.

validate_string('a')
#! Evaluation Error: Unknown function: 'validate_string'.

validate_legacy(String, 'validate_string', 'a')
#! Evaluation Error: Error while evaluating a Function Call, deprecation. validate_legacy. This method is deprecated, please use Puppet data types to validate parameters at ["unknown", 2]:["unknown", 1]

uriescape('a b')
#! Evaluation Error: Error while evaluating a Function Call, Puppet: This function is not available in Puppet 8. URI.escape no longer exists as of Ruby 3+.

pw_hash('password', 'bcrypt', '03$abcdefghijklmnopqrstuu')
#! Evaluation Error: Error while evaluating a Function Call, pw_hash(): characters in salt must match (?-mix:^(0[4-9]|[12][0-9]|3[01])\$[.\/A-Za-z0-9]{22})

pw_hash('password', 'bcrypt', '05$abcdefghijklmnopqrstuu')
#= "$2b$05$abcdefghijklmnopqrstuuWG29KuyeAicPCJODk1zjyGvyQUU2awu"

pw_hash('password', 'sha-512', 'salt')
#= "$6$salt$IxDD3jeSOb5eB1CX5LBsqZFVkJdido3OUILO5Ifz5iwMuTS4XMS130MTSuDDl3aCI6WouIL9AjRbLCelDCy.g."

#@ strict=warning

batch_escape('a "b"')
#- warning: This function is deprecated, please use stdlib::batch_escape instead. at ["unknown", 2]:["unknown", 1]
#= "\"a \"\"b\"\"\""

parsepson('[1]')
#- warning: This method is deprecated. From Puppet 8, PSON is no longer natively supported. Please use JSON.parse(). at ["unknown", 2]:["unknown", 1]
#= undef

deprecation('key', 'message')
#- warning: message at ["unknown", 2]:["unknown", 1]
#= undef

deprecation('key', 'message', false)
#- warning: message at ["unknown", 2]:["unknown", 1]
#= undef

validate_legacy(String, 'validate_string', 'a')
#- warning: This method is deprecated, please use Puppet data types to validate parameters at ["unknown", 2]:["unknown", 1]
#= undef

validate_legacy(String, 'nosuch', 1)
#- warning: This method is deprecated, please use Puppet data types to validate parameters at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_legacy(String, ...) expects a String value, got Integer

validate_legacy('Integer', 'nosuch', 'x')
#- warning: This method is deprecated, please use Puppet data types to validate parameters at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_legacy(Integer, ...) expects an Integer value, got String

validate_legacy(String)
#! Evaluation Error: Error while evaluating a Function Call, 'validate_legacy' expects at least 4 arguments, got 2

validate_legacy(Array[Own::Port], 'x', [0])
#- warning: This method is deprecated, please use Puppet data types to validate parameters at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_legacy(Array[Own::Port], ...) index 0 expects an Own::Port = Integer[1, 65535] value, got Integer[0, 0]

#@ strict=off

batch_escape('a "b"')
#- warning: This function is deprecated, please use stdlib::batch_escape instead. at ["unknown", 2]:["unknown", 1]
#= "\"a \"\"b\"\"\""

deprecation('key', 'message')
#= undef

parsepson('[1]')
#= undef

validate_legacy(String, 'validate_string', 'a')
#= undef

#@
