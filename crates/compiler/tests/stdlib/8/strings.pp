## base64
base64()
#! Evaluation Error: Error while evaluating a Function Call, base64(): Wrong number of arguments (0; must be >= 2)

base64('encode')
#! Evaluation Error: Error while evaluating a Function Call, base64(): Wrong number of arguments (1; must be >= 2)

base64('encode', 'hello')
#= "aGVsbG8=\n"

base64('encode', '')
#= ""

base64('encode', 'aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggggggggg')
#= "YWFhYWFhYWFhYWJiYmJiYmJiYmJjY2NjY2NjY2NjZGRkZGRkZGRkZGVlZWVl\nZWVlZWVmZmZmZmZmZmZmZ2dnZ2dnZ2dnZw==\n"

base64('encode', 'aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggggggggg', 'strict')
#= "YWFhYWFhYWFhYWJiYmJiYmJiYmJjY2NjY2NjY2NjZGRkZGRkZGRkZGVlZWVlZWVlZWVmZmZmZmZmZmZmZ2dnZ2dnZ2dnZw=="

base64('encode', 'subjects?_d>>', 'urlsafe')
#= "c3ViamVjdHM_X2Q-Pg=="

base64('encode', 'subjects?_d>>', 'default')
#= "c3ViamVjdHM/X2Q+Pg==\n"

base64('decode', 'aGVsbG8=')
#= "hello"

base64('decode', "aGVs\nbG8=\n")
#= "hello"

base64('decode', 'aGVsbG8=', 'strict')
#= "hello"

base64('decode', 'aGVsbG8', 'strict')
#! Evaluation Error: Error while evaluating a Function Call, invalid base64

base64('decode', "aGVsbG8=\n", 'strict')
#! Evaluation Error: Error while evaluating a Function Call, invalid base64

base64('decode', 'aGVs bG8', 'default')
#= "hello"

base64('decode', 'a!b@c#d$')
#= binary 69b71d

base64('decode', 'aGVsbG8', 'urlsafe')
#= "hello"

base64('decode', 'c3ViamVjdHM_X2Q-Pg==', 'urlsafe')
#= "subjects?_d>>"

base64('decode', 'c3ViamVjdHM_X2Q-Pg', 'urlsafe')
#= "subjects?_d>>"

base64('decode', 'a', 'urlsafe')
#! Evaluation Error: Error while evaluating a Function Call, invalid base64

base64('decode', '=', 'strict')
#! Evaluation Error: Error while evaluating a Function Call, invalid base64

base64('decode', '')
#= ""

base64('decode', 'aGVsbG8=aGVsbG8=')
#= "hello"

base64('decode', 'YQ')
#= "a"

base64('decode', 'YQ==YQ==')
#= "a"

base64('decode', 'Y')
#= ""

base64('decode', 'YWI')
#= "ab"

base64('foo', 'a')
#! Evaluation Error: Error while evaluating a Function Call, base64(): the first argument must be one of 'encode' or 'decode'

base64('encode', 1)
#! Evaluation Error: Error while evaluating a Function Call, base64(): the second argument must be a string to base64

base64('encode', 'a', 'foo')
#! Evaluation Error: Error while evaluating a Function Call, base64(): the third argument must be one of 'default', 'strict', or 'urlsafe'

base64('encode', 'a', undef)
#! Evaluation Error: Error while evaluating a Function Call, base64(): the third argument must be one of 'default', 'strict', or 'urlsafe'

base64('encode', 'a', 'strict', 'x')
#= "YQ=="

base64('encode', 'ünïcödé')
#= "w7xuw69jw7Zkw6k=\n"

base64('decode', 'w7xuw69jw7Zkw6k=')
#= "ünïcödé"

base64(1, 'a')
#! Evaluation Error: Error while evaluating a Function Call, base64(): the first argument must be one of 'encode' or 'decode'

base64('encode', undef)
#= ""

base64('decode', "YWFh\r\nYmJi")
#= "aaabbb"

base64('decode', 'YWFh=', 'strict')
#! Evaluation Error: Error while evaluating a Function Call, invalid base64

base64('decode', 'YWF=', 'strict')
#! Evaluation Error: Error while evaluating a Function Call, invalid base64

base64('decode', 'YW=F', 'strict')
#! Evaluation Error: Error while evaluating a Function Call, invalid base64

base64('decode', 'YR==', 'strict')
#! Evaluation Error: Error while evaluating a Function Call, invalid base64

base64('decode', 'YR==')
#= "a"

## bool2num, bool2str
bool2num()
#! Evaluation Error: Error while evaluating a Function Call, bool2num(): Wrong number of arguments given (0 for 1)

bool2num(true)
#= 1

bool2num(false)
#= 0

bool2num('yes')
#= 1

bool2num('')
#= 0

bool2num('x')
#! Evaluation Error: Error while evaluating a Function Call, str2bool(): Unknown type of boolean given

bool2num(1)
#! Evaluation Error: Error while evaluating a Function Call, str2bool(): Requires string to work with

bool2num(undef)
#= 0

bool2str()
#! Evaluation Error: Error while evaluating a Function Call, bool2str(): Wrong number of arguments given (0 for 3)

bool2str(true)
#= "true"

bool2str(false)
#= "false"

bool2str(true, 'a', 'b')
#= "a"

bool2str(false, 'a', 'b')
#= "b"

bool2str(true, 'a')
#! Evaluation Error: Error while evaluating a Function Call, bool2str(): Wrong number of arguments given (2 for 3)

bool2str('true')
#! Evaluation Error: Error while evaluating a Function Call, bool2str(): Requires a boolean to work with

bool2str(true, 1, 2)
#! Evaluation Error: Error while evaluating a Function Call, bool2str(): Requires strings to convert to

bool2str(undef)
#! Evaluation Error: Error while evaluating a Function Call, bool2str(): Requires a boolean to work with

bool2str(true, undef, undef)
#= ""

bool2str(false, '', 'n')
#= "n"

bool2str(false, false, false)
#= "false"

bool2str(false, true, 'n')
#! Evaluation Error: Error while evaluating a Function Call, bool2str(): Requires strings to convert to

## str2bool, num2bool, any2bool
str2bool()
#! Evaluation Error: Error while evaluating a Function Call, str2bool(): Wrong number of arguments given (0 for 1)

str2bool('')
#= false

str2bool('1')
#= true

str2bool('t')
#= true

str2bool('Yes')
#= true

str2bool('TRUE')
#= true

str2bool('n')
#= false

str2bool('No')
#= false

str2bool('undef')
#= false

str2bool('undefined')
#= false

str2bool('UNDEF')
#! Evaluation Error: Error while evaluating a Function Call, str2bool(): Unknown type of boolean given

str2bool('x')
#! Evaluation Error: Error while evaluating a Function Call, str2bool(): Unknown type of boolean given

str2bool(1)
#! Evaluation Error: Error while evaluating a Function Call, str2bool(): Requires string to work with

str2bool(true)
#= true

str2bool(undef)
#= false

str2bool([])
#! Evaluation Error: Error while evaluating a Function Call, str2bool(): Requires string to work with

str2bool("x\nyes")
#= true

str2bool("no\nyes")
#= true

str2bool("x\n\ny")
#= false

num2bool()
#! Evaluation Error: Error while evaluating a Function Call, num2bool(): Wrong number of arguments given (0 for 1)

num2bool(1)
#= true

num2bool(0)
#= false

num2bool(-1)
#= false

num2bool('1')
#= true

num2bool('-1')
#= false

num2bool('0.9')
#= false

num2bool(0.9)
#= false

num2bool(1.1)
#= true

num2bool('x')
#! Evaluation Error: Error while evaluating a Function Call, num2bool(): 'x' does not look like a number: invalid value for Float(): "x"

num2bool('')
#! Evaluation Error: Error while evaluating a Function Call, num2bool(): '' does not look like a number: invalid value for Float(): ""

num2bool(undef)
#! Evaluation Error: Error while evaluating a Function Call, num2bool(): '' does not look like a number: invalid value for Float(): ""

num2bool(true)
#= false

num2bool([1])
#= false

num2bool({})
#= false

num2bool('0x1f')
#= true

num2bool(' 2 ')
#= true

num2bool('1_0')
#= true

num2bool('1e3')
#= true

num2bool(1, 2)
#! Evaluation Error: Error while evaluating a Function Call, num2bool(): Wrong number of arguments given (2 for 1)

num2bool('x"y')
#! Evaluation Error: Error while evaluating a Function Call, num2bool(): 'x"y' does not look like a number: invalid value for Float(): "x\"y"

any2bool()
#! Evaluation Error: Error while evaluating a Function Call, any2bool(): Wrong number of arguments given (0 for 1)

any2bool(true)
#= true

any2bool(undef)
#= false

any2bool('')
#= false

any2bool('yes')
#= true

any2bool('x')
#! Evaluation Error: Error while evaluating a Function Call, str2bool(): Unknown type of boolean given

any2bool('0')
#= false

any2bool('0.5')
#= false

any2bool('1.5')
#= true

any2bool(0)
#= false

any2bool(5)
#= true

any2bool(-5)
#= false

any2bool([])
#= true

any2bool({})
#= true

any2bool(/x/)
#! Evaluation Error: Error while evaluating a Function Call, str2bool(): Unknown type of boolean given

any2bool('undef')
#= false

any2bool(Integer)
#= true

## chomp etc. of the core are used; dos2unix, unix2dos
dos2unix()
#! Evaluation Error: Error while evaluating a Function Call, dos2unix(): Wrong number of arguments given (0 for 1)

dos2unix("a\r\nb\r\r\nc\rd\n")
#= "a\nb\r\nc\rd\n"

dos2unix(1)
#! Evaluation Error: Error while evaluating a Function Call, dos2unix(): Requires string as argument

dos2unix(undef)
#= ""

dos2unix('a', 'b')
#! Evaluation Error: Error while evaluating a Function Call, dos2unix(): Wrong number of arguments given (2 for 1)

unix2dos()
#! Evaluation Error: Error while evaluating a Function Call, unix2dos(): Wrong number of arguments given (0 for 1)

unix2dos("a\nb\r\nc\r\r\nd\re")
#= "a\r\nb\r\nc\r\nd\re"

unix2dos(1)
#! Evaluation Error: Error while evaluating a Function Call, unix2dos(): Requires string as argument

unix2dos([''])
#! Evaluation Error: Error while evaluating a Function Call, unix2dos(): Requires string as argument

## regexpescape
regexpescape()
#! Evaluation Error: Error while evaluating a Function Call, regexpescape(): Wrong number of arguments given (0 for 1)

regexpescape('a.b*c[d]{e}(f)|g^h$i\\j-k l#m/n')
#= "a\\.b\\*c\\[d\\]\\{e\\}\\(f\\)\\|g\\^h\\$i\\\\j\\-k\\ l\\#m/n"

regexpescape("a\nb\tc\rd")
#= "a\\nb\\tc\\rd"

regexpescape(['a.b', 1, ['c.d']])
#= ["a\\.b", 1, ["c.d"]]

regexpescape(1)
#! Evaluation Error: Error while evaluating a Function Call, regexpescape(): Requires either array or string to work with

regexpescape('ü')
#= "ü"

## shell_join, shell_split, shell_escape
shell_join()
#! Evaluation Error: Error while evaluating a Function Call, shell_join(): Wrong number of arguments given (0 for 1)

shell_join(['a', 'b c', "d'e", ''])
#= "a b\\ c d\\'e ''"

shell_join(['a', 1, undef, true, ['x y']])
#= "a 1 '' true \\[\\\"x\\ y\\\"\\]"

shell_join('a')
#! Evaluation Error: Error while evaluating a Function Call, First argument is not an Array: "a"

shell_join([])
#= ""

shell_join([{'a' => 1}, "x\ny"])
#= "\\{\\\"a\\\"\\=\\>1\\} x'\n'y"

shell_split()
#! Evaluation Error: Error while evaluating a Function Call, shell_split(): Wrong number of arguments given (0 for 1)

shell_split('a b "c d" e\\ f \'g h\'')
#= ["a", "b", "c d", "e f", "g h"]

shell_split('')
#= []

shell_split("  a\tb\nc  ")
#= ["a", "b", "c"]

shell_split('a"b c"d')
#= ["ab cd"]

shell_split("it's")
#! Evaluation Error: Error while evaluating a Function Call, Unmatched quote: "it's"

shell_split('"a')
#! Evaluation Error: Error while evaluating a Function Call, Unmatched quote: "\"a"

shell_split('a\\')
#= ["a\\"]

shell_split('"a\\"b\\c\\$d"')
#= ["a\"b\\c$d"]

shell_split(12)
#= ["12"]

shell_split(['a b', 1])
#= ["[a b,", "1]"]

shell_split('a "" b')
#= ["a", "", "b"]

shell_split("a '' b")
#= ["a", "", "b"]

shell_split("'a\\'b")
#= ["a\\b"]

shell_split("\"a\nb\" c")
#= ["a\nb", "c"]

shell_escape()
#! Evaluation Error: Error while evaluating a Function Call, 'shell_escape' expects 1 argument, got none

shell_escape('')
#= "''"

shell_escape('a b')
#= "a\\ b"

shell_escape("a\nb")
#= "a'\n'b"

shell_escape('az09_-.,:+/@')
#= "az09_-.,:+/@"

shell_escape('a=b')
#= "a\\=b"

shell_escape('ünï')
#= "\\ün\\ï"

shell_escape('$(rm) `x` "y" \\z %w ~ *')
#= "\\$\\(rm\\)\\ \\`x\\`\\ \\\"y\\\"\\ \\\\z\\ \\%w\\ \\~\\ \\*"

shell_escape(1)
#= "1"

shell_escape(undef)
#= "''"

shell_escape([1, 'a'])
#= "\\[1,\\ \\\"a\\\"\\]"

shell_escape({'a' => 1})
#= "\\{\\\"a\\\"\\=\\>1\\}"

shell_escape(/x y/)
#= "\\(\\?-mix:x\\ y\\)"

shell_escape(Sensitive('x'))
#= "Sensitive\\ \\[value\\ redacted\\]"

shell_escape('a', 'b')
#! Evaluation Error: Error while evaluating a Function Call, 'shell_escape' expects 1 argument, got 2

## batch_escape, powershell_escape
batch_escape()
#! Evaluation Error: Error while evaluating a Function Call, 'batch_escape' expects 1 argument, got none

batch_escape('')
#= "\"\""

batch_escape('a "b" $c \\d %e')
#= "\"a \"\"b\"\" \\$c \\\\d %e\""

batch_escape(undef)
#= "\"\""

batch_escape(1)
#= "\"1\""

batch_escape(['a'])
#= "\"[\"\"a\"\"]\""

batch_escape('a', 'b')
#! Evaluation Error: Error while evaluating a Function Call, 'batch_escape' expects 1 argument, got 2

powershell_escape()
#! Evaluation Error: Error while evaluating a Function Call, 'powershell_escape' expects 1 argument, got none

powershell_escape('')
#= ""

powershell_escape("a 'b' `c` |d \$e \"f\" \n \\g")
#= "a` `'b`'` ``c``` `|d` `$e` \\`\"f\\`\"` `\n` \\g"

powershell_escape(undef)
#= ""

powershell_escape({'a' => 'b c'})
#= "{\\`\"a\\`\"=>\\`\"b` c\\`\"}"

powershell_escape(/a b/)
#= "(?-mix:a` b)"

powershell_escape(default)
#= "default"

## squeeze
squeeze()
#! Evaluation Error: Error while evaluating a Function Call, squeeze(): Wrong number of arguments given 0 for 2 or 1

squeeze('aaabbbccc')
#= "abc"

squeeze('aaabbbccc', 'a')
#= "abbbccc"

squeeze('aaabbbccc', 'a-b')
#= "abccc"

squeeze('aaabbbccc', '^a')
#= "aaabc"

squeeze(['aabb', 'ccdd'])
#= ["ab", "cd"]

squeeze(['aabb', 'ccdd'], 'b-c')
#= ["aab", "cdd"]

squeeze('a--b', '-')
#= "a-b"

squeeze('a^^b--c', '^-')
#= "a^b--c"

squeeze('aa\\\\bb', '\\\\')
#= "aa\\bb"

squeeze('aabb', '')
#= "aabb"

squeeze('aabb', undef)
#= "aabb"

squeeze(['aa', 1])
#! Evaluation Error: Error while evaluating a Function Call, undefined method `squeeze' for 1:Integer

squeeze(1)
#! Evaluation Error: Error while evaluating a Function Call, undefined method `squeeze' for 1:Integer

squeeze(undef)
#= ""

squeeze('aabb', 1)
#! Evaluation Error: Error while evaluating a Function Call, no implicit conversion of Integer into String

squeeze('aabb', 'b-a')
#! Evaluation Error: Error while evaluating a Function Call, invalid range "b-a" in string transliteration

squeeze('üüöö')
#= "üö"

squeeze('üüöö', 'ü')
#= "üöö"

squeeze('aabbcc', 'a', 'b')
#! Evaluation Error: Error while evaluating a Function Call, squeeze(): Wrong number of arguments given 3 for 2 or 1

squeeze('aabbcc--', 'a\\-c')
#= "abbc-"

squeeze('aabb', '^')
#= "aabb"

squeeze('a^^b', '^')
#= "a^b"

## swapcase
swapcase()
#! Evaluation Error: Error while evaluating a Function Call, swapcase(): Wrong number of arguments given (0 for 1)

swapcase('aBcD')
#= "AbCd"

swapcase(['aB', 1, ['cD']])
#= ["Ab", 1, ["cD"]]

swapcase('äÖß')
#= "ÄöSS"

swapcase(1)
#! Evaluation Error: Error while evaluating a Function Call, swapcase(): Requires either array or string to work with

swapcase(undef)
#= ""

## uriescape
uriescape()
#! Evaluation Error: Error while evaluating a Function Call, uriescape(): Wrong number of arguments given (0 for 1)

uriescape('a b?c=d&e')
#= "a%20b?c=d&e"

uriescape("ü\"<>%{}|\\^`[]#\n")
#= "%C3%BC%22%3C%3E%25%7B%7D%7C%5C%5E%60[]%23%0A"

uriescape("azAZ09-_.!~*'();/?:@&=+$,")
#= "azAZ09-_.!~*'();/?:@&=+$,"

uriescape(['a b', 1, ['c d']])
#= ["a%20b", 1, ["c d"]]

uriescape(1)
#! Evaluation Error: Error while evaluating a Function Call, uriescape(): Requires either array or string to work with

uriescape('a', 'b')
#= "a"

## xml_encode
stdlib::xml_encode('a & b < c > d " e \' f')
#= "a &amp; b &lt; c &gt; d \" e ' f"

stdlib::xml_encode('a & b < c > d " e \' f', 'attr')
#= "\"a &amp; b &lt; c &gt; d &quot; e &apos; f\""

stdlib::xml_encode('a', 'text')
#= "a"

stdlib::xml_encode('a', 'foo')
#! Evaluation Error: Error while evaluating a Function Call, 'stdlib::xml_encode' parameter 'type' expects a match for Enum['attr', 'text'], got 'foo'

stdlib::xml_encode(1)
#! Evaluation Error: Error while evaluating a Function Call, 'stdlib::xml_encode' parameter 'str' expects a String value, got Integer

stdlib::xml_encode()
#! Evaluation Error: Error while evaluating a Function Call, 'stdlib::xml_encode' expects between 1 and 2 arguments, got none

stdlib::xml_encode("\t\nü")
#= "\t\nü"

## start_with, end_with
stdlib::start_with('foobar', 'foo')
#= true

stdlib::start_with('foobar', ['bar', 'baz'])
#= false

stdlib::start_with('foObar', ['bar', 'foO'])
#= true

stdlib::start_with('a', '')
#! Evaluation Error: Error while evaluating a Function Call, 'stdlib::start_with' parameter 'prefixes' expects a value of type String[1] or Array[String[1], 1], got String

stdlib::start_with('a', [])
#! Evaluation Error: Error while evaluating a Function Call, 'stdlib::start_with' parameter 'prefixes' variant 0 expects a String value, got Array

stdlib::start_with(1, 'a')
#! Evaluation Error: Error while evaluating a Function Call, 'stdlib::start_with' parameter 'test_string' expects a String value, got Integer

stdlib::start_with('a', 1)
#! Evaluation Error: Error while evaluating a Function Call, 'stdlib::start_with' parameter 'prefixes' expects a value of type String or Array, got Integer

stdlib::end_with('foobar', 'bar')
#= true

stdlib::end_with('foobar', ['foo', 'baz'])
#= false

stdlib::end_with('', 'a')
#= false

stdlib::end_with('a', ['a', ''])
#! Evaluation Error: Error while evaluating a Function Call, 'stdlib::end_with' expects (String test_string, Variant[String[1], Array[String[1], 1]] suffixes)
#!   rejected: parameter 'suffixes' variant 0 expects a String value, got Tuple
#!   rejected: parameter 'suffixes' variant 1 index 1 expects a String[1] value, got String

stdlib::end_with('a')
#! Evaluation Error: Error while evaluating a Function Call, 'stdlib::end_with' expects 2 arguments, got 1

## sprintf_hash
sprintf_hash('%<a>s %{b}', {'a' => 'x', 'b' => 1})
#! Evaluation Error: Error while evaluating a Function Call, deprecation. sprintf_hash. This method is deprecated. From Puppet 4.10.10/5.3.4 please use the built-in sprintf instead at ["unknown", 2]:["unknown", 1]

sprintf_hash('x')
#! Evaluation Error: Error while evaluating a Function Call, 'sprintf_hash' expects 2 arguments, got 1

## fqdn_rand_string
fqdn_rand_string()
#! Evaluation Error: Error while evaluating a Function Call, fqdn_rand_string(): Wrong number of arguments given (0 for minimum 1)

fqdn_rand_string(10)
#= "pRh8eK1qnU"

fqdn_rand_string('10')
#= "pRh8eK1qnU"

fqdn_rand_string(10, '')
#= "pRh8eK1qnU"

fqdn_rand_string(10, 'abc')
#= "bbbbcccbab"

fqdn_rand_string(10, undef, 'seed')
#= "nbuZsJtUGU"

fqdn_rand_string(10, '', 'seed', 2)
#= "zu24HlyCDS"

fqdn_rand_string(0)
#! Evaluation Error: Error while evaluating a Function Call, fqdn_rand_string(): first argument must be a positive integer

fqdn_rand_string(-1)
#! Evaluation Error: Error while evaluating a Function Call, fqdn_rand_string(): first argument must be a positive integer

fqdn_rand_string('x')
#! Evaluation Error: Error while evaluating a Function Call, fqdn_rand_string(): first argument must be a positive integer

fqdn_rand_string(5, 1)
#! Evaluation Error: Error while evaluating a Function Call, fqdn_rand_string(): second argument must be undef or a string

fqdn_rand_string(5, 'a')
#= "aaaaa"

fqdn_rand_string(5, 'äöü', 's')
#= "öääüä"

fqdn_rand_string(5.0)
#! Evaluation Error: Error while evaluating a Function Call, fqdn_rand_string(): first argument must be a positive integer

fqdn_rand_string(8, '', ['a', ['b']])
#= "XCuLgEVo"

## fqdn_rotate
fqdn_rotate()
#! Evaluation Error: Error while evaluating a Function Call, fqdn_rotate(): Wrong number of arguments given (0 for 1)

fqdn_rotate([])
#= []

fqdn_rotate('')
#= ""

fqdn_rotate(['a', 'b', 'c', 'd', 'e'])
#= ["c", "d", "e", "a", "b"]

fqdn_rotate(['a', 'b', 'c', 'd', 'e'], 'seed')
#= ["b", "c", "d", "e", "a"]

fqdn_rotate(['a', 'b', 'c', 'd', 'e'], 'seed', 2)
#= ["b", "c", "d", "e", "a"]

fqdn_rotate('abcdefgh')
#= "ghabcdef"

fqdn_rotate('abcdefgh', 'x')
#= "fghabcde"

fqdn_rotate(1)
#! Evaluation Error: Error while evaluating a Function Call, fqdn_rotate(): Requires either array or string to work with

fqdn_rotate({'a' => 1})
#! Evaluation Error: Error while evaluating a Function Call, fqdn_rotate(): Requires either array or string to work with

fqdn_rotate(['a', 'b', 'c'], undef)
#= ["c", "a", "b"]

fqdn_rotate(['a', 'b', 'c'], ['x', 'y'])
#= ["b", "c", "a"]

fqdn_rotate('äöü', 1)
#= "öüä"

## fqdn_uuid
fqdn_uuid()
#! Evaluation Error: Error while evaluating a Function Call, fqdn_uuid: No arguments given

fqdn_uuid('puppetlabs.com')
#= "9c70320f-6815-5fc5-ab0f-debe68bf764c"

fqdn_uuid('')
#= "4ebd0208-8328-5d69-8c44-ec50939c0967"

fqdn_uuid('a', 'b')
#! Evaluation Error: Error while evaluating a Function Call, fqdn_uuid: Too many arguments given (2)

fqdn_uuid(1)
#! Evaluation Error: Error while evaluating a Function Call, no implicit conversion of Integer into String

fqdn_uuid(undef)
#= "4ebd0208-8328-5d69-8c44-ec50939c0967"

fqdn_uuid('ü')
#= "ad6339e7-66ab-5d3c-be44-818ca72b7a8f"

## seeded_rand, seeded_rand_string
seeded_rand()
#! Evaluation Error: Error while evaluating a Function Call, seeded_rand(): Wrong number of arguments given (0 for 2)

seeded_rand(10, 'a')
#= 4

seeded_rand('10', 'a')
#= 4

seeded_rand(1000000, 'seed')
#= 203081

seeded_rand(1, 'x')
#= 0

seeded_rand(0, 'a')
#! Evaluation Error: Error while evaluating a Function Call, seeded_rand(): first argument must be a positive integer

seeded_rand(10, 1)
#! Evaluation Error: Error while evaluating a Function Call, seeded_rand(): second argument must be a string

seeded_rand('x', 'a')
#! Evaluation Error: Error while evaluating a Function Call, seeded_rand(): first argument must be a positive integer

seeded_rand(100000000000, 'a')
#= 20789401444

seeded_rand_string(10, 'seed')
#= "JSYSrD2xIu"

seeded_rand_string(10, '')
#= "YoYs0wCRvS"

seeded_rand_string(5, 'seed', 'abc')
#= "bcacc"

seeded_rand_string(5, 'seed', 'a')
#! Evaluation Error: Error while evaluating a Function Call, 'seeded_rand_string' parameter 'charset' expects a String[2] value, got String

seeded_rand_string(0, 'seed')
#! Evaluation Error: Error while evaluating a Function Call, 'seeded_rand_string' parameter 'length' expects an Integer[1] value, got Integer[0, 0]

seeded_rand_string(3)
#! Evaluation Error: Error while evaluating a Function Call, 'seeded_rand_string' expects between 2 and 3 arguments, got 1

seeded_rand_string(20, 'ü', 'äöü')
#= "üäääüöäööööüäüääööää"

seeded_rand_string(40, 'x')
#= "CwEfZmtEDUrGfsJ9jFJtJRfQ1NqTVhlAfkDuTdyH"

## strings of the core
strip(' a ')
#= "a"

upcase('a')
#= "A"
