## join
join(['a', 1, undef, true, 2.5])
#= 'a1true2.5'

join(['a', 'b'], ',')
#= 'a,b'

join(['a', ['b', ['c']]], '-')
#= 'a-b-c'

join([], ',')
#= ''

join(['a', {'b' => 1}], ',')
#= 'a,{"b"=>1}'

join(['a', {'b' => undef, 'c' => 'x'}], ',')
#= 'a,{"b"=>nil, "c"=>"x"}'

join('a')
#! Evaluation Error: Error while evaluating a Function Call, 'join' parameter 'arg' expects an Array value, got String

join([undef, undef], ',')
#= ','

join([default, /a/, Integer], ',')
#= 'default,(?-mix:a),Integer'

join([Sensitive('x'), 'y'], ',')
#= 'Sensitive [value redacted],y'

join(['a'], 1)
#! Evaluation Error: Error while evaluating a Function Call, 'join' parameter 'delimiter' expects a String value, got Integer

join([Timespan(1), Timestamp(0), SemVer('1.2.3')], ' ')
#= '0-00:00:01.0 1970-01-01T00:00:00.000000000 UTC 1.2.3'

join(['a', [], 'b'], ',')
#= 'a,,b'

join([1.0e20, 1e-5], ' ')
#= '1.0e+20 1.0e-05'

join([Binary('aGVsbG8=')])
#= 'aGVsbG8='

join([File['/x'], Class['a']], ' ')
#= 'File[\'/x\'] Class[a]'

join([{}, [[]], 'b'], ',')
#= '{},,b'

join([Deferred('x')], ',')
#= 'Deferred({\'name\' => \'x\'})'

join([/a\/b/], ',')
#= '(?-mix:a\/b)'

join([{'a' => {'b' => ["c\n", 'd"', 1.5, true]}}], ',')
#= '{"a"=>{"b"=>["c\n", "d\"", 1.5, true]}}'

join([String[1], 'x'], ',')
#= 'String[1],x'

## flatten
flatten([1, [2, [3, [4]]]])
#= [1, 2, 3, 4]

flatten(1, [2], undef)
#= [1, 2, undef]

flatten()
#= []

flatten({a => [1]}, [[{b => 2}]])
#= [{'a' => [1]}, {'b' => 2}]

flatten([])
#= []

flatten([1, 2], [3, [4]])
#= [1, 2, 3, 4]

## keys and values
keys({a => 1, 2 => b})
#= ['a', 2]

keys([])
#! Evaluation Error: Error while evaluating a Function Call, 'keys' parameter 'hsh' expects a Hash value, got Array

values({a => 1, 2 => b})
#= [1, 'b']

values({})
#= []

values(undef)
#! Evaluation Error: Error while evaluating a Function Call, 'values' parameter 'hsh' expects a Hash value, got Undef

## unique
unique([1, 2, 1, 'a', 'A', 'a'])
#= [1, 2, 'a', 'A']

unique([1, 1.0, '1'])
#= [1, 1.0, '1']

unique('mississippi')
#= 'misp'

unique({a => 1, b => 2, c => 1})
#= {['a', 'c'] => [1], ['b'] => [2]}

unique([3, 1, 4]) |$x| { $x % 2 }
#= [3, 4]

unique('aAbB') |$x| { $x.downcase }
#= 'ab'

unique({a => 10, b => 20, c => 11}) |$v| { $v % 10 }
#= {['a', 'b'] => [10, 20], ['c'] => [11]}

unique(Integer[1, 3])
#= [1, 2, 3]

unique([1, 2, 3, 4].reverse_each) |$x| { $x % 2 == 0 }
#= [4, 3]

unique([[1], [1], {a => 1}, {a => 1}])
#= [[1], {'a' => 1}]

unique(1)
#= [0]

unique([undef, undef, default, default])
#= [undef, default]

unique([/a/, /a/, Integer, Integer])
#= [/a/, Integer]

unique([Sensitive('a'), Sensitive('a')])
#= [#<Sensitive [value redacted]>]

unique(true)
#! Evaluation Error: Error while evaluating a Function Call, The function 'unique' was called with arguments it does not accept. It expects one of:
#!   (String string, Callable[String] block?)
#!     rejected: parameter 'string' expects a String value, got Boolean
#!   (Hash hash, Callable[Any] block?)
#!     rejected: parameter 'hash' expects a Hash value, got Boolean
#!   (Array array, Callable[Any] block?)
#!     rejected: parameter 'array' expects an Array value, got Boolean
#!   (Iterable iterable, Callable[Any] block?)
#!     rejected: parameter 'iterable' expects an Iterable value, got Boolean

## sort
sort(['b', 'A', 'c'])
#= ['A', 'b', 'c']

sort([3, 1, 2.5])
#= [1, 2.5, 3]

sort(['10', '9'])
#= ['10', '9']

sort('cab')
#= 'abc'

sort([3, 'a'])
#! Evaluation Error: Error while evaluating a Function Call, comparison of Integer with String failed

sort([3, 1, 2]) |$a, $b| { compare($b, $a) }
#= [3, 2, 1]

sort([])
#= []

sort([undef])
#= [undef]

sort([undef, 1])
#! Evaluation Error: Error while evaluating a Function Call, comparison of NilClass with 1 failed

sort([true, false])
#! Evaluation Error: Error while evaluating a Function Call, comparison of TrueClass with false failed

sort([[2, 1], [1, 3]])
#= [[1, 3], [2, 1]]

sort([[2, 1], [2, 'a']])
#! Evaluation Error: Error while evaluating a Function Call, comparison of Array with Array failed

sort([3, 1]) |$a, $b| { 'x' }
#! Evaluation Error: Error while evaluating a Function Call, comparison of String with 0 failed

sort([3, 1]) |$a, $b| { undef }
#! Evaluation Error: Error while evaluating a Function Call, comparison of Integer with 1 failed

sort('bB') |$a, $b| { compare($a, $b) }
#= 'bB'

sort([SemVer('1.10.0'), SemVer('1.2.0')])
#= [1.2.0, 1.10.0]

sort({a => 1})
#! Evaluation Error: Error while evaluating a Function Call, The function 'sort' was called with arguments it does not accept. It expects one of:
#!   (String string_value, Callable[2, 2] block?)
#!     rejected: parameter 'string_value' expects a String value, got Struct
#!   (Array array_value, Callable[2, 2] block?)
#!     rejected: parameter 'array_value' expects an Array value, got Struct

sort([{a => 1}, {b => 1}])
#! Evaluation Error: Error while evaluating a Function Call, comparison of Hash with Hash failed

sort([Timespan(2), Timespan(1)]).map |$x| { "${x}" }
#= ['0-00:00:01.0', '0-00:00:02.0']

sort([3, 1]) |$a, $b| { 2.5 }
#= [1, 3]

sort(['é', 'z', 'a', 'Z'])
#= ['Z', 'a', 'z', 'é']

sort([1, undef]) |$a, $b| { 1 }
#= [undef, 1]

sort([Integer, String])
#! Evaluation Error: Error while evaluating a Function Call, comparison of Puppet::Pops::Types::PIntegerType with Puppet::Pops::Types::PStringType failed

sort(['b', 1, 'a'])
#! Evaluation Error: Error while evaluating a Function Call, comparison of Integer with String failed

sort([default, default])
#= [default, default]

sort([1, Timespan(2)]).map |$x| { "${x}" }
#= ['1', '0-00:00:02.0']

sort([[1, 2], 3])
#! Evaluation Error: Error while evaluating a Function Call, comparison of Array with 3 failed

## dig
dig({a => [{b => 1}]}, 'a', 0, 'b')
#= 1

dig({a => 1}, 'x', 'y')
#= undef

dig({a => 1}, 'a', 'b')
#! Evaluation Error: Error while evaluating a Function Call, The given data does not contain a Collection at ["a"], got 'Integer[1, 1]'

dig([1, 2], 'a')
#! Evaluation Error: Error while evaluating a Function Call, The given data requires an Integer index at ["a"], got 'String'

dig([[1]], 0, 0, 0)
#! Evaluation Error: Error while evaluating a Function Call, The given data does not contain a Collection at [0, 0], got 'Integer[1, 1]'

dig(undef, 'a')
#= undef

dig([1, 2], -1)
#= 2

dig({a => 1}, undef)
#= undef

dig({a => {b => 'str'}}, 'a', 'b', 'c')
#! Evaluation Error: Error while evaluating a Function Call, The given data does not contain a Collection at ["a", "b"], got 'String'

dig([1])
#= [1]

dig('a', 1)
#! Evaluation Error: Error while evaluating a Function Call, 'dig' parameter 'data' expects a value of type Undef or Collection, got String

dig([[1]], 0, 'x')
#! Evaluation Error: Error while evaluating a Function Call, The given data requires an Integer index at [0, "x"], got 'String'

dig([1], 5)
#= undef

dig([1], 1.0)
#! Evaluation Error: Error while evaluating a Function Call, The given data requires an Integer index at [1.0], got 'Float[1.0, 1.0]'

dig({'a' => {'b' => Integer}}, 'a', 'b', 'c')
#! Evaluation Error: Error while evaluating a Function Call, The given data does not contain a Collection at ["a", "b"], got 'Type[Integer]'

dig({[1, 2] => 'x'}, [1, 2])
#= 'x'

## get
get({a => {b => [1, 2]}}, 'a.b.1')
#= 2

get({a => 1}, 'x', 'def')
#= 'def'

get({a => 1}, 'a.b', 'def')
#! Evaluation Error: Error while evaluating a Function Call, The given data does not contain a Collection at ["a"], got 'Integer[1, 1]'

get({a => 1}, 'a.b', 'def') |$e| { $e.message }
#= 'The given data does not contain a Collection at ["a"], got \'Integer[1, 1]\''

get({a => 1}, 'a.b') |$e| { "${e.kind} ${e.issue_code} ${e.details}" }
#= 'SLICE_ERROR EXPECTED_COLLECTION {walked_path => [a], value_type => Integer[1, 1]}'

get(undef, 'a', 'd')
#= 'd'

get({'a.b' => 1}, "'a.b'")
#= 1

get({a => 1}, '')
#= {'a' => 1}

get([1, 2], '1')
#= 2

get([1, 2], 'x')
#! Evaluation Error: Error while evaluating a Function Call, The given data requires an Integer index at ["x"], got 'String'

get({'a' => 1}, 'a..b')
#! Evaluation Error: Error while evaluating a Function Call, Syntax error in dotted-navigation string

get({'a' => 1}, "'a")
#! Evaluation Error: Error while evaluating a Function Call, Syntax error in dotted-navigation string

get({'a' => undef}, 'a', 'd')
#= 'd'

get({'1' => 'str', 1 => 'int'}, '1')
#= 'int'

get({a => {'b-c' => 1}}, 'a.b-c')
#= 1

get('x', 'a')
#! Evaluation Error: Error while evaluating a Function Call, 'dig' parameter 'data' expects a value of type Undef or Collection, got String

get([[1, 2]], '0.1')
#= 2

get([1, 2], '-1')
#= 2

get({'a b' => 1}, '"a b"')
#= 1

get({'a' => {'b' => 1}}, ' a . b ')
#= 1

get({'a' => 1}, 'a') |$e| { 'never' }
#= 1

get(1, 'a', 'd') |$e| { $e.message }
#! Evaluation Error: Error while evaluating a Function Call, 'dig' parameter 'data' expects a value of type Undef or Collection, got Integer

get([1], 'x') |$e| { "${e.kind} ${e.issue_code} ${e.details} ${e.message}" }
#= 'SLICE_ERROR EXPECTED_INTEGER_INDEX {walked_path => [x], index_type => String} The given data requires an Integer index at ["x"], got \'String\''

## getvar
getvar('facts')['os']['family']
#= 'Debian'

getvar('facts.os.family')
#= 'Debian'

getvar('nosuch')
#= undef

getvar('nosuch', 'd')
#= 'd'

getvar('a::b', 'd')
#= 'd'

getvar('::facts.os.release.full')
#= '12.5'

getvar('facts.os.x.y')
#= undef

getvar('facts.os.family.y')
#! Evaluation Error: Error while evaluating a Function Call, The given data does not contain a Collection at ["os", "family"], got 'String'

getvar('facts.os.family.y', 'd') |$e| { $e.message }
#= 'The given data does not contain a Collection at ["os", "family"], got \'String\''

getvar('1')
#! Evaluation Error: Error while evaluating a Function Call, 'getvar' The given string does not start with a valid variable name

getvar('Facts')
#! Evaluation Error: Error while evaluating a Function Call, 'getvar' The given string does not start with a valid variable name

getvar('facts[os]')
#! Evaluation Error: Error while evaluating a Function Call, 'getvar' The given string does not start with a valid variable name

getvar('facts.os-x')
#= undef

$x = {'a' => [1, {'b' => 'deep'}]}
getvar('x.a.1.b')
#= 'deep'

$x = undef
getvar('x', 'default')
#= 'default'

getvar('')
#! Evaluation Error: Error while evaluating a Function Call, 'getvar' The given string does not start with a valid variable name

getvar(1)
#! Evaluation Error: Error while evaluating a Function Call, 'getvar' parameter 'get_string' expects a match for Pattern[/\A(?:::)?(?:[a-z]\w*::)*[a-z_]\w*(?:\.|\Z)/], got Integer

getvar('facts.')
#= {'networking' => {'fqdn' => 'Host.example.com', 'hostname' => 'Host', 'interfaces' => {'eth0' => {'ip' => '10.0.0.1'}}}, 'os' => {'family' => 'Debian', 'name' => 'Debian', 'release' => {'full' => '12.5', 'major' => '12'}}, 'processors' => {'count' => 4}, 'virtual' => 'kvm'}

getvar('x y')
#! Evaluation Error: Error while evaluating a Function Call, 'getvar' The given string does not start with a valid variable name

getvar("facts\nx")
#! Evaluation Error: Error while evaluating a Function Call, 'getvar' The given string does not start with a valid variable name

getvar('trusted.certname')
#= 'n1'

getvar('facts.nosuch', 'd')
#= 'd'

## find, index
index([1, 2, 3], 2)
#= 1

index({a => 1, b => 2}, 2)
#= 'b'

index('hello', 'l')
#= 2

index('hello', /l+o/)
#= 2

index('héllo', 'l')
#= 2

index('hello', 'x')
#= undef

index([1, 2, 3]) |$x| { $x > 1 }
#= 1

index([5, 6]) |$i, $x| { $i == 1 }
#= 1

index({a => 1, b => 2}) |$v| { $v == 2 }
#= 'b'

index({a => 1, b => 2}) |$k, $v| { $k == b }
#= 'b'

index(['A'], 'a')
#= undef

index([1, 2], 1.0)
#= 0

index(3) |$x| { $x == 2 }
#= 2

index([1]) |$x| { false }
#= undef

index('abc') |$c| { $c == 'b' }
#= 1

index([[1]], [1])
#= 0

index([undef], undef)
#= 0

index('abc', 1)
#= undef

index(5, 3)
#= 3

index(['a'], 'a', 'b')
#! Evaluation Error: Error while evaluating a Function Call, 'index' expects between 1 and 2 arguments, got 3

index([1, 2, 3]) |$x| { break() }
#! break() from context where this is illegal

index({a => 1}) |$v| { break() }
#! break() from context where this is illegal
