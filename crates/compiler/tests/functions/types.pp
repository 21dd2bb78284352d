## type
type(1)
#= Integer[1, 1]

type([1, 'a'])
#= Tuple[Integer[1, 1], String]

type([1, 'a'], 'detailed')
#= Tuple[Integer[1, 1], String]

type([1, 'a'], reduced)
#= Array[ScalarData, 2, 2]

type([1, 'a'], generalized)
#= Array[ScalarData]

type({a => undef})
#= Struct[{NotUndef['a'] => Undef}]

type(undef)
#= Undef

type(default)
#= Default

type(Integer)
#= Type[Integer]

type('abc')
#= String

type(Sensitive('a'))
#= Sensitive[String]

type(File['/x'])
#= Type[File['/x']]

type(1, bogus)
#! Evaluation Error: Error while evaluating a Function Call, 'type' parameter 'inference_method' expects a match for Enum['detailed', 'generalized', 'reduced'], got 'bogus'

type(Timespan(1))
#= Timespan['0-00:00:01.0']

type(/a/)
#= Regexp[/a/]

type([])
#= Array[0, 0]

type({})
#= Hash[0, 0]

type(1.5)
#= Float[1.5, 1.5]

type(SemVer('1.2.3'))
#= SemVer['1.2.3 - 1.2.3']

type(Binary(''))
#= Binary

type(Deferred('x'))
#= Object[{name => 'Deferred', attributes => {'name' => Pattern[/\A[$]?[a-z][a-z0-9_]*(?:::[a-z][a-z0-9_]*)*\z/], 'arguments' => {type => Optional[Array], value => undef}}}]

type([[1], [2, 'x']], generalized)
#= Array[Array[ScalarData]]

## assert_type
assert_type(Integer, 5)
#= 5

assert_type(Integer, 'a')
#! Evaluation Error: Error while evaluating a Function Call, assert_type(): expects an Integer value, got String

assert_type('Integer[1, 3]', 5)
#! Evaluation Error: Error while evaluating a Function Call, assert_type(): expects an Integer[1, 3] value, got Integer[5, 5]

assert_type(String, 5) |$expected, $actual| { "${expected} ${actual}" }
#= 'String Integer[5, 5]'

assert_type(Array[Integer], ['a'])
#! Evaluation Error: Error while evaluating a Function Call, assert_type(): index 0 expects an Integer value, got String

assert_type('Nonsense', 1)
#! Evaluation Error: Error while evaluating a Function Call, assert_type(): references an unresolved type 'Nonsense'

assert_type('Integer[', 1)
#! Evaluation Error: Error while evaluating a Function Call, Syntax error at end of input

assert_type(Struct[{a => Integer}], {a => 'x', b => 1})
#! Evaluation Error: Error while evaluating a Function Call,  assert_type(): entry 'a' expects an Integer value, got String
#!   assert_type(): unrecognized key 'b'

assert_type(Optional[Integer], undef)
#= undef

assert_type(Enum['a', 'b'], 'c')
#! Evaluation Error: Error while evaluating a Function Call, assert_type(): expects a match for Enum['a', 'b'], got 'c'

assert_type(1, 1)
#! Evaluation Error: Error while evaluating a Function Call, The function 'assert_type' was called with arguments it does not accept. It expects one of:
#!   (Type type, Any value, Callable[Type, Type] block?)
#!     rejected: parameter 'type' expects a Type value, got Integer
#!   (String type_string, Any value, Callable[Type, Type] block?)
#!     rejected: parameter 'type_string' expects a String value, got Integer

assert_type(Integer) 
#! Evaluation Error: Error while evaluating a Function Call, 'assert_type' expects 2 arguments, got 1

assert_type(M::Port, 0)
#! Evaluation Error: Error while evaluating a Function Call, assert_type(): expects a M::Port = Integer[1, 65535] value, got Integer[0, 0]

assert_type('M::Port', 80)
#= 80

assert_type(String[3], 'ab')
#! Evaluation Error: Error while evaluating a Function Call, assert_type(): expects a String[3] value, got String

assert_type(Integer, 5) |$a, $b| { 'never' }
#= 5

assert_type(Integer, 'x') |$a, $b| { fail("no ${b}") }
#! Evaluation Error: Error while evaluating a Function Call, no String

assert_type(Variant[Integer, Boolean], 'x')
#! Evaluation Error: Error while evaluating a Function Call, assert_type(): expects a value of type Integer or Boolean, got String

assert_type(Pattern[/a/], 'b')
#! Evaluation Error: Error while evaluating a Function Call, assert_type(): expects a match for Pattern[/a/], got 'b'

assert_type(NotUndef, undef)
#! Evaluation Error: Error while evaluating a Function Call, assert_type(): expects a NotUndef value, got Undef

## new
Integer('12')
#= 12

Integer.new('0x1f', 16)
#= 31

new(Integer, 'abc')
#! Evaluation Error: Error while evaluating a Function Call, 'new' The string 'abc' cannot be converted to Integer

Integer('12', 10) |$x| { $x + 1 }
#= 13

new(String, 5, '%x')
#= '5'

new(Boolean, 'yes')
#= true

new(Array, {a => 1})
#= [['a', 1]]

new(Hash, [[1, 2]])
#= {1 => 2}

new(Integer[1, 5], 9)
#! Evaluation Error: Error while evaluating a Function Call, Converted value from Integer[1, 5].new() has wrong type, expects an Integer[1, 5] value, got Integer[9, 9]

new(M::Port, '80')
#= 80

new(M::Port, '0')
#! Evaluation Error: Error while evaluating a Function Call, Converted value from M::Port = Integer[1, 65535].new() has wrong type, expects a M::Port = Integer[1, 65535] value, got Integer[0, 0]

new(Any, 1)
#= 1

new(Variant[Integer, String], 1)
#= 1

new(File['/x'])
#! Evaluation Error: Error while evaluating a Function Call, Creation of new instance of type 'File['/x']' is not supported

new(Optional[Integer], undef)
#= undef

new(Optional[Integer], '5')
#= 5

new(Sensitive, 'a')
#= #<Sensitive [value redacted]>

new(Type, 'Integer')
#= Integer

new(Regexp, 'a.c')
#= /a.c/

new(Tuple[Integer, String], [1, 'a'])
#= [1, 'a']

new(Struct[{a => Integer}], {a => 1})
#= {'a' => 1}

new(Enum['a'], 'b')
#! Evaluation Error: Error while evaluating a Function Call, Creation of new instance of type 'Enum['a']' is not supported

String(new(Timespan, 3))
#= '0-00:00:03.0'

new(Undef)
#! Evaluation Error: Error while evaluating a Function Call, Creation of new instance of type 'Undef' is not supported

new('Integer', 1)
#! Evaluation Error: Error while evaluating a Function Call, 'new' parameter 'type' expects a Type value, got String

new()
#! Evaluation Error: Error while evaluating a Function Call, 'new' expects at least 1 argument, got none

new(Init[Integer, 16], '1f')
#! Evaluation Error: Error while evaluating a Function Call, 'new' The string '1f' cannot be converted to Integer

new(Float, '1e3')
#= 1000.0

new(Numeric, '010')
#= 8

new(Array, 'abc')
#= ['a', 'b', 'c']

new(Array, 'abc', true)
#= ['abc']

new(Class['x'])
#! Evaluation Error: Error while evaluating a Function Call, Creation of new instance of type 'Class[x]' is not supported

new(Pattern[/a/], 'b')
#! Evaluation Error: Error while evaluating a Function Call, Creation of new instance of type 'Pattern[/a/]' is not supported

new(String[1], '')
#! Evaluation Error: Error while evaluating a Function Call, Converted value from String[1].new() has wrong type, expects a String[1] value, got String

new(Callable, 1)
#! Evaluation Error: Error while evaluating a Function Call, Creation of new instance of type 'Callable' is not supported

new(Hash, {a => {b => 1}}, 'hash_tree')
#! Evaluation Error: Error while evaluating a Function Call, The function 'new_hash' was called with arguments it does not accept. It expects one of:
#!   (TreeArray = Array[Tuple[Array, Any], 1] from, NewHashOption = Enum['hash_tree', 'tree'] build_option?)
#!     rejected: parameter 'from' expects a TreeArray = Array[Tuple[Array, Any], 1] value, got Struct
#!   (KeyValueArray = Array[Tuple[Any, Any], 1] from)
#!     rejected: expects 1 argument, got 2
#!   (Any from)
#!     rejected: expects 1 argument, got 2

new(Timestamp, '2020-01-01', '%Y-%m-%d').strftime('%F')
#= '2020-01-01'

## convert_to
'12'.convert_to(Integer)
#= 12

'x'.convert_to(Integer)
#! Evaluation Error: Error while evaluating a Method call, 'new' The string 'x' cannot be converted to Integer

5.convert_to(String, '%x')
#= '5'

'12'.convert_to(Integer) |$x| { $x + 1 }
#= 13

convert_to('1')
#! Evaluation Error: Error while evaluating a Function Call, 'convert_to' expects at least 2 arguments, got 1

convert_to('1', Integer, 10, 20, 30)
#! Evaluation Error: Error while evaluating a Function Call, 'new' expects between 1 and 3 arguments, got 4

## unwrap
unwrap(Sensitive('a'))
#= 'a'

unwrap('a')
#= 'a'

Sensitive('a').unwrap |$x| { "got ${x}" }
#= 'got a'

unwrap('a') |$x| { "got ${x}" }
#= 'got a'

unwrap(Sensitive(Sensitive('a')))
#= 'a'

unwrap(undef)
#= undef

## call
call('abs', -3)
#= 3

call('nosuch', 1)
#! Evaluation Error: Error while evaluating a Function Call, Unknown function 'nosuch'

call('with', 1, 2) |$a, $b| { $a + $b }
#= 3

call(Deferred('abs', [-3]))
#= 3

call('m::twice', 4)
#= 8

call('::abs', -1)
#= 1

call('Abs', -1)
#= 1

call(1)
#! Evaluation Error: Error while evaluating a Function Call, The function 'call' was called with arguments it does not accept. It expects one of:
#!   (String function_name, Any arguments*, Callable block?)
#!     rejected: parameter 'function_name' expects a String value, got Integer
#!   (Object[{name => 'Deferred', attributes => {'name' => Pattern[/\A[$]?[a-z][a-z0-9_]*(?:::[a-z][a-z0-9_]*)*\z/], 'arguments' => {type => Optional[Array], value => undef}}}] deferred)
#!     rejected: parameter 'deferred' expects a Deferred value, got Integer

call('include', 'm')
#= [Class[m]]

call(Deferred('join', [['a', Deferred('upcase', ['b'])], '-']))
#= 'a-B'

call(Deferred('$facts', ['os', 'family']))
#= 'Debian'

call('fail', 'x')
#! Evaluation Error: Error while evaluating a Function Call, x

call(Deferred('nosuch', []))
#! Evaluation Error: Error while evaluating a Function Call, Unknown function 'nosuch'

call('notice', 'x')
#- notice: x
#= undef

call('map', [1, 2]) |$x| { $x * 2 }
#= [2, 4]

call('Integer', '3')
#! Evaluation Error: Error while evaluating a Function Call, Unknown function 'Integer'

call(Deferred('$nosuch'))
#! Evaluation Error: Error while evaluating a Function Call, Undefined variable 'nosuch';
