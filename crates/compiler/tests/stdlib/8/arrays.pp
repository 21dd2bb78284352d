## any2array
any2array()
#= []

any2array('a')
#= ["a"]

any2array('')
#= []

any2array(undef)
#= []

any2array(['a', [1]])
#= ["a", [1]]

any2array({'a' => 1, 'b' => [2]})
#= ["a", 1, "b", [2]]

any2array('a', 'b')
#= ["a", "b"]

any2array('', '')
#= ["", ""]

any2array({})
#= []

any2array(1)
#= [1]

any2array(/x/)
#= ["/x/"]

## concat
concat()
#! Evaluation Error: Error while evaluating a Function Call, concat(): Wrong number of arguments given (0 for < 2)

concat([1])
#! Evaluation Error: Error while evaluating a Function Call, concat(): Wrong number of arguments given (1 for < 2)

concat([1], 2)
#= [1, 2]

concat([1], [2, 3], 'a', {'b' => 1})
#= [1, 2, 3, "a", {"b" => 1}]

concat('a', [1])
#! Evaluation Error: Error while evaluating a Function Call, concat(): Requires array to work with

concat([1], undef)
#= [1, ""]

concat([], [[1]])
#= [[1]]

## count
count()
#! Evaluation Error: Error while evaluating a Function Call, count(): Wrong number of arguments given (0 for minimum 1)

count([1, undef, '', 'a', false])
#= 3

count([1, 2, 1], 1)
#= 2

count([1, 1.0], 1.0)
#= 2

count([1, '1'], '1')
#= 1

count({'a' => 1, 'b' => ''})
#= 2

count('abc', 'b')
#= 1

count('abc')
#! Evaluation Error: Error while evaluating a Function Call, wrong number of arguments (given 0, expected 1+)

count([1], 2, 3)
#! Evaluation Error: Error while evaluating a Function Call, count(): Wrong number of arguments given 3 for 1 or 2.

count([false, true], false)
#= 2

count([undef], undef)
#= 0

count(5)
#! Evaluation Error: Error while evaluating a Function Call, undefined method `count' for 5:Integer

## delete
delete()
#! Evaluation Error: Error while evaluating a Function Call, delete(): Wrong number of arguments given 0 for 2

delete([1])
#! Evaluation Error: Error while evaluating a Function Call, delete(): Wrong number of arguments given 1 for 2

delete([1, 2, 1], 1)
#= [2]

delete(['a', 'b', 'c', 'b'], ['b', 'c'])
#= ["a"]

delete({'a' => 1, 'b' => 2}, 'a')
#= {"b" => 2}

delete({'a' => 1, 'b' => 2}, ['a', 'b'])
#= {}

delete('abracadabra', 'bra')
#= "acada"

delete('abracadabra', ['a', 'b'])
#= "rcdr"

delete(1, 1)
#! Evaluation Error: Error while evaluating a Function Call, delete(): First argument must be an Array, String, or Hash. Given an argument of class Integer.

delete(undef, 'a')
#= ""

delete(['a'], undef)
#= ["a"]

delete(['a', ''], undef)
#= ["a"]

delete([[1], 2], [[1]])
#= [2]

delete([1.0, 2], 1)
#= [2]

delete({'x' => 1}, {'x' => 1})
#= {"x" => 1}

delete('abc', 1)
#! Evaluation Error: Error while evaluating a Function Call, wrong argument type Integer (expected Regexp)

delete(true, 'a')
#! Evaluation Error: Error while evaluating a Function Call, delete(): First argument must be an Array, String, or Hash. Given an argument of class TrueClass.

delete(/a/, 'a')
#= "//"

delete('a.c.e', '.')
#= "ace"

## delete_at
delete_at()
#! Evaluation Error: Error while evaluating a Function Call, delete_at(): Wrong number of arguments given (0 for 2)

delete_at(['a'])
#! Evaluation Error: Error while evaluating a Function Call, delete_at(): Wrong number of arguments given (1 for 2)

delete_at(['a', 'b', 'c'], 1)
#= ["a", "c"]

delete_at(['a', 'b', 'c'], '1')
#= ["a", "c"]

delete_at(['a', 'b', 'c'], -1)
#= ["a", "b"]

delete_at(['a', 'b', 'c'], '-1')
#! Evaluation Error: Error while evaluating a Function Call, delete_at(): You must provide non-negative numeric index

delete_at(['a', 'b', 'c'], 3)
#! Evaluation Error: Error while evaluating a Function Call, delete_at(): Given index exceeds size of array given

delete_at('a', 1)
#! Evaluation Error: Error while evaluating a Function Call, delete_at(): Requires array to work with

delete_at(['a', 'b'], 1.7)
#= ["a"]

delete_at(['a', 'b'], [])
#! Evaluation Error: Error while evaluating a Function Call, undefined method `to_i' for []:Array

delete_at(['a', 'b'], undef)
#! Evaluation Error: Error while evaluating a Function Call, delete_at(): You must provide non-negative numeric index

delete_at(['a', 'b'], 0, 5)
#= ["b"]

delete_at([], -5)
#= []

delete_at(['a', 'b'], -5)
#= ["a", "b"]

## delete_regex
delete_regex()
#! Evaluation Error: Error while evaluating a Function Call, delete_regex(): Wrong number of arguments given 0 for 2

delete_regex(['a', 'b', 'ab'], 'b')
#= ["a", "ab"]

delete_regex(['abf', 'ab', 'ac'], '^ab.*')
#= ["ac"]

delete_regex({'a' => 1, 'b' => 2, 'a-x' => 3}, 'a')
#= {"b" => 2}

delete_regex(['abf', 'ab', 'ac'], ['^ab.*', 'ac'])
#= []

delete_regex('abc', 'b')
#! Evaluation Error: Error while evaluating a Function Call, undefined method `reject!' for "abc":String

delete_regex([1, 'a'], '1')
#= [1, "a"]

delete_regex(['a'], '[')
#! Evaluation Error: Error while evaluating a Function Call, premature end of char-class: /\b[\b/

delete_regex(1, 'a')
#! Evaluation Error: Error while evaluating a Function Call, delete_regex(): First argument must be an Array, Hash, or String. Given an argument of class Integer.

delete_regex(['a'], undef)
#= []

delete_regex([], 'a')
#= []

delete_regex(['a b', 'b'], 'b')
#= []

delete_regex([['a']], 'a')
#= [["a"]]

delete_regex([undef, 'a'], 'a')
#= [undef]

## delete_undef_values
delete_undef_values()
#! Evaluation Error: Error while evaluating a Function Call, delete_undef_values(): Wrong number of arguments given (0)

delete_undef_values([1, undef, '', false])
#= [1, "", false]

delete_undef_values({'a' => undef, 'b' => '', 'c' => false})
#= {"b" => "", "c" => false}

delete_undef_values('a')
#! Evaluation Error: Error while evaluating a Function Call, delete_undef_values(): expected an array or hash, got a type  String

delete_undef_values(undef)
#! Evaluation Error: Error while evaluating a Function Call, delete_undef_values(): expected an array or hash, got  type  String

delete_undef_values(1)
#! Evaluation Error: Error while evaluating a Function Call, delete_undef_values(): expected an array or hash, got 1 type  Integer

delete_undef_values({'a' => {'b' => undef}})
#= {"a" => {"b" => undef}}

delete_undef_values([1], 2)
#= [1]

## delete_values
delete_values()
#! Evaluation Error: Error while evaluating a Function Call, delete_values(): Wrong number of arguments given (0 of 2)

delete_values({'a' => 'A', 'b' => 'B', 'c' => 'B'}, 'B')
#= {"a" => "A"}

delete_values({'a' => 1.0, 'b' => 2}, 1)
#= {"b" => 2}

delete_values([1], 1)
#! Evaluation Error: Error while evaluating a Function Call, delete_values(): First argument must be a Hash. Given an argument of class Array.

delete_values({'a' => undef}, undef)
#= {"a" => undef}

delete_values({'a' => ''}, undef)
#= {}

delete_values(true, 1)
#! Evaluation Error: Error while evaluating a Function Call, delete_values(): First argument must be a Hash. Given an argument of class TrueClass.

delete_values(File['/x'], 1)
#! Evaluation Error: Error while evaluating a Function Call, delete_values(): First argument must be a Hash. Given an argument of class Puppet::Resource.

## difference
difference()
#! Evaluation Error: Error while evaluating a Function Call, difference(): Wrong number of arguments given (0 for 2)

difference(['a', 'b', 'c', 'a'], ['b'])
#= ["a", "c", "a"]

difference([1, 1.0, '1'], [1])
#= [1.0, "1"]

difference('a', ['b'])
#! Evaluation Error: Error while evaluating a Function Call, difference(): Requires 2 arrays

difference([], [])
#= []

difference([[1], {'a' => 1}], [{'a' => 1}])
#= [[1]]

## grep
grep()
#! Evaluation Error: Error while evaluating a Function Call, grep(): Wrong number of arguments given 0 for 2

grep(['aaa', 'bbb', 'aaaddd'], 'aaa')
#= ["aaa", "aaaddd"]

grep(['aaa', 'bbb'], '^b')
#= ["bbb"]

grep([1, 'a1'], '1')
#= ["a1"]

grep('aaa', 'a')
#! Evaluation Error: Error while evaluating a Function Call, undefined method `grep' for "aaa":String

grep({'a' => 1}, 'a')
#= []

grep(['a'], '[')
#! Evaluation Error: Error while evaluating a Function Call, premature end of char-class: /[/

grep(['a'], 1)
#! Evaluation Error: Error while evaluating a Function Call, no implicit conversion of Integer into String

grep(['a'], undef)
#= ["a"]

## hash
hash()
#! Evaluation Error: Error while evaluating a Function Call, hash(): Wrong number of arguments given (0 for 1)

hash(['a', 1, 'b', 2])
#= {"a" => 1, "b" => 2}

hash([['a', 1], ['b', 2]])
#= {"a" => 1, "b" => 2}

hash(['a'])
#! Evaluation Error: Error while evaluating a Function Call, hash(): Unable to compute hash from array given

hash('a')
#! Evaluation Error: Error while evaluating a Function Call, hash(): Requires array to work with

hash([])
#= {}

hash(['a', 1, 'b', [2, 3]])
#! Evaluation Error: Error while evaluating a Function Call, hash(): Unable to compute hash from array given

## intersection
intersection()
#! Evaluation Error: Error while evaluating a Function Call, intersection(): Wrong number of arguments given (0 for 2)

intersection(['a', 'b', 'c', 'c'], ['b', 'c', 'd'])
#= ["b", "c"]

intersection([1, '1'], [1.0, '1'])
#= ["1"]

intersection('a', ['b'])
#! Evaluation Error: Error while evaluating a Function Call, intersection(): Requires 2 arrays, got String and Array

intersection({'a' => 1}, undef)
#! Evaluation Error: Error while evaluating a Function Call, intersection(): Requires 2 arrays, got Hash and String

intersection([], ['a'])
#= []

## member
member()
#! Evaluation Error: Error while evaluating a Function Call, member(): Wrong number of arguments given (0 for 2)

member(['a', 'b'], 'b')
#= true

member(['a', 'b'], 'c')
#= false

member(['a', 'b'], ['a', 'b'])
#= true

member(['a', 'b'], ['a', 'c'])
#= false

member(['a', 'b'], [])
#! Evaluation Error: Error while evaluating a Function Call, member(): You must provide item to search for within array given

member(['a', 'b'], '')
#= false

member([1, 2], 1)
#= true

member([1, 2], '1')
#= false

member([1.0], 1)
#= false

member('a', 'a')
#! Evaluation Error: Error while evaluating a Function Call, member(): Requires array to work with

member(['a'], true)
#! Evaluation Error: Error while evaluating a Function Call, member(): Item to search for must be a string, fixnum, or array

member(['a'], undef)
#= false

member(['a'], {'a' => 1})
#! Evaluation Error: Error while evaluating a Function Call, member(): Item to search for must be a string, fixnum, or array

member([1], 1, 2)
#= true

## prefix
prefix()
#! Evaluation Error: Error while evaluating a Function Call, prefix(): Wrong number of arguments given (0 for 1)

prefix(['a', 'b'], 'p')
#= ["pa", "pb"]

prefix(['a', 1, undef, [2]])
#= ["a", "1", "", "[2]"]

prefix(['a', 1, undef, [2], {'x' => 1}, 1.5, true, /x/], 'p')
#= ["pa", "p1", "p", "p[2]", "p{\"x\"=>1}", "p1.5", "ptrue", "p/x/"]

prefix({'a' => 1, 2 => 3}, 'p')
#= {"pa" => 1, "p2" => 3}

prefix({'a' => 1})
#= {"a" => 1}

prefix('a', 'p')
#! Evaluation Error: Error while evaluating a Function Call, prefix(): expected first argument to be an Array or a Hash, got "a"

prefix(1, 'p')
#! Evaluation Error: Error while evaluating a Function Call, prefix(): expected first argument to be an Array or a Hash, got 1

prefix(['a'], 1)
#! Evaluation Error: Error while evaluating a Function Call, prefix(): expected second argument to be a String, got 1

prefix(['a'], undef)
#= ["a"]

prefix(['a'], '')
#= ["a"]

prefix(['a'], ['x'])
#! Evaluation Error: Error while evaluating a Function Call, prefix(): expected second argument to be a String, got ["x"]

prefix(['a'], false)
#= ["a"]

prefix(['a'], true)
#! Evaluation Error: Error while evaluating a Function Call, prefix(): expected second argument to be a String, got true

prefix(undef, 'p')
#! Evaluation Error: Error while evaluating a Function Call, prefix(): expected first argument to be an Array or a Hash, got ""

prefix([Sensitive('x'), File['/x']], 'p')
#= ["pSensitive [value redacted]", "pFile[/x]"]

## suffix
suffix()
#! Evaluation Error: Error while evaluating a Function Call, suffix(): Wrong number of arguments given (0 for 1)

suffix(['a', 'b'], 'p')
#= ["ap", "bp"]

suffix({'a' => 1, 2 => 3}, 'p')
#= {"ap" => 1, "2p" => 3}

suffix('a', 'p')
#! Evaluation Error: Error while evaluating a Function Call, suffix(): expected first argument to be an Array or a Hash, got "a"

suffix(['a'], 1)
#! Evaluation Error: Error while evaluating a Function Call, suffix(): expected second argument to be a String, got 1

suffix(['a', undef], undef)
#= ["a", ""]

suffix([[1, 'a'], {'x' => undef}], '.')
#= ["[1, \"a\"].", "{\"x\"=>nil}."]

suffix({'a' => 1, 'ab' => 2}, 'b')
#= {"ab" => 1, "abb" => 2}

## range
range()
#! Evaluation Error: Error while evaluating a Function Call, range(): Wrong number of arguments given (0 for 1)

range('0', '9')
#= [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]

range(0, 9)
#= [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]

range('a', 'e')
#= ["a", "b", "c", "d", "e"]

range('host01', 'host10')
#= ["host01", "host02", "host03", "host04", "host05", "host06", "host07", "host08", "host09", "host10"]

range('0', '9', '2')
#= [0, 2, 4, 6, 8]

range(0, 9, -3)
#= [0, 3, 6, 9]

range('a', 'g', 2)
#= ["a", "c", "e", "g"]

range('0..3')
#= [0, 1, 2, 3]

range('0...3')
#= [0, 1, 2]

range('0-3')
#= [0, 1, 2, 3]

range('a-e')
#= ["a", "b", "c", "d", "e"]

range('a...e')
#= ["a", "b", "c", "d"]

range('host08..host11')
#= ["host08", "host09", "host10", "host11"]

range('0,3')
#! Evaluation Error: Error while evaluating a Function Call, range(): Unable to compute range from the value: 0,3

range('')
#! Evaluation Error: Error while evaluating a Function Call, range(): Unknown range format:

range("\n")
#! Evaluation Error: Error while evaluating a Function Call, range(): Unknown range format:
#!

range(1)
#! Evaluation Error: Error while evaluating a Function Call, undefined method `match' for 1:Integer

range(5, 1)
#= []

range('z', 'ac')
#= []

range('a', 'zz', 200)
#= ["a", "gs", "ok", "wc"]

range('Zz', 'AAb')
#= []

range('az', 'bb')
#= ["az", "ba", "bb"]

range('1a', '2b')
#= ["1a", "1b", "1c", "1d", "1e", "1f", "1g", "1h", "1i", "1j", "1k", "1l", "1m", "1n", "1o", "1p", "1q", "1r", "1s", "1t", "1u", "1v", "1w", "1x", "1y", "1z", "2a", "2b"]

range('a9', 'b2')
#= ["a9", "b0", "b1", "b2"]

range('-', 'a')
#= ["-", ".", "/", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", ":", ";", "<", "=", ">", "?", "@", "A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L", "M", "N", "O", "P", "Q", "R", "S", "T", "U", "V", "W", "X", "Y", "Z", "[", "\\", "]", "^", "_", "`", "a"]

range(0, 9, 0)
#! Evaluation Error: Error while evaluating a Function Call, range(): 3rd arg (step size) must be a non zero integer (e.g. 1 or -1)

range(0, 9, 'x')
#! Evaluation Error: Error while evaluating a Function Call, range(): 3rd arg (step size) must be a non zero integer (e.g. 1 or -1)

range(0, 9, undef)
#! Evaluation Error: Error while evaluating a Function Call, range(): 3rd arg (step size) must be a non zero integer (e.g. 1 or -1)

range(0, 9, '')
#! Evaluation Error: Error while evaluating a Function Call, range(): 3rd arg (step size) must be a non zero integer (e.g. 1 or -1)

range(1.5, 3)
#= ["1.5"]

range('1', 'a')
#= []

range('a', '3')
#= []

range('01', '03')
#= [1, 2, 3]

range(-1, 2)
#= ["-1"]

range(['a'], 3)
#= []

range('a', 'a')
#= ["a"]

range('b', 'a')
#= []

range('', 'b')
#= [""]

range('0xff', '0xfh')
#= ["0xff", "0xfg", "0xfh"]

range('host-1', 'host-3')
#= ["host-1", "host-2", "host-3"]

range('5-2')
#= []

range('00..02')
#= [0, 1, 2]

range("a\n1", 3)
#= [0, 1, 2, 3]

range('a1.b', 'a1.e')
#= ["a1.b", "a1.c", "a1.d", "a1.e"]

range('zzz', 'aaaa')
#= []

range('9', '11')
#= [9, 10, 11]

range('x9', 'y1', 3)
#= ["x9"]

range(0, 4, '2.9')
#= [0, 2, 4]

range(0, 4, 2.9)
#= [0, 2, 4]

## reject
reject()
#! Evaluation Error: Error while evaluating a Function Call, reject(): Wrong number of arguments given 0 for 2

reject(['aaa', 'bbb', 'ccc', 'aaaddd'], 'aaa')
#= ["bbb", "ccc"]

reject([1, 'a', undef], '1')
#= [1, "a", undef]

reject('a', 'a')
#! Evaluation Error: Error while evaluating a Function Call, undefined method `reject' for "a":String

reject({'a' => 1}, 'a')
#= {}

reject(['a'], '(')
#! Evaluation Error: Error while evaluating a Function Call, end pattern with unmatched parenthesis: /(/

reject([['a']], 'a')
#= [["a"]]

## reverse
reverse()
#! Evaluation Error: Error while evaluating a Function Call, reverse(): Wrong number of arguments given (0 for 1)

reverse([1, 2, 3])
#= [3, 2, 1]

reverse('héllo')
#= "olléh"

reverse(1)
#! Evaluation Error: Error while evaluating a Function Call, reverse(): Requires either array or string to work with

reverse(undef)
#= ""

reverse({'a' => 1})
#! Evaluation Error: Error while evaluating a Function Call, reverse(): Requires either array or string to work with

reverse([1], 2)
#= [1]

reverse(Integer)
#! Evaluation Error: Error while evaluating a Function Call, reverse(): Requires either array or string to work with

## union
union()
#! Evaluation Error: Error while evaluating a Function Call, union(): Wrong number of arguments given (0 for < 2)

union([1])
#! Evaluation Error: Error while evaluating a Function Call, union(): Wrong number of arguments given (1 for < 2)

union(['a', 'b', 'b'], ['b', 'c'], ['d'])
#= ["a", "b", "c", "d"]

union([1], [1.0], ['1'])
#= [1, 1.0, "1"]

union(['a'], 'b')
#! Evaluation Error: Error while evaluating a Function Call, union(): Every parameter must be an array

union([], [])
#= []

union(undef, [])
#! Evaluation Error: Error while evaluating a Function Call, union(): Every parameter must be an array

## values_at
values_at()
#! Evaluation Error: Error while evaluating a Function Call, values_at(): Wrong number of arguments given (0 for 2)

values_at([1])
#! Evaluation Error: Error while evaluating a Function Call, values_at(): Wrong number of arguments given (1 for 2)

values_at(['a', 'b', 'c'], 1)
#= ["b"]

values_at(['a', 'b', 'c'], ['0-1'])
#= ["a", "b"]

values_at(['a', 'b', 'c', 'd', 'e'], [0, '2-3'])
#= ["a", "c", "d"]

values_at(['a', 'b', 'c', 'd', 'e'], ['1..3', '0...2'])
#= ["b", "c", "d", "a", "b"]

values_at(['a', 'b'], 2)
#! Evaluation Error: Error while evaluating a Function Call, values_at(): Given index exceeds array size

values_at(['a', 'b'], '0-2')
#! Evaluation Error: Error while evaluating a Function Call, values_at(): Stop index in given indices range exceeds array size

values_at(['a', 'b'], '1-0')
#! Evaluation Error: Error while evaluating a Function Call, values_at(): Stop index in given indices range is smaller than the start index

values_at(['a', 'b'], 'x')
#! Evaluation Error: Error while evaluating a Function Call, values_at(): Unknown format of given index

values_at(['a', 'b'], [])
#! Evaluation Error: Error while evaluating a Function Call, values_at(): You must provide at least one positive index to collect

values_at('a', 1)
#! Evaluation Error: Error while evaluating a Function Call, values_at(): Requires array to work with

values_at(['a', undef, 'c'], [0, 1, 2])
#= ["a", "c"]

values_at(['a', 'b'], -1)
#! Evaluation Error: Error while evaluating a Function Call, values_at(): Unknown format of given index

values_at(['a', 'b'], 1.5)
#! Evaluation Error: Error while evaluating a Function Call, values_at(): Unknown format of given index

values_at(['a', 'b'], undef)
#! Evaluation Error: Error while evaluating a Function Call, values_at(): Unknown format of given index

values_at(['a', 'b'], [[0], [[1]]])
#= ["a", "b"]

values_at(['a', 'b'], 0, 1)
#= ["a"]

values_at(['a', 'b'], "x\n1")
#= ["a"]

## zip
zip()
#! Evaluation Error: Error while evaluating a Function Call, zip(): Wrong number of arguments given (0 for 2)

zip([1, 2, 3], [4, 5, 6])
#= [[1, 4], [2, 5], [3, 6]]

zip([1, 2, 3], [4, 5, 6], true)
#= [1, 4, 2, 5, 3, 6]

zip([1, 2, 3], [4, 5, 6], 'no')
#= [[1, 4], [2, 5], [3, 6]]

zip([1, 2], [4])
#= [[1, 4], [2, undef]]

zip([1], [2, 3])
#= [[1, 2]]

zip('a', [1])
#! Evaluation Error: Error while evaluating a Function Call, zip(): Requires array to work with

zip([1, [2]], [3, [4]], true)
#= [1, 3, 2, 4]

zip([1], [2], 'maybe')
#! Evaluation Error: Error while evaluating a Function Call, str2bool(): Unknown type of boolean given

zip([1], [2], '')
#= [[1, 2]]

zip([1], [2], undef)
#= [[1, 2]]

zip([1], [2], 1)
#! Evaluation Error: Error while evaluating a Function Call, str2bool(): Requires string to work with

## dig44
dig44()
#! Evaluation Error: Error while evaluating a Function Call, dig44(): Wrong number of arguments given (0 for minimum 1)

dig44({})
#! Evaluation Error: Error while evaluating a Function Call, dig44(): Wrong number of arguments given (1 for at least 2)

dig44({'a' => {'b' => [1, 2]}}, ['a', 'b', 1])
#= 2

dig44({'a' => {'b' => [1, 2]}}, ['a', 'b', '1'])
#= 2

dig44({'a' => {'b' => [1, 2]}}, ['a', 'b', 5], 'd')
#= "d"

dig44({'a' => {'b' => [1, 2]}}, ['a', 'c'], 'd')
#= "d"

dig44({'a' => {'b' => [1, 2]}}, ['a', 'c'])
#= undef

dig44([1, [2]], [1, 0])
#= 2

dig44('a', ['a'])
#! Evaluation Error: Error while evaluating a Function Call, dig44(): first argument must be a hash or an array, given String

dig44({}, 'a')
#! Evaluation Error: Error while evaluating a Function Call, dig44(): second argument must be an array, given String

dig44([], {})
#! Evaluation Error: Error while evaluating a Function Call, dig44(): second argument must be an array, given Hash

dig44({'a' => false}, ['a'], 'd')
#= false

dig44({'a' => 'x'}, ['a', 'b'], 'd')
#= "d"

dig44([1], ['x'], 'd')
#= "d"

dig44([1], [undef], 'd')
#= "d"

dig44([1], [0.9], 'd')
#= 1

dig44([1, 2], ['0x1'], 'd')
#= 2

dig44([1, 2], ['01'], 'd')
#= 2

dig44([1, 2], [-1], 'd')
#= 2

dig44({'a' => 1}, [])
#= {"a" => 1}

dig44(undef, ['a'])
#! Evaluation Error: Error while evaluating a Function Call, dig44(): first argument must be a hash or an array, given String

## try_get_value
try_get_value()
#! Evaluation Error: Error while evaluating a Function Call, try_get_value(): Wrong number of arguments given (0 for minimum 1)

try_get_value({'a' => {'b' => [1, 2]}}, 'a/b/1')
#- warning: try_get_value() DEPRECATED: this function is deprecated, please use dig() instead.
#- warning: dig() DEPRECATED: This function has been replaced in Puppet 4.5.0, please use dig44() for backwards compatibility or use the new version.
#= 2

try_get_value({'a' => 1}, 'b', 'd')
#- warning: try_get_value() DEPRECATED: this function is deprecated, please use dig() instead.
#- warning: dig() DEPRECATED: This function has been replaced in Puppet 4.5.0, please use dig44() for backwards compatibility or use the new version.
#= "d"

## has_key
has_key()
#! Evaluation Error: Error while evaluating a Function Call, has_key(): wrong number of arguments (0; must be 2)

has_key({'a' => 1}, 'a')
#= true

has_key({'a' => undef}, 'a')
#= true

has_key({'a' => 1}, 'b')
#= false

has_key('a', 'b')
#! Evaluation Error: Error while evaluating a Function Call, has_key(): expects the first argument to be a hash, got "a" which is of type String

has_key(undef, 'b')
#! Evaluation Error: Error while evaluating a Function Call, has_key(): expects the first argument to be a hash, got "" which is of type String

has_key([1, {'a' => "x\n"}], 'b')
#! Evaluation Error: Error while evaluating a Function Call, has_key(): expects the first argument to be a hash, got [1, {"a"=>"x\n"}] which is of type Array

has_key({1 => 2}, 1)
#= true

has_key({1 => 2}, '1')
#= false

has_key({'' => 2}, undef)
#= true

## join_keys_to_values
join_keys_to_values()
#! Evaluation Error: Error while evaluating a Function Call, join_keys_to_values(): Takes exactly two arguments, but 0 given.

join_keys_to_values({'a' => 1, 'b' => 2}, ' is ')
#= ["a is 1", "b is 2"]

join_keys_to_values({'a' => [1, 2], 'b' => undef, 'c' => [], 'd' => {'x' => 1}, 'e' => 'undef'}, '=')
#= ["a=1", "a=2", "b=", "d={\"x\"=>1}", "e"]

join_keys_to_values({'a' => [undef, [1, [2]], 1.5, true]}, '=')
#= ["a=", "a=[1, [2]]", "a=1.5", "a=true"]

join_keys_to_values({}, '=')
#= []

join_keys_to_values([], '=')
#! Evaluation Error: Error while evaluating a Function Call, join_keys_to_values(): The first argument must be a hash, but a Array was given.

join_keys_to_values({'a' => 1}, 1)
#! Evaluation Error: Error while evaluating a Function Call, join_keys_to_values(): The second argument must be a string, but a Integer was given.

join_keys_to_values({'a' => 1}, undef)
#= ["a1"]

join_keys_to_values({1 => 2.0, 1.5 => default, undef => /x/}, '=')
#= ["1=2.0", "1.5=default", "=/x/"]

join_keys_to_values('x', ',')
#! Evaluation Error: Error while evaluating a Function Call, join_keys_to_values(): The first argument must be a hash, but a String was given.

## deep_merge
deep_merge()
#! Evaluation Error: Error while evaluating a Function Call, deep_merge(): wrong number of arguments (0; must be at least 2)

deep_merge({'a' => 1})
#! Evaluation Error: Error while evaluating a Function Call, deep_merge(): wrong number of arguments (1; must be at least 2)

deep_merge({'a' => 1, 'b' => {'c' => 1, 'x' => [1]}}, {'b' => {'d' => 2, 'x' => [2]}})
#= {"a" => 1, "b" => {"c" => 1, "x" => [2], "d" => 2}}

deep_merge({'a' => {'b' => 1}}, {'a' => 2}, {'a' => {'c' => 3}})
#= {"a" => {"c" => 3}}

deep_merge({'a' => 1}, undef, '')
#= {"a" => 1}

deep_merge('', '')
#= {}

deep_merge({'a' => 1}, 'b')
#! Evaluation Error: Error while evaluating a Function Call, deep_merge: unexpected argument type String, only expects hash arguments

deep_merge({'a' => 1}, [1])
#! Evaluation Error: Error while evaluating a Function Call, deep_merge: unexpected argument type Array, only expects hash arguments

deep_merge({'a' => 1}, {'a' => undef})
#= {"a" => undef}

deep_merge({'b' => 1, 'a' => 2}, {'a' => 3, 'c' => 4})
#= {"b" => 1, "a" => 3, "c" => 4}

deep_merge({}, 1)
#! Evaluation Error: Error while evaluating a Function Call, deep_merge: unexpected argument type Integer, only expects hash arguments

deep_merge({}, true)
#! Evaluation Error: Error while evaluating a Function Call, deep_merge: unexpected argument type TrueClass, only expects hash arguments

## merge
merge()
#= {}

merge({'a' => 1})
#= {"a" => 1}

merge({'a' => 1, 'b' => 2}, {'b' => 3, 'c' => 4})
#= {"a" => 1, "b" => 3, "c" => 4}

merge({'a' => 1}, undef, '')
#= {"a" => 1}

merge({'a' => 1}, 'x')
#! Evaluation Error: Error while evaluating a Function Call, The function 'merge' was called with arguments it does not accept. It expects one of:
#!   (Variant[Hash[Scalar, Any], Undef, String[0, 0]] args*)
#!     rejected: parameter 'args' expects a value of type Undef, Hash[Scalar, Any], or String[0, 0], got String
#!   (Iterable args*, Callable[3, 3] block)
#!     rejected: expects a block
#!   (Iterable args*, Callable[2, 2] block)
#!     rejected: expects a block

merge({'a' => 1}, [1])
#! Evaluation Error: Error while evaluating a Function Call, The function 'merge' was called with arguments it does not accept. It expects one of:
#!   (Variant[Hash[Scalar, Any], Undef, String[0, 0]] args*)
#!     rejected: parameter 'args' expects a value of type Undef, Hash, or String, got Tuple
#!   (Iterable args*, Callable[3, 3] block)
#!     rejected: expects a block
#!   (Iterable args*, Callable[2, 2] block)
#!     rejected: expects a block

merge({['a'] => 1})
#! Evaluation Error: Error while evaluating a Function Call, The function 'merge' was called with arguments it does not accept. It expects one of:
#!   (Variant[Hash[Scalar, Any], Undef, String[0, 0]] args*)
#!     rejected: parameter 'args' expects a value of type Undef, Hash[Scalar, Any], or String[0, 0], got Hash[Tuple[String], Integer[1, 1], 1, 1]
#!   (Iterable args*, Callable[3, 3] block)
#!     rejected: expects a block
#!   (Iterable args*, Callable[2, 2] block)
#!     rejected: expects a block

merge([1, 2, 3]) |$h, $v| { {$v => $v + 1} }
#= {1 => 2, 2 => 3, 3 => 4}

merge([1, 2, 3]) |$h, $i, $v| { {$v => $i} }
#= {1 => 0, 2 => 1, 3 => 2}

merge({'a' => 1, 'b' => 2}) |$h, $v| { {$v[0] => $v[1] + 1} }
#= {"a" => 2, "b" => 3}

merge({'a' => 1, 'b' => 2}) |$h, $k, $v| { {$v => $k} }
#= {1 => "a", 2 => "b"}

merge([1, 2]) |$h, $v| { 'x' }
#= {}

merge('abc') |$h, $v| { {$v => $h.keys} }
#= {"a" => [], "b" => ["a"], "c" => ["a", "b"]}

merge(3) |$h, $v| { {$v => 1} }
#= {0 => 1, 1 => 1, 2 => 1}

merge(3) |$h, $i, $v| { {$v => $i} }
#= {0 => 0, 1 => 1, 2 => 2}

merge([1], [2]) |$h, $v| { {$v => 1} }
#! Evaluation Error: Error while evaluating a Function Call, wrong number of arguments (given 2, expected 1)

merge([1]) |$v| { {$v => 1} }
#! Evaluation Error: Error while evaluating a Function Call, The function 'merge' was called with arguments it does not accept. It expects one of:
#!   (Variant[Hash[Scalar, Any], Undef, String[0, 0]] args*)
#!     rejected: does not expect a block
#!   (Iterable args*, Callable[3, 3] block)
#!     rejected: block expects 3 arguments, got 1
#!   (Iterable args*, Callable[2, 2] block)
#!     rejected: block expects 2 arguments, got 1

merge(1.5) |$h, $v| { {$v => 1} }
#! Evaluation Error: Error while evaluating a Function Call, 'merge' parameter 'args' expects a value of type Undef, Hash, String, or Iterable, got Float

merge('') |$h, $v| { {$v => 1} }
#= {}

merge() |$h, $v| { {} }
#! Evaluation Error: Error while evaluating a Function Call, wrong number of arguments (given 0, expected 1)

merge([1]) |$h, $v| { next({'z' => 1}) }
#= {"z" => 1}

merge([1, 2]) |$h, $v| { if $v == 2 { break() } $r = {$v => 1} $r }
#= {1 => 1}

## pick, pick_default
pick()
#! Evaluation Error: Error while evaluating a Function Call, pick(): must receive at least one non empty value

pick('')
#! Evaluation Error: Error while evaluating a Function Call, pick(): must receive at least one non empty value

pick(undef, '', 'c', 'd')
#= "c"

pick(undef, [], 'c')
#= []

pick(false, 'c')
#= false

pick({}, 'c')
#= {}

pick(0)
#= 0

pick('undef')
#= "undef"

pick([undef])
#= [undef]

pick_default()
#! Evaluation Error: Error while evaluating a Function Call, Must receive at least one argument.

pick_default('')
#= ""

pick_default(undef, '', 'c', 'd')
#= "c"

pick_default(undef, '')
#= ""

pick_default('', undef)
#= ""

pick_default(undef, [])
#= []

pick_default('', {'a' => undef})
#= {"a" => undef}

## shuffle
shuffle()
#! Evaluation Error: Error while evaluating a Function Call, shuffle(): Wrong number of arguments given (0 for 1)

shuffle('')
#= ""

shuffle('a')
#= "a"

shuffle([1])
#= [1]

shuffle(1)
#! Evaluation Error: Error while evaluating a Function Call, shuffle(): Requires either array or string to work with

shuffle([1, 1, 1])
#= [1, 1, 1]

sort(shuffle([3, 1, 2]))
#= [1, 2, 3]

size(shuffle('hello'))
#= 5

## flatten and others of the core
flatten([1, [2]])
#= [1, 2]

unique([1, 1])
#= [1]

abs(-1)
#= 1
