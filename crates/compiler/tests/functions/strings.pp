## camelcase
camelcase('foo_bar_baz')
#= 'FooBarBaz'

camelcase('FOO_BAR')
#= 'FooBar'

camelcase('_a__b_')
#= 'AB'

camelcase(3)
#= 3

camelcase(['a_b', 3, 'c'])
#! Evaluation Error: Error while evaluating a Function Call, The function 'camelcase' was called with arguments it does not accept. It expects one of:
#!   (Numeric arg)
#!     rejected: parameter 'arg' expects a Numeric value, got Tuple
#!   (String arg)
#!     rejected: parameter 'arg' expects a String value, got Tuple
#!   (Iterable[Variant[String, Numeric]] arg)

camelcase(undef)
#! Evaluation Error: Error while evaluating a Function Call, 'camelcase' parameter 'arg' expects a value of type Numeric, String, or Iterable[Variant], got Undef

camelcase([[1]])
#! Evaluation Error: Error while evaluating a Function Call, 'camelcase' parameter 'arg' expects a value of type Numeric, String, or Iterable[Variant[String, Numeric]], got Tuple

camelcase('éa_ßb')
#= 'ÉaSsb'

camelcase({a => b})
#! Evaluation Error: Error while evaluating a Function Call, 'camelcase' parameter 'arg' expects a value of type Numeric, String, or Iterable[Variant[String, Numeric]], got Struct

camelcase(2.5)
#= 2.5

## capitalize
capitalize('abc')
#= 'Abc'

capitalize('ABC dEF')
#= 'Abc def'

capitalize('éCOLE')
#= 'École'

capitalize(['abc', 5])
#! Evaluation Error: Error while evaluating a Function Call, The function 'capitalize' was called with arguments it does not accept. It expects one of:
#!   (Numeric arg)
#!     rejected: parameter 'arg' expects a Numeric value, got Tuple
#!   (String arg)
#!     rejected: parameter 'arg' expects a String value, got Tuple
#!   (Iterable[Variant[String, Numeric]] arg)

capitalize({})
#! Evaluation Error: Error while evaluating a Function Call, 'capitalize' parameter 'arg' expects a value of type Numeric, String, or Iterable[Variant[String, Numeric]], got Hash

capitalize(true)
#! Evaluation Error: Error while evaluating a Function Call, 'capitalize' parameter 'arg' expects a value of type Numeric, String, or Iterable[Variant], got Boolean

capitalize('ßa')
#= 'Ssa'

capitalize('ǆ')
#= 'ǅ'

capitalize('')
#= ''

## chomp
chomp("abc\n")
#= 'abc'

chomp("abc\r\n")
#= 'abc'

chomp("abc\n\n")
#= "abc\n"

chomp("abc\r")
#= 'abc'

chomp("abc")
#= 'abc'

chomp(["a\n", 1])
#! Evaluation Error: Error while evaluating a Function Call, The function 'chomp' was called with arguments it does not accept. It expects one of:
#!   (Numeric arg)
#!     rejected: parameter 'arg' expects a Numeric value, got Tuple
#!   (String arg)
#!     rejected: parameter 'arg' expects a String value, got Tuple
#!   (Iterable[Variant[String, Numeric]] arg)

chomp("\n")
#= ''

chomp("a\n\r")
#= "a\n"

## chop
chop("abc")
#= 'ab'

chop("abc\r\n")
#= 'abc'

chop("")
#= ''

chop("abc\n")
#= 'abc'

chop(["ab", 1])
#! Evaluation Error: Error while evaluating a Function Call, The function 'chop' was called with arguments it does not accept. It expects one of:
#!   (Numeric arg)
#!     rejected: parameter 'arg' expects a Numeric value, got Tuple
#!   (String arg)
#!     rejected: parameter 'arg' expects a String value, got Tuple
#!   (Iterable[Variant[String, Numeric]] arg)

chop('é')
#= ''

## downcase
downcase('ABC É')
#= 'abc é'

downcase(3)
#= 3

downcase(['A', 2, ['B'], {'C' => 'D'}])
#= ['a', 2, ['b'], {'c' => 'd'}]

downcase({'A' => 'B', 'a' => 'C', 3 => 4})
#= {'a' => 'c', 3 => 4}

downcase([true])
#! Evaluation Error: Error while evaluating a Function Call, The function 'downcase' was called with arguments it does not accept. It expects one of:
#!   (Numeric arg)
#!     rejected: parameter 'arg' expects a Numeric value, got Tuple
#!   (String arg)
#!     rejected: parameter 'arg' expects a String value, got Tuple
#!   (Array[StringData] arg)
#!     rejected: parameter 'arg' index 0 expects a StringData = Variant[String, Numeric, Array[StringData], Hash[StringData, StringData]] value, got Boolean
#!   (Hash[StringData, StringData] arg)
#!     rejected: parameter 'arg' expects a Hash value, got Tuple

downcase(undef)
#! Evaluation Error: Error while evaluating a Function Call, 'downcase' parameter 'arg' expects a value of type Numeric, String, Array, or Hash, got Undef

downcase('İ')
#= 'i̇'

downcase('ΑΣ')
#= 'ασ'

## upcase
upcase('abc é ß')
#= 'ABC É SS'

upcase(3.5)
#= 3.5

upcase(['a', {'b' => ['c']}])
#= ['A', {'B' => ['C']}]

upcase({'a' => 1, 'A' => 2})
#= {'A' => 2}

upcase(/a/)
#! Evaluation Error: Error while evaluating a Function Call, 'upcase' parameter 'arg' expects a value of type Numeric, String, Array, or Hash, got Regexp

upcase('ŉ')
#= 'ʼN'

upcase('ﬁ')
#= 'FI'

## strip
strip("  a b \n")
#= 'a b'

strip("\u0000 a\u0000")
#= 'a'

strip(" \t\r\n\u000b\u000ca \u0000\u0000")
#= 'a'

strip([' a ', 1])
#! Evaluation Error: Error while evaluating a Function Call, The function 'strip' was called with arguments it does not accept. It expects one of:
#!   (Numeric arg)
#!     rejected: parameter 'arg' expects a Numeric value, got Tuple
#!   (String arg)
#!     rejected: parameter 'arg' expects a String value, got Tuple
#!   (Iterable[Variant[String, Numeric]] arg)

strip("\u00a0a\u00a0")
#= ' a '

lstrip("  a ")
#= 'a '

lstrip("\u0000 a")
#= 'a'

lstrip("\n\t a")
#= 'a'

lstrip([' a', 2])
#! Evaluation Error: Error while evaluating a Function Call, The function 'lstrip' was called with arguments it does not accept. It expects one of:
#!   (Numeric arg)
#!     rejected: parameter 'arg' expects a Numeric value, got Tuple
#!   (String arg)
#!     rejected: parameter 'arg' expects a String value, got Tuple
#!   (Iterable[Variant[String, Numeric]] arg)

rstrip(" a \n\u0000")
#= ' a'

rstrip("a \u0000 ")
#= 'a'

rstrip(3)
#= 3

strip(undef)
#! Evaluation Error: Error while evaluating a Function Call, 'strip' parameter 'arg' expects a value of type Numeric, String, or Iterable[Variant], got Undef

## length and size
length('abc')
#= 3

length('é日本')
#= 3

length([1, 2])
#= 2

length({a => 1})
#= 1

length(Binary('aGVsbG8='))
#= 5

length(1)
#! Evaluation Error: Error while evaluating a Function Call, 'length' parameter 'arg' expects a value of type Collection, String, or Binary, got Integer

length(undef)
#! Evaluation Error: Error while evaluating a Function Call, 'length' parameter 'arg' expects a value of type Collection, String, or Binary, got Undef

size('abc')
#= 3

size([])
#= 0

size({a => 1, b => 2})
#= 2

size(Binary('aGVsbG8='))
#= 5

size(1)
#! Evaluation Error: Error while evaluating a Function Call, 'size' parameter 'arg' expects a value of type Collection, String, or Binary, got Integer

size('a', 'b')
#! Evaluation Error: Error while evaluating a Function Call, 'size' expects 1 argument, got 2

size(undef)
#! Evaluation Error: Error while evaluating a Function Call, 'size' parameter 'arg' expects a value of type Collection, String, or Binary, got Undef

## empty
empty('')
#= true

empty('a')
#= false

empty([])
#= true

empty({a => 1})
#= false

empty(undef)
#= true

empty(1)
#- warning: Calling function empty() with Numeric value is deprecated.
#= false

empty(Sensitive(''))
#= true

empty(Sensitive('a'))
#= false

empty(Sensitive([]))
#! Evaluation Error: Error while evaluating a Function Call, The function 'empty' was called with arguments it does not accept. It expects one of:
#!   (Collection coll)
#!     rejected: parameter 'coll' expects a Collection value, got Sensitive[Array]
#!   (Sensitive[String] str)
#!     rejected: parameter 'str' expects a Sensitive[String] value, got Sensitive[Array[Unit]]
#!   (String str)
#!     rejected: parameter 'str' expects a String value, got Sensitive[Array]
#!   (Numeric num)
#!     rejected: parameter 'num' expects a Numeric value, got Sensitive[Array]
#!   (Binary bin)
#!     rejected: parameter 'bin' expects a Binary value, got Sensitive[Array]
#!   (Undef x)
#!     rejected: parameter 'x' expects an Undef value, got Sensitive[Array]

empty(Binary(''))
#= true

empty(true)
#! Evaluation Error: Error while evaluating a Function Call, The function 'empty' was called with arguments it does not accept. It expects one of:
#!   (Collection coll)
#!     rejected: parameter 'coll' expects a Collection value, got Boolean
#!   (Sensitive[String] str)
#!     rejected: parameter 'str' expects a Sensitive[String] value, got Boolean
#!   (String str)
#!     rejected: parameter 'str' expects a String value, got Boolean
#!   (Numeric num)
#!     rejected: parameter 'num' expects a Numeric value, got Boolean
#!   (Binary bin)
#!     rejected: parameter 'bin' expects a Binary value, got Boolean
#!   (Undef x)
#!     rejected: parameter 'x' expects an Undef value, got Boolean

empty(default)
#! Evaluation Error: Error while evaluating a Function Call, The function 'empty' was called with arguments it does not accept. It expects one of:
#!   (Collection coll)
#!     rejected: parameter 'coll' expects a Collection value, got Default
#!   (Sensitive[String] str)
#!     rejected: parameter 'str' expects a Sensitive[String] value, got Default
#!   (String str)
#!     rejected: parameter 'str' expects a String value, got Default
#!   (Numeric num)
#!     rejected: parameter 'num' expects a Numeric value, got Default
#!   (Binary bin)
#!     rejected: parameter 'bin' expects a Binary value, got Default
#!   (Undef x)
#!     rejected: parameter 'x' expects an Undef value, got Default

## shellquote
shellquote('abc', 'a b', 'x$y', "it's", '')
#= 'abc "a b" \'x$y\' "it\'s" ""'

shellquote(['a', ['b c']], 'd')
#= 'a "b c" d'

shellquote("it's \$x \"y\"")
#= '"it\'s \$x \"y\""'

shellquote(1)
#! Evaluation Error: Error while evaluating a Function Call, undefined method `length' for 1:Integer

shellquote()
#= ''

shellquote("é'\$")
#= '"Ã©\'\$"'

shellquote('a!b')
#= '\'a!b\''

shellquote('a\\b')
#= '\'a\b\''

shellquote(undef)
#= '""'

shellquote(true)
#! Evaluation Error: Error while evaluating a Function Call, undefined method `length' for true:TrueClass

shellquote('é')
#= '"é"'

## versioncmp
versioncmp('1.2', '1.10')
#= -1

versioncmp('2.0', '2.0.0')
#= -1

versioncmp('2.0', '2.0.0', true)
#= 0

versioncmp('1.0', '1.0-1')
#= -1

versioncmp('1.0a', '1.0b')
#= -1

versioncmp('1.0', '1.0')
#= 0

versioncmp('1.01', '1.1')
#= -1

versioncmp('1.0.0-0', '1.0.0-rc1')
#= -1

versioncmp('', '1')
#= -1

versioncmp('1-2', '1.2')
#= -1

versioncmp('a', 'A')
#= 0

versioncmp('1.10', '1.1a')
#= 1

versioncmp('1.20.0', '1.20', true)
#= 0

versioncmp('1.0-0.0', '1.0-0', true)
#= 1

versioncmp('99999999999999999999999', '99999999999999999999998')
#= 1

versioncmp(1, 2)
#! Evaluation Error: Error while evaluating a Function Call, 'versioncmp' parameter 'a' expects a String value, got Integer

versioncmp('0', '0.0', true)
#= 0

## digests
md5('abc')
#= '900150983cd24fb0d6963f7d28e17f72'

sha1('abc')
#= 'a9993e364706816aba3e25717850c26c9cd0d89d'

sha256('abc')
#= 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'

digest('abc')
#= 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'

md5(1)
#! Evaluation Error: Error while evaluating a Function Call, no implicit conversion of Integer into String

md5('a', 'b')
#! Evaluation Error: Error while evaluating a Function Call, md5(): Wrong number of arguments given (2 for 1)

md5()
#! Evaluation Error: Error while evaluating a Function Call, md5(): Wrong number of arguments given (0 for 1)

sha256(undef)
#= 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

sha256('é')
#= '4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c'

md5([])
#! Evaluation Error: Error while evaluating a Function Call, no implicit conversion of Array into String

sha1({})
#! Evaluation Error: Error while evaluating a Function Call, no implicit conversion of Hash into String
