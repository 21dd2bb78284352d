## include
include('m')
#= [Class[m]]

include(m, 'm::sub')
#= [Class[m], Class[m::sub]]

include(Class['m'])
#= [Class[m]]

include([m, ['m::sub']])
#= [Class[m], Class[m::sub]]

include('::m')
#= [Class[m]]

include('nosuch')
#! Evaluation Error: Error while evaluating a Function Call, Could not find class ::nosuch for n1

include()
#! Evaluation Error: Error while evaluating a Function Call, 'include' expects at least 1 argument, got none

include('')
#! Evaluation Error: Error while evaluating a Function Call, Cannot use empty string as a class name

include(undef)
#! Evaluation Error: Error while evaluating a Function Call, Cannot use undef as a class name

include(File['/x'])
#! Evaluation Error: Error while evaluating a Function Call, Cannot use a Resource[File] where a Resource['class', name] is expected

include([])
#= []

include(Class)
#! Evaluation Error: Error while evaluating a Function Call, Cannot use an unspecific Class[] Type

include('M')
#= [Class[m]]

## contain
contain('m')
#= [Class[m]]

contain('m', 'm')
#= [Class[m], Class[m]]

contain('nosuch')
#! Evaluation Error: Error while evaluating a Function Call, Could not find class ::nosuch for n1

## require
require('m')
#= [Class[m]]

require(['m', 'm::sub'])
#= [Class[m], Class[m::sub]]

require('nosuch')
#! Evaluation Error: Error while evaluating a Function Call, Could not find class ::nosuch for n1

## realize
@notify { 'v': }
realize(Notify['v'])
#= undef

realize(Notify['nosuch'])
#- notice: [undef]
#! Failed to realize virtual resources Notify[nosuch]

realize('Notify[x]')
#- notice: [undef]
#! Failed to realize virtual resources Notify[x]

realize()
#! Evaluation Error: Error while evaluating a Function Call, realize(): Wrong number of arguments given (0 for minimum 1)

@notify { ['a', 'b']: }
realize([Notify['a'], Notify['b']])
#= undef

realize(1)
#- notice: [undef]
#! Puppet::Parser::Compiler failed with error ArgumentError: No title provided and "1" is not a valid resource reference

## tag, tagged
tag('a')
#= undef

tag('A', 'b')
#= undef

tag('a b')
#! Evaluation Error: Error while evaluating a Function Call, Invalid tag 'a b'

tag()
#! Evaluation Error: Error while evaluating a Function Call, tag(): Wrong number of arguments given (0 for minimum 1)

tagged('main')
#= false

tagged('nosuch')
#= false

tag('x')
tagged('x')
#= true

tag('x')
tagged('x', 'y')
#= false

tag('a::b')
tagged('a')
#= true

tagged()
#! Evaluation Error: Error while evaluating a Function Call, tagged(): Wrong number of arguments given (0 for minimum 1)

tag(1)
#= undef

tag(['a'])
#= undef

tagged('Class')
#= true

## create_resources
create_resources('notify', {'a' => {'message' => 'x'}})
#= undef

create_resources('notify', {'a' => {}}, {'message' => 'd'})
Notify['a']['message']
#= 'd'

create_resources('@notify', {'a' => {}})
Notify['a']
#= Notify['a']

create_resources('@@notify', {'a' => {}})
#= undef

create_resources('@class', {'m' => {}})
#! Evaluation Error: Classes are not virtualizable

create_resources('class', {'m' => {'p' => 5}})
$m::p
#= 5

create_resources('m::def', {'t' => {'a' => 2}})
#= undef

create_resources('nosuch', {'t' => {}})
#! Evaluation Error: Error while evaluating a Function Call, Unknown resource type: 'nosuch'

create_resources('notify', 'x')
#! Evaluation Error: Error while evaluating a Function Call, create_resources(): second argument must be a hash

create_resources('notify', {}, 'x')
#! Evaluation Error: Error while evaluating a Function Call, create_resources(): third argument, if provided, must be a hash

create_resources('notify', {}, {}, 1)
#! Evaluation Error: Error while evaluating a Function Call, create_resources(): wrong number of arguments (4; must be 2 or 3)

create_resources('notify')
#! Evaluation Error: Error while evaluating a Function Call, create_resources(): Wrong number of arguments given (1 for minimum 2)

create_resources('notify', {'a' => {'bogus' => 1}})
#- notice: [undef]
#! no parameter named 'bogus' on Notify[a]

create_resources('notify', {'a' => {'message' => undef}})
#= undef

create_resources('notify', {['a', 'b'] => {}})
[Notify['a'], Notify['b']]
#= [Notify['a'], Notify['b']]

create_resources('notify', {'a' => undef})
#! Evaluation Error: Error while evaluating a Function Call, no implicit conversion of nil into Hash

create_resources('Notify', {'a' => {}})
Notify['a']
#= Notify['a']

create_resources('notify', {'a' => {}, 'b' => {}})
#= undef

notify { 'a': }
create_resources('notify', {'a' => {}})
#! Evaluation Error: Error while evaluating a Function Call, Duplicate declaration: Notify[a] is already declared at; cannot redeclare

create_resources('notify', {'' => {}})
#= undef

create_resources('notify', {1 => {}})
#= undef

create_resources('notify', {'a' => 'str'})
#! Evaluation Error: Error while evaluating a Function Call, no implicit conversion of String into Hash

create_resources('file', {'/x' => {'ensure' => 'file', 'require' => Notify['q']}})
#- notice: [undef]
#! Could not find resource 'Notify[q]' in parameter 'require'

create_resources('notify', {'a' => {'message' => 'x', 'message' => 'y'}})
#! Could not parse for environment production: The key 'message' is declared more than once

create_resources('class', {'nosuch' => {}})
#! Evaluation Error: Error while evaluating a Function Call, Could not find declared class nosuch

create_resources('class', {'m' => {'zz' => 5}})
#! Evaluation Error: Error while evaluating a Function Call, Class[M]: has no parameter named 'zz'

create_resources('notify', {'a' => {'message' => [1, undef, {'x' => undef}]}})
Notify['a']['message']
#= [1, undef, {'x' => undef}]

## defined
defined('file')
#= true

defined('nosuch')
#= false

defined('m')
#= true

defined('m::def')
#= true

defined('$facts')
#= true

defined('$nosuch')
#= false

defined('$m::v')
#= false

include m
defined('$m::v')
#= true

defined(File['/x'])
#= false

notify { 'a': }
defined(Notify['a'])
#= true

defined(Class['m'])
#= false

include m
defined(Class['m'])
#= true

defined(Type[Class['m']])
#= true

defined(Type[File])
#= true

defined(File)
#= true

defined(Class)
#! Evaluation Error: Error while evaluating a Function Call, The given class type is a reference to all classes

defined(Resource)
#! Evaluation Error: Error while evaluating a Function Call, The given resource type is a reference to all kind of types

defined('')
#= false

defined('main')
#= true

defined('nosuch', 'file')
#= true

defined()
#! Evaluation Error: Error while evaluating a Function Call, 'defined' expects at least 1 argument, got none

defined(1)
#! Evaluation Error: Error while evaluating a Function Call, 'defined' parameter 'vals' expects a value of type String, Type[CatalogEntry], or Type[Type], got Integer

defined('abs')
#= false

defined('M')
#= true

defined('::m')
#= true

defined(Nosuch)
#! Evaluation Error: Resource type not found: Nosuch

defined(Type[Nosuch])
#! Evaluation Error: Resource type not found: Nosuch

defined(Class['nosuch'])
#= false

defined(Type[Class])
#! Evaluation Error: Error while evaluating a Function Call, The given class type is a reference to all classes

$x = undef
defined('$x')
#= true

$x = 1
defined('$x')
#= true

defined('$x')
#= false

defined('$::facts')
#= true

defined('File[/x]')
#= false

defined('String')
#= false

defined('$1')
#= false

defined(M::Def)
#= true

defined(M::Def['x'])
#= false

defined(Nosuch['x'])
#! Evaluation Error: Resource type not found: Nosuch

defined('class')
#= false

defined('node')
#= false

defined('$')
#= false

defined('$a b')
#= false

## lookup
lookup('nosuch')
#! Function lookup() did not find a value for the name 'nosuch'

lookup('nosuch', String, 'first', 'dflt')
#= 'dflt'

lookup('nosuch', { 'default_value' => 5 })
#= 5

lookup({ 'name' => 'nosuch', 'default_value' => 5 })
#= 5

lookup('nosuch') |$k| { "block ${k}" }
#= 'block nosuch'

lookup(['a', 'b'], undef, undef, 7)
#= 7

lookup('nosuch', Integer, undef, 'x')
#! Evaluation Error: Error while evaluating a Function Call, Default value has wrong type, expects an Integer value, got String

lookup('k1', { 'override' => { 'k1' => 'o' } })
#= 'o'

lookup('k1', { 'default_values_hash' => { 'k1' => 'dv' } })
#= 'dv'

lookup(1)
#! Evaluation Error: Error while evaluating a Function Call, The function 'lookup' was called with arguments it does not accept. It expects one of:
#!   (NameType = Variant[String, Array[String]] name, ValueType = Type value_type?, MergeType = Variant[String[1], Hash[String, Scalar]] merge?)
#!     rejected: parameter 'name' expects a NameType = Variant[String, Array[String]] value, got Integer
#!   (NameType = Variant[String, Array[String]] name, Optional[ValueType] value_type, Optional[MergeType] merge, DefaultValueType = Any default_value)
#!     rejected: expects 4 arguments, got 1
#!   (NameType = Variant[String, Array[String]] name, ValueType = Type value_type?, MergeType = Variant[String[1], Hash[String, Scalar]] merge?)
#!     rejected: parameter 'name' expects a NameType = Variant[String, Array[String]] value, got Integer
#!   (OptionsWithName = Struct[{'name' => NameType = Variant[String, Array[String]], 'value_type' => Optional[ValueType = Type], 'default_value' => DefaultValueType = Any, 'override' => Optional[Hash[String, Any]], 'default_values_hash' => Optional[Hash[String, Any]], 'merge' => Optional[MergeType = Variant[String[1], Hash[String, Scalar]]]}] options_hash, BlockType = Callable[NameType = Variant[String, Array[String]]] block?)
#!     rejected: parameter 'options_hash' expects an OptionsWithName = Struct[{'name' => NameType = Variant[String, Array[String]], 'value_type' => Optional[ValueType = Type], 'default_value' => DefaultValueType = Any, 'override' => Optional[Hash[String, Any]], 'default_values_hash' => Optional[Hash[String, Any]], 'merge' => Optional[MergeType = Variant[String[1], Hash[String, Scalar]]]}] value, got Integer
#!   (Variant[String, Array[String]] name, OptionsWithoutName = Struct[{'value_type' => Optional[ValueType = Type], 'default_value' => DefaultValueType = Any, 'override' => Optional[Hash[String, Any]], 'default_values_hash' => Optional[Hash[String, Any]], 'merge' => Optional[MergeType = Variant[String[1], Hash[String, Scalar]]]}] options_hash, BlockType = Callable[NameType = Variant[String, Array[String]]] block?)
#!     rejected: expects 2 arguments, got 1

lookup()
#! Evaluation Error: Error while evaluating a Function Call, 'lookup' expects between 1 and 4 arguments, got none

lookup('a', 'b', 'c')
#! Evaluation Error: Error while evaluating a Function Call, The function 'lookup' was called with arguments it does not accept. It expects one of:
#!   (NameType = Variant[String, Array[String]] name, ValueType = Type value_type?, MergeType = Variant[String[1], Hash[String, Scalar]] merge?)
#!     rejected: parameter 'value_type' expects a ValueType = Type value, got String
#!   (NameType = Variant[String, Array[String]] name, Optional[ValueType] value_type, Optional[MergeType] merge, DefaultValueType = Any default_value)
#!     rejected: expects 4 arguments, got 3
#!   (NameType = Variant[String, Array[String]] name, ValueType = Type value_type?, MergeType = Variant[String[1], Hash[String, Scalar]] merge?)
#!     rejected: parameter 'value_type' expects a ValueType = Type value, got String
#!   (OptionsWithName = Struct[{'name' => NameType = Variant[String, Array[String]], 'value_type' => Optional[ValueType = Type], 'default_value' => DefaultValueType = Any, 'override' => Optional[Hash[String, Any]], 'default_values_hash' => Optional[Hash[String, Any]], 'merge' => Optional[MergeType = Variant[String[1], Hash[String, Scalar]]]}] options_hash, BlockType = Callable[NameType = Variant[String, Array[String]]] block?)
#!     rejected: expects 1 argument, got 3
#!   (Variant[String, Array[String]] name, OptionsWithoutName = Struct[{'value_type' => Optional[ValueType = Type], 'default_value' => DefaultValueType = Any, 'override' => Optional[Hash[String, Any]], 'default_values_hash' => Optional[Hash[String, Any]], 'merge' => Optional[MergeType = Variant[String[1], Hash[String, Scalar]]]}] options_hash, BlockType = Callable[NameType = Variant[String, Array[String]]] block?)
#!     rejected: expects 2 arguments, got 3

lookup('k', { 'bogus' => 1 })
#! Evaluation Error: Error while evaluating a Function Call, The function 'lookup' was called with arguments it does not accept. It expects one of:
#!   (NameType = Variant[String, Array[String]] name, ValueType = Type value_type?, MergeType = Variant[String[1], Hash[String, Scalar]] merge?)
#!     rejected: parameter 'value_type' expects a ValueType = Type value, got Struct
#!   (NameType = Variant[String, Array[String]] name, Optional[ValueType] value_type, Optional[MergeType] merge, DefaultValueType = Any default_value)
#!     rejected: expects 4 arguments, got 2
#!   (NameType = Variant[String, Array[String]] name, ValueType = Type value_type?, MergeType = Variant[String[1], Hash[String, Scalar]] merge?)
#!     rejected: parameter 'value_type' expects a ValueType = Type value, got Struct
#!   (OptionsWithName = Struct[{'name' => NameType = Variant[String, Array[String]], 'value_type' => Optional[ValueType = Type], 'default_value' => DefaultValueType = Any, 'override' => Optional[Hash[String, Any]], 'default_values_hash' => Optional[Hash[String, Any]], 'merge' => Optional[MergeType = Variant[String[1], Hash[String, Scalar]]]}] options_hash, BlockType = Callable[NameType = Variant[String, Array[String]]] block?)
#!     rejected: expects 1 argument, got 2
#!   (Variant[String, Array[String]] name, OptionsWithoutName = Struct[{'value_type' => Optional[ValueType = Type], 'default_value' => DefaultValueType = Any, 'override' => Optional[Hash[String, Any]], 'default_values_hash' => Optional[Hash[String, Any]], 'merge' => Optional[MergeType = Variant[String[1], Hash[String, Scalar]]]}] options_hash, BlockType = Callable[NameType = Variant[String, Array[String]]] block?)
#!     rejected: parameter 'options_hash' unrecognized key 'bogus'

lookup({ 'default_value' => 5 })
#! Evaluation Error: Error while evaluating a Function Call, The function 'lookup' was called with arguments it does not accept. It expects one of:
#!   (NameType = Variant[String, Array[String]] name, ValueType = Type value_type?, MergeType = Variant[String[1], Hash[String, Scalar]] merge?)
#!     rejected: parameter 'name' expects a NameType = Variant[String, Array[String]] value, got Struct
#!   (NameType = Variant[String, Array[String]] name, Optional[ValueType] value_type, Optional[MergeType] merge, DefaultValueType = Any default_value)
#!     rejected: expects 4 arguments, got 1
#!   (NameType = Variant[String, Array[String]] name, ValueType = Type value_type?, MergeType = Variant[String[1], Hash[String, Scalar]] merge?)
#!     rejected: parameter 'name' expects a NameType = Variant[String, Array[String]] value, got Struct
#!   (OptionsWithName = Struct[{'name' => NameType = Variant[String, Array[String]], 'value_type' => Optional[ValueType = Type], 'default_value' => DefaultValueType = Any, 'override' => Optional[Hash[String, Any]], 'default_values_hash' => Optional[Hash[String, Any]], 'merge' => Optional[MergeType = Variant[String[1], Hash[String, Scalar]]]}] options_hash, BlockType = Callable[NameType = Variant[String, Array[String]]] block?)
#!     rejected: parameter 'options_hash' expects a value for key 'name'
#!   (Variant[String, Array[String]] name, OptionsWithoutName = Struct[{'value_type' => Optional[ValueType = Type], 'default_value' => DefaultValueType = Any, 'override' => Optional[Hash[String, Any]], 'default_values_hash' => Optional[Hash[String, Any]], 'merge' => Optional[MergeType = Variant[String[1], Hash[String, Scalar]]]}] options_hash, BlockType = Callable[NameType = Variant[String, Array[String]]] block?)
#!     rejected: expects 2 arguments, got 1

lookup('k', Integer, 'bogusmerge')
#! Evaluation Error: Error while evaluating a Function Call, Unknown merge strategy: 'bogusmerge'

lookup('lookup_options')
#! Function lookup() did not find a value for the name 'lookup_options'

lookup('a', undef, undef, undef)
#= undef

lookup({ 'name' => ['x', 'y'] }) |$k| { $k }
#= ['x', 'y']

lookup('k1.x', { 'override' => { 'k1' => {'x' => 'o'} } })
#! Function lookup() did not find a value for the name 'k1.x'

## hiera functions
hiera('x')
#- warning: The function 'hiera' is deprecated in favor of using 'lookup'. See https://puppet.com/docs/puppet/8.11/deprecated_language.html
#! Function lookup() did not find a value for the name 'x'

hiera('x', 'd')
#- warning: The function 'hiera' is deprecated in favor of using 'lookup'. See https://puppet.com/docs/puppet/8.11/deprecated_language.html
#= 'd'

hiera('x') |$k| { "b ${k}" }
#- warning: The function 'hiera' is deprecated in favor of using 'lookup'. See https://puppet.com/docs/puppet/8.11/deprecated_language.html
#= 'b x'

hiera_array('x', ['d'])
#- warning: The function 'hiera_array' is deprecated in favor of using 'lookup'. See https://puppet.com/docs/puppet/8.11/deprecated_language.html
#= ['d']

hiera_hash('q')
#- warning: The function 'hiera_hash' is deprecated in favor of using 'lookup'. See https://puppet.com/docs/puppet/8.11/deprecated_language.html
#! Function lookup() did not find a value for the name 'q'

hiera_hash('q', {'a' => 1})
#- warning: The function 'hiera_hash' is deprecated in favor of using 'lookup'. See https://puppet.com/docs/puppet/8.11/deprecated_language.html
#= {'a' => 1}

hiera_include('x', ['m'])
#- warning: The function 'hiera_include' is deprecated in favor of using 'lookup'. See https://puppet.com/docs/puppet/8.11/deprecated_language.html
#= [Class[m]]

hiera_include('x', [])
#- warning: The function 'hiera_include' is deprecated in favor of using 'lookup'. See https://puppet.com/docs/puppet/8.11/deprecated_language.html
#= undef

hiera_include('x') |$k| { ['m'] }
#- warning: The function 'hiera_include' is deprecated in favor of using 'lookup'. See https://puppet.com/docs/puppet/8.11/deprecated_language.html
#= [Class[m]]

hiera(1)
#! Evaluation Error: Error while evaluating a Function Call, The function 'hiera' was called with arguments it does not accept. It expects one of:
#!   (Tuple[String, Any, Any, 1, 3] args)
#!     rejected: parameter 'args' expects a Tuple value, got Integer
#!   (String key)
#!     rejected: parameter 'key' expects a String value, got Integer
#!   (String key, Any default, Any override?)
#!     rejected: expects between 2 and 3 arguments, got 1
#!   (String key, Callable[1, 1] default_block)
#!     rejected: parameter 'key' expects a String value, got Integer
#!   (String key, Any override, Callable[1, 1] default_block)
#!     rejected: expects 2 arguments, got 1

hiera('x', 'd', 'o')
#- warning: The function 'hiera' is deprecated in favor of using 'lookup'. See https://puppet.com/docs/puppet/8.11/deprecated_language.html
#= 'd'

import('x')
#! Evaluation Error: Use of 'import' has been discontinued in favor of a manifest directory. See http://links.puppet.com/puppet-import-deprecation
