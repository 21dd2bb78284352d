## deprecated under strict=error
is_bool(true)
#! Evaluation Error: Error while evaluating a Function Call, deprecation. is_bool. This method is deprecated, please use match expressions with Stdlib::Compat::Bool instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]

is_array([])
#! Evaluation Error: Error while evaluating a Function Call, deprecation. is_array. This method is deprecated, please use match expressions with Stdlib::Compat::Array instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]

is_float(1.5)
#! Evaluation Error: Error while evaluating a Function Call, deprecation. is_float. This method is deprecated, please use match expressions with Stdlib::Compat::Float instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]

is_ip_address('1.2.3.4')
#! Evaluation Error: Error while evaluating a Function Call, deprecation. is_ip_address. This method is deprecated, please use match expressions with Stdlib::Compat::Ip_address instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]

is_ipv4_address('1.2.3.4')
#! Evaluation Error: Error while evaluating a Function Call, deprecation. is_ipv4_address. This method is deprecated, please use match expressions with Stdlib::Compat::Ipv4 instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]

is_ipv6_address('::')
#! Evaluation Error: Error while evaluating a Function Call, deprecation. is_ipv4_address. This method is deprecated, please use match expressions with Stdlib::Compat::Ipv6 instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]

is_numeric(1)
#! Evaluation Error: Error while evaluating a Function Call, deprecation. is_numeric. This method is deprecated, please use match expressions with Stdlib::Compat::Numeric instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]

is_string('a')
#! Evaluation Error: Error while evaluating a Function Call, deprecation. is_string. This method is deprecated, please use match expressions with Stdlib::Compat::String instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]

is_absolute_path('/')
#! Evaluation Error: Error while evaluating a Function Call, deprecation. is_absolute_path. This method is deprecated, please use match expressions with Stdlib::Compat::Absolute_Path instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]

validate_absolute_path('/')
#! Evaluation Error: Error while evaluating a Function Call, deprecation. validate_absolute_path. This method is deprecated, please use the stdlib validate_legacy function,
#!                     with Stdlib::Compat::Absolute_Path. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]

validate_array([])
#! Evaluation Error: Error while evaluating a Function Call, deprecation. validate_array. This method is deprecated, please use the stdlib validate_legacy function,
#!                     with Stdlib::Compat::Array. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]

validate_bool(true)
#! Evaluation Error: Error while evaluating a Function Call, deprecation. validate_bool. This method is deprecated, please use the stdlib validate_legacy function,
#!                     with Stdlib::Compat::Bool. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]

validate_hash({})
#! Evaluation Error: Error while evaluating a Function Call, deprecation. validate_hash. This method is deprecated, please use the stdlib validate_legacy function,
#!                     with Stdlib::Compat::Hash. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]

validate_integer(1)
#! Evaluation Error: Error while evaluating a Function Call, deprecation. validate_integer. This method is deprecated, please use the stdlib validate_legacy function,
#!                     with Stdlib::Compat::Integer. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]

validate_ip_address('1.2.3.4')
#! Evaluation Error: Error while evaluating a Function Call, deprecation. validate_ip_address. This method is deprecated, please use the stdlib validate_legacy function,
#!                     with Stdlib::Compat::Ip_Address. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]

validate_ipv4_address('1.2.3.4')
#! Evaluation Error: Error while evaluating a Function Call, deprecation. validate_ipv4_address. This method is deprecated, please use the stdlib validate_legacy function,
#!                     with Stdlib::Compat::Ipv4_Address. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]

validate_ipv6_address('::')
#! Evaluation Error: Error while evaluating a Function Call, deprecation. validate_ipv6_address. This method is deprecated, please use the stdlib validate_legacy function,
#!                     with Stdlib::Compat::Ipv6_address. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]

validate_legacy(String, 'validate_string', 'a')
#= undef

validate_numeric(1)
#! Evaluation Error: Error while evaluating a Function Call, deprecation. validate_numeric. This method is deprecated, please use the stdlib validate_legacy function,
#!                     with Stdlib::Compat::Numeric. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]

validate_re('a', 'a')
#! Evaluation Error: Error while evaluating a Function Call, deprecation. validate_re. This method is deprecated, please use the stdlib validate_legacy function,
#!                     with Pattern[]. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]

validate_slength('a', 1)
#! Evaluation Error: Error while evaluating a Function Call, deprecation. validate_slength. This method is deprecated, please use the stdlib validate_legacy function,
#!                     with String[]. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]

validate_string('a')
#! Evaluation Error: Error while evaluating a Function Call, deprecation. validate_string. This method is deprecated, please use the stdlib validate_legacy function,
#!                     with Stdlib::Compat::String. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]

deprecation('key', 'message')
#! Evaluation Error: Error while evaluating a Function Call, deprecation. key. message at ["unknown", 2]:["unknown", 1]

deprecation('key')
#! Evaluation Error: Error while evaluating a Function Call, 'deprecation' expects 2 arguments, got 1

deprecation('key', 1)
#! Evaluation Error: Error while evaluating a Function Call, 'deprecation' parameter 'message' expects a String value, got Integer

sprintf_hash('%s', {})
#! Evaluation Error: Error while evaluating a Function Call, deprecation. sprintf_hash. This method is deprecated. From Puppet 4.10.10/5.3.4 please use the built-in sprintf instead at ["unknown", 2]:["unknown", 1]

[1].each |$x| { is_bool(true) }
#! Evaluation Error: Error while evaluating a Function Call, deprecation. is_bool. This method is deprecated, please use match expressions with Stdlib::Compat::Bool instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 2]

own::checks::bool(true)
#! Evaluation Error: Error while evaluating a Function Call, deprecation. is_bool. This method is deprecated, please use match expressions with Stdlib::Compat::Bool instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["MODULES/own/functions/checks/bool.pp", 2]:["unknown", 2]

include own::deprecated
#! Evaluation Error: Error while evaluating a Function Call, deprecation. is_bool. This method is deprecated, please use match expressions with Stdlib::Compat::Bool instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["MODULES/own/manifests/deprecated.pp", 2]:["unknown", 2]

own::checks { 'x': value => 1 }
#! Evaluation Error: Error while evaluating a Resource Statement, Evaluation Error: Error while evaluating a Function Call, deprecation. is_bool. This method is deprecated, please use match expressions with Stdlib::Compat::Bool instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["MODULES/own/manifests/checks.pp", 2]:

## and under strict=off
#@ strict=off

is_bool(true)
#= true

deprecation('key', 'message')
#= undef

sprintf_hash('%<a>s %{b}', {'a' => 'x', 'b' => 1})
#= "x 1"

sprintf_hash('%<a>05d|%-5<b>s|%%', {'a' => 42, 'b' => 'x'})
#= "00042|x    |%"

sprintf_hash('%<c>s', {'a' => 42})
#! Evaluation Error: Error while evaluating a Function Call, key<c> not found

sprintf_hash('x', 'y')
#! Evaluation Error: Error while evaluating a Function Call, 'sprintf_hash' parameter 'arguments' expects a Hash value, got String

## under strict=warning
#@ strict=warning

## deprecation
deprecation('key', 'message') 'done'
#- warning: message at ["unknown", 2]:["unknown", 1]
#= "done"

deprecation() 'done'
#! Evaluation Error: Error while evaluating a Function Call, 'deprecation' expects 2 arguments, got none

deprecation('key', 'message', 'x') 'done'
#! Evaluation Error: Error while evaluating a Function Call, 'deprecation' expects 2 arguments, got 3

deprecation('a', 'x') deprecation('a', 'y') deprecation('b', 'z') 'done'
#- warning: x at ["unknown", 2]:["unknown", 1]
#- warning: z at ["unknown", 2]:["unknown", 1]
#= "done"

include own::deprecated
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Bool instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["MODULES/own/manifests/deprecated.pp", 2]:["unknown", 2]
#- notice: true
#= "Class[Own::Deprecated]"

sprintf_hash('%<a>s %{b}', {'a' => 'x', 'b' => 1})
#- warning: This method is deprecated. From Puppet 4.10.10/5.3.4 please use the built-in sprintf instead at ["unknown", 2]:["unknown", 1]
#= "x 1"

## is_array
is_array([])
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Array instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= true

is_array()
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Array instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, is_array(): Wrong number of arguments given (0 for 1)

is_array({})
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Array instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= false

is_array(undef)
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Array instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= false

is_array([1], 2)
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Array instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= true

## is_bool
is_bool(true)
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Bool instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= true

is_bool('true')
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Bool instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= false

is_bool()
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Bool instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, is_bool(): Wrong number of arguments given (0 for 1)

is_bool(true, 1)
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Bool instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, is_bool(): Wrong number of arguments given (2 for 1)

## is_float
is_float()
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Float instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, is_float(): Wrong number of arguments given 0 for 1

is_float(1.5)
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Float instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= true

is_float('1.5')
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Float instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= true

is_float('1')
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Float instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= false

is_float(1)
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Float instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= false

is_float('x')
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Float instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= false

is_float('')
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Float instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= false

is_float('1.50')
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Float instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= false

is_float('1e3')
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Float instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= false

is_float([])
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Float instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= false

is_float('-0.1')
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Float instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= true

is_float(undef)
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Float instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= false

is_float(true)
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Float instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= false

## is_function_available
is_function_available()
#! Evaluation Error: Error while evaluating a Function Call, is_function_available?(): Wrong number of arguments given 0 for 1

is_function_available('fail')
#= true

is_function_available('pick')
#= true

is_function_available('include')
#= true

is_function_available('nosuch')
#= false

is_function_available(1)
#= false

is_function_available('merge')
#= true

is_function_available('fact')
#= false

is_function_available('template')
#= true

is_function_available('own::pp')
#= false

is_function_available('')
#= false

## is_hash
is_hash()
#! Evaluation Error: Error while evaluating a Function Call, is_hash(): Wrong number of arguments given (0 for 1)

is_hash({})
#= true

is_hash([])
#= false

is_hash({}, 1)
#! Evaluation Error: Error while evaluating a Function Call, is_hash(): Wrong number of arguments given (2 for 1)

## is_integer
is_integer()
#! Evaluation Error: Error while evaluating a Function Call, is_integer(): Wrong number of arguments given 0 for 1

is_integer(1)
#= true

is_integer('1')
#= true

is_integer('-1')
#= true

is_integer('01')
#= false

is_integer('1.0')
#= false

is_integer(1.0)
#= false

is_integer('x')
#= false

is_integer(undef)
#= false

is_integer([])
#= false

is_integer("x\n1")
#= true

is_integer('0')
#= true

is_integer('-0')
#= true

is_integer(1, 2)
#! Evaluation Error: Error while evaluating a Function Call, is_integer(): Wrong number of arguments given 2 for 1

## is_ip_address
is_ip_address()
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Ip_address instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, is_ip_address(): Wrong number of arguments given 0 for 1

is_ip_address('1.2.3.4')
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Ip_address instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= true

is_ip_address('::1')
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Ip_address instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= true

is_ip_address('1.2.3.4/24')
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Ip_address instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= true

is_ip_address('x')
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Ip_address instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= false

is_ip_address('')
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Ip_address instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= false

is_ip_address(undef)
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Ip_address instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= false

is_ip_address('1.2.3')
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Ip_address instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= false

is_ip_address(1)
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Ip_address instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= false

is_ip_address([])
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Ip_address instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= false

is_ipv4_address('1.2.3.4')
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Ipv4 instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= true

is_ipv4_address('::1')
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Ipv4 instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= false

is_ipv4_address('x')
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Ipv4 instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= false

is_ipv4_address(1)
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Ipv4 instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= false

is_ipv6_address('1.2.3.4')
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Ipv6 instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= false

is_ipv6_address('::1')
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Ipv6 instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= true

is_ipv6_address('x')
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Ipv6 instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= false

is_ipv6_address()
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Ipv6 instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, is_ipv6_address(): Wrong number of arguments given 0 for 1

## is_numeric
is_numeric()
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Numeric instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, is_numeric(): Wrong number of arguments given 0 for 1

is_numeric(1)
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Numeric instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= true

is_numeric(1.5)
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Numeric instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= true

is_numeric('1')
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Numeric instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= true

is_numeric('-1.5e3')
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Numeric instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= true

is_numeric('1e-3')
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Numeric instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= true

is_numeric('0x1f')
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Numeric instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= false

is_numeric('01')
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Numeric instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= false

is_numeric('x')
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Numeric instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= false

is_numeric('')
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Numeric instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= false

is_numeric(undef)
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Numeric instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= false

is_numeric(true)
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Numeric instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= false

is_numeric('1.')
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Numeric instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= false

is_numeric(' 1')
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Numeric instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= false

## is_string
is_string()
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::String instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, is_string(): Wrong number of arguments given (0 for 1)

is_string('a')
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::String instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= true

is_string('1')
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::String instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= false

is_string('1.5')
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::String instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= false

is_string('')
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::String instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= true

is_string(undef)
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::String instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= true

is_string(1)
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::String instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= false

is_string('01')
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::String instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= true

is_string('1.50')
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::String instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= true

is_string('1e3')
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::String instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= true

is_string('-5')
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::String instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= false

is_string([])
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::String instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= false

is_string('1000000000000000000000.0')
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::String instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= true

## is_a
is_a('a', String)
#= true

is_a(1, String)
#= false

is_a(1)
#! Evaluation Error: Error while evaluating a Function Call, 'is_a' expects 2 arguments, got 1

is_a(1, 'x')
#! Evaluation Error: Error while evaluating a Function Call, 'is_a' parameter 'type' expects a Type value, got String

'x'.is_a(Optional[String])
#= true

is_a(undef, Undef)
#= true

is_a(1, Type)
#= false

## validate_array
validate_array()
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Array. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_array(): wrong number of arguments (0; must be > 0)

validate_array([])
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Array. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#= undef

validate_array([], 'a')
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Array. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, "a" is not an Array.  It looks to be a String

validate_array({})
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Array. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, {} is not an Array.  It looks to be a Hash

validate_array(undef)
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Array. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, nil is not an Array.  It looks to be a NilClass

validate_array(1)
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Array. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, 1 is not an Array.  It looks to be a Integer

validate_array("a\"b")
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Array. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, "a\"b" is not an Array.  It looks to be a String

## validate_bool
validate_bool()
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Bool. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_bool(): wrong number of arguments (0; must be > 0)

validate_bool(true, false)
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Bool. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#= undef

validate_bool('false')
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Bool. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, "false" is not a boolean.  It looks to be a String

validate_bool(undef)
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Bool. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, nil is not a boolean.  It looks to be a NilClass

validate_bool([true])
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Bool. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, [true] is not a boolean.  It looks to be a Array

validate_bool({'a' => [1, undef]})
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Bool. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, {"a"=>[1, nil]} is not a boolean.  It looks to be a Hash

## validate_hash
validate_hash()
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Hash. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_hash(): wrong number of arguments (0; must be > 0)

validate_hash({})
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Hash. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#= undef

validate_hash({}, 'a')
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Hash. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, "a" is not a Hash.  It looks to be a String

validate_hash([1.5, true])
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Hash. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, [1.5, true] is not a Hash.  It looks to be a Array

## validate_integer
validate_integer()
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Integer. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_integer(): Wrong number of arguments; must be 1, 2 or 3, got 0

validate_integer(1)
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Integer. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#= undef

validate_integer('1')
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Integer. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#= undef

validate_integer('x')
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Integer. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_integer(): Expected first argument to be an Integer or Array, got String

validate_integer(1, 10)
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Integer. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#= undef

validate_integer(11, 10)
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Integer. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_integer(): Expected 11 to be smaller or equal to 10, got 11.

validate_integer(1, 10, 5)
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Integer. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_integer(): Expected 1 to be greater or equal to 5, got 1.

validate_integer(7, 10, 5)
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Integer. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#= undef

validate_integer(7, '', 5)
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Integer. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#= undef

validate_integer(3, '', 5)
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Integer. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_integer(): Expected 3 to be greater or equal to 5, got 3.

validate_integer(3, undef, 5)
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Integer. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_integer(): Expected 3 to be greater or equal to 5, got 3.

validate_integer(7, 'x')
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Integer. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_integer(): Expected second argument to be unset or an Integer, got x:String

validate_integer(7, 10, 'x')
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Integer. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_integer(): Expected third argument to be unset or an Integer, got x:String

validate_integer(7, 5, 10)
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Integer. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_integer(): Expected second argument to be larger than third argument, got 5 < 10

validate_integer([1, 2, 3])
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Integer. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#= undef

validate_integer([1, 'x', 3])
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Integer. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_integer(): Expected element at array position 1 to be an Integer, got String

validate_integer([1, 20, 3], 10)
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Integer. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_integer(): Expected [1, 20, 3] to be smaller or equal to 10, got [1, 20, 3].

validate_integer({})
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Integer. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_integer(): Expected first argument to be an Integer or Array, got Hash

validate_integer([{}])
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Integer. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_integer(): Expected element at array position 0 to be an Integer, got Hash

validate_integer([[1]])
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Integer. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_integer(): Expected element at array position 0 to be an Integer, got Array

validate_integer(1.5)
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Integer. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_integer(): Expected first argument to be an Integer or Array, got Float

validate_integer('1.0')
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Integer. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_integer(): Expected first argument to be an Integer or Array, got String

validate_integer('0x1f')
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Integer. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#= undef

validate_integer('010')
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Integer. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#= undef

validate_integer('08')
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Integer. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_integer(): Expected first argument to be an Integer or Array, got String

validate_integer('1_000')
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Integer. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#= undef

validate_integer(' 5 ')
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Integer. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#= undef

validate_integer('0b11')
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Integer. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#= undef

validate_integer('0o17')
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Integer. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#= undef

validate_integer('')
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Integer. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_integer(): Expected first argument to be an Integer or Array, got String

validate_integer(undef)
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Integer. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_integer(): Expected first argument to be an Integer or Array, got NilClass

validate_integer(true)
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Integer. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_integer(): Expected first argument to be an Integer or Array, got TrueClass

validate_integer(1, 2, 3, 4)
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Integer. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_integer(): Wrong number of arguments; must be 1, 2 or 3, got 4

validate_integer(1, '')
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Integer. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_integer(): Expected second argument to be unset or an Integer, got :String

validate_integer(1, 1.5)
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Integer. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_integer(): Expected second argument to be unset or an Integer, got 1.5:String

validate_integer(1, 3, undef)
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Integer. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_integer(): Expected third argument to be unset or an Integer, got :NilClass

validate_integer('5', 3)
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Integer. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_integer(): Expected 5 to be smaller or equal to 3, got 5.

validate_integer([undef])
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Integer. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_integer(): Expected element at array position 0 to be an Integer, got NilClass

validate_integer([])
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Integer. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#= undef

## validate_numeric
validate_numeric()
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Numeric. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_numeric(): Wrong number of arguments; must be 1, 2 or 3, got 0

validate_numeric(1)
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Numeric. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#= undef

validate_numeric('1.5')
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Numeric. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#= undef

validate_numeric('x')
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Numeric. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_numeric(): Expected first argument to be a Numeric or Array, got String

validate_numeric(1.5, 10)
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Numeric. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#= undef

validate_numeric(10.5, 10)
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Numeric. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_numeric(): Expected 10.5 to be smaller or equal to 10.0, got 10.5.

validate_numeric(1, 10, 5)
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Numeric. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_numeric(): Expected 1.0 to be greater or equal to 5.0, got 1.0.

validate_numeric(7, '', 5)
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Numeric. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#= undef

validate_numeric(7, 'x')
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Numeric. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_numeric(): Expected second argument to be unset or a Numeric, got x:String

validate_numeric(7, 10, 'x')
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Numeric. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_numeric(): Expected third argument to be unset or a Numeric, got x:String

validate_numeric(7, 5, 10)
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Numeric. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_numeric(): Expected second argument to be larger than third argument, got 5.0 < 10.0

validate_numeric([1, 2.5, '3'])
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Numeric. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#= undef

validate_numeric([1, 'x', 3])
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Numeric. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_numeric(): Expected element at array position 1 to be a Numeric, got String

validate_numeric([1, 20, 3], 10)
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Numeric. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_numeric(): Expected [1, 20, 3] to be smaller or equal to 10.0, got [1, 20, 3].

validate_numeric([{}])
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Numeric. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_numeric(): Expected element at array position 0 to be a Numeric, got Hash

validate_numeric({})
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Numeric. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_integer(): Expected first argument to be a Numeric or Array, got Hash

validate_numeric('')
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Numeric. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_numeric(): Expected first argument to be a Numeric or Array, got String

validate_numeric(true)
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Numeric. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_numeric(): Expected first argument to be a Numeric or Array, got TrueClass

validate_numeric('1e3')
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Numeric. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#= undef

validate_numeric('10.50', 10)
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Numeric. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_numeric(): Expected 10.5 to be smaller or equal to 10.0, got 10.5.

validate_numeric(1, 2, 3, 4)
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Numeric. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_numeric(): Wrong number of arguments; must be 1, 2 or 3, got 4

validate_numeric('5', 3.25)
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Numeric. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_numeric(): Expected 5.0 to be smaller or equal to 3.25, got 5.0.

## validate_ip_address
validate_ip_address()
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Ip_Address. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_ip_address(): wrong number of arguments (0; must be > 0)

validate_ip_address('1.2.3.4')
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Ip_Address. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#= undef

validate_ip_address('1.2.3.4', '::1')
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Ip_Address. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#= undef

validate_ip_address('x')
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Ip_Address. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, "x" is not a valid IP address.

validate_ip_address(1)
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Ip_Address. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, 1 is not a string.

validate_ip_address('1.2.3.4', '1.2.3')
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Ip_Address. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, "1.2.3" is not a valid IP address.

validate_ipv4_address()
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Ipv4_Address. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_ipv4_address(): wrong number of arguments (0; must be > 0)

validate_ipv4_address('1.2.3.4')
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Ipv4_Address. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#= undef

validate_ipv4_address('::1')
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Ipv4_Address. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, "::1" is not a valid IPv4 address.

validate_ipv4_address(1)
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Ipv4_Address. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, 1 is not a string.

validate_ipv4_address('x')
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Ipv4_Address. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, "x" is not a valid IPv4 address.

validate_ipv6_address()
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Ipv6_address. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_ipv6_address(): wrong number of arguments (0; must be > 0)

validate_ipv6_address('::1')
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Ipv6_address. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#= undef

validate_ipv6_address('1.2.3.4')
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Ipv6_address. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, "1.2.3.4" is not a valid IPv6 address.

validate_ipv6_address(undef)
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Ipv6_address. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, nil is not a string.

validate_ipv6_address([])
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Ipv6_address. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, [] is not a string.

## validate_re
validate_re()
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Pattern[]. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_re(): wrong number of arguments (0; must be 2 or 3)

validate_re('a')
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Pattern[]. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_re(): wrong number of arguments (1; must be 2 or 3)

validate_re('one', '^one$')
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Pattern[]. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#= undef

validate_re('one', ['^two', '^one'])
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Pattern[]. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#= undef

validate_re('one', '^two')
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Pattern[]. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_re(): "one" does not match "^two"

validate_re('one', ['^two', '^three'])
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Pattern[]. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_re(): "one" does not match ["^two", "^three"]

validate_re('one', '^two', 'my message')
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Pattern[]. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, my message

validate_re(1, '1')
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Pattern[]. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_re(): input needs to be a String, not a Integer

validate_re(undef, 'x')
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Pattern[]. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_re(): input needs to be a String, not a NilClass

validate_re('a', '[')
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Pattern[]. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, premature end of char-class: /[/

validate_re('a', [])
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Pattern[]. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_re(): "a" does not match []

validate_re('a', 1)
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Pattern[]. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, no implicit conversion of Integer into String

validate_re('a', 'a', 'b', 'c')
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Pattern[]. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_re(): wrong number of arguments (4; must be 2 or 3)

validate_re('one', '^two', '')
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Pattern[]. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call,

validate_re('a"b', 'c"d\\d')
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Pattern[]. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_re(): "a\"b" does not match "c\"d\\d"

## validate_slength
validate_slength()
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with String[]. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_slength(): Wrong number of arguments (0; must be 2 or 3)

validate_slength('discombobulate', 17)
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with String[]. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#= undef

validate_slength('discombobulate', 1)
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with String[]. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_slength(): Expected length of "discombobulate" to be between 0 and 1, was 14

validate_slength(['a', 'bb'], 2)
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with String[]. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#= undef

validate_slength(['a', 'bbb'], 2)
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with String[]. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_slength(): Expected length of ["a", "bbb"] to be between 0 and 2, was 2

validate_slength(['a', 1], 2)
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with String[]. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_slength(): Expected element at array position 1 to be a String, got Integer

validate_slength('abc', 5, 2)
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with String[]. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#= undef

validate_slength('a', 5, 2)
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with String[]. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_slength(): Expected length of "a" to be between 2 and 5, was 1

validate_slength('a', 2, 5)
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with String[]. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_slength(): Expected second argument to be equal to or larger than third argument

validate_slength('a', 'x')
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with String[]. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_slength(): Expected second argument to be a positive Numeric, got x:String

validate_slength('a', 0)
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with String[]. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_slength(): Expected second argument to be a positive Numeric, got 0:Integer

validate_slength('a', 5, 'x')
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with String[]. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_slength(): Expected third argument to be unset or a positive Numeric, got x:String

validate_slength('a', 5, -1)
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with String[]. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_slength(): Expected third argument to be unset or a positive Numeric, got -1:Integer

validate_slength('a', '5', '1')
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with String[]. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#= undef

validate_slength(1, 5)
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with String[]. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_slength(): Expected first argument to be a String or Array, got Integer

validate_slength('a', undef)
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with String[]. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_slength(): Expected second argument to be a positive Numeric, got :NilClass

validate_slength('a', 5, undef)
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with String[]. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#= undef

validate_slength({}, 5)
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with String[]. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_slength(): Expected first argument to be a String or Array, got Hash

validate_slength('a', 5, 1, 1)
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with String[]. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_slength(): Wrong number of arguments (4; must be 2 or 3)

validate_slength('a', 1.5)
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with String[]. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#= undef

validate_slength('üü', 2)
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with String[]. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#= undef

validate_slength('a', [])
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with String[]. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_slength(): Expected second argument to be a positive Numeric, got []:Array

validate_slength('a', 5, [])
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with String[]. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_slength(): Expected third argument to be unset or a positive Numeric, got []:Array

## validate_string
validate_string()
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::String. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_string(): wrong number of arguments (0; must be > 0)

validate_string('a', 'b')
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::String. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#= undef

validate_string(1)
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::String. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, 1 is not a string.  It looks to be a Integer

validate_string(undef)
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::String. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#= undef

validate_string('a', [])
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::String. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, [] is not a string.  It looks to be a Array

validate_string([undef])
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::String. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, [nil] is not a string.  It looks to be a Array

validate_string(true)
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::String. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, true is not a string.  It looks to be a TrueClass

## validate_legacy
validate_legacy(String, 'validate_string', 'a') 'done'
#= "done"

validate_legacy(String, 'validate_string', 1) 'done'
#! Evaluation Error: Error while evaluating a Function Call, validate_legacy(validate_string) expects a String value, got Integer

validate_legacy(Integer, 'validate_integer', '1') 'done'
#- warning: validate_legacy(validate_integer) expects an Integer value, got String at ["unknown", 2]:["unknown", 1]
#= "done"

validate_legacy(Integer, 'validate_string', 1) 'done'
#- notice: Accepting previously invalid value for target type 'Integer'
#= "done"

validate_legacy(Optional[String], 'validate_re', 'a', 'b') 'done'
#- notice: Accepting previously invalid value for target type 'Optional[String]'
#= "done"

validate_legacy(Optional[String], 'validate_re', 'a', 'a') 'done'
#= "done"

validate_legacy(Optional[String], 'validate_re', 1, 'a') 'done'
#! Evaluation Error: Error while evaluating a Function Call, validate_legacy(validate_re) expects a value of type Undef or String, got Integer

validate_legacy('String', 'validate_string', 'a') 'done'
#= "done"

validate_legacy('Optional[Integer]', 'validate_integer', '5') 'done'
#- warning: validate_legacy(validate_integer) expects a value of type Undef or Integer, got String at ["unknown", 2]:["unknown", 1]
#= "done"

validate_legacy('Foo[', 'validate_string', 'a') 'done'
#! Evaluation Error: Error while evaluating a Function Call, Syntax error at end of input

validate_legacy(String, 'nosuch', 'a') 'done'
#! Evaluation Error: Error while evaluating a Function Call, undefined method `function_nosuch' for Scope(Class[main]):Puppet::Parser::Scope

validate_legacy(String) 'done'
#! Evaluation Error: Error while evaluating a Function Call, 'validate_legacy' expects at least 4 arguments, got 2

validate_legacy(String, 'validate_string') 'done'
#! Evaluation Error: Error while evaluating a Function Call, 'validate_legacy' expects at least 4 arguments, got 3

validate_legacy(1, 'validate_string', 'a') 'done'
#! Evaluation Error: Error while evaluating a Function Call, The function 'validate_legacy' was called with arguments it does not accept. It expects one of:
#!   (Any scope, Type target_type, String function_name, Any value, Any args*)
#!     rejected: parameter 'target_type' expects a Type value, got Integer
#!   (Any scope, String type_string, String function_name, Any value, Any args*)
#!     rejected: parameter 'type_string' expects a String value, got Integer

validate_legacy(String, 1, 'a') 'done'
#! Evaluation Error: Error while evaluating a Function Call, The function 'validate_legacy' was called with arguments it does not accept. It expects one of:
#!   (Any scope, Type target_type, String function_name, Any value, Any args*)
#!     rejected: parameter 'function_name' expects a String value, got Integer
#!   (Any scope, String type_string, String function_name, Any value, Any args*)
#!     rejected: parameter 'type_string' expects a String value, got Type[String]

validate_legacy(Array[String], 'validate_array', ['a', 1]) 'done'
#- warning: validate_legacy(validate_array) index 1 expects a String value, got Integer at ["unknown", 2]:["unknown", 1]
#= "done"

validate_legacy(Array[String], 'validate_hash', ['a', 1]) 'done'
#! Evaluation Error: Error while evaluating a Function Call, validate_legacy(validate_hash) index 1 expects a String value, got Integer

validate_legacy(Variant[String, Integer], 'validate_slength', 'abc', 2) 'done'
#- notice: Accepting previously invalid value for target type 'Variant[String, Integer]'
#= "done"

validate_legacy(Boolean, 'validate_bool', true) 'done'
#= "done"

validate_legacy(Boolean, 'validate_bool', 'x') 'done'
#! Evaluation Error: Error while evaluating a Function Call, validate_legacy(validate_bool) expects a Boolean value, got String

validate_legacy(String, 'is_string', 'x') 'done'
#= "done"

validate_legacy(String, 'pick', '') 'done'
#- notice: Accepting previously invalid value for target type 'String'
#= "done"

validate_legacy(Enum['a'], 'validate_re', 'b', '^b$') 'done'
#- warning: validate_legacy(validate_re) expects a match for Enum['a'], got 'b' at ["unknown", 2]:["unknown", 1]
#= "done"

validate_legacy(Own::Port, 'validate_integer', 0) 'done'
#- warning: validate_legacy(validate_integer) expects an Own::Port = Integer[1, 65535] value, got Integer[0, 0] at ["unknown", 2]:["unknown", 1]
#= "done"

#@

## validate_cmd, validate_augeas, pry
validate_cmd()
#! Evaluation Error: Error while evaluating a Function Call, validate_cmd(): wrong number of arguments (0; must be 2 or 3)

validate_cmd('x', '/bin/true')
#= undef

validate_cmd('x', '/usr/bin/test -f % ')
#= undef

validate_cmd('x', '/bin/grep x')
#= undef

validate_cmd('x', 'true', 'a', 'b')
#! Evaluation Error: Error while evaluating a Function Call, validate_cmd(): wrong number of arguments (4; must be 2 or 3)

validate_augeas()
#! Evaluation Error: Error while evaluating a Function Call, validate_augeas(): this function requires the augeas feature. See http://docs.puppetlabs.com/guides/augeas.html#pre-requisites for how to activate it.

validate_augeas('x')
#! Evaluation Error: Error while evaluating a Function Call, validate_augeas(): this function requires the augeas feature. See http://docs.puppetlabs.com/guides/augeas.html#pre-requisites for how to activate it.

pry()
#! Evaluation Error: Error while evaluating a Function Call, pry(): Requires the 'pry' rubygem to use, but it was not found

## validate_x509_rsa_key_pair
validate_x509_rsa_key_pair()
#! Evaluation Error: Error while evaluating a Function Call, validate_x509_rsa_key_pair(): wrong number of arguments (0; must be 2)

validate_x509_rsa_key_pair('a')
#! Evaluation Error: Error while evaluating a Function Call, validate_x509_rsa_key_pair(): wrong number of arguments (1; must be 2)

validate_x509_rsa_key_pair(1, 'a')
#! Evaluation Error: Error while evaluating a Function Call, 1 is not a string.

validate_x509_rsa_key_pair('a', 1)
#! Evaluation Error: Error while evaluating a Function Call, 1 is not a string.

validate_x509_rsa_key_pair('a', 'b')
#! Evaluation Error: Error while evaluating a Function Call, Not a valid x509 certificate: PEM_read_bio_X509: no start line

validate_x509_rsa_key_pair(file('own/cert.pem'), file('own/key.pem'))
#= undef

validate_x509_rsa_key_pair(file('own/cert.pem'), file('own/other.pem'))
#! Evaluation Error: Error while evaluating a Function Call, Certificate signature does not match supplied key

validate_x509_rsa_key_pair(file('own/cert.pem'), 'b')
#! Evaluation Error: Error while evaluating a Function Call, Not a valid RSA key: Neither PUB key nor PRIV key: unsupported

validate_x509_rsa_key_pair(file('own/key.pem'), file('own/cert.pem'))
#! Evaluation Error: Error while evaluating a Function Call, Not a valid x509 certificate: PEM_read_bio_X509: no start line

## type_of, type3x, private
type_of(1)
#= Integer[1, 1]

type_of('abc')
#= String

type_of([1, 'a'])
#= Tuple[Integer[1, 1], String]

type_of({'a' => [1.5]})
#= Struct[{'a' => Tuple[Float[1.5, 1.5]]}]

type_of(undef)
#= Undef

type_of(String)
#= Type[String]

type_of()
#! Evaluation Error: Error while evaluating a Function Call, 'type_of' expects 1 argument, got none

type_of(1, 2)
#! Evaluation Error: Error while evaluating a Function Call, 'type_of' expects 1 argument, got 2

type_of(/x/)
#= Regexp[/x/]

type_of(File['/x'])
#= Type[File['/x']]

type3x()
#! Evaluation Error: Error while evaluating a Function Call, type3x(): Wrong number of arguments given (0 for 1)

type3x(1)
#= "integer"

type3x('1')
#= "integer"

type3x('1.5')
#= "float"

type3x('a')
#= "string"

type3x(1.5)
#= "float"

type3x([])
#= "array"

type3x({})
#= "hash"

type3x(true)
#= "boolean"

type3x(false)
#= "boolean"

type3x(undef)
#= "string"

type3x(/x/)
#= "string"

type3x(default)
#! Evaluation Error: Error while evaluating a Function Call, type3x(): Unknown type

type3x(1, 2)
#! Evaluation Error: Error while evaluating a Function Call, type3x(): Wrong number of arguments given (2 for 1)

type3x(File['/x'])
#! Evaluation Error: Error while evaluating a Function Call, type3x(): Unknown type

assert_private()
#! Evaluation Error: Error while evaluating a Function Call, Class  is private

assert_private('no')
#! Evaluation Error: Error while evaluating a Function Call, no

assert_private('no', 'x')
#! Evaluation Error: Error while evaluating a Function Call, assert_private(): Wrong number of arguments given (2}) for 0 or 1)

assert_private(1)
#! Evaluation Error: Error while evaluating a Function Call, Class  is private

include own::outer
#= "Class[Own::Outer]"

include own::private_class
#! Evaluation Error: Error while evaluating a Function Call, Class own::private_class is private

own::private_define { 'x': }
#! Evaluation Error: Error while evaluating a Resource Statement, Evaluation Error: Error while evaluating a Function Call, Definition own::private_define is private

include own::private_message
#! Evaluation Error: Error while evaluating a Function Call, keep out

include other::uses_private
#! Evaluation Error: Error while evaluating a Function Call, Class own::private_class is private

other::uses_define { 'x': }
#! Evaluation Error: Error while evaluating a Resource Statement, Evaluation Error: Error while evaluating a Function Call, Definition own::private_define is private

private()
#! Could not parse for environment production: Language validation logged 2 errors. Giving up

include own::private_old
#! Language validation logged 2 errors. Giving up
