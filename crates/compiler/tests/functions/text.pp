## split
split('a,b,c', ',')
#= ['a', 'b', 'c']

split('a.b', '.')
#= []

split('a.b.c', '[.]')
#= ['a', 'b', 'c']

split('a1b22c', /\d+/)
#= ['a', 'b', 'c']

split('a b  c', ' ')
#= ['a', 'b', '', 'c']

split('a,b,,', ',')
#= ['a', 'b']

split(',a', ',')
#= ['', 'a']

split('', ',')
#= []

split('abc', '')
#= ['a', 'b', 'c']

split('abc', //)
#= ['a', 'b', 'c']

split('a-b_c', '[-_]')
#= ['a', 'b', 'c']

split('a1b2c', '(\d)')
#= ['a', '1', 'b', '2', 'c']

split('a.b', Regexp[/\./])
#= ['a', 'b']

split('a', Regexp)
#= ['a']

split(Sensitive('a,b'), ',')
#= #<Sensitive [value redacted]>

split(Sensitive('a,b'), ',').unwrap
#= ['a', 'b']

split(Sensitive('a1b'), /\d/).unwrap
#= ['a', 'b']

split('abc', '(')
#! Evaluation Error: Error while evaluating a Function Call, end pattern with unmatched parenthesis: /(/

split(1, ',')
#! Evaluation Error: Error while evaluating a Function Call, The function 'split' was called with arguments it does not accept. It expects one of:
#!   (String str, String pattern)
#!     rejected: parameter 'str' expects a String value, got Integer
#!   (String str, Regexp pattern)
#!     rejected: parameter 'str' expects a String value, got Integer
#!   (String str, Type[Regexp] pattern)
#!     rejected: parameter 'str' expects a String value, got Integer
#!   (Sensitive[String] sensitive, String pattern)
#!     rejected: parameter 'sensitive' expects a Sensitive[String] value, got Integer
#!   (Sensitive[String] sensitive, Regexp pattern)
#!     rejected: parameter 'sensitive' expects a Sensitive[String] value, got Integer
#!   (Sensitive[String] sensitive, Type[Regexp] pattern)
#!     rejected: parameter 'sensitive' expects a Sensitive[String] value, got Integer

split('a', 1)
#! Evaluation Error: Error while evaluating a Function Call, The function 'split' was called with arguments it does not accept. It expects one of:
#!   (String str, String pattern)
#!     rejected: parameter 'pattern' expects a String value, got Integer
#!   (String str, Regexp pattern)
#!     rejected: parameter 'pattern' expects a Regexp value, got Integer
#!   (String str, Type[Regexp] pattern)
#!     rejected: parameter 'pattern' expects a Type[Regexp] value, got Integer
#!   (Sensitive[String] sensitive, String pattern)
#!     rejected: parameter 'sensitive' expects a Sensitive[String] value, got String
#!   (Sensitive[String] sensitive, Regexp pattern)
#!     rejected: parameter 'sensitive' expects a Sensitive[String] value, got String
#!   (Sensitive[String] sensitive, Type[Regexp] pattern)
#!     rejected: parameter 'sensitive' expects a Sensitive[String] value, got String

split("a\nb", "$")
#= ['a', "\nb"]

split('aXbxc', '(?i:x)')
#= ['a', 'b', 'c']

split('héé', 'é')
#= ['h']

split('abc', '(?=b)')
#= ['a', 'bc']

split('abc', 'x*')
#= ['a', 'b', 'c']

split('a,b', ',', 1)
#! Evaluation Error: Error while evaluating a Function Call, 'split' expects 2 arguments, got 3

split('  a b', ' ')
#= ['', '', 'a', 'b']

split('aéb', //)
#= ['a', 'é', 'b']

split(undef, ',')
#! Evaluation Error: Error while evaluating a Function Call, The function 'split' was called with arguments it does not accept. It expects one of:
#!   (String str, String pattern)
#!     rejected: parameter 'str' expects a String value, got Undef
#!   (String str, Regexp pattern)
#!     rejected: parameter 'str' expects a String value, got Undef
#!   (String str, Type[Regexp] pattern)
#!     rejected: parameter 'str' expects a String value, got Undef
#!   (Sensitive[String] sensitive, String pattern)
#!     rejected: parameter 'sensitive' expects a Sensitive[String] value, got Undef
#!   (Sensitive[String] sensitive, Regexp pattern)
#!     rejected: parameter 'sensitive' expects a Sensitive[String] value, got Undef
#!   (Sensitive[String] sensitive, Type[Regexp] pattern)
#!     rejected: parameter 'sensitive' expects a Sensitive[String] value, got Undef

## regsubst
regsubst('abc', 'b', 'X')
#= 'aXc'

regsubst('abcb', 'b', 'X')
#= 'aXcb'

regsubst('abcb', 'b', 'X', 'G')
#= 'aXcX'

regsubst('aBc', 'b', 'X', 'I')
#= 'aXc'

regsubst('abc', '(b)(c)', '\2\1')
#= 'acb'

regsubst('abc', 'b', '[\0]')
#= 'a[b]c'

regsubst('abc', /b/, '<\0>')
#= 'a<b>c'

regsubst(['ab', 'cb'], 'b', 'X')
#= ['aX', 'cX']

regsubst('abc', 'B', 'x', 'GI')
#= 'axc'

regsubst('a.b.c', '\.', '-', 'G')
#= 'a-b-c'

regsubst("a\nb", 'a.b', 'X', 'M')
#= 'X'

regsubst('a b', 'a b', 'X', 'E')
#= 'a b'

regsubst('abc', '(?<x>b)', '[\k<x>]')
#= 'a[b]c'

regsubst('abc', 'b', "\\\\")
#= 'a\c'

regsubst('abc', 'b', '\\\\\\\\')
#= 'a\\c'

regsubst('abc', 'b', '\`')
#= 'aac'

regsubst('abc', 'b', "\\'")
#= 'acc'

regsubst('abc', 'b', '\&\&')
#= 'abbc'

regsubst('abc', '(a)(b)?(x)?', '[\3]')
#= '[]c'

regsubst('abc', 'b', { 'b' => 'Y' })
#= 'aYc'

regsubst('abcb', '[bc]', { 'b' => 'Y' }, 'G')
#= 'aYY'

regsubst('abc', Regexp[/c/], 'Z')
#= 'abZ'

regsubst('abc', Regexp, 'Z')
#= 'Zabc'

regsubst(Sensitive('abc'), 'b', 'X').unwrap
#= 'aXc'

regsubst(Sensitive('abc'), 'b', 'X')
#= #<Sensitive [value redacted]>

regsubst([Sensitive('abc'), 'b'], 'b', 'X').map |$x| { $x.unwrap }
#= ['aXc', 'X']

regsubst(Sensitive(['abc', 'b']), 'b', 'X')
#= ['aXc', 'X']

regsubst('abc', 'b', 'X', 'Q')
#! Evaluation Error: Error while evaluating a Function Call, The function 'regsubst' was called with arguments it does not accept. It expects one of:
#!   (Variant[Array[Variant[String, Sensitive[String]]], Sensitive[Array[Variant[String, Sensitive[String]]]], String, Sensitive[String]] target, String pattern, Variant[String, Hash[String, String]] replacement, Pattern[/^[GEIM]*$/] flags?, Enum['E', 'N', 'S', 'U'] encoding?)
#!     rejected: parameter 'flags' expects an undef value or a match for Pattern[/^[GEIM]*$/], got 'Q'
#!   (Variant[Array[Variant[String, Sensitive[String]]], Sensitive[Array[Variant[String, Sensitive[String]]]], String, Sensitive[String]] target, Variant[Regexp, Type[Regexp]] pattern, Variant[String, Hash[String, String]] replacement, Pattern[/^G?$/] flags?)
#!     rejected: parameter 'pattern' expects a value of type Regexp or Type[Regexp], got String

regsubst('abc', /b/, 'X', 'I')
#! Evaluation Error: Error while evaluating a Function Call, The function 'regsubst' was called with arguments it does not accept. It expects one of:
#!   (Variant[Array[Variant[String, Sensitive[String]]], Sensitive[Array[Variant[String, Sensitive[String]]]], String, Sensitive[String]] target, String pattern, Variant[String, Hash[String, String]] replacement, Pattern[/^[GEIM]*$/] flags?, Enum['E', 'N', 'S', 'U'] encoding?)
#!     rejected: parameter 'pattern' expects a String value, got Regexp
#!   (Variant[Array[Variant[String, Sensitive[String]]], Sensitive[Array[Variant[String, Sensitive[String]]]], String, Sensitive[String]] target, Variant[Regexp, Type[Regexp]] pattern, Variant[String, Hash[String, String]] replacement, Pattern[/^G?$/] flags?)
#!     rejected: parameter 'flags' expects a match for Pattern[/^G?$/], got 'I'

regsubst('abc', 'b', 'X', undef, 'U')
#- warning: The regsubst() function's encoding argument has been ignored since Ruby 1.9 and will be removed in a future release
#= 'aXc'

regsubst('abc', 'b', 'X', 'G', 'N')
#- warning: The regsubst() function's encoding argument has been ignored since Ruby 1.9 and will be removed in a future release
#= 'aXc'

regsubst('abc', '(', 'X')
#! Evaluation Error: Error while evaluating a Function Call, end pattern with unmatched parenthesis: /(/

regsubst(1, 'b', 'X')
#! Evaluation Error: Error while evaluating a Function Call, 'regsubst' parameter 'target' expects a value of type Array, Sensitive[Array], String, or Sensitive[String], got Integer

regsubst('abc', '', '-', 'G')
#= '-a-b-c-'

regsubst('héllo', 'l', 'L', 'G')
#= 'héLLo'

regsubst('abc', '^', 'X')
#= 'Xabc'

regsubst("a\nb", '^', 'X', 'G')
#= "Xa\nXb"

regsubst("a\nb", '$', 'X', 'G')
#= "aX\nbX"

regsubst('abc', 'b', '\9')
#= 'ac'

regsubst('abc', 'b', '\q')
#= 'a\qc'

regsubst('abc', 'b', 'x\\')
#= 'ax\c'

regsubst('abc', /b/, 'X', 'G')
#= 'aXc'

regsubst('192.168.1.2', '^(\d+)\.(\d+)\.(\d+)\.(\d+)$', '\4.\3.\2.\1')
#= '2.1.168.192'

regsubst('abab', 'a(?=b)', 'X', 'G')
#= 'XbXb'

regsubst('abc', 'b', 'X', '')
#= 'aXc'

## match
match('abc', 'b')
#= ['b']

match('abc', /(b)(c)/)
#= ['bc', 'b', 'c']

match('abc', 'x')
#= undef

match(['abc', 'xyz'], /b/)
#= [['b'], undef]

match('abc', [/x/, /c/])
#= ['c']

match('abc', Pattern[/x/, /b/])
#= ['b']

match('abc', Regexp[/b/])
#= ['b']

match('abc', Regexp)
#! Evaluation Error: Error while evaluating a Function Call, Given Regexp Type has no regular expression

match('abc', 1)
#! Evaluation Error: Error while evaluating a Function Call, match() expects pattern of T, where T is String, Regexp, Regexp[r], Pattern[p], or Array[T]. Got Integer

match('abc', Integer)
#! Evaluation Error: Error while evaluating a Function Call, match() expects pattern of T, where T is String, Regexp, Regexp[r], Pattern[p], or Array[T]. Got Puppet::Pops::Types::PIntegerType

match('abc', '(a)|(x)')
#= ['a', 'a', undef]

match('abc', Variant[Regexp[/x/], Regexp[/a/]])
#= ['a']

match('abc', undef)
#! Evaluation Error: Error while evaluating a Function Call, match() expects pattern of T, where T is String, Regexp, Regexp[r], Pattern[p], or Array[T]. Got NilClass

match('abc', [[/x/], ['c']])
#= ['c']

match(1, 'a')
#! Evaluation Error: Error while evaluating a Function Call, 'match' parameter 'string' expects a value of type String or Array, got Integer

match('abc', Pattern)
#= undef

match(['a'], [1])
#! Evaluation Error: Error while evaluating a Function Call, match() expects pattern of T, where T is String, Regexp, Regexp[r], Pattern[p], or Array[T]. Got Integer

match('a', true)
#! Evaluation Error: Error while evaluating a Function Call, match() expects pattern of T, where T is String, Regexp, Regexp[r], Pattern[p], or Array[T]. Got TrueClass

match('a', {})
#! Evaluation Error: Error while evaluating a Function Call, match() expects pattern of T, where T is String, Regexp, Regexp[r], Pattern[p], or Array[T]. Got Hash

match('a', default)
#! Evaluation Error: Error while evaluating a Function Call, match() expects pattern of T, where T is String, Regexp, Regexp[r], Pattern[p], or Array[T]. Got Symbol

match('a', Sensitive('a'))
#! Evaluation Error: Error while evaluating a Function Call, match() expects pattern of T, where T is String, Regexp, Regexp[r], Pattern[p], or Array[T]. Got Puppet::Pops::Types::PSensitiveType::Sensitive

match('a', Enum['a'])
#! Evaluation Error: Error while evaluating a Function Call, match() expects pattern of T, where T is String, Regexp, Regexp[r], Pattern[p], or Array[T]. Got Puppet::Pops::Types::PEnumType

## sprintf
sprintf('%s-%d', 'a', 3)
#= 'a-3'

sprintf('%05.2f', 3.14159)
#= '03.14'

sprintf('%x %X %#x %o %b', 255, 255, 255, 8, 5)
#= 'ff FF 0xff 10 101'

sprintf('%<a>s %{b}', { 'a' => 1, 'b' => 'x' })
#= '1 x'

sprintf('%-5s|', 'ab')
#= 'ab   |'

sprintf('%+d', 5)
#= '+5'

sprintf('%e', 12345.678)
#= '1.234568e+04'

sprintf('%%')
#= '%'

sprintf('%s', undef)
#= ''

sprintf('%s', [1, 'a'])
#= '[1, "a"]'

sprintf('%s', { 'a' => 1 })
#= '{"a"=>1}'

sprintf('%d', 'x')
#! Evaluation Error: Error while evaluating a Function Call, invalid value for Integer(): "x"

sprintf('%d', '12')
#= '12'

sprintf('%d', 3.99)
#= '3'

sprintf('%s')
#! Evaluation Error: Error while evaluating a Function Call, too few arguments

sprintf('%s', true)
#= 'true'

sprintf('%s', default)
#= 'default'

sprintf('%s', /a/)
#= '/a/'

sprintf('%p', 'x')
#= '"x"'

sprintf('%c', 65)
#= 'A'

sprintf('%c', 'hello')
#! Evaluation Error: Error while evaluating a Function Call, %c requires a character

sprintf('%10.3s|', 'abcdef')
#= '       abc|'

sprintf('%*d', 5, 42)
#= '   42'

sprintf('%1$s %2$s %1$s', 'a', 'b')
#= 'a b a'

sprintf('%<z>s', { 'a' => 1 })
#! Evaluation Error: Error while evaluating a Function Call, key<z> not found

sprintf('%d', undef)
#! Evaluation Error: Error while evaluating a Function Call, invalid value for Integer(): ""

sprintf('%f', 'abc')
#! Evaluation Error: Error while evaluating a Function Call, invalid value for Float(): "abc"

sprintf('%f', '1.5')
#= '1.500000'

sprintf('%z', 1)
#! Evaluation Error: Error while evaluating a Function Call, malformed format string - %z

sprintf('%s', Integer)
#= 'Integer'

sprintf('%s', Sensitive('x'))
#= 'Sensitive [value redacted]'

sprintf('%d %d', 1)
#! Evaluation Error: Error while evaluating a Function Call, too few arguments

sprintf('%d', 1, 2)
#= '1'

sprintf('%08b', 10)
#= '00001010'

sprintf('%x', -255)
#= '..f01'

sprintf('% d', 5)
#= ' 5'

sprintf('%g %g', 1.0e10, 0.0001)
#= '1e+10 0.0001'

sprintf('%a', 1.0)
#= '0x1p+0'

sprintf('%s', 1.0e20)
#= '1.0e+20'

sprintf(1)
#! Evaluation Error: Error while evaluating a Function Call, no implicit conversion of Integer into String

sprintf('%i', '0x1f')
#= '31'

sprintf('%u', -5)
#= '-5'

sprintf('%.3d', 5)
#= '005'

sprintf('%.10s', 'é')
#= 'é'

sprintf('%s', Timespan(1))
#= '0-00:00:01.0'

sprintf('%d', 99999999999999)
#= '99999999999999'

sprintf('%d', true)
#! Evaluation Error: Error while evaluating a Function Call, can't convert true into Integer

sprintf('%s %s', ['a', 'b'])
#! Evaluation Error: Error while evaluating a Function Call, too few arguments

sprintf('%d', [])
#! Evaluation Error: Error while evaluating a Function Call, can't convert Array into Integer

sprintf('%-10s|%5d', 'x', 3)
#= 'x         |    3'

sprintf('%<a>05d', { 'a' => 7 })
#= '00007'

sprintf('%{a}-%<b>x', { 'a' => undef, 'b' => 16 })
#= '-10'

sprintf('')
#= ''

sprintf('%', 1)
#! Evaluation Error: Error while evaluating a Function Call, incomplete format specifier; use %% (double %) instead

## scanf
scanf('12 abc', '%d %s')
#= [12, 'abc']

scanf('12 abc', '%d %s') |$x| { $x[0] }
#= 12

scanf('abc', '%d')
#= []

scanf('3.5 0x1f 17', '%f %x %o')
#= [3.5, 31, 15]

scanf('a,b', '%[a-z],%c')
#= ['a', 'b']

scanf('1 2 3', '%d %*d %d')
#= [1, 3]

scanf('10', '%i')
#= [10]

scanf('0x10', '%i')
#= [16]

scanf('010', '%i')
#= [8]

scanf('%5', '%%%d')
#= [5]

scanf('12345', '%2d%3d')
#= [12, 345]

scanf('', '%d')
#= []

scanf('abc def', '%s')
#= ['abc']

scanf('42', '%d')[0]
#= 42

scanf(1, '%d')
#! Evaluation Error: Error while evaluating a Function Call, 'scanf' parameter 'data' expects a String value, got Integer

scanf('-5', '%d')
#= [-5]

scanf('foo 7', 'foo %d')
#= [7]

scanf('bar 7', 'foo %d')
#= []

scanf('x=1;y=2', 'x=%d;y=%d')
#= [1, 2]

scanf('abc', '%[^b]')
#= ['a']

scanf('1e5', '%f')
#= [1.0]

scanf('99 bottles', '%u')
#= [99]

scanf(' a', '%c')
#= [' ']

scanf('a b', '%c %c')
#= ['a', 'b']

scanf("1\n2", '%d%d')
#= [1, 2]

scanf('ff', '%x')
#= [255]

scanf('1.5', '%d')
#= [1]

## strftime
strftime(Timestamp('2020-01-02T03:04:05.678'), '%Y-%m-%d %H:%M:%S.%L')
#= '2020-01-02 03:04:05.678'

strftime(Timestamp('2020-01-02T03:04:05.678'), '%Y %j %a %b %e %I %p', 'Europe/Berlin')
#! Evaluation Error: Error while evaluating a Function Call, Illegal timezone 'Europe/Berlin'

strftime(Timestamp('2020-01-02'), '%H:%M', '+02:00')
#= '02:00'

strftime(Timestamp('2020-01-02'), '%H:%M', 'Nowhere/X')
#! Evaluation Error: Error while evaluating a Function Call, Illegal timezone 'Nowhere/X'

strftime(Timespan({days => 1, hours => 2}), '%D-%H:%M:%S')
#= '1-02:00:00'

strftime(Timespan('1-02:03:04.5'), '%-H %N %3N')
#= '26 500000000 500'

strftime(Timespan(1.5), '%z')
#! Evaluation Error: Error while evaluating a Function Call, Bad format specifier '%' in '%z', at position 1

strftime(1, '%Y')
#! Evaluation Error: Error while evaluating a Function Call, The function 'strftime' was called with arguments it does not accept. It expects one of:
#!   (Timespan time_object, String format)
#!     rejected: parameter 'time_object' expects a Timespan value, got Integer
#!   (Timestamp time_object, String format, String timezone?)
#!     rejected: parameter 'time_object' expects a Timestamp value, got Integer
#!   (String format, String timezone?)
#!     rejected: parameter 'format' expects a String value, got Integer

strftime('%%')
#- warning: The argument signature (String format, [String timezone]) is deprecated for #strftime. See #strftime documentation and Timespan type for more info
#= '%'

strftime('%Y-%m').length
#- warning: The argument signature (String format, [String timezone]) is deprecated for #strftime. See #strftime documentation and Timespan type for more info
#= 7

strftime('%Y', 'UTC').length
#- warning: The argument signature (String format, [String timezone]) is deprecated for #strftime. See #strftime documentation and Timespan type for more info
#= 4

strftime(Timestamp(0), '%s %N %6N %-d %_d %^a %z %Z')
#= '0 000000000 000000 1  1 THU +0000 UTC'

strftime(Timestamp(0), '%F %T %D %R %r %c %x %X %C %y %G %g %V %U %W %u %w %h %n %t %%')
#= "1970-01-01 00:00:00 01/01/70 00:00 12:00:00 AM Thu Jan  1 00:00:00 1970 01/01/70 00:00:00 19 70 1970 70 01 00 00 4 4 Jan \n \t %"

strftime(Timestamp(0), '%10Y|%05d|%-m|%#B')
#= '0000001970|00001|1|JANUARY'

strftime(Timestamp(0), '%Q')
#= '%Q'

strftime(Timestamp(0), '%Y', 1)
#! Evaluation Error: Error while evaluating a Function Call, The function 'strftime' was called with arguments it does not accept. It expects one of:
#!   (Timespan time_object, String format)
#!     rejected: expects 2 arguments, got 3
#!   (Timestamp time_object, String format, String timezone?)
#!     rejected: parameter 'timezone' expects a String value, got Integer
#!   (String format, String timezone?)
#!     rejected: expects between 1 and 2 arguments, got 3
