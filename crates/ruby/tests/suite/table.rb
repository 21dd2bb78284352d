"" % [1, 2]  #=> ""
"a,b;c\n" % "l"  #=> "a,b;c\n"
"12abc" % 0  #=> "12abc"
2.5 % 1  #=> 0.5
"hello World" % 2.0  #=> "hello World"
"hello World" % [1, 2]  #=> "hello World"
/l+(o)?/ % /[aeiou]/  #!> NoMethodError: undefined method `%' for /l+(o)?/:Regexp
true % :a  #!> NoMethodError: undefined method `%' for true:TrueClass
nil & 1  #=> false
true & -2  #=> true
true & "hello World"  #=> true
[3, 1, 2] & [1, 2]  #=> [1, 2]
true & {"a" => 9}  #=> true
nil & nil  #=> false
"a,b;c\n" & "l"  #!> NoMethodError: undefined method `&' for "a,b;c\n":String
"" & (0..1)  #!> NoMethodError: undefined method `&' for "":String
1.0..2.5 * 1  #=> 1.0..2.5
["b", "a", nil] * "a"  #=> "baaa"
"" * 2.0  #=> ""
1e20 * 2.0  #=> 2.0e+20
"12abc" * 2.0  #=> "12abc12abc"
["x", "y", "x"] * 1  #=> ["x", "y", "x"]
("a".."e") * "l"  #!> NoMethodError: undefined method `*' for "a".."e":Range
"" * nil  #!> TypeError: no implicit conversion from nil to integer
1.0..2.5 ** 0  #=> 1.0..1.0
-7 ** 2.0  #=> -49.0
2.5 ** 2.0  #=> 6.25
1e20 ** 1  #=> 1.0e+20
-7 ** 1  #=> -7
-0.0 ** true  #!> TypeError: true can't be coerced into Float
"a,b;c\n" ** nil  #!> NoMethodError: undefined method `**' for "a,b;c\n":String
-0.0 + 0  #=> 0.0
"a,b;c\n" + "a"  #=> "a,b;c\na"
"12abc" + "a"  #=> "12abca"
-7 + -2  #=> -9
"a,b;c\n" + "hello World"  #=> "a,b;c\nhello World"
-0.0 + -2  #=> -2.0
-7 + [1, 2]  #!> TypeError: Array can't be coerced into Integer
[1.5, 2, 3] + {"a" => 9}  #!> TypeError: no implicit conversion of Hash into Array
-0.0 - -2  #=> 2.0
[] - [1, 2]  #=> []
1.0..2.5 - 0  #=> 1.0..2.5
2.5 - -2  #=> 4.5
-7 - 2.0  #=> -9.0
["b", "a", nil] - [1, 2]  #=> ["b", "a", nil]
/l+(o)?/ - /[aeiou]/  #!> NoMethodError: undefined method `-' for /l+(o)?/:Regexp
[1.5, 2, 3] - "hello World"  #!> TypeError: no implicit conversion of String into Array
2.5 / 2.0  #=> 1.25
1e20 / 1  #=> 1.0e+20
2.5 / 1  #=> 2.5
-7 / 2.0  #=> -3.5
-0.0 / 0  #=> NaN
-7 / 1  #=> -7
"Zz9" / "hello World"  #!> NoMethodError: undefined method `/' for "Zz9":String
-0.0 / "l"  #!> TypeError: String can't be coerced into Float
2.5 < 0  #=> false
"Zz9" < "l"  #=> true
-0.0 < -2  #=> false
-7 < 0  #=> true
"é√x" < "l"  #=> false
2.5 < 1  #=> false
[1.5, 2, 3] < /[aeiou]/  #!> NoMethodError: undefined method `<' for [1.5, 2, 3]:Array
("a".."e") < "l"  #!> NoMethodError: undefined method `<' for "a".."e":Range
[3, 1, 2] << nil  #=> [3, 1, 2, nil]
-7 << 2.0  #=> -28
"é√x" << ","  #=> "é√x,"
[1.5, 2, 3] << nil  #=> [1.5, 2, 3, nil]
"12abc" << "l"  #=> "12abcl"
"Zz9" << "l"  #=> "Zz9l"
("a".."e") << "hello World"  #!> NoMethodError: undefined method `<<' for "a".."e":Range
2.5 << 2.0  #!> NoMethodError: undefined method `<<' for 2.5:Float
"a,b;c\n" <= "l"  #=> true
-0.0 <= 2.0  #=> true
"12abc" <= "hello World"  #=> true
-0.0 <= 1  #=> true
2.5 <= 0  #=> false
"é√x" <= ","  #=> false
("a".."e") <= 1  #!> NoMethodError: undefined method `<=' for "a".."e":Range
["b", "a", nil] <= (0..1)  #!> NoMethodError: undefined method `<=' for ["b", "a", nil]:Array
/l+(o)?/ <=> nil  #=> nil
"" <=> ""  #=> 0
"12abc" <=> (0..1)  #=> nil
(1..4) <=> 2.0  #=> nil
nil <=> 2.0  #=> nil
-7 <=> ","  #=> nil
[] == "hello World"  #=> false
"é√x" == true  #=> false
:sym == {"a" => 9}  #=> false
nil == nil  #=> true
"a,b;c\n" == ","  #=> false
["x", "y", "x"] == 2.0  #=> false
1.0..2.5 == 0  #!> ArgumentError: bad value for range
1.0..2.5 == (0..1)  #!> ArgumentError: bad value for range
("a".."e") === true  #=> false
/l+(o)?/ === ""  #=> false
[] === 1  #=> false
[] === "a"  #=> false
["b", "a", nil] === "l"  #=> false
"Zz9" === 1  #=> false
1.0..2.5 === "hello World"  #!> ArgumentError: bad value for range
1.0..2.5 === [1, 2]  #!> ArgumentError: bad value for range
{x: 1, 2 => "y"}.has_key?([1, 2])  #=> false
{"a" => 1, "b" => [2]}.dig(-2)  #=> nil
{"a" => 1, "b" => [2]}.eql?(0)  #=> false
{"a" => 1, "b" => [2]}.to_s { |x| x }  #=> "{\"a\"=>1, \"b\"=>[2]}"
{x: 1, 2 => "y"}.invert { |a, b|(a.to_s <=> b.to_s) }  #=> {1=>:x, "y"=>2}
{"a" => 1, "b" => [2]}.delete(2) { |x| x }  #=> 2
{"a" => 1, "b" => [2]}.collect(1, "x")  #!> ArgumentError: wrong number of arguments (given 2, expected 0)
{x: 1, 2 => "y"} > -2  #!> TypeError: no implicit conversion of Integer into Hash
[1.5, 2, 3] =~ {"a" => 9}  #=> nil
(1..4) =~ :a  #=> nil
[] =~ "hello World"  #=> nil
true =~ "l"  #=> nil
{} =~ "hello World"  #=> nil
"a,b;c\n" =~ -2  #=> nil
"é√x" =~ "hello World"  #!> TypeError: type mismatch: String given
"12abc" =~ "a"  #!> TypeError: type mismatch: String given
"" > "l"  #=> false
1e20 > 0  #=> true
"a,b;c\n" > ""  #=> true
2.5 > 0  #=> true
"hello World" > "a"  #=> true
"" > "a"  #=> false
["b", "a", nil] > (0..1)  #!> NoMethodError: undefined method `>' for ["b", "a", nil]:Array
-7 > "hello World"  #!> ArgumentError: comparison of Integer with String failed
"Zz9" >= "hello World"  #=> false
"12abc" >= "l"  #=> false
-7 >= 1  #=> false
"Zz9" >= ""  #=> true
2.5 >= 0  #=> true
"a,b;c\n" >= "l"  #=> false
-0.0 >= {"a" => 9}  #!> ArgumentError: comparison of Float with Hash failed
("a".."e") >= 1  #!> NoMethodError: undefined method `>=' for "a".."e":Range
-7 >> 2.0  #=> -2
-7 >> 0  #=> -7
-7 >> -2  #=> -28
-7 >> 1  #=> -4
true >> -2  #!> NoMethodError: undefined method `>>' for true:TrueClass
("a".."e") >> "a"  #!> NoMethodError: undefined method `>>' for "a".."e":Range
[[1, 2], [3, [4]]].entries(&:to_s)  #=> [[1, 2], [3, [4]]]
[[1, 2], [3, [4]]].uniq { |a, b|(a.to_s <=> b.to_s) }  #=> [[1, 2]]
[[1, 2], [3, [4]]].index(true)  #=> nil
[[1, 2], [3, [4]]].flatten(2.0)  #=> [1, 2, 3, 4]
[[1, 2], [3, [4]]].to_ary { |x| x }  #=> [[1, 2], [3, [4]]]
[[1, 2], [3, [4]]].grep(nil)  #=> []
[[1, 2], [3, [4]]].chop(-3, 2)  #!> NoMethodError: undefined method `chop' for [[1, 2], [3, [4]]]:Array
1e20[true]  #!> NoMethodError: undefined method `[]' for 1.0e+20:Float
nil ^ 0  #=> true
nil ^ :a  #=> true
nil ^ 2.0  #=> true
nil ^ /[aeiou]/  #=> true
true ^ 0  #=> false
nil ^ ","  #=> true
"hello World" ^ 2.0  #!> NoMethodError: undefined method `^' for "hello World":String
("a".."e") ^ (0..1)  #!> NoMethodError: undefined method `^' for "a".."e":Range
2.5.abs { |x| x.nil? }  #=> 2.5
-0.0.abs { |x| x.to_s }  #=> 0.0
-0.0.abs { |x| x.nil? }  #=> 0.0
-7.abs  #=> 7
-7.abs { |x| x.nil? }  #=> 7
2.5.abs { |a, b|(a.to_s <=> b.to_s) }  #=> 2.5
true.abs(1)  #!> NoMethodError: undefined method `abs' for true:TrueClass
[3, 1, 2].abs(1) { |x, y| x }  #!> NoMethodError: undefined method `abs' for [3, 1, 2]:Array
("a".."e").all?(&:to_s)  #=> true
("a".."e").all?(:a)  #=> false
{}.all?  #=> true
[].all?(",")  #=> true
[1.5, 2, 3].all?(true)  #=> false
(1..4).all?(1) { |x, y| x }  #=> false
/l+(o)?/.all?("a")  #!> NoMethodError: undefined method `all?' for /l+(o)?/:Regexp
"Zz9".all?(/[aeiou]/)  #!> NoMethodError: undefined method `all?' for "Zz9":String
-7.allbits?(2) { |x| x }  #=> false
-7.allbits?(1)  #=> true
-7.allbits?(2.0)  #=> false
-7.allbits?(0)  #=> true
-7.allbits?(-2)  #=> false
-7.allbits?(1) { |x, y| x }  #=> true
[].allbits?(",")  #!> NoMethodError: undefined method `allbits?' for []:Array
[].allbits?  #!> NoMethodError: undefined method `allbits?' for []:Array
[3, 1, 2].any?([]) { |x, acc| acc << x }  #=> false
(1..4).any?("a")  #=> false
[1.5, 2, 3].any?  #=> true
{}.any?(&:to_s)  #=> false
[3, 1, 2].any?("a")  #=> false
[].any?(&:to_s)  #=> false
"a,b;c\n".any?(","," ")  #!> NoMethodError: undefined method `any?' for "a,b;c\n":String
-7.any?(nil)  #!> NoMethodError: undefined method `any?' for -7:Integer
-7.anybits?(2.0)  #=> false
-7.anybits?(-2)  #=> true
-7.anybits?(1)  #=> true
-7.anybits?(1) { |x, y| x }  #=> true
-7.anybits?(2) { |x| x }  #=> false
-7.anybits?(0)  #=> false
"hello World".anybits?  #!> NoMethodError: undefined method `anybits?' for "hello World":String
true.anybits?((0..1))  #!> NoMethodError: undefined method `anybits?' for true:TrueClass
[3, 1, 2].append("l") { |m| m.upcase }  #=> [3, 1, 2, "l"]
[1.5, 2, 3].append(true)  #=> [1.5, 2, 3, true]
[3, 1, 2].append(nil, nil)  #=> [3, 1, 2, nil, nil]
["b", "a", nil].append({"a" => 9})  #=> ["b", "a", nil, {"a"=>9}]
[1.5, 2, 3].append { |x| x.nil? }  #=> [1.5, 2, 3]
[3, 1, 2].append("")  #=> [3, 1, 2, ""]
"a,b;c\n".append { |x| x }  #!> NoMethodError: undefined method `append' for "a,b;c\n":String
-7.append(2.0)  #!> NoMethodError: undefined method `append' for -7:Integer
:sym.arity((0..1))  #!> NoMethodError: undefined method `arity' for :sym:Symbol
[3, 1, 2].arity("hello World")  #!> NoMethodError: undefined method `arity' for [3, 1, 2]:Array
"a,b;c\n".ascii_only? { |x| x.to_s }  #=> true
"Zz9".ascii_only?(&:to_s)  #=> true
"".ascii_only? { |x| x.to_s }  #=> true
"12abc".ascii_only? { |x| x }  #=> true
"12abc".ascii_only? { |x| x.to_s }  #=> true
"é√x".ascii_only? { |x| x.to_s }  #=> false
"12abc".ascii_only?("abc", "xyz")  #!> ArgumentError: wrong number of arguments (given 2, expected 0)
"12abc".ascii_only?(1, 2)  #!> ArgumentError: wrong number of arguments (given 2, expected 0)
["x", "y", "x"].assoc(:a)  #=> nil
{}.assoc(0)  #=> nil
["b", "a", nil].assoc([]) { |x, acc| acc << x }  #=> nil
{}.assoc(-2)  #=> nil
[].assoc([]) { |x, acc| acc << x }  #=> nil
[3, 1, 2].assoc({"a" => 9})  #=> nil
"12abc".assoc("abc", "xyz")  #!> NoMethodError: undefined method `assoc' for "12abc":String
"".assoc(1, "x")  #!> NoMethodError: undefined method `assoc' for "":String
[1.5, 2, 3].at(2) { |x| x }  #=> 3
[].at(1) { |x, y| x }  #=> nil
["x", "y", "x"].at(2) { |x| x }  #=> "x"
[].at(0)  #=> nil
["b", "a", nil].at(2.0)  #=> nil
[1.5, 2, 3].at(1) { |x, y| x }  #=> 2
"é√x".at(1)  #!> NoMethodError: undefined method `at' for "é√x":String
nil.at((0..1))  #!> NoMethodError: undefined method `at' for nil:NilClass
"hello World".between?("abc", "xyz")  #=> true
"12abc".between?("l", "L")  #=> false
-0.0.between?(-3, 2)  #=> true
-7.between?(1, "x")  #=> false
"".between?("a", 1)  #=> false
-0.0.between?(8, "*")  #=> false
"hello World".between? { |x| x }  #!> ArgumentError: wrong number of arguments (given 0, expected 2)
/l+(o)?/.between?(&:to_s)  #!> NoMethodError: undefined method `between?' for /l+(o)?/:Regexp
-7.bit_length { |x| x.nil? }  #=> 3
-7.bit_length { |x| x.to_s }  #=> 3
-7.bit_length  #=> 3
-7.bit_length(&:to_s)  #=> 3
-7.bit_length { |a, b| [b, a] }  #=> 3
-7.bit_length { |x| x }  #=> 3
["x", "y", "x"].bit_length(&:to_s)  #!> NoMethodError: undefined method `bit_length' for ["x", "y", "x"]:Array
"é√x".bit_length(2.0)  #!> NoMethodError: undefined method `bit_length' for "é√x":String
"12abc".bytes { |x| x }  #=> "12abc"
"".bytes  #=> []
"é√x".bytes { |a, b|(a.to_s <=> b.to_s) }  #=> "é√x"
"Zz9".bytes { |x| x.nil? }  #=> "Zz9"
"é√x".bytes { |x| x.nil? }  #=> "é√x"
"12abc".bytes  #=> [49, 50, 97, 98, 99]
(1..4).bytes(1, 10, 3)  #!> NoMethodError: undefined method `bytes' for 1..4:Range
2.5.bytes(1, 2)  #!> NoMethodError: undefined method `bytes' for 2.5:Float
"Zz9".bytesize { |x| x.nil? }  #=> 3
"a,b;c\n".bytesize(&:to_s)  #=> 6
"".bytesize { |x| x }  #=> 0
"12abc".bytesize { |x| x.nil? }  #=> 5
"".bytesize  #=> 0
"Zz9".bytesize(&:to_s)  #=> 3
nil.bytesize { |x| x.to_s }  #!> NoMethodError: undefined method `bytesize' for nil:NilClass
nil.bytesize("")  #!> NoMethodError: undefined method `bytesize' for nil:NilClass
"12abc".capitalize { |a, b| [b, a] }  #=> "12abc"
"hello World".capitalize { |a, b| [b, a] }  #=> "Hello world"
"".capitalize!  #=> nil
"é√x".capitalize { |x| x.nil? }  #=> "É√x"
"".capitalize(&:to_s)  #=> ""
"a,b;c\n".capitalize! { |a, b| [b, a] }  #=> "A,b;c\n"
1.0..2.5.capitalize("l", "L")  #!> NoMethodError: undefined method `capitalize' for 2.5:Float
(1..4).capitalize("l")  #!> NoMethodError: undefined method `capitalize' for 1..4:Range
1e20.captures("abc", "xyz")  #!> NoMethodError: undefined method `captures' for 1.0e+20:Float
["b", "a", nil].captures("")  #!> NoMethodError: undefined method `captures' for ["b", "a", nil]:Array
"é√x".casecmp(2) { |x| x }  #=> nil
"é√x".casecmp?(2.0)  #=> nil
"a,b;c\n".casecmp(-2)  #=> nil
"".casecmp?((0..1))  #=> nil
"a,b;c\n".casecmp((0..1))  #=> nil
"".casecmp?(1) { |x, y| x }  #=> nil
true.casecmp(true)  #!> NoMethodError: undefined method `casecmp' for true:TrueClass
-0.0.casecmp([1], [2])  #!> NoMethodError: undefined method `casecmp' for -0.0:Float
1e20.ceil(2.0)  #=> 1.0e+20
-0.0.ceil  #=> 0
-0.0.ceil(2.0)  #=> -0.0
1.0..2.5.ceil { |x| x }  #=> 1.0..3
1.0..2.5.ceil(&:to_s)  #=> 1.0..3
["x", "y", "x"].ceil(-3, 2)  #!> NoMethodError: undefined method `ceil' for ["x", "y", "x"]:Array
"hello World".ceil(1)  #!> NoMethodError: undefined method `ceil' for "hello World":String
"12abc".center(1) { |x, y| x }  #=> "12abc"
"Zz9".center(-2)  #=> "Zz9"
"".center(1) { |x, y| x }  #=> " "
"Zz9".center(1) { |x, y| x }  #=> "Zz9"
"hello World".center(8, "*")  #=> "hello World"
"Zz9".center(0)  #=> "Zz9"
"12abc".center("l", 2)  #!> TypeError: no implicit conversion of String into Integer
[].center(","," ")  #!> NoMethodError: undefined method `center' for []:Array
"a,b;c\n".chars(&:to_s)  #=> "a,b;c\n"
"é√x".chars { |x| x.to_s }  #=> "é√x"
"a,b;c\n".chars { |x| x.nil? }  #=> "a,b;c\n"
"12abc".chars { |a, b|(a.to_s <=> b.to_s) }  #=> "12abc"
"12abc".chars  #=> ["1", "2", "a", "b", "c"]
"hello World".chars(&:to_s)  #=> "hello World"
[1.5, 2, 3].chars(1)  #!> NoMethodError: undefined method `chars' for [1.5, 2, 3]:Array
1.0..2.5.chars { |a, b|(a.to_s <=> b.to_s) }  #!> NoMethodError: undefined method `chars' for 2.5:Float
"12abc".chomp!("")  #=> nil
"é√x".chomp("hello World")  #=> "é√x"
"12abc".chomp!(nil)  #=> nil
"hello World".chomp! { |x| x }  #=> nil
"a,b;c\n".chomp { |a, b|(a.to_s <=> b.to_s) }  #=> "a,b;c"
"a,b;c\n".chomp!("l")  #=> nil
-7.chomp(1, 2)  #!> NoMethodError: undefined method `chomp' for -7:Integer
"a,b;c\n".chomp(0)  #!> TypeError: no implicit conversion of Integer into String
"a,b;c\n".chop(&:to_s)  #=> "a,b;c"
"Zz9".chop(&:to_s)  #=> "Zz"
"é√x".chop { |a, b| [b, a] }  #=> "é√"
"a,b;c\n".chop { |x| x.nil? }  #=> "a,b;c"
"Zz9".chop! { |x| x }  #=> "Zz"
"Zz9".chop { |a, b|(a.to_s <=> b.to_s) }  #=> "Zz"
{}.chop!("hello World")  #!> NoMethodError: undefined method `chop!' for {}:Hash
("a".."e").chop(1, "x")  #!> NoMethodError: undefined method `chop' for "a".."e":Range
"12abc".chr { |x| x }  #=> "1"
"a,b;c\n".chr { |x| x.to_s }  #=> "a"
"Zz9".chr  #=> "Z"
"Zz9".chr { |x| x.nil? }  #=> "Z"
"a,b;c\n".chr { |x| x }  #=> "a"
"hello World".chr { |x| x }  #=> "h"
"hello World".chr("a")  #!> ArgumentError: wrong number of arguments (given 1, expected 0)
[1.5, 2, 3].chr((0..1))  #!> NoMethodError: undefined method `chr' for [1.5, 2, 3]:Array
/l+(o)?/.chunk_while("")  #!> NoMethodError: undefined method `chunk_while' for /l+(o)?/:Regexp
("a".."e").chunk_while("l")  #!> ArgumentError: wrong number of arguments (given 1, expected 0)
"12abc".clamp("abc", "xyz")  #=> "abc"
1.0..2.5.clamp(0, 3)  #=> 1.0..2.5
"é√x".clamp("abc", "xyz")  #=> "xyz"
1e20.clamp(0, 3)  #=> 3
-7.clamp(0, 3)  #=> 0
-7.clamp(-3, 2)  #=> -3
"hello World".clamp(1, 10, 3)  #!> ArgumentError: wrong number of arguments (given 3, expected 1..2)
2.5.clamp { |x| x }  #!> ArgumentError: wrong number of arguments (given 0, expected 1..2)
"12abc".clear { |a, b|(a.to_s <=> b.to_s) }  #=> ""
[3, 1, 2].clear { |x| x.to_s }  #=> []
"Zz9".clear { |x| x }  #=> ""
"é√x".clear { |x| x.to_s }  #=> ""
[1.5, 2, 3].clear(&:to_s)  #=> []
[3, 1, 2].clear { |a, b|(a.to_s <=> b.to_s) }  #=> []
-0.0.clear((0..1))  #!> NoMethodError: undefined method `clear' for -0.0:Float
:sym.clear(",")  #!> NoMethodError: undefined method `clear' for :sym:Symbol
-7.coerce(1) { |x, y| x }  #=> [1, -7]
-7.coerce(-2)  #=> [-2, -7]
"Zz9".coerce("l") { |m| m.upcase }  #!> NoMethodError: undefined method `coerce' for "Zz9":String
nil.coerce(/o/, "0")  #!> NoMethodError: undefined method `coerce' for nil:NilClass
("a".."e").collect { |a, b|(a.to_s <=> b.to_s) }  #=> [1, 1, 1, 1, 1]
[1.5, 2, 3].collect!(&:to_s)  #=> ["1.5", "2", "3"]
[].collect(&:to_s)  #=> []
["x", "y", "x"].collect { |a, b| [b, a] }  #=> [[nil, "x"], [nil, "y"], [nil, "x"]]
[].collect! { |x| x.to_s }  #=> []
["x", "y", "x"].collect { |x| x.to_s }  #=> ["x", "y", "x"]
nil.collect([1], [2])  #!> NoMethodError: undefined method `collect' for nil:NilClass
"hello World".collect("l") { |m| m.upcase }  #!> NoMethodError: undefined method `collect' for "hello World":String
(1..4).collect_concat(&:to_s)  #=> ["1", "2", "3", "4"]
[].collect_concat { |a, b|(a.to_s <=> b.to_s) }  #=> []
[1.5, 2, 3].collect_concat { |a, b| [b, a] }  #=> [nil, 1.5, nil, 2, nil, 3]
[3, 1, 2].collect_concat { |x| x }  #=> [3, 1, 2]
[].collect_concat { |x| x.nil? }  #=> []
["x", "y", "x"].collect_concat(&:to_s)  #=> ["x", "y", "x"]
"12abc".collect_concat("a", 1)  #!> NoMethodError: undefined method `collect_concat' for "12abc":String
{}.collect_concat(true)  #!> ArgumentError: wrong number of arguments (given 1, expected 0)
[1.5, 2, 3].compact! { |x| x.to_s }  #=> nil
["x", "y", "x"].compact! { |x| x }  #=> nil
[].compact { |x| x }  #=> []
[1.5, 2, 3].compact { |x| x }  #=> [1.5, 2, 3]
[3, 1, 2].compact!  #=> nil
["b", "a", nil].compact! { |a, b|(a.to_s <=> b.to_s) }  #=> ["b", "a"]
("a".."e").compact! { |x| x.to_s }  #!> NoMethodError: undefined method `compact!' for "a".."e":Range
nil.compact!([1, 2])  #!> NoMethodError: undefined method `compact!' for nil:NilClass
[3, 1, 2].concat  #=> [3, 1, 2]
[3, 1, 2].concat(&:to_s)  #=> [3, 1, 2]
"é√x".concat(","," ")  #=> "é√x, "
[1.5, 2, 3].concat { |a, b|(a.to_s <=> b.to_s) }  #=> [1.5, 2, 3]
[1.5, 2, 3].concat { |x| x.nil? }  #=> [1.5, 2, 3]
"a,b;c\n".concat  #=> "a,b;c\n"
1.0..2.5.concat  #!> NoMethodError: undefined method `concat' for 2.5:Float
"é√x".concat(nil)  #!> TypeError: no implicit conversion of nil into String
{}.count(1)  #=> 0
[].count(2) { |x| x }  #=> 0
{}.count("a")  #=> 0
"".count("a")  #=> 0
[3, 1, 2].count(",")  #=> 0
["x", "y", "x"].count("hello World")  #=> 0
:sym.count("a")  #!> NoMethodError: undefined method `count' for :sym:Symbol
"Zz9".count(2.0)  #!> TypeError: no implicit conversion of Float into String
(1..4).cover?(-2)  #=> false
(1..4).cover?(",")  #=> false
("a".."e").cover?(:a)  #=> false
("a".."e").cover?(1)  #=> false
("a".."e").cover?((0..1))  #=> false
("a".."e").cover?("hello World")  #=> false
"é√x".cover?([]) { |x, acc| acc << x }  #!> NoMethodError: undefined method `cover?' for "é√x":String
1.0..2.5.cover?({"a" => 9})  #!> NoMethodError: undefined method `cover?' for 2.5:Float
"12abc".delete!(","," ")  #=> nil
[].delete(2.0)  #=> nil
["b", "a", nil].delete(0)  #=> nil
["b", "a", nil].delete(:a)  #=> nil
["x", "y", "x"].delete("l")  #=> nil
[].delete(true)  #=> nil
:sym.delete(2) { |x| x }  #!> NoMethodError: undefined method `delete' for :sym:Symbol
1e20.delete(",")  #!> NoMethodError: undefined method `delete' for 1.0e+20:Float
[1.5, 2, 3].delete_at(1) { |x, y| x }  #=> 2
["b", "a", nil].delete_at(1) { |x, y| x }  #=> "a"
[].delete_at(0)  #=> nil
["b", "a", nil].delete_at(2) { |x| x }  #=> nil
[].delete_at(1)  #=> nil
["b", "a", nil].delete_at(0)  #=> "b"
"12abc".delete_at(1, 2)  #!> NoMethodError: undefined method `delete_at' for "12abc":String
[].delete_at(8, "*")  #!> ArgumentError: wrong number of arguments (given 2, expected 1)
[].delete_if { |x| x.to_s }  #=> []
[1.5, 2, 3].delete_if { |x| x.to_s }  #=> []
[1.5, 2, 3].delete_if(&:to_s)  #=> []
{}.delete_if { |a, b| [b, a] }  #=> {}
[3, 1, 2].delete_if(&:to_s)  #=> []
{}.delete_if { |x| x.nil? }  #=> {}
2.5.delete_if  #!> NoMethodError: undefined method `delete_if' for 2.5:Float
["b", "a", nil].delete_if(-2)  #!> ArgumentError: wrong number of arguments (given 1, expected 0)
"hello World".delete_prefix!("a")  #=> nil
"".delete_prefix("a")  #=> ""
"12abc".delete_prefix("")  #=> "12abc"
"a,b;c\n".delete_prefix("a")  #=> ",b;c\n"
"a,b;c\n".delete_prefix!(",")  #=> nil
"12abc".delete_prefix!("hello World")  #=> nil
"é√x".delete_prefix(1, 2)  #!> ArgumentError: wrong number of arguments (given 2, expected 1)
-0.0.delete_prefix("l")  #!> NoMethodError: undefined method `delete_prefix' for -0.0:Float
"a,b;c\n".delete_suffix("l") { |m| m.upcase }  #=> "a,b;c\n"
"é√x".delete_suffix!("l") { |m| m.upcase }  #=> nil
"".delete_suffix("hello World")  #=> ""
"a,b;c\n".delete_suffix("l")  #=> "a,b;c\n"
"é√x".delete_suffix("")  #=> "é√x"
"Zz9".delete_suffix("")  #=> "Zz9"
"é√x".delete_suffix!(-3, 2)  #!> ArgumentError: wrong number of arguments (given 2, expected 1)
("a".."e").delete_suffix { |a, b| [b, a] }  #!> NoMethodError: undefined method `delete_suffix' for "a".."e":Range
[1.5, 2, 3].detect(2) { |x| x }  #=> 1.5
["b", "a", nil].detect { |x| x }  #=> "b"
[].detect { |a, b| [b, a] }  #=> nil
("a".."e").detect(2) { |x| x }  #=> "a"
{}.detect(&:to_s)  #=> nil
(1..4).detect { |x| x.nil? }  #=> nil
["b", "a", nil].detect([]) { |x, acc| acc << x }  #!> NoMethodError: undefined method `<<' for nil:NilClass
1e20.detect("l", "L")  #!> NoMethodError: undefined method `detect' for 1.0e+20:Float
["b", "a", nil].difference { |x| x.nil? }  #=> ["b", "a", nil]
[].difference([1], [2])  #=> []
["b", "a", nil].difference([1], [2])  #=> ["b", "a", nil]
["b", "a", nil].difference  #=> ["b", "a", nil]
[3, 1, 2].difference { |a, b| [b, a] }  #=> [3, 1, 2]
["b", "a", nil].difference { |x| x }  #=> ["b", "a", nil]
"hello World".difference("l", "L")  #!> NoMethodError: undefined method `difference' for "hello World":String
1e20.difference(0, 3)  #!> NoMethodError: undefined method `difference' for 1.0e+20:Float
["x", "y", "x"].dig(2.0)  #=> "x"
{}.dig(2) { |x| x }  #=> nil
{}.dig(1) { |x, y| x }  #=> nil
[3, 1, 2].dig(0)  #=> 3
{}.dig("abc", "xyz")  #=> nil
{}.dig(1, 2)  #=> nil
true.dig("a")  #!> NoMethodError: undefined method `dig' for true:TrueClass
("a".."e").dig(1)  #!> NoMethodError: undefined method `dig' for "a".."e":Range
1e20.digits("")  #!> NoMethodError: undefined method `digits' for 1.0e+20:Float
nil.digits(-3, 2)  #!> NoMethodError: undefined method `digits' for nil:NilClass
-7.div(2.0)  #=> -4
-7.div(1) { |x, y| x }  #=> -7
2.5.div(2.0)  #=> 1
1.0..2.5.div(1) { |x, y| x }  #=> 1.0..2
1.0..2.5.div(2) { |x| x }  #=> 1.0..1
2.5.div(1) { |x, y| x }  #=> 2
-0.0.div(0)  #!> ZeroDivisionError: divided by 0
"hello World".div([]) { |x, acc| acc << x }  #!> NoMethodError: undefined method `div' for "hello World":String
2.5.divmod(1)  #=> [2, 0.5]
2.5.divmod(1) { |x, y| x }  #=> [2, 0.5]
-7.divmod(2) { |x| x }  #=> [-4, 1]
-0.0.divmod(1) { |x, y| x }  #=> [0, -0.0]
2.5.divmod(-2)  #=> [-2, -1.5]
"12abc".divmod("l", 2)  #!> NoMethodError: undefined method `divmod' for "12abc":String
nil.divmod { |a, b|(a.to_s <=> b.to_s) }  #!> NoMethodError: undefined method `divmod' for nil:NilClass
"é√x".downcase! { |x| x.to_s }  #=> nil
:sym.downcase { |a, b| [b, a] }  #=> :sym
"é√x".downcase!  #=> nil
"Zz9".downcase!(&:to_s)  #=> "zz9"
"".downcase! { |a, b|(a.to_s <=> b.to_s) }  #=> nil
"hello World".downcase! { |x| x.nil? }  #=> "hello world"
-0.0.downcase!(8, "*")  #!> NoMethodError: undefined method `downcase!' for -0.0:Float
-7.downto(1) { |x, y| x }  #=> -7
-7.downto(2) { |x| x }  #=> -7
["x", "y", "x"].downto { |x| x.to_s }  #!> NoMethodError: undefined method `downto' for ["x", "y", "x"]:Array
"a,b;c\n".downto { |a, b| [b, a] }  #!> NoMethodError: undefined method `downto' for "a,b;c\n":String
{}.drop(2.0)  #=> []
[3, 1, 2].drop(0)  #=> [3, 1, 2]
[].drop(1)  #=> []
{}.drop(0)  #=> []
["x", "y", "x"].drop(2.0)  #=> ["x"]
["b", "a", nil].drop(2) { |x| x }  #=> [nil]
"a,b;c\n".drop(","," ")  #!> NoMethodError: undefined method `drop' for "a,b;c\n":String
2.5.drop("abc", "xyz")  #!> NoMethodError: undefined method `drop' for 2.5:Float
[].drop_while { |x| x.to_s }  #=> []
(1..4).drop_while { |a, b|(a.to_s <=> b.to_s) }  #=> []
[3, 1, 2].drop_while { |x| x }  #=> []
{}.drop_while { |x| x.nil? }  #=> []
("a".."e").drop_while { |a, b|(a.to_s <=> b.to_s) }  #=> []
(1..4).drop_while { |a, b| [b, a] }  #=> []
2.5.drop_while([1], [2])  #!> NoMethodError: undefined method `drop_while' for 2.5:Float
(1..4).drop_while(:a)  #!> ArgumentError: wrong number of arguments (given 1, expected 0)
"é√x".dup(&:to_s)  #=> "é√x"
"a,b;c\n".dup { |x| x.nil? }  #=> "a,b;c\n"
/l+(o)?/.dup { |x| x }  #=> /l+(o)?/
1e20.dup(&:to_s)  #=> 1.0e+20
"é√x".dup  #=> "é√x"
-7.dup { |a, b|(a.to_s <=> b.to_s) }  #=> -7
-0.0.dup(1) { |x, y| x }  #!> ArgumentError: wrong number of arguments (given 1, expected 0)
"a,b;c\n".dup(0, 3)  #!> ArgumentError: wrong number of arguments (given 2, expected 0)
[].each { |a, b|(a.to_s <=> b.to_s) }  #=> []
["b", "a", nil].each { |x| x }  #=> ["b", "a", nil]
{}.each { |x| x.to_s }  #=> {}
[1.5, 2, 3].each(&:to_s)  #=> [1.5, 2, 3]
["x", "y", "x"].each { |x| x.nil? }  #=> ["x", "y", "x"]
("a".."e").each { |x| x.nil? }  #=> "a".."e"
/l+(o)?/.each([]) { |x, acc| acc << x }  #!> NoMethodError: undefined method `each' for /l+(o)?/:Regexp
-7.each(",")  #!> NoMethodError: undefined method `each' for -7:Integer
"12abc".each_byte { |x| x }  #=> "12abc"
"é√x".each_byte(&:to_s)  #=> "é√x"
"Zz9".each_byte { |a, b| [b, a] }  #=> "Zz9"
"a,b;c\n".each_byte { |a, b|(a.to_s <=> b.to_s) }  #=> "a,b;c\n"
"".each_byte { |a, b|(a.to_s <=> b.to_s) }  #=> ""
"Zz9".each_byte { |x| x.nil? }  #=> "Zz9"
[1.5, 2, 3].each_byte(0)  #!> NoMethodError: undefined method `each_byte' for [1.5, 2, 3]:Array
"hello World".each_byte("l", "L")  #!> ArgumentError: wrong number of arguments (given 2, expected 0)
"".each_char(&:to_s)  #=> ""
"hello World".each_char { |a, b| [b, a] }  #=> "hello World"
"hello World".each_char { |x| x }  #=> "hello World"
"hello World".each_char { |x| x.to_s }  #=> "hello World"
"".each_char { |x| x }  #=> ""
"Zz9".each_char { |a, b|(a.to_s <=> b.to_s) }  #=> "Zz9"
{}.each_char("l", 2)  #!> NoMethodError: undefined method `each_char' for {}:Hash
2.5.each_char([]) { |x, acc| acc << x }  #!> NoMethodError: undefined method `each_char' for 2.5:Float
["x", "y", "x"].each_cons(1) { |x, y| x }  #=> ["x", "y", "x"]
[3, 1, 2].each_cons(2) { |x| x }  #=> [3, 1, 2]
("a".."e").each_cons(1) { |x, y| x }  #=> "a".."e"
[1.5, 2, 3].each_cons(2) { |x| x }  #=> [1.5, 2, 3]
{}.each_cons(1) { |x, y| x }  #=> {}
[1.5, 2, 3].each_cons(1) { |x, y| x }  #=> [1.5, 2, 3]
true.each_cons("l")  #!> NoMethodError: undefined method `each_cons' for true:TrueClass
:sym.each_cons("hello World")  #!> NoMethodError: undefined method `each_cons' for :sym:Symbol
["x", "y", "x"].each_index { |a, b| [b, a] }  #=> ["x", "y", "x"]
["x", "y", "x"].each_index(&:to_s)  #=> ["x", "y", "x"]
["b", "a", nil].each_index { |x| x }  #=> ["b", "a", nil]
["b", "a", nil].each_index(&:to_s)  #=> ["b", "a", nil]
[].each_index { |x| x.nil? }  #=> []
[1.5, 2, 3].each_index(&:to_s)  #=> [1.5, 2, 3]
-7.each_index("a")  #!> NoMethodError: undefined method `each_index' for -7:Integer
-7.each_index(1, 10, 3)  #!> NoMethodError: undefined method `each_index' for -7:Integer
{}.each_key { |a, b| [b, a] }  #=> {}
{}.each_key { |x| x.to_s }  #=> {}
{}.each_key(&:to_s)  #=> {}
{}.each_key { |x| x.nil? }  #=> {}
{}.each_key { |a, b|(a.to_s <=> b.to_s) }  #=> {}
{}.each_key { |x| x }  #=> {}
[1.5, 2, 3].each_key(0)  #!> NoMethodError: undefined method `each_key' for [1.5, 2, 3]:Array
"12abc".each_key(:a)  #!> NoMethodError: undefined method `each_key' for "12abc":String
"hello World".each_line { |x| x }  #=> "hello World"
"hello World".each_line(&:to_s)  #=> "hello World"
"".each_line { |a, b| [b, a] }  #=> ""
"12abc".each_line("l") { |m| m.upcase }  #=> "12abc"
"a,b;c\n".each_line { |x| x.nil? }  #=> "a,b;c\n"
"hello World".each_line { |x| x.nil? }  #=> "hello World"
2.5.each_line { |a, b| [b, a] }  #!> NoMethodError: undefined method `each_line' for 2.5:Float
["x", "y", "x"].each_line([1, 2])  #!> NoMethodError: undefined method `each_line' for ["x", "y", "x"]:Array
{}.each_pair { |x| x.nil? }  #=> {}
{}.each_pair(&:to_s)  #=> {}
{}.each_pair { |a, b| [b, a] }  #=> {}
{}.each_pair { |a, b|(a.to_s <=> b.to_s) }  #=> {}
{}.each_pair { |x| x }  #=> {}
{}.each_pair { |x| x.to_s }  #=> {}
"a,b;c\n".each_pair(",")  #!> NoMethodError: undefined method `each_pair' for "a,b;c\n":String
["b", "a", nil].each_pair("l", "L")  #!> NoMethodError: undefined method `each_pair' for ["b", "a", nil]:Array
["b", "a", nil].each_slice(2) { |x| x }  #=> ["b", "a", nil]
[].each_slice(1) { |x, y| x }  #=> []
["b", "a", nil].each_slice(1) { |x, y| x }  #=> ["b", "a", nil]
{}.each_slice(2) { |x| x }  #=> {}
[3, 1, 2].each_slice(1) { |x, y| x }  #=> [3, 1, 2]
[1.5, 2, 3].each_slice(2) { |x| x }  #=> [1.5, 2, 3]
[3, 1, 2].each_slice("l", "L")  #!> ArgumentError: wrong number of arguments (given 2, expected 1)
1e20.each_slice(nil)  #!> NoMethodError: undefined method `each_slice' for 1.0e+20:Float
{}.each_value(&:to_s)  #=> {}
{}.each_value { |a, b| [b, a] }  #=> {}
{}.each_value { |x| x.to_s }  #=> {}
{}.each_value { |x| x }  #=> {}
{}.each_value { |x| x.nil? }  #=> {}
{}.each_value { |a, b|(a.to_s <=> b.to_s) }  #=> {}
1e20.each_value(1) { |x, y| x }  #!> NoMethodError: undefined method `each_value' for 1.0e+20:Float
"é√x".each_value(-3, 2)  #!> NoMethodError: undefined method `each_value' for "é√x":String
[3, 1, 2].each_with_index { |x| x }  #=> [3, 1, 2]
{}.each_with_index { |a, b|(a.to_s <=> b.to_s) }  #=> {}
(1..4).each_with_index { |a, b| [b, a] }  #=> 1..4
[].each_with_index { |x| x }  #=> []
("a".."e").each_with_index { |x| x.nil? }  #=> "a".."e"
{}.each_with_index { |x| x.to_s }  #=> {}
1.0..2.5.each_with_index(0, 3)  #!> NoMethodError: undefined method `each_with_index' for 2.5:Float
-7.each_with_index  #!> NoMethodError: undefined method `each_with_index' for -7:Integer
["b", "a", nil].each_with_object(1) { |x, y| x }  #=> 1
(1..4).each_with_object([]) { |x, acc| acc << x }  #=> [1, 2, 3, 4]
["x", "y", "x"].each_with_object(1) { |x, y| x }  #=> 1
[3, 1, 2].each_with_object(1) { |x, y| x }  #=> 1
[3, 1, 2].each_with_object([]) { |x, acc| acc << x }  #=> [3, 1, 2]
["b", "a", nil].each_with_object(2) { |x| x }  #=> 2
"".each_with_object(:a)  #!> NoMethodError: undefined method `each_with_object' for "":String
"12abc".each_with_object("abc", "xyz")  #!> NoMethodError: undefined method `each_with_object' for "12abc":String
["b", "a", nil].empty? { |x| x.to_s }  #=> false
"Zz9".empty?(&:to_s)  #=> false
"hello World".empty?(&:to_s)  #=> false
["b", "a", nil].empty? { |x| x }  #=> false
"hello World".empty? { |x| x.to_s }  #=> false
[3, 1, 2].empty? { |a, b| [b, a] }  #=> false
1e20.empty?(0, 3)  #!> NoMethodError: undefined method `empty?' for 1.0e+20:Float
("a".."e").empty?(1, 2)  #!> NoMethodError: undefined method `empty?' for "a".."e":Range
(1..4).end { |a, b| [b, a] }  #=> 4
(1..4).end { |x| x }  #=> 4
("a".."e").end { |x| x.to_s }  #=> "e"
("a".."e").end { |x| x }  #=> "e"
(1..4).end { |x| x.to_s }  #=> 4
(1..4).end { |a, b|(a.to_s <=> b.to_s) }  #=> 4
/l+(o)?/.end(1, 2)  #!> NoMethodError: undefined method `end' for /l+(o)?/:Regexp
1e20.end(",")  #!> NoMethodError: undefined method `end' for 1.0e+20:Float
:sym.end_with? { |x| x.nil? }  #=> false
"12abc".end_with?("l") { |m| m.upcase }  #=> false
"a,b;c\n".end_with?("")  #=> true
"".end_with?("a")  #=> false
"é√x".end_with?("l") { |m| m.upcase }  #=> false
:sym.end_with?(",")  #=> false
-7.end_with?(-3, 2)  #!> NoMethodError: undefined method `end_with?' for -7:Integer
"a,b;c\n".end_with?([1], [2])  #!> TypeError: no implicit conversion of Array into String
["x", "y", "x"].entries { |a, b| [b, a] }  #=> ["x", "y", "x"]
["x", "y", "x"].entries { |x| x.nil? }  #=> ["x", "y", "x"]
[1.5, 2, 3].entries { |a, b| [b, a] }  #=> [1.5, 2, 3]
(1..4).entries { |x| x.nil? }  #=> [1, 2, 3, 4]
("a".."e").entries(&:to_s)  #=> ["a", "b", "c", "d", "e"]
{}.entries { |a, b|(a.to_s <=> b.to_s) }  #=> []
/l+(o)?/.entries(true)  #!> NoMethodError: undefined method `entries' for /l+(o)?/:Regexp
1.0..2.5.entries("a", 1)  #!> NoMethodError: undefined method `entries' for 2.5:Float
[1.5, 2, 3].eql?("hello World")  #=> false
{}.eql?(2) { |x| x }  #=> false
"12abc".eql?(/[aeiou]/)  #=> false
nil.eql?(:a)  #=> false
"Zz9".eql?("")  #=> false
true.eql?(/[aeiou]/)  #=> false
/l+(o)?/.eql?("abc", "xyz")  #!> ArgumentError: wrong number of arguments (given 2, expected 1)
1.0..2.5.eql?("l") { |m| m.upcase }  #!> ArgumentError: bad value for range
[1.5, 2, 3].equal?(/[aeiou]/)  #=> false
"hello World".equal?(:a)  #=> false
["x", "y", "x"].equal?("l")  #=> false
("a".."e").equal?(/[aeiou]/)  #=> false
true.equal?([]) { |x, acc| acc << x }  #=> false
[1.5, 2, 3].equal?(:a)  #=> false
"Zz9".equal? { |a, b| [b, a] }  #!> ArgumentError: wrong number of arguments (given 0, expected 1)
("a".."e").equal?(-3, 2)  #!> ArgumentError: wrong number of arguments (given 2, expected 1)
-7.even?(&:to_s)  #=> false
-7.even? { |a, b|(a.to_s <=> b.to_s) }  #=> false
-7.even? { |x| x }  #=> false
-7.even?  #=> false
-7.even? { |a, b| [b, a] }  #=> false
-7.even? { |x| x.to_s }  #=> false
"12abc".even?((0..1))  #!> NoMethodError: undefined method `even?' for "12abc":String
(1..4).even?(0)  #!> NoMethodError: undefined method `even?' for 1..4:Range
{}.except(-3, 2)  #=> {}
{}.except("")  #=> {}
{}.except("abc", "xyz")  #=> {}
{}.except([1], [2])  #=> {}
{}.except(&:to_s)  #=> {}
{}.except(0)  #=> {}
(1..4).except(","," ")  #!> NoMethodError: undefined method `except' for 1..4:Range
"hello World".except("l", "L")  #!> NoMethodError: undefined method `except' for "hello World":String
1e20.fdiv(0)  #=> Infinity
-0.0.fdiv(2) { |x| x }  #=> -0.0
1e20.fdiv(2.0)  #=> 5.0e+19
2.5.fdiv(-2)  #=> -1.25
-0.0.fdiv(2.0)  #=> -0.0
2.5.fdiv(0)  #=> Infinity
"hello World".fdiv(0)  #!> NoMethodError: undefined method `fdiv' for "hello World":String
["b", "a", nil].fdiv([]) { |x, acc| acc << x }  #!> NoMethodError: undefined method `fdiv' for ["b", "a", nil]:Array
[3, 1, 2].fetch(8, "*")  #=> "*"
["x", "y", "x"].fetch(8, "*")  #=> "*"
[].fetch(1, 2)  #=> 2
["x", "y", "x"].fetch(2) { |x| x }  #=> "x"
[1.5, 2, 3].fetch(0)  #=> 1.5
["x", "y", "x"].fetch(1, "x")  #=> "y"
{}.fetch(&:to_s)  #!> ArgumentError: wrong number of arguments (given 0, expected 1..2)
2.5.fetch(/[aeiou]/)  #!> NoMethodError: undefined method `fetch' for 2.5:Float
{}.fetch_values { |x| x }  #=> []
{}.fetch_values { |x| x.nil? }  #=> []
{}.fetch_values { |a, b| [b, a] }  #=> []
{}.fetch_values(&:to_s)  #=> []
{}.fetch_values(2) { |x| x }  #=> [2]
{}.fetch_values { |a, b|(a.to_s <=> b.to_s) }  #=> []
1.0..2.5.fetch_values("l", 2)  #!> NoMethodError: undefined method `fetch_values' for 2.5:Float
(1..4).fetch_values("l", "L")  #!> NoMethodError: undefined method `fetch_values' for 1..4:Range
[1.5, 2, 3].fill { |x| x.to_s }  #=> ["0", "1", "2"]
["x", "y", "x"].fill(0)  #=> [0, 0, 0]
[1.5, 2, 3].fill(",")  #=> [",", ",", ","]
["b", "a", nil].fill(/[aeiou]/)  #=> [/[aeiou]/, /[aeiou]/, /[aeiou]/]
"a,b;c\n".fill("")  #!> NoMethodError: undefined method `fill' for "a,b;c\n":String
["x", "y", "x"].filter! { |x| x }  #=> nil
["x", "y", "x"].filter! { |a, b| [b, a] }  #=> nil
["b", "a", nil].filter { |x| x.to_s }  #=> ["b", "a", nil]
[3, 1, 2].filter! { |x| x.nil? }  #=> []
["x", "y", "x"].filter(&:to_s)  #=> ["x", "y", "x"]
[].filter! { |x| x }  #=> nil
1e20.filter(-3, 2)  #!> NoMethodError: undefined method `filter' for 1.0e+20:Float
2.5.filter([1], [2])  #!> NoMethodError: undefined method `filter' for 2.5:Float
[1.5, 2, 3].filter_map { |a, b|(a.to_s <=> b.to_s) }  #=> [1, 1, 1]
["x", "y", "x"].filter_map { |a, b| [b, a] }  #=> [[nil, "x"], [nil, "y"], [nil, "x"]]
{}.filter_map { |x| x.to_s }  #=> []
[1.5, 2, 3].filter_map { |x| x.nil? }  #=> []
[1.5, 2, 3].filter_map { |x| x }  #=> [1.5, 2, 3]
[].filter_map { |a, b| [b, a] }  #=> []
"hello World".filter_map(/[aeiou]/)  #!> NoMethodError: undefined method `filter_map' for "hello World":String
{}.filter_map(-3, 2)  #!> ArgumentError: wrong number of arguments (given 2, expected 0)
[3, 1, 2].find { |x| x.nil? }  #=> nil
(1..4).find { |a, b| [b, a] }  #=> 1
["b", "a", nil].find { |x| x.nil? }  #=> nil
("a".."e").find(1) { |x, y| x }  #=> "a"
[3, 1, 2].find(1) { |x, y| x }  #=> 3
("a".."e").find("l") { |m| m.upcase }  #=> "a"
-7.find(1, 2)  #!> NoMethodError: undefined method `find' for -7:Integer
"Zz9".find(","," ")  #!> NoMethodError: undefined method `find' for "Zz9":String
("a".."e").find_all { |x| x.to_s }  #=> ["a", "b", "c", "d", "e"]
{}.find_all { |x| x }  #=> []
["x", "y", "x"].find_all { |x| x.nil? }  #=> []
("a".."e").find_all { |x| x.nil? }  #=> []
["x", "y", "x"].find_all(&:to_s)  #=> ["x", "y", "x"]
(1..4).find_all { |a, b|(a.to_s <=> b.to_s) }  #=> [1, 2, 3, 4]
{}.find_all(2.0)  #!> ArgumentError: wrong number of arguments (given 1, expected 0)
"Zz9".find_all(2.0)  #!> NoMethodError: undefined method `find_all' for "Zz9":String
[].find_index(",")  #=> nil
("a".."e").find_index({"a" => 9})  #=> nil
[].find_index([]) { |x, acc| acc << x }  #=> nil
{}.find_index(-2)  #=> nil
[3, 1, 2].find_index { |a, b|(a.to_s <=> b.to_s) }  #=> 0
(1..4).find_index { |x| x.to_s }  #=> 0
"hello World".find_index(1, 2)  #!> NoMethodError: undefined method `find_index' for "hello World":String
-0.0.find_index(:a)  #!> NoMethodError: undefined method `find_index' for -0.0:Float
-0.0.finite?  #=> true
-7.finite? { |x| x.to_s }  #=> true
-0.0.finite? { |x| x.to_s }  #=> true
1e20.finite? { |a, b|(a.to_s <=> b.to_s) }  #=> true
2.5.finite? { |x| x }  #=> true
2.5.finite?(&:to_s)  #=> true
-7.finite?([1, 2])  #!> ArgumentError: wrong number of arguments (given 1, expected 0)
-7.finite?({"a" => 9})  #!> ArgumentError: wrong number of arguments (given 1, expected 0)
[3, 1, 2].first { |a, b|(a.to_s <=> b.to_s) }  #=> 3
[1.5, 2, 3].first(0)  #=> []
[3, 1, 2].first(2) { |x| x }  #=> [3, 1]
[].first { |a, b| [b, a] }  #=> nil
["x", "y", "x"].first(2) { |x| x }  #=> ["x", "y"]
("a".."e").first { |x| x.nil? }  #=> "a"
2.5.first(1, "x")  #!> NoMethodError: undefined method `first' for 2.5:Float
1e20.first([]) { |x, acc| acc << x }  #!> NoMethodError: undefined method `first' for 1.0e+20:Float
[].flat_map { |a, b| [b, a] }  #=> []
[1.5, 2, 3].flat_map { |a, b| [b, a] }  #=> [nil, 1.5, nil, 2, nil, 3]
[1.5, 2, 3].flat_map(&:to_s)  #=> ["1.5", "2", "3"]
("a".."e").flat_map { |a, b| [b, a] }  #=> [nil, "a", nil, "b", nil, "c", nil, "d", nil, "e"]
["b", "a", nil].flat_map { |a, b|(a.to_s <=> b.to_s) }  #=> [1, 1, 0]
[].flat_map { |x| x.to_s }  #=> []
1.0..2.5.flat_map("abc", "xyz")  #!> NoMethodError: undefined method `flat_map' for 2.5:Float
[3, 1, 2].flat_map(",")  #!> ArgumentError: wrong number of arguments (given 1, expected 0)
["b", "a", nil].flatten(0)  #=> ["b", "a", nil]
["x", "y", "x"].flatten(-2)  #=> ["x", "y", "x"]
[1.5, 2, 3].flatten!(2) { |x| x }  #=> nil
[1.5, 2, 3].flatten(0)  #=> [1.5, 2, 3]
[3, 1, 2].flatten { |x| x }  #=> [3, 1, 2]
[].flatten(1) { |x, y| x }  #=> []
"hello World".flatten(2.0)  #!> NoMethodError: undefined method `flatten' for "hello World":String
nil.flatten(1) { |x, y| x }  #!> NoMethodError: undefined method `flatten' for nil:NilClass
1.0..2.5.floor { |x| x }  #=> 1.0..2
1e20.floor(2) { |x| x }  #=> 1.0e+20
2.5.floor { |x| x.to_s }  #=> 2
-7.floor(&:to_s)  #=> -7
-0.0.floor  #=> 0
[3, 1, 2].floor(&:to_s)  #!> NoMethodError: undefined method `floor' for [3, 1, 2]:Array
[].floor(","," ")  #!> NoMethodError: undefined method `floor' for []:Array
["b", "a", nil].freeze { |a, b| [b, a] }  #=> ["b", "a", nil]
"é√x".freeze { |x| x.to_s }  #=> "é√x"
{}.freeze  #=> {}
"hello World".freeze  #=> "hello World"
["b", "a", nil].freeze { |a, b|(a.to_s <=> b.to_s) }  #=> ["b", "a", nil]
{}.freeze { |x| x.to_s }  #=> {}
["b", "a", nil].freeze([]) { |x, acc| acc << x }  #!> ArgumentError: wrong number of arguments (given 1, expected 0)
"12abc".freeze("a", 1)  #!> ArgumentError: wrong number of arguments (given 2, expected 0)
-0.0.frozen? { |x| x }  #=> true
"hello World".frozen? { |a, b| [b, a] }  #=> false
[].frozen? { |x| x.nil? }  #=> false
[3, 1, 2].frozen? { |x| x }  #=> false
nil.frozen? { |x| x.nil? }  #=> true
"".frozen? { |x| x.to_s }  #=> false
["b", "a", nil].frozen?("l", 2)  #!> ArgumentError: wrong number of arguments (given 2, expected 0)
["b", "a", nil].frozen?(8, "*")  #!> ArgumentError: wrong number of arguments (given 2, expected 0)
-7.gcd(2) { |x| x }  #=> 1
-7.gcd(1)  #=> 1
-7.gcd(-2)  #=> 1
-7.gcd(0)  #=> 7
-7.gcd(1) { |x, y| x }  #=> 1
[1.5, 2, 3].gcd(0, 3)  #!> NoMethodError: undefined method `gcd' for [1.5, 2, 3]:Array
"a,b;c\n".gcd(nil)  #!> NoMethodError: undefined method `gcd' for "a,b;c\n":String
{}.grep(/[aeiou]/)  #=> []
[].grep(2.0)  #=> []
[3, 1, 2].grep(true)  #=> []
{}.grep(true)  #=> []
[].grep(2) { |x| x }  #=> []
{}.grep("l")  #=> []
2.5.grep(8, "*")  #!> NoMethodError: undefined method `grep' for 2.5:Float
{}.grep(1, 10, 3)  #!> ArgumentError: wrong number of arguments (given 3, expected 1)
[1.5, 2, 3].grep_v(2) { |x| x }  #=> [1.5, 3]
(1..4).grep_v(",")  #=> [1, 2, 3, 4]
["b", "a", nil].grep_v({"a" => 9})  #=> ["b", "a", nil]
("a".."e").grep_v(-2)  #=> ["a", "b", "c", "d", "e"]
("a".."e").grep_v("hello World")  #=> ["a", "b", "c", "d", "e"]
[3, 1, 2].grep_v(nil)  #=> [3, 1, 2]
["x", "y", "x"].grep_v("abc", "xyz")  #!> ArgumentError: wrong number of arguments (given 2, expected 1)
1.0..2.5.grep_v("a", 1)  #!> NoMethodError: undefined method `grep_v' for 2.5:Float
(1..4).group_by { |x| x.to_s }  #=> {"1"=>[1], "2"=>[2], "3"=>[3], "4"=>[4]}
("a".."e").group_by { |a, b|(a.to_s <=> b.to_s) }  #=> {1=>["a", "b", "c", "d", "e"]}
["x", "y", "x"].group_by(&:to_s)  #=> {"x"=>["x", "x"], "y"=>["y"]}
["b", "a", nil].group_by { |x| x.to_s }  #=> {"b"=>["b"], "a"=>["a"], ""=>[nil]}
[3, 1, 2].group_by { |a, b|(a.to_s <=> b.to_s) }  #=> {1=>[3, 1, 2]}
[3, 1, 2].group_by { |x| x.nil? }  #=> {false=>[3, 1, 2]}
/l+(o)?/.group_by(/[aeiou]/)  #!> NoMethodError: undefined method `group_by' for /l+(o)?/:Regexp
[].group_by(0, 3)  #!> ArgumentError: wrong number of arguments (given 2, expected 0)
"".gsub!(","," ")  #=> nil
"12abc".gsub!("l") { |m| m.upcase }  #=> nil
"é√x".gsub!(","," ")  #=> nil
"hello World".gsub!(","," ")  #=> nil
"é√x".gsub(/o/, "0")  #=> "é√x"
"a,b;c\n".gsub!(","," ")  #=> "a b;c\n"
true.gsub!("a")  #!> NoMethodError: undefined method `gsub!' for true:TrueClass
"".gsub!  #!> ArgumentError: wrong number of arguments (given 0, expected 1..2)
{}.has_key?("l") { |m| m.upcase }  #=> false
{}.has_key?(",")  #=> false
{}.has_key?("")  #=> false
{}.has_key?("hello World")  #=> false
{}.has_key?(true)  #=> false
{}.has_key?([]) { |x, acc| acc << x }  #=> false
-0.0.has_key?(1)  #!> NoMethodError: undefined method `has_key?' for -0.0:Float
-0.0.has_key?(1, 2)  #!> NoMethodError: undefined method `has_key?' for -0.0:Float
{}.has_value?(:a)  #=> false
{}.has_value?([]) { |x, acc| acc << x }  #=> false
{}.has_value?((0..1))  #=> false
{}.has_value?(nil)  #=> false
{}.has_value?([1, 2])  #=> false
{}.has_value?(1) { |x, y| x }  #=> false
true.has_value?("hello World")  #!> NoMethodError: undefined method `has_value?' for true:TrueClass
("a".."e").has_value?(2.0)  #!> NoMethodError: undefined method `has_value?' for "a".."e":Range
[3, 1, 2].has_variable? { |x| x.nil? }  #!> NoMethodError: undefined method `has_variable?' for [3, 1, 2]:Array
"".has_variable?([]) { |x, acc| acc << x }  #!> NoMethodError: undefined method `has_variable?' for "":String
"a,b;c\n".hex { |a, b| [b, a] }  #=> 10
"Zz9".hex { |a, b|(a.to_s <=> b.to_s) }  #=> 0
"hello World".hex { |x| x.nil? }  #=> 0
"a,b;c\n".hex { |a, b|(a.to_s <=> b.to_s) }  #=> 10
"é√x".hex { |x| x.nil? }  #=> 0
"é√x".hex { |a, b| [b, a] }  #=> 0
true.hex("abc", "xyz")  #!> NoMethodError: undefined method `hex' for true:TrueClass
2.5.hex(true)  #!> NoMethodError: undefined method `hex' for 2.5:Float
(1..4).include?("")  #=> false
["b", "a", nil].include?("hello World")  #=> false
["x", "y", "x"].include?(2) { |x| x }  #=> false
{}.include?([]) { |x, acc| acc << x }  #=> false
[3, 1, 2].include?("")  #=> false
("a".."e").include?({"a" => 9})  #=> false
-7.include?(1, "x")  #!> NoMethodError: undefined method `include?' for -7:Integer
2.5.include? { |a, b| [b, a] }  #!> NoMethodError: undefined method `include?' for 2.5:Float
"".index("hello World")  #=> nil
"é√x".index("l") { |m| m.upcase }  #=> nil
[].index { |x| x }  #=> nil
[1.5, 2, 3].index({"a" => 9})  #=> nil
[].index({"a" => 9})  #=> nil
[3, 1, 2].index { |x| x }  #=> 0
{}.index(true)  #!> NoMethodError: undefined method `index' for {}:Hash
-0.0.index(nil, nil)  #!> NoMethodError: undefined method `index' for -0.0:Float
2.5.infinite?(&:to_s)  #=> nil
-7.infinite? { |x| x }  #=> nil
1e20.infinite?(&:to_s)  #=> nil
1e20.infinite? { |a, b| [b, a] }  #=> nil
2.5.infinite? { |a, b|(a.to_s <=> b.to_s) }  #=> nil
1e20.infinite? { |x| x.to_s }  #=> nil
nil.infinite? { |x| x }  #!> NoMethodError: undefined method `infinite?' for nil:NilClass
-7.infinite?({"a" => 9})  #!> ArgumentError: wrong number of arguments (given 1, expected 0)
{}.inject(/o/, "0")  #=> /o/
["b", "a", nil].inject { |a, b| [b, a] }  #=> [nil, ["a", "b"]]
{}.inject("")  #=> nil
["x", "y", "x"].inject(2) { |x| x }  #=> 2
[3, 1, 2].inject("l") { |m| m.upcase }  #=> "L"
(1..4).inject(8, "*")  #=> 192
2.5.inject("l") { |m| m.upcase }  #!> NoMethodError: undefined method `inject' for 2.5:Float
:sym.inject("l") { |m| m.upcase }  #!> NoMethodError: undefined method `inject' for :sym:Symbol
[1.5, 2, 3].insert(0, 3)  #=> [3, 1.5, 2, 3]
[3, 1, 2].insert(2) { |x| x }  #=> [3, 1, 2]
[1.5, 2, 3].insert(0)  #=> [1.5, 2, 3]
["b", "a", nil].insert(1, 2)  #=> ["b", 2, "a", nil]
["b", "a", nil].insert(0, 3)  #=> [3, "b", "a", nil]
"Zz9".insert(1, "x")  #=> "Zxz9"
"Zz9".insert(1, 10, 3)  #!> ArgumentError: wrong number of arguments (given 3, expected 2)
["x", "y", "x"].insert([1], [2])  #!> TypeError: no implicit conversion of Array into Integer
-0.0.inspect { |x| x.nil? }  #=> "-0.0"
"12abc".inspect { |x| x.to_s }  #=> "\"12abc\""
[3, 1, 2].inspect { |x| x.nil? }  #=> "[3, 1, 2]"
1e20.inspect(&:to_s)  #=> "1.0e+20"
nil.inspect(&:to_s)  #=> "nil"
true.inspect { |x| x.to_s }  #=> "true"
/l+(o)?/.inspect({"a" => 9})  #!> ArgumentError: wrong number of arguments (given 1, expected 0)
nil.inspect(1, 2)  #!> ArgumentError: wrong number of arguments (given 2, expected 0)
[].instance_of? { |x| x.to_s }  #!> ArgumentError: wrong number of arguments (given 0, expected 1)
-0.0.instance_of? { |x| x.to_s }  #!> ArgumentError: wrong number of arguments (given 0, expected 1)
1e20.integer? { |a, b|(a.to_s <=> b.to_s) }  #=> false
1e20.integer?(&:to_s)  #=> false
-7.integer?  #=> true
-7.integer? { |x| x.nil? }  #=> true
-7.integer? { |x| x }  #=> true
2.5.integer? { |a, b|(a.to_s <=> b.to_s) }  #=> false
1.0..2.5.integer?("hello World")  #!> ArgumentError: wrong number of arguments (given 1, expected 0)
/l+(o)?/.integer? { |x| x }  #!> NoMethodError: undefined method `integer?' for /l+(o)?/:Regexp
[1.5, 2, 3].intersect?([]) { |x, acc| acc << x }  #=> false
["x", "y", "x"].intersect?([]) { |x, acc| acc << x }  #=> false
[3, 1, 2].intersect?([1, 2])  #=> true
["x", "y", "x"].intersect?([1, 2])  #=> false
[].intersect?([]) { |x, acc| acc << x }  #=> false
["b", "a", nil].intersect?([1, 2])  #=> false
[1.5, 2, 3].intersect?("a", 1)  #!> ArgumentError: wrong number of arguments (given 2, expected 1)
["b", "a", nil].intersect? { |a, b| [b, a] }  #!> ArgumentError: wrong number of arguments (given 0, expected 1)
["b", "a", nil].intersection { |a, b|(a.to_s <=> b.to_s) }  #=> ["b", "a", nil]
[].intersection { |a, b| [b, a] }  #=> []
[3, 1, 2].intersection { |x| x.nil? }  #=> [3, 1, 2]
[].intersection { |x| x.to_s }  #=> []
[3, 1, 2].intersection([]) { |x, acc| acc << x }  #=> []
[1.5, 2, 3].intersection { |a, b|(a.to_s <=> b.to_s) }  #=> [1.5, 2, 3]
nil.intersection { |x| x }  #!> NoMethodError: undefined method `intersection' for nil:NilClass
("a".."e").intersection { |x| x }  #!> NoMethodError: undefined method `intersection' for "a".."e":Range
{}.invert  #=> {}
{}.invert(&:to_s)  #=> {}
{}.invert { |a, b| [b, a] }  #=> {}
{}.invert { |a, b|(a.to_s <=> b.to_s) }  #=> {}
{}.invert { |x| x.to_s }  #=> {}
{}.invert { |x| x.nil? }  #=> {}
"hello World".invert(1)  #!> NoMethodError: undefined method `invert' for "hello World":String
/l+(o)?/.invert("l", 2)  #!> NoMethodError: undefined method `invert' for /l+(o)?/:Regexp
"12abc".is_a?(",")  #!> TypeError: class or module required
-7.is_a? { |a, b| [b, a] }  #!> ArgumentError: wrong number of arguments (given 0, expected 1)
"Zz9".itself(&:to_s)  #=> "Zz9"
"a,b;c\n".itself { |x| x.to_s }  #=> "a,b;c\n"
["b", "a", nil].itself  #=> ["b", "a", nil]
"é√x".itself { |x| x.nil? }  #=> "é√x"
["x", "y", "x"].itself { |a, b|(a.to_s <=> b.to_s) }  #=> ["x", "y", "x"]
[3, 1, 2].itself { |x| x }  #=> [3, 1, 2]
:sym.itself(1) { |x, y| x }  #!> ArgumentError: wrong number of arguments (given 1, expected 0)
/l+(o)?/.itself("")  #!> ArgumentError: wrong number of arguments (given 1, expected 0)
[1.5, 2, 3].join("l") { |m| m.upcase }  #=> "1.5l2l3"
[].join  #=> ""
[3, 1, 2].join { |a, b|(a.to_s <=> b.to_s) }  #=> "312"
[3, 1, 2].join { |a, b| [b, a] }  #=> "312"
["b", "a", nil].join { |x| x.nil? }  #=> "ba"
[].join { |x| x.nil? }  #=> ""
[].join(0, 3)  #!> ArgumentError: wrong number of arguments (given 2, expected 0..1)
2.5.join("a", 1)  #!> NoMethodError: undefined method `join' for 2.5:Float
["b", "a", nil].keep_if { |a, b| [b, a] }  #=> ["b", "a", nil]
[3, 1, 2].keep_if { |x| x }  #=> [3, 1, 2]
["x", "y", "x"].keep_if(&:to_s)  #=> ["x", "y", "x"]
{}.keep_if { |x| x.to_s }  #=> {}
[1.5, 2, 3].keep_if { |a, b|(a.to_s <=> b.to_s) }  #=> [1.5, 2, 3]
[].keep_if { |a, b| [b, a] }  #=> []
-0.0.keep_if { |a, b|(a.to_s <=> b.to_s) }  #!> NoMethodError: undefined method `keep_if' for -0.0:Float
(1..4).keep_if { |x| x.to_s }  #!> NoMethodError: undefined method `keep_if' for 1..4:Range
{}.key("hello World")  #=> nil
{}.key?({"a" => 9})  #=> false
{}.key?(true)  #=> false
{}.key?([]) { |x, acc| acc << x }  #=> false
{}.key?("hello World")  #=> false
{}.key?(1) { |x, y| x }  #=> false
"hello World".key?(0, 3)  #!> NoMethodError: undefined method `key?' for "hello World":String
[].key(-3, 2)  #!> NoMethodError: undefined method `key' for []:Array
{}.keys(&:to_s)  #=> []
{}.keys { |a, b|(a.to_s <=> b.to_s) }  #=> []
{}.keys { |x| x.to_s }  #=> []
{}.keys  #=> []
{}.keys { |a, b| [b, a] }  #=> []
{}.keys { |x| x.nil? }  #=> []
{}.keys("l", "L")  #!> ArgumentError: wrong number of arguments (given 2, expected 0)
["x", "y", "x"].keys({"a" => 9})  #!> NoMethodError: undefined method `keys' for ["x", "y", "x"]:Array
(1..4).kind_of? { |x| x.nil? }  #!> ArgumentError: wrong number of arguments (given 0, expected 1)
(1..4).kind_of?("")  #!> TypeError: class or module required
[].lambda?(/o/, "0")  #!> NoMethodError: undefined method `lambda?' for []:Array
"".lambda?(1)  #!> NoMethodError: undefined method `lambda?' for "":String
["b", "a", nil].last(&:to_s)  #=> nil
["b", "a", nil].last { |x| x.to_s }  #=> nil
("a".."e").last { |a, b| [b, a] }  #=> "e"
(1..4).last(2) { |x| x }  #=> [3, 4]
["x", "y", "x"].last(1) { |x, y| x }  #=> ["x"]
[1.5, 2, 3].last(2.0)  #=> [2, 3]
"hello World".last { |x| x.nil? }  #!> NoMethodError: undefined method `last' for "hello World":String
/l+(o)?/.last(2.0)  #!> NoMethodError: undefined method `last' for /l+(o)?/:Regexp
-7.lcm(0)  #=> 0
-7.lcm(1) { |x, y| x }  #=> 7
-7.lcm(-2)  #=> 14
-7.lcm(2) { |x| x }  #=> 14
-7.lcm(1)  #=> 7
"hello World".lcm("")  #!> NoMethodError: undefined method `lcm' for "hello World":String
"Zz9".lcm(1)  #!> NoMethodError: undefined method `lcm' for "Zz9":String
[3, 1, 2].length { |x| x.to_s }  #=> 3
:sym.length { |x| x }  #=> 3
"a,b;c\n".length { |x| x }  #=> 6
"12abc".length(&:to_s)  #=> 5
:sym.length  #=> 3
"12abc".length { |x| x.nil? }  #=> 5
1e20.length(8, "*")  #!> NoMethodError: undefined method `length' for 1.0e+20:Float
[1.5, 2, 3].length(1)  #!> ArgumentError: wrong number of arguments (given 1, expected 0)
"a,b;c\n".lines { |x| x.nil? }  #=> "a,b;c\n"
"".lines("l")  #=> []
"".lines  #=> []
"".lines("a")  #=> []
"".lines { |a, b| [b, a] }  #=> ""
"é√x".lines(-3, 2)  #!> ArgumentError: wrong number of arguments (given 2, expected 0..1)
("a".."e").lines("abc", "xyz")  #!> NoMethodError: undefined method `lines' for "a".."e":Range
"12abc".ljust(2) { |x| x }  #=> "12abc"
"é√x".ljust(2) { |x| x }  #=> "é√x"
"a,b;c\n".ljust(2.0)  #=> "a,b;c\n"
"a,b;c\n".ljust(1) { |x, y| x }  #=> "a,b;c\n"
"Zz9".ljust(2) { |x| x }  #=> "Zz9"
"12abc".ljust(0)  #=> "12abc"
("a".."e").ljust("abc", "xyz")  #!> NoMethodError: undefined method `ljust' for "a".."e":Range
"a,b;c\n".ljust(1, 10, 3)  #!> ArgumentError: wrong number of arguments (given 3, expected 1..2)
"Zz9".lstrip { |a, b|(a.to_s <=> b.to_s) }  #=> "Zz9"
"a,b;c\n".lstrip { |x| x.nil? }  #=> "a,b;c\n"
"12abc".lstrip! { |x| x }  #=> nil
"hello World".lstrip { |a, b|(a.to_s <=> b.to_s) }  #=> "hello World"
"a,b;c\n".lstrip! { |a, b|(a.to_s <=> b.to_s) }  #=> nil
"hello World".lstrip { |a, b| [b, a] }  #=> "hello World"
:sym.lstrip!("l", "L")  #!> NoMethodError: undefined method `lstrip!' for :sym:Symbol
"é√x".lstrip("l", "L")  #!> ArgumentError: wrong number of arguments (given 2, expected 0)
1e20.magnitude(&:to_s)  #=> 1.0e+20
-7.magnitude { |a, b| [b, a] }  #=> 7
1.0..2.5.magnitude(&:to_s)  #=> 1.0..2.5
2.5.magnitude { |x| x.nil? }  #=> 2.5
2.5.magnitude(&:to_s)  #=> 2.5
-0.0.magnitude  #=> 0.0
1.0..2.5.magnitude(/o/, "0")  #!> ArgumentError: wrong number of arguments (given 2, expected 0)
["x", "y", "x"].magnitude(1) { |x, y| x }  #!> NoMethodError: undefined method `magnitude' for ["x", "y", "x"]:Array
{}.map(&:to_s)  #=> []
[].map { |a, b| [b, a] }  #=> []
[3, 1, 2].map!(&:to_s)  #=> ["3", "1", "2"]
[].map! { |x| x.nil? }  #=> []
(1..4).map { |x| x }  #=> [1, 2, 3, 4]
["b", "a", nil].map { |x| x }  #=> ["b", "a", nil]
"é√x".map!([1, 2])  #!> NoMethodError: undefined method `map!' for "é√x":String
(1..4).map!(2) { |x| x }  #!> NoMethodError: undefined method `map!' for 1..4:Range
"Zz9".match?(/[aeiou]/)  #=> false
"é√x".match?("")  #=> true
/l+(o)?/.match("a")  #=> nil
"é√x".match(/[aeiou]/)  #=> nil
"hello World".match?(",")  #=> false
"".match?("hello World")  #=> false
("a".."e").match?(2) { |x| x }  #!> NoMethodError: undefined method `match?' for "a".."e":Range
/l+(o)?/.match? { |x| x }  #!> ArgumentError: wrong number of arguments (given 0, expected 1..2)
{}.max { |x| x.to_s }  #=> nil
{}.max { |x| x }  #=> nil
{}.max(0)  #=> []
{}.max { |a, b|(a.to_s <=> b.to_s) }  #=> nil
[].max { |x| x }  #=> nil
[].max  #=> nil
"hello World".max(-2)  #!> NoMethodError: undefined method `max' for "hello World":String
"a,b;c\n".max(2) { |x| x }  #!> NoMethodError: undefined method `max' for "a,b;c\n":String
["b", "a", nil].max_by(&:to_s)  #=> "b"
[3, 1, 2].max_by { |a, b|(a.to_s <=> b.to_s) }  #=> 3
{}.max_by { |x| x.nil? }  #=> nil
{}.max_by(2) { |x| x }  #=> []
[3, 1, 2].max_by(2) { |x| x }  #=> [3, 2]
("a".."e").max_by { |x| x }  #=> "e"
-7.max_by(2.0)  #!> NoMethodError: undefined method `max_by' for -7:Integer
[].max_by(-3, 2)  #!> ArgumentError: wrong number of arguments (given 2, expected 0..1)
(1..4).member?(/[aeiou]/)  #=> false
{}.member?([]) { |x, acc| acc << x }  #=> false
("a".."e").member?({"a" => 9})  #=> false
[].member?(0)  #=> false
[3, 1, 2].member?((0..1))  #=> false
[1.5, 2, 3].member?(-2)  #=> false
"é√x".member? { |a, b|(a.to_s <=> b.to_s) }  #!> NoMethodError: undefined method `member?' for "é√x":String
[3, 1, 2].member?([1], [2])  #!> ArgumentError: wrong number of arguments (given 2, expected 1)
{}.merge!(&:to_s)  #=> {}
{}.merge { |x| x.to_s }  #=> {}
{}.merge { |x| x.nil? }  #=> {}
{}.merge! { |x| x.nil? }  #=> {}
{}.merge! { |x| x.to_s }  #=> {}
{}.merge { |a, b|(a.to_s <=> b.to_s) }  #=> {}
"hello World".merge!("a", 1)  #!> NoMethodError: undefined method `merge!' for "hello World":String
:sym.merge!("l") { |m| m.upcase }  #!> NoMethodError: undefined method `merge!' for :sym:Symbol
["x", "y", "x"].min(1)  #=> ["x"]
("a".."e").min(0)  #=> []
[1.5, 2, 3].min(2) { |x| x }  #=> [3, 2]
{}.min { |x| x.to_s }  #=> nil
[3, 1, 2].min(0)  #=> []
{}.min { |x| x }  #=> nil
"hello World".min(&:to_s)  #!> NoMethodError: undefined method `min' for "hello World":String
{}.min("l", "L")  #!> ArgumentError: wrong number of arguments (given 2, expected 0..1)
[3, 1, 2].min_by(&:to_s)  #=> 1
["x", "y", "x"].min_by { |x| x }  #=> "x"
[3, 1, 2].min_by { |x| x.nil? }  #=> 3
["b", "a", nil].min_by { |x| x.to_s }  #=> nil
[].min_by(&:to_s)  #=> nil
[1.5, 2, 3].min_by(&:to_s)  #=> 1.5
"a,b;c\n".min_by(-3, 2)  #!> NoMethodError: undefined method `min_by' for "a,b;c\n":String
1.0..2.5.min_by { |a, b|(a.to_s <=> b.to_s) }  #!> NoMethodError: undefined method `min_by' for 2.5:Float
{}.minmax  #=> [nil, nil]
{}.minmax { |x| x }  #=> [nil, nil]
[].minmax { |a, b|(a.to_s <=> b.to_s) }  #=> [nil, nil]
["x", "y", "x"].minmax { |a, b|(a.to_s <=> b.to_s) }  #=> ["x", "y"]
("a".."e").minmax  #=> ["a", "e"]
[3, 1, 2].minmax { |a, b|(a.to_s <=> b.to_s) }  #=> [1, 3]
2.5.minmax(1, "x")  #!> NoMethodError: undefined method `minmax' for 2.5:Float
/l+(o)?/.minmax(1, 2)  #!> NoMethodError: undefined method `minmax' for /l+(o)?/:Regexp
["x", "y", "x"].minmax_by { |a, b|(a.to_s <=> b.to_s) }  #=> ["x", "x"]
{}.minmax_by { |a, b|(a.to_s <=> b.to_s) }  #=> [nil, nil]
{}.minmax_by { |a, b| [b, a] }  #=> [nil, nil]
{}.minmax_by(&:to_s)  #=> [nil, nil]
[3, 1, 2].minmax_by { |x| x }  #=> [1, 3]
[1.5, 2, 3].minmax_by { |a, b|(a.to_s <=> b.to_s) }  #=> [1.5, 1.5]
[1.5, 2, 3].minmax_by(0)  #!> ArgumentError: wrong number of arguments (given 1, expected 0)
(1..4).minmax_by("l", "L")  #!> ArgumentError: wrong number of arguments (given 2, expected 0)
-7.modulo(2.0)  #=> 1.0
-7.modulo(1)  #=> 0
2.5.modulo(2.0)  #=> 0.5
-7.modulo(1) { |x, y| x }  #=> 0
1e20.modulo(1)  #=> 0.0
-0.0.modulo(2) { |x| x }  #=> -0.0
"Zz9".modulo(0)  #!> NoMethodError: undefined method `modulo' for "Zz9":String
[].modulo(nil)  #!> NoMethodError: undefined method `modulo' for []:Array
"é√x".named_captures(-3, 2)  #!> NoMethodError: undefined method `named_captures' for "é√x":String
"hello World".named_captures(nil)  #!> NoMethodError: undefined method `named_captures' for "hello World":String
/l+(o)?/.names { |a, b|(a.to_s <=> b.to_s) }  #=> []
/l+(o)?/.names(&:to_s)  #=> []
/l+(o)?/.names { |x| x.to_s }  #=> []
/l+(o)?/.names { |x| x }  #=> []
/l+(o)?/.names { |x| x.nil? }  #=> []
/l+(o)?/.names  #=> []
1e20.names(2.0)  #!> NoMethodError: undefined method `names' for 1.0e+20:Float
[1.5, 2, 3].names(","," ")  #!> NoMethodError: undefined method `names' for [1.5, 2, 3]:Array
-0.0.nan? { |a, b| [b, a] }  #=> false
1e20.nan?  #=> false
-0.0.nan? { |x| x.nil? }  #=> false
2.5.nan? { |x| x.to_s }  #=> false
1e20.nan? { |x| x.to_s }  #=> false
2.5.nan? { |a, b|(a.to_s <=> b.to_s) }  #=> false
[].nan?(/[aeiou]/)  #!> NoMethodError: undefined method `nan?' for []:Array
/l+(o)?/.nan?(/[aeiou]/)  #!> NoMethodError: undefined method `nan?' for /l+(o)?/:Regexp
-7.negative?(&:to_s)  #=> true
2.5.negative?  #=> false
2.5.negative? { |a, b|(a.to_s <=> b.to_s) }  #=> false
-7.negative? { |x| x.to_s }  #=> true
-0.0.negative? { |a, b|(a.to_s <=> b.to_s) }  #=> false
-7.negative? { |x| x }  #=> true
{}.negative?("l", 2)  #!> NoMethodError: undefined method `negative?' for {}:Hash
true.negative?("l", "L")  #!> NoMethodError: undefined method `negative?' for true:TrueClass
"Zz9".nil? { |a, b|(a.to_s <=> b.to_s) }  #=> false
["b", "a", nil].nil? { |a, b|(a.to_s <=> b.to_s) }  #=> false
-7.nil? { |a, b|(a.to_s <=> b.to_s) }  #=> false
:sym.nil? { |x| x.nil? }  #=> false
"12abc".nil?(&:to_s)  #=> false
"".nil? { |x| x.nil? }  #=> false
-0.0.nil?([]) { |x, acc| acc << x }  #!> ArgumentError: wrong number of arguments (given 1, expected 0)
1.0..2.5.nil?(","," ")  #!> ArgumentError: wrong number of arguments (given 2, expected 0)
-7.nobits?(1)  #=> false
-7.nobits?(-2)  #=> false
-7.nobits?(2) { |x| x }  #=> true
-7.nobits?(1) { |x, y| x }  #=> false
-7.nobits?(0)  #=> true
-7.nobits?(2.0)  #=> true
"é√x".nobits?((0..1))  #!> NoMethodError: undefined method `nobits?' for "é√x":String
2.5.nobits?  #!> NoMethodError: undefined method `nobits?' for 2.5:Float
[].none?(2.0)  #=> true
{}.none?(2) { |x| x }  #=> true
(1..4).none?(:a)  #=> true
("a".."e").none?(1) { |x, y| x }  #=> true
[1.5, 2, 3].none?([1, 2])  #=> true
["b", "a", nil].none?("")  #=> true
(1..4).none?(/o/, "0")  #!> ArgumentError: wrong number of arguments (given 2, expected 0..1)
"Zz9".none?(1, "x")  #!> NoMethodError: undefined method `none?' for "Zz9":String
2.5.nonzero?  #=> 2.5
-0.0.nonzero? { |x| x.nil? }  #=> nil
1.0..2.5.nonzero?(&:to_s)  #=> 1.0..2.5
-0.0.nonzero? { |a, b| [b, a] }  #=> nil
1.0..2.5.nonzero? { |x| x.nil? }  #=> 1.0..2.5
2.5.nonzero? { |x| x }  #=> 2.5
[3, 1, 2].nonzero?([]) { |x, acc| acc << x }  #!> NoMethodError: undefined method `nonzero?' for [3, 1, 2]:Array
2.5.nonzero?(1, "x")  #!> ArgumentError: wrong number of arguments (given 2, expected 0)
"".oct { |x| x.to_s }  #=> 0
"a,b;c\n".oct(&:to_s)  #=> 0
"é√x".oct  #=> 0
"".oct { |x| x }  #=> 0
"a,b;c\n".oct { |x| x.nil? }  #=> 0
"Zz9".oct { |a, b| [b, a] }  #=> 0
2.5.oct(1, 10, 3)  #!> NoMethodError: undefined method `oct' for 2.5:Float
"é√x".oct(1, "x")  #!> ArgumentError: wrong number of arguments (given 2, expected 0)
-7.odd? { |x| x.to_s }  #=> true
-7.odd? { |x| x.nil? }  #=> true
-7.odd? { |x| x }  #=> true
-7.odd? { |a, b|(a.to_s <=> b.to_s) }  #=> true
-7.odd?  #=> true
-7.odd?(&:to_s)  #=> true
2.5.odd?(0, 3)  #!> NoMethodError: undefined method `odd?' for 2.5:Float
2.5.odd?(/[aeiou]/)  #!> NoMethodError: undefined method `odd?' for 2.5:Float
{}.offset(","," ")  #!> NoMethodError: undefined method `offset' for {}:Hash
nil.offset(",")  #!> NoMethodError: undefined method `offset' for nil:NilClass
["b", "a", nil].one?(",")  #=> false
[1.5, 2, 3].one?("l")  #=> false
["x", "y", "x"].one? { |x| x }  #=> false
[3, 1, 2].one?(2) { |x| x }  #=> true
[1.5, 2, 3].one?(",")  #=> false
(1..4).one?([1, 2])  #=> false
"hello World".one?(1) { |x, y| x }  #!> NoMethodError: undefined method `one?' for "hello World":String
"".one?(1, "x")  #!> NoMethodError: undefined method `one?' for "":String
"hello World".ord  #=> 104
-7.ord { |x| x.to_s }  #=> -7
"12abc".ord  #=> 49
-7.ord  #=> -7
"é√x".ord { |x| x.to_s }  #=> 233
"hello World".ord { |x| x.to_s }  #=> 104
["x", "y", "x"].ord(1) { |x, y| x }  #!> NoMethodError: undefined method `ord' for ["x", "y", "x"]:Array
1e20.ord(2.0)  #!> NoMethodError: undefined method `ord' for 1.0e+20:Float
"é√x".partition(",")  #=> ["é√x", "", ""]
"".partition(",")  #=> ["", "", ""]
"hello World".partition("l") { |m| m.upcase }  #=> ["he", "l", "lo World"]
"12abc".partition(/[aeiou]/)  #=> ["12", "a", "bc"]
"Zz9".partition("hello World")  #=> ["Zz9", "", ""]
"Zz9".partition(/[aeiou]/)  #=> ["Zz9", "", ""]
-7.partition([1], [2])  #!> NoMethodError: undefined method `partition' for -7:Integer
"".partition({"a" => 9})  #!> TypeError: wrong argument type Hash (expected Regexp)
[].pop(2) { |x| x }  #=> []
["b", "a", nil].pop(&:to_s)  #=> nil
["x", "y", "x"].pop { |x| x.nil? }  #=> "x"
[3, 1, 2].pop(2) { |x| x }  #=> [1, 2]
["b", "a", nil].pop { |x| x }  #=> nil
[1.5, 2, 3].pop(0)  #=> []
2.5.pop(/o/, "0")  #!> NoMethodError: undefined method `pop' for 2.5:Float
"Zz9".pop(:a)  #!> NoMethodError: undefined method `pop' for "Zz9":String
1e20.positive? { |a, b| [b, a] }  #=> true
1e20.positive?  #=> true
-7.positive?  #=> false
-7.positive? { |a, b| [b, a] }  #=> false
-0.0.positive? { |a, b|(a.to_s <=> b.to_s) }  #=> false
-0.0.positive?(&:to_s)  #=> false
1.0..2.5.positive?("hello World")  #!> ArgumentError: wrong number of arguments (given 1, expected 0)
(1..4).positive?("")  #!> NoMethodError: undefined method `positive?' for 1..4:Range
1e20.post_match(1, 10, 3)  #!> NoMethodError: undefined method `post_match' for 1.0e+20:Float
-7.post_match(1, 2)  #!> NoMethodError: undefined method `post_match' for -7:Integer
-7.pow(1)  #=> -7
-7.pow(0)  #=> 1
-7.pow(1) { |x, y| x }  #=> -7
-7.pow(2) { |x| x }  #=> 49
-7.pow(2.0)  #=> 49.0
2.5.pow(-3, 2)  #!> NoMethodError: undefined method `pow' for 2.5:Float
"hello World".pow(2) { |x| x }  #!> NoMethodError: undefined method `pow' for "hello World":String
true.pre_match(2) { |x| x }  #!> NoMethodError: undefined method `pre_match' for true:TrueClass
1.0..2.5.pre_match({"a" => 9})  #!> NoMethodError: undefined method `pre_match' for 2.5:Float
-7.pred(&:to_s)  #=> -8
-7.pred { |x| x }  #=> -8
-7.pred  #=> -8
-7.pred { |x| x.to_s }  #=> -8
-7.pred { |a, b|(a.to_s <=> b.to_s) }  #=> -8
-7.pred { |a, b| [b, a] }  #=> -8
"é√x".pred(nil, nil)  #!> NoMethodError: undefined method `pred' for "é√x":String
:sym.pred(","," ")  #!> NoMethodError: undefined method `pred' for :sym:Symbol
[].prepend("l") { |m| m.upcase }  #=> ["l"]
"".prepend("abc", "xyz")  #=> "abcxyz"
[3, 1, 2].prepend("abc", "xyz")  #=> ["abc", "xyz", 3, 1, 2]
"a,b;c\n".prepend  #=> "a,b;c\n"
[1.5, 2, 3].prepend { |x| x.nil? }  #=> [1.5, 2, 3]
["x", "y", "x"].prepend(/o/, "0")  #=> [/o/, "0", "x", "y", "x"]
("a".."e").prepend(1)  #!> NoMethodError: undefined method `prepend' for "a".."e":Range
"".prepend("a", 1)  #!> TypeError: no implicit conversion of Integer into String
["b", "a", nil].product  #=> [["b"], ["a"], [nil]]
[].product  #=> []
[].product([]) { |x, acc| acc << x }  #=> []
[1.5, 2, 3].product([1, 2])  #=> [[1.5, 1], [1.5, 2], [2, 1], [2, 2], [3, 1], [3, 2]]
[].product([1, 2])  #=> []
[3, 1, 2].product([1], [2])  #=> [[3, 1, 2], [1, 1, 2], [2, 1, 2]]
("a".."e").product(1)  #!> NoMethodError: undefined method `product' for "a".."e":Range
"é√x".product(0)  #!> NoMethodError: undefined method `product' for "é√x":String
["b", "a", nil].push("l", "L")  #=> ["b", "a", nil, "l", "L"]
["x", "y", "x"].push(true)  #=> ["x", "y", "x", true]
[].push([1], [2])  #=> [[1], [2]]
["b", "a", nil].push(1, "x")  #=> ["b", "a", nil, 1, "x"]
[].push { |x| x }  #=> []
["x", "y", "x"].push("")  #=> ["x", "y", "x", ""]
-0.0.push(","," ")  #!> NoMethodError: undefined method `push' for -0.0:Float
nil.push(1, 2)  #!> NoMethodError: undefined method `push' for nil:NilClass
[3, 1, 2].rassoc(2.0)  #=> nil
[].rassoc([]) { |x, acc| acc << x }  #=> nil
[1.5, 2, 3].rassoc("hello World")  #=> nil
["x", "y", "x"].rassoc(true)  #=> nil
["b", "a", nil].rassoc("")  #=> nil
["b", "a", nil].rassoc("l", 2)  #!> ArgumentError: wrong number of arguments (given 2, expected 1)
["b", "a", nil].rassoc { |x| x }  #!> ArgumentError: wrong number of arguments (given 0, expected 1)
[3, 1, 2].reduce { |x| x.to_s }  #=> "3"
{}.reduce("hello World")  #=> nil
[1.5, 2, 3].reduce { |x| x.to_s }  #=> "1.5"
[].reduce { |x| x.nil? }  #=> nil
{}.reduce("abc", "xyz")  #=> "abc"
["x", "y", "x"].reduce { |a, b|(a.to_s <=> b.to_s) }  #=> -1
[].reduce(nil, nil)  #!> TypeError: nil is not a symbol nor a string
-7.reduce(0)  #!> NoMethodError: undefined method `reduce' for -7:Integer
[3, 1, 2].reject { |x| x }  #=> []
("a".."e").reject { |x| x.to_s }  #=> []
[].reject! { |a, b| [b, a] }  #=> nil
("a".."e").reject { |x| x }  #=> []
[].reject { |a, b| [b, a] }  #=> []
[3, 1, 2].reject! { |a, b|(a.to_s <=> b.to_s) }  #=> []
[].reject(8, "*")  #!> ArgumentError: wrong number of arguments (given 2, expected 0)
:sym.reject(:a)  #!> NoMethodError: undefined method `reject' for :sym:Symbol
-7.remainder(2) { |x| x }  #=> -1
-7.remainder(1)  #=> 0
-7.remainder(-2)  #=> -1
true.remainder([1, 2])  #!> NoMethodError: undefined method `remainder' for true:TrueClass
"12abc".remainder(1, "x")  #!> NoMethodError: undefined method `remainder' for "12abc":String
"Zz9".replace("hello World")  #=> "hello World"
"é√x".replace(",")  #=> ","
"hello World".replace("l") { |m| m.upcase }  #=> "l"
{}.replace({"a" => 9})  #=> {"a"=>9}
"Zz9".replace("")  #=> ""
"12abc".replace("l") { |m| m.upcase }  #=> "l"
/l+(o)?/.replace(/[aeiou]/)  #!> NoMethodError: undefined method `replace' for /l+(o)?/:Regexp
nil.replace(/o/, "0")  #!> NoMethodError: undefined method `replace' for nil:NilClass
-0.0.respond_to?(:a)  #=> false
2.5.respond_to?("")  #=> false
true.respond_to?("l", 2)  #=> false
{}.respond_to?(",")  #=> false
2.5.respond_to?("l", 2)  #=> false
"".respond_to?("l", 2)  #=> false
"12abc".respond_to?(&:to_s)  #!> ArgumentError: wrong number of arguments (given 0, expected 1..2)
nil.respond_to?(-3, 2)  #!> TypeError: -3 is not a symbol nor a string
[3, 1, 2].reverse!  #=> [2, 1, 3]
"".reverse { |x| x.nil? }  #=> ""
1e20.reverse!(1, 2)  #!> NoMethodError: undefined method `reverse!' for 1.0e+20:Float
"a,b;c\n".reverse!(nil)  #!> ArgumentError: wrong number of arguments (given 1, expected 0)
[1.5, 2, 3].reverse_each { |a, b| [b, a] }  #=> [1.5, 2, 3]
[1.5, 2, 3].reverse_each(&:to_s)  #=> [1.5, 2, 3]
(1..4).reverse_each { |x| x }  #=> 1..4
[3, 1, 2].reverse_each { |a, b|(a.to_s <=> b.to_s) }  #=> [3, 1, 2]
[1.5, 2, 3].reverse_each { |x| x.nil? }  #=> [1.5, 2, 3]
[].reverse_each(&:to_s)  #=> []
/l+(o)?/.reverse_each(/o/, "0")  #!> NoMethodError: undefined method `reverse_each' for /l+(o)?/:Regexp
-7.reverse_each(1, "x")  #!> NoMethodError: undefined method `reverse_each' for -7:Integer
["x", "y", "x"].rindex(1)  #=> nil
["b", "a", nil].rindex(2.0)  #=> nil
[1.5, 2, 3].rindex([]) { |x, acc| acc << x }  #=> nil
[3, 1, 2].rindex("")  #=> nil
["b", "a", nil].rindex(2) { |x| x }  #=> nil
[3, 1, 2].rindex(-2)  #=> nil
("a".."e").rindex(2.0)  #!> NoMethodError: undefined method `rindex' for "a".."e":Range
2.5.rindex(1, "x")  #!> NoMethodError: undefined method `rindex' for 2.5:Float
"hello World".rjust(0)  #=> "hello World"
"12abc".rjust(-2)  #=> "12abc"
"é√x".rjust(-2)  #=> "é√x"
"a,b;c\n".rjust(0)  #=> "a,b;c\n"
"12abc".rjust(1)  #=> "12abc"
"".rjust(1) { |x, y| x }  #=> " "
"12abc".rjust { |a, b| [b, a] }  #!> ArgumentError: wrong number of arguments (given 0, expected 1..2)
"é√x".rjust(","," ")  #!> TypeError: no implicit conversion of String into Integer
["b", "a", nil].rotate(1) { |x, y| x }  #=> ["a", nil, "b"]
[].rotate! { |a, b|(a.to_s <=> b.to_s) }  #=> []
[3, 1, 2].rotate { |a, b|(a.to_s <=> b.to_s) }  #=> [1, 2, 3]
[3, 1, 2].rotate(&:to_s)  #=> [1, 2, 3]
[1.5, 2, 3].rotate(2.0)  #=> [3, 1.5, 2]
[].rotate(2.0)  #=> []
[].rotate(:a)  #!> TypeError: no implicit conversion of Symbol into Integer
:sym.rotate! { |x| x.nil? }  #!> NoMethodError: undefined method `rotate!' for :sym:Symbol
1.0..2.5.round { |x| x.to_s }  #=> 1.0..3
-0.0.round  #=> 0
2.5.round { |x| x.to_s }  #=> 3
-0.0.round(1) { |x, y| x }  #=> -0.0
2.5.round(","," ")  #!> ArgumentError: wrong number of arguments (given 2, expected 0..1)
["b", "a", nil].round { |a, b|(a.to_s <=> b.to_s) }  #!> NoMethodError: undefined method `round' for ["b", "a", nil]:Array
"12abc".rpartition(/[aeiou]/)  #=> ["12", "a", "bc"]
"12abc".rpartition("")  #=> ["12abc", "", ""]
"é√x".rpartition("l")  #=> ["", "", "é√x"]
"é√x".rpartition("a")  #=> ["", "", "é√x"]
"Zz9".rpartition("a")  #=> ["", "", "Zz9"]
"a,b;c\n".rpartition("a")  #=> ["", "a", ",b;c\n"]
"hello World".rpartition("l", 2)  #!> ArgumentError: wrong number of arguments (given 2, expected 1)
"hello World".rpartition(0)  #!> TypeError: wrong argument type Integer (expected Regexp)
"Zz9".rstrip! { |x| x.to_s }  #=> nil
"é√x".rstrip { |a, b|(a.to_s <=> b.to_s) }  #=> "é√x"
"é√x".rstrip { |a, b| [b, a] }  #=> "é√x"
"".rstrip { |x| x.to_s }  #=> ""
"é√x".rstrip { |x| x }  #=> "é√x"
"é√x".rstrip { |x| x.to_s }  #=> "é√x"
[1.5, 2, 3].rstrip! { |x| x.nil? }  #!> NoMethodError: undefined method `rstrip!' for [1.5, 2, 3]:Array
-7.rstrip(","," ")  #!> NoMethodError: undefined method `rstrip' for -7:Integer
"é√x".scan("")  #=> ["", "", "", ""]
"12abc".scan("a")  #=> ["a"]
"hello World".scan("l") { |m| m.upcase }  #=> "hello World"
"hello World".scan("a")  #=> []
"a,b;c\n".scan(",")  #=> [","]
"12abc".scan(",")  #=> []
["b", "a", nil].scan("abc", "xyz")  #!> NoMethodError: undefined method `scan' for ["b", "a", nil]:Array
[3, 1, 2].scan([]) { |x, acc| acc << x }  #!> NoMethodError: undefined method `scan' for [3, 1, 2]:Array
[3, 1, 2].select! { |a, b|(a.to_s <=> b.to_s) }  #=> nil
("a".."e").select { |a, b| [b, a] }  #=> ["a", "b", "c", "d", "e"]
[1.5, 2, 3].select(&:to_s)  #=> [1.5, 2, 3]
[1.5, 2, 3].select { |a, b|(a.to_s <=> b.to_s) }  #=> [1.5, 2, 3]
[3, 1, 2].select { |a, b|(a.to_s <=> b.to_s) }  #=> [3, 1, 2]
["x", "y", "x"].select! { |x| x.to_s }  #=> nil
(1..4).select!((0..1))  #!> NoMethodError: undefined method `select!' for 1..4:Range
"12abc".select(/o/, "0")  #!> NoMethodError: private method `select' called for "12abc":String
[3, 1, 2].shift(1) { |x, y| x }  #=> [3]
{}.shift { |x| x.nil? }  #=> nil
["x", "y", "x"].shift(2) { |x| x }  #=> ["x", "y"]
[3, 1, 2].shift { |a, b| [b, a] }  #=> 3
[1.5, 2, 3].shift { |x| x.to_s }  #=> 1.5
["b", "a", nil].shift(&:to_s)  #=> "b"
[3, 1, 2].shift("a", 1)  #!> ArgumentError: wrong number of arguments (given 2, expected 0..1)
("a".."e").shift(true)  #!> NoMethodError: undefined method `shift' for "a".."e":Range
[1.5, 2, 3].size { |x| x.to_s }  #=> 3
"".size { |a, b| [b, a] }  #=> 0
"hello World".size { |a, b| [b, a] }  #=> 11
["x", "y", "x"].size { |x| x.nil? }  #=> 3
"a,b;c\n".size { |x| x }  #=> 6
"Zz9".size("a", 1)  #!> ArgumentError: wrong number of arguments (given 2, expected 0)
/l+(o)?/.size("a", 1)  #!> NoMethodError: undefined method `size' for /l+(o)?/:Regexp
"a,b;c\n".slice!(",")  #=> ","
"".slice!(1, 2)  #=> nil
"a,b;c\n".slice!(1) { |x, y| x }  #=> ","
{}.slice((0..1))  #=> {}
"é√x".slice("")  #=> ""
"".slice(-3, 2)  #=> nil
[1.5, 2, 3].slice("abc", "xyz")  #!> TypeError: no implicit conversion of String into Integer
["x", "y", "x"].slice { |a, b| [b, a] }  #!> ArgumentError: wrong number of arguments (given 0, expected 1..2)
-7.slice_when("a", 1)  #!> NoMethodError: undefined method `slice_when' for -7:Integer
"a,b;c\n".slice_when(8, "*")  #!> NoMethodError: undefined method `slice_when' for "a,b;c\n":String
{}.sort  #=> []
[1.5, 2, 3].sort! { |a, b|(a.to_s <=> b.to_s) }  #=> [1.5, 2, 3]
[].sort! { |a, b| [b, a] }  #=> []
[].sort { |x| x.nil? }  #=> []
["b", "a", nil].sort { |a, b|(a.to_s <=> b.to_s) }  #=> [nil, "a", "b"]
[].sort! { |x| x.nil? }  #=> []
"Zz9".sort!(&:to_s)  #!> NoMethodError: undefined method `sort!' for "Zz9":String
["b", "a", nil].sort!(0, 3)  #!> ArgumentError: wrong number of arguments (given 2, expected 0)
[].sort_by! { |x| x }  #=> []
{}.sort_by { |a, b| [b, a] }  #=> []
["x", "y", "x"].sort_by(&:to_s)  #=> ["x", "x", "y"]
["x", "y", "x"].sort_by { |x| x.to_s }  #=> ["x", "x", "y"]
["b", "a", nil].sort_by { |a, b|(a.to_s <=> b.to_s) }  #=> [nil, "b", "a"]
{}.sort_by { |x| x.nil? }  #=> []
:sym.sort_by! { |a, b| [b, a] }  #!> NoMethodError: undefined method `sort_by!' for :sym:Symbol
nil.sort_by((0..1))  #!> NoMethodError: undefined method `sort_by' for nil:NilClass
/l+(o)?/.source { |x| x }  #=> "l+(o)?"
/l+(o)?/.source { |x| x.to_s }  #=> "l+(o)?"
/l+(o)?/.source(&:to_s)  #=> "l+(o)?"
/l+(o)?/.source  #=> "l+(o)?"
/l+(o)?/.source { |a, b| [b, a] }  #=> "l+(o)?"
/l+(o)?/.source { |x| x.nil? }  #=> "l+(o)?"
[].source(0)  #!> NoMethodError: undefined method `source' for []:Array
"é√x".source(1)  #!> NoMethodError: undefined method `source' for "é√x":String
"é√x".split { |x| x.nil? }  #=> "é√x"
"".split("l")  #=> []
"Zz9".split("l")  #=> ["Zz9"]
"".split("hello World")  #=> []
"".split(&:to_s)  #=> ""
"a,b;c\n".split(nil)  #=> ["a,b;c"]
["x", "y", "x"].split({"a" => 9})  #!> NoMethodError: undefined method `split' for ["x", "y", "x"]:Array
["x", "y", "x"].split(0)  #!> NoMethodError: undefined method `split' for ["x", "y", "x"]:Array
"".squeeze("")  #=> ""
"hello World".squeeze!(&:to_s)  #=> "helo World"
"é√x".squeeze("abc", "xyz")  #=> "é√x"
"hello World".squeeze { |x| x.nil? }  #=> "helo World"
"Zz9".squeeze(",")  #=> "Zz9"
"".squeeze! { |x| x.nil? }  #=> nil
nil.squeeze("a", 1)  #!> NoMethodError: undefined method `squeeze' for nil:NilClass
:sym.squeeze!(8, "*")  #!> NoMethodError: undefined method `squeeze!' for :sym:Symbol
"12abc".start_with? { |x| x }  #=> false
"é√x".start_with?("l")  #=> false
"é√x".start_with?(&:to_s)  #=> false
"Zz9".start_with?("")  #=> true
"Zz9".start_with?("a")  #=> false
"hello World".start_with? { |a, b| [b, a] }  #=> false
1e20.start_with?("a", 1)  #!> NoMethodError: undefined method `start_with?' for 1.0e+20:Float
(1..4).start_with?(1)  #!> NoMethodError: undefined method `start_with?' for 1..4:Range
1e20.step(2.0)  #=> (1.0e+20.step(2.0))
1.0..2.5.step(1) { |x, y| x }  #=> 1.0..2.5
-0.0.step(1)  #=> (-0.0.step(1))
1e20.step(2) { |x| x }  #=> 1.0e+20
(1..4).step(2) { |x| x }  #=> 1..4
2.5.step(2) { |x| x }  #=> 2.5
[].step((0..1))  #!> NoMethodError: undefined method `step' for []:Array
nil.step(0)  #!> NoMethodError: undefined method `step' for nil:NilClass
{}.store(1, "x")  #=> "x"
{}.store(8, "*")  #=> "*"
{}.store("l", "L")  #=> "L"
{}.store("l", 2)  #=> 2
{}.store([1], [2])  #=> [2]
{}.store(0, 3)  #=> 3
["b", "a", nil].store(1)  #!> NoMethodError: undefined method `store' for ["b", "a", nil]:Array
-7.store(1, 10, 3)  #!> NoMethodError: undefined method `store' for -7:Integer
"é√x".string("hello World")  #!> NoMethodError: undefined method `string' for "é√x":String
:sym.string("a")  #!> NoMethodError: undefined method `string' for :sym:Symbol
"hello World".strip { |a, b|(a.to_s <=> b.to_s) }  #=> "hello World"
"".strip! { |x| x.to_s }  #=> nil
"é√x".strip! { |a, b| [b, a] }  #=> nil
"".strip { |x| x.nil? }  #=> ""
"".strip! { |x| x.nil? }  #=> nil
"Zz9".strip { |x| x.nil? }  #=> "Zz9"
("a".."e").strip(&:to_s)  #!> NoMethodError: undefined method `strip' for "a".."e":Range
1e20.strip!((0..1))  #!> NoMethodError: undefined method `strip!' for 1.0e+20:Float
"é√x".sub!(/o/, "0")  #=> nil
"hello World".sub("l", "L")  #=> "heLlo World"
"é√x".sub!("abc", "xyz")  #=> nil
"hello World".sub("abc", "xyz")  #=> "hello World"
"a,b;c\n".sub("l") { |m| m.upcase }  #=> "a,b;c\n"
"hello World".sub!("l") { |m| m.upcase }  #=> "heLlo World"
1e20.sub(:a)  #!> NoMethodError: undefined method `sub' for 1.0e+20:Float
(1..4).sub("l", "L")  #!> NoMethodError: undefined method `sub' for 1..4:Range
:sym.subset?(nil, nil)  #!> NoMethodError: undefined method `subset?' for :sym:Symbol
[].subset? { |x| x.to_s }  #!> NoMethodError: undefined method `subset?' for []:Array
"12abc".succ(&:to_s)  #=> "12abd"
"é√x".succ { |x| x.nil? }  #=> "é√y"
"12abc".succ { |x| x.to_s }  #=> "12abd"
"hello World".succ { |a, b| [b, a] }  #=> "hello Worle"
"a,b;c\n".succ { |x| x }  #=> "a,b;d\n"
"é√x".succ { |a, b| [b, a] }  #=> "é√y"
2.5.succ([1], [2])  #!> NoMethodError: undefined method `succ' for 2.5:Float
(1..4).succ(/o/, "0")  #!> NoMethodError: undefined method `succ' for 1..4:Range
["x", "y", "x"].sum("l")  #=> "lxyx"
"hello World".sum(1) { |x, y| x }  #=> 0
"hello World".sum { |x| x }  #=> 1084
"a,b;c\n".sum  #=> 407
"hello World".sum  #=> 1084
"Zz9".sum  #=> 269
["b", "a", nil].sum(nil, nil)  #!> ArgumentError: wrong number of arguments (given 2, expected 0..1)
[3, 1, 2].sum("abc", "xyz")  #!> ArgumentError: wrong number of arguments (given 2, expected 0..1)
"".superset?(8, "*")  #!> NoMethodError: undefined method `superset?' for "":String
nil.superset?(-2)  #!> NoMethodError: undefined method `superset?' for nil:NilClass
"12abc".swapcase { |a, b| [b, a] }  #=> "12ABC"
"é√x".swapcase!(&:to_s)  #=> "É√X"
"".swapcase  #=> ""
"12abc".swapcase! { |a, b| [b, a] }  #=> "12ABC"
:sym.swapcase { |x| x.nil? }  #=> :SYM
"".swapcase! { |a, b| [b, a] }  #=> nil
:sym.swapcase!(/[aeiou]/)  #!> NoMethodError: undefined method `swapcase!' for :sym:Symbol
["b", "a", nil].take(1) { |x, y| x }  #=> ["b"]
(1..4).take(1) { |x, y| x }  #=> [1]
[1.5, 2, 3].take(1)  #=> [1.5]
["b", "a", nil].take(1)  #=> ["b"]
[].take(1) { |x, y| x }  #=> []
[3, 1, 2].take(1)  #=> [3]
"Zz9".take(1, 10, 3)  #!> NoMethodError: undefined method `take' for "Zz9":String
2.5.take(0)  #!> NoMethodError: undefined method `take' for 2.5:Float
["x", "y", "x"].take_while { |x| x.nil? }  #=> []
[].take_while { |x| x.nil? }  #=> []
(1..4).take_while(&:to_s)  #=> [1, 2, 3, 4]
[].take_while { |x| x }  #=> []
[3, 1, 2].take_while(&:to_s)  #=> [3, 1, 2]
[1.5, 2, 3].take_while(&:to_s)  #=> [1.5, 2, 3]
"12abc".take_while(nil, nil)  #!> NoMethodError: undefined method `take_while' for "12abc":String
("a".."e").take_while(/o/, "0")  #!> ArgumentError: wrong number of arguments (given 2, expected 0)
(1..4).tally { |x| x }  #=> {1=>1, 2=>1, 3=>1, 4=>1}
[1.5, 2, 3].tally { |x| x.to_s }  #=> {1.5=>1, 2=>1, 3=>1}
["b", "a", nil].tally  #=> {"b"=>1, "a"=>1, nil=>1}
[3, 1, 2].tally  #=> {3=>1, 1=>1, 2=>1}
[3, 1, 2].tally { |x| x.to_s }  #=> {3=>1, 1=>1, 2=>1}
("a".."e").tally("l")  #!> TypeError: no implicit conversion of String into Hash
[1.5, 2, 3].tally("l", 2)  #!> ArgumentError: wrong number of arguments (given 2, expected 0..1)
-7.times(&:to_s)  #=> -7
-7.times { |a, b| [b, a] }  #=> -7
-7.times { |x| x.nil? }  #=> -7
-7.times { |a, b|(a.to_s <=> b.to_s) }  #=> -7
-7.times { |x| x.to_s }  #=> -7
-7.times { |x| x }  #=> -7
"é√x".times(",")  #!> NoMethodError: undefined method `times' for "é√x":String
["x", "y", "x"].times(1, 10, 3)  #!> NoMethodError: undefined method `times' for ["x", "y", "x"]:Array
[3, 1, 2].to_a  #=> [3, 1, 2]
[3, 1, 2].to_a { |x| x.to_s }  #=> [3, 1, 2]
[3, 1, 2].to_a { |a, b| [b, a] }  #=> [3, 1, 2]
nil.to_a { |a, b|(a.to_s <=> b.to_s) }  #=> []
[3, 1, 2].to_a { |x| x }  #=> [3, 1, 2]
{}.to_a { |x| x.nil? }  #=> []
"é√x".to_a(8, "*")  #!> NoMethodError: undefined method `to_a' for "é√x":String
-7.to_a("l") { |m| m.upcase }  #!> NoMethodError: undefined method `to_a' for -7:Integer
[].to_ary { |a, b| [b, a] }  #=> []
[3, 1, 2].to_ary { |a, b| [b, a] }  #=> [3, 1, 2]
[3, 1, 2].to_ary { |a, b|(a.to_s <=> b.to_s) }  #=> [3, 1, 2]
[3, 1, 2].to_ary  #=> [3, 1, 2]
["b", "a", nil].to_ary(&:to_s)  #=> ["b", "a", nil]
["b", "a", nil].to_ary { |a, b| [b, a] }  #=> ["b", "a", nil]
(1..4).to_ary(1) { |x, y| x }  #!> NoMethodError: undefined method `to_ary' for 1..4:Range
"é√x".to_ary(1) { |x, y| x }  #!> NoMethodError: undefined method `to_ary' for "é√x":String
"".to_f { |x| x.nil? }  #=> 0.0
-0.0.to_f { |a, b| [b, a] }  #=> -0.0
"12abc".to_f { |x| x.nil? }  #=> 12.0
nil.to_f { |a, b| [b, a] }  #=> 0.0
"Zz9".to_f  #=> 0.0
nil.to_f { |x| x }  #=> 0.0
("a".."e").to_f { |a, b|(a.to_s <=> b.to_s) }  #!> NoMethodError: undefined method `to_f' for "a".."e":Range
("a".."e").to_f("l", 2)  #!> NoMethodError: undefined method `to_f' for "a".."e":Range
{}.to_h { |x| x.nil? }  #=> {}
nil.to_h { |a, b| [b, a] }  #=> {}
[].to_h { |x| x.nil? }  #=> {}
nil.to_h  #=> {}
{}.to_h  #=> {}
[].to_h { |x| x }  #=> {}
-0.0.to_h(/o/, "0")  #!> NoMethodError: undefined method `to_h' for -0.0:Float
(1..4).to_h(0, 3)  #!> ArgumentError: wrong number of arguments (given 2, expected 0)
{}.to_hash  #=> {}
{}.to_hash(&:to_s)  #=> {}
{}.to_hash { |a, b| [b, a] }  #=> {}
{}.to_hash { |a, b|(a.to_s <=> b.to_s) }  #=> {}
{}.to_hash { |x| x }  #=> {}
{}.to_hash { |x| x.to_s }  #=> {}
1.0..2.5.to_hash { |x| x.to_s }  #!> NoMethodError: undefined method `to_hash' for 2.5:Float
["x", "y", "x"].to_hash(2) { |x| x }  #!> NoMethodError: undefined method `to_hash' for ["x", "y", "x"]:Array
2.5.to_i { |x| x.to_s }  #=> 2
"a,b;c\n".to_i  #=> 0
"Zz9".to_i(2.0)  #=> 0
nil.to_i(&:to_s)  #=> 0
2.5.to_i  #=> 2
"".to_i(2.0)  #=> 0
-0.0.to_i(:a)  #!> ArgumentError: wrong number of arguments (given 1, expected 0)
"12abc".to_i(1, 2)  #!> ArgumentError: wrong number of arguments (given 2, expected 0..1)
-0.0.to_int { |x| x.to_s }  #=> 0
-0.0.to_int  #=> 0
-7.to_int { |x| x.to_s }  #=> -7
2.5.to_int  #=> 2
2.5.to_int { |a, b| [b, a] }  #=> 2
1.0..2.5.to_int  #=> 1.0..2
/l+(o)?/.to_int(-3, 2)  #!> NoMethodError: undefined method `to_int' for /l+(o)?/:Regexp
1.0..2.5.to_int(-2)  #!> ArgumentError: wrong number of arguments (given 1, expected 0)
[3, 1, 2].to_s { |x| x.to_s }  #=> "[3, 1, 2]"
"a,b;c\n".to_s { |a, b|(a.to_s <=> b.to_s) }  #=> "a,b;c\n"
[3, 1, 2].to_s { |a, b| [b, a] }  #=> "[3, 1, 2]"
"Zz9".to_s { |a, b|(a.to_s <=> b.to_s) }  #=> "Zz9"
:sym.to_s { |x| x.nil? }  #=> "sym"
/l+(o)?/.to_s(&:to_s)  #=> "(?-mix:l+(o)?)"
1e20.to_s(-2)  #!> ArgumentError: wrong number of arguments (given 1, expected 0)
1e20.to_s(2) { |x| x }  #!> ArgumentError: wrong number of arguments (given 1, expected 0)
"Zz9".to_str { |a, b|(a.to_s <=> b.to_s) }  #=> "Zz9"
"a,b;c\n".to_str { |a, b|(a.to_s <=> b.to_s) }  #=> "a,b;c\n"
"hello World".to_str(&:to_s)  #=> "hello World"
"é√x".to_str { |x| x.nil? }  #=> "é√x"
"hello World".to_str  #=> "hello World"
"a,b;c\n".to_str { |a, b| [b, a] }  #=> "a,b;c\n"
-0.0.to_str(true)  #!> NoMethodError: undefined method `to_str' for -0.0:Float
2.5.to_str(1, 10, 3)  #!> NoMethodError: undefined method `to_str' for 2.5:Float
"Zz9".to_sym(&:to_s)  #=> :Zz9
"a,b;c\n".to_sym(&:to_s)  #=> :"a,b;c\n"
"a,b;c\n".to_sym { |a, b| [b, a] }  #=> :"a,b;c\n"
"".to_sym { |a, b|(a.to_s <=> b.to_s) }  #=> :""
"Zz9".to_sym { |a, b|(a.to_s <=> b.to_s) }  #=> :Zz9
"12abc".to_sym { |a, b| [b, a] }  #=> :"12abc"
[3, 1, 2].to_sym(-2)  #!> NoMethodError: undefined method `to_sym' for [3, 1, 2]:Array
(1..4).to_sym(1)  #!> NoMethodError: undefined method `to_sym' for 1..4:Range
2.5.to_yaml(&:to_s)  #=> "--- 2.5\n"
[].to_yaml(&:to_s)  #=> "--- []\n"
"Zz9".to_yaml { |x| x.nil? }  #=> "--- Zz9\n"
"Zz9".tr!("l", "L")  #=> nil
"hello World".tr("l", "L")  #=> "heLLo WorLd"
"hello World".tr("abc", "xyz")  #=> "hello World"
"é√x".tr!("l", "L")  #=> nil
"".tr(","," ")  #=> ""
"12abc".tr("l", "L")  #=> "12abc"
["x", "y", "x"].tr!(-2)  #!> NoMethodError: undefined method `tr!' for ["x", "y", "x"]:Array
1e20.tr("l")  #!> NoMethodError: undefined method `tr' for 1.0e+20:Float
"".tr_s("l", "L")  #=> ""
"é√x".tr_s("l", "L")  #=> "é√x"
"hello World".tr_s(","," ")  #=> "hello World"
"12abc".tr_s("l", "L")  #=> "12abc"
"Zz9".tr_s("l", "L")  #=> "Zz9"
"é√x".tr_s("abc", "xyz")  #=> "é√x"
"hello World".tr_s { |a, b|(a.to_s <=> b.to_s) }  #!> ArgumentError: wrong number of arguments (given 0, expected 2)
"hello World".tr_s(1, 10, 3)  #!> ArgumentError: wrong number of arguments (given 3, expected 2)
{}.transform_keys { |x| x }  #=> {}
{}.transform_keys! { |a, b|(a.to_s <=> b.to_s) }  #=> {}
{}.transform_keys! { |x| x.to_s }  #=> {}
{}.transform_keys { |x| x.to_s }  #=> {}
{}.transform_keys(&:to_s)  #=> {}
{}.transform_keys! { |a, b| [b, a] }  #=> {}
1.0..2.5.transform_keys((0..1))  #!> NoMethodError: undefined method `transform_keys' for 2.5:Float
"hello World".transform_keys!(1, 2)  #!> NoMethodError: undefined method `transform_keys!' for "hello World":String
{}.transform_values { |x| x }  #=> {}
{}.transform_values! { |a, b|(a.to_s <=> b.to_s) }  #=> {}
{}.transform_values { |a, b| [b, a] }  #=> {}
{}.transform_values!(&:to_s)  #=> {}
{}.transform_values { |x| x.to_s }  #=> {}
{}.transform_values { |a, b|(a.to_s <=> b.to_s) }  #=> {}
"a,b;c\n".transform_values(true)  #!> NoMethodError: undefined method `transform_values' for "a,b;c\n":String
"a,b;c\n".transform_values!(/[aeiou]/)  #!> NoMethodError: undefined method `transform_values!' for "a,b;c\n":String
[].transpose { |a, b|(a.to_s <=> b.to_s) }  #=> []
[].transpose { |x| x.nil? }  #=> []
[].transpose { |x| x.to_s }  #=> []
[].transpose { |x| x }  #=> []
[].transpose(&:to_s)  #=> []
[].transpose  #=> []
["x", "y", "x"].transpose(",")  #!> ArgumentError: wrong number of arguments (given 1, expected 0)
[1.5, 2, 3].transpose { |x| x.nil? }  #!> TypeError: no implicit conversion of Float into Array
2.5.truncate  #=> 2
2.5.truncate(-2)  #=> 0
1.0..2.5.truncate(1) { |x, y| x }  #=> 1.0..2.5
1.0..2.5.truncate(&:to_s)  #=> 1.0..2
-7.truncate { |a, b| [b, a] }  #=> -7
"hello World".truncate { |x| x.nil? }  #!> NoMethodError: undefined method `truncate' for "hello World":String
"hello World".truncate(&:to_s)  #!> NoMethodError: undefined method `truncate' for "hello World":String
["x", "y", "x"].union { |a, b|(a.to_s <=> b.to_s) }  #=> ["x", "y"]
["x", "y", "x"].union  #=> ["x", "y"]
[3, 1, 2].union { |a, b| [b, a] }  #=> [3, 1, 2]
["x", "y", "x"].union([]) { |x, acc| acc << x }  #=> ["x", "y"]
["x", "y", "x"].union { |x| x.nil? }  #=> ["x", "y"]
[].union { |a, b|(a.to_s <=> b.to_s) }  #=> []
{}.union(8, "*")  #!> NoMethodError: undefined method `union' for {}:Hash
"".union(/o/, "0")  #!> NoMethodError: undefined method `union' for "":String
[].uniq { |x| x.to_s }  #=> []
[3, 1, 2].uniq!(&:to_s)  #=> nil
["x", "y", "x"].uniq(&:to_s)  #=> ["x", "y"]
[].uniq!(&:to_s)  #=> nil
["b", "a", nil].uniq! { |x| x.to_s }  #=> nil
["b", "a", nil].uniq!(&:to_s)  #=> nil
1e20.uniq { |a, b| [b, a] }  #!> NoMethodError: undefined method `uniq' for 1.0e+20:Float
[].uniq!([1], [2])  #!> ArgumentError: wrong number of arguments (given 2, expected 0)
[].unshift(nil, nil)  #=> [nil, nil]
[3, 1, 2].unshift(",")  #=> [",", 3, 1, 2]
["b", "a", nil].unshift(2.0)  #=> [2.0, "b", "a", nil]
[].unshift("abc", "xyz")  #=> ["abc", "xyz"]
[].unshift { |x| x }  #=> []
[3, 1, 2].unshift(/[aeiou]/)  #=> [/[aeiou]/, 3, 1, 2]
"Zz9".unshift(&:to_s)  #!> NoMethodError: undefined method `unshift' for "Zz9":String
{}.unshift(2.0)  #!> NoMethodError: undefined method `unshift' for {}:Hash
"".upcase! { |a, b|(a.to_s <=> b.to_s) }  #=> nil
"Zz9".upcase  #=> "ZZ9"
"é√x".upcase! { |x| x }  #=> "É√X"
"é√x".upcase { |x| x.nil? }  #=> "É√X"
"".upcase! { |x| x }  #=> nil
"Zz9".upcase { |x| x.to_s }  #=> "ZZ9"
/l+(o)?/.upcase!(",")  #!> NoMethodError: undefined method `upcase!' for /l+(o)?/:Regexp
{}.update(&:to_s)  #=> {}
{}.update  #=> {}
{}.update { |x| x.to_s }  #=> {}
{}.update { |a, b| [b, a] }  #=> {}
{}.update { |a, b|(a.to_s <=> b.to_s) }  #=> {}
{}.update({"a" => 9})  #=> {"a"=>9}
["b", "a", nil].update("l", 2)  #!> NoMethodError: undefined method `update' for ["b", "a", nil]:Array
("a".."e").update { |x| x.to_s }  #!> NoMethodError: undefined method `update' for "a".."e":Range
"hello World".upto("l") { |m| m.upcase }  #=> "hello World"
"é√x".upto("l") { |m| m.upcase }  #=> "é√x"
-7.upto(2) { |x| x }  #=> -7
"a,b;c\n".upto("l") { |m| m.upcase }  #=> "a,b;c\n"
"Zz9".upto("l") { |m| m.upcase }  #=> "Zz9"
"".upto("l") { |m| m.upcase }  #=> ""
["b", "a", nil].upto({"a" => 9})  #!> NoMethodError: undefined method `upto' for ["b", "a", nil]:Array
1e20.upto(true)  #!> NoMethodError: undefined method `upto' for 1.0e+20:Float
"12abc".valid_encoding? { |a, b|(a.to_s <=> b.to_s) }  #=> true
"hello World".valid_encoding?  #=> true
"é√x".valid_encoding?(&:to_s)  #=> true
"a,b;c\n".valid_encoding?(&:to_s)  #=> true
"".valid_encoding? { |x| x.nil? }  #=> true
"hello World".valid_encoding? { |a, b| [b, a] }  #=> true
"hello World".valid_encoding?(",")  #!> ArgumentError: wrong number of arguments (given 1, expected 0)
[3, 1, 2].valid_encoding?(1, "x")  #!> NoMethodError: undefined method `valid_encoding?' for [3, 1, 2]:Array
{}.value?("hello World")  #=> false
{}.value?("l")  #=> false
{}.value?([]) { |x, acc| acc << x }  #=> false
{}.value?("")  #=> false
{}.value?("l") { |m| m.upcase }  #=> false
{}.value?([1, 2])  #=> false
1e20.value?(","," ")  #!> NoMethodError: undefined method `value?' for 1.0e+20:Float
[1.5, 2, 3].value?([1, 2])  #!> NoMethodError: undefined method `value?' for [1.5, 2, 3]:Array
{}.values { |x| x.nil? }  #=> []
{}.values { |x| x.to_s }  #=> []
{}.values { |a, b|(a.to_s <=> b.to_s) }  #=> []
{}.values { |x| x }  #=> []
{}.values { |a, b| [b, a] }  #=> []
{}.values  #=> []
("a".."e").values(8, "*")  #!> NoMethodError: undefined method `values' for "a".."e":Range
-7.values { |x| x.to_s }  #!> NoMethodError: undefined method `values' for -7:Integer
["x", "y", "x"].values_at(&:to_s)  #=> []
["b", "a", nil].values_at(1, 2)  #=> ["a", nil]
[].values_at { |x| x }  #=> []
[].values_at(-2)  #=> [nil]
["x", "y", "x"].values_at { |a, b| [b, a] }  #=> []
[].values_at(-3, 2)  #=> [nil, nil]
1.0..2.5.values_at  #!> NoMethodError: undefined method `values_at' for 2.5:Float
1e20.values_at("")  #!> NoMethodError: undefined method `values_at' for 1.0e+20:Float
0 == -2  #=> false
5 =~ (0..1)  #=> nil
0 >> 1  #=> 0
0 > 0  #=> false
5 =~ 1  #=> nil
0.between?(0, 3)  #=> true
0.key((0..1))  #!> NoMethodError: undefined method `key' for 0:Integer
5.between?(",")  #!> ArgumentError: wrong number of arguments (given 1, expected 2)
2.5.zero? { |x| x.nil? }  #=> false
-7.zero? { |a, b|(a.to_s <=> b.to_s) }  #=> false
2.5.zero? { |x| x.to_s }  #=> false
2.5.zero? { |x| x }  #=> false
2.5.zero? { |a, b|(a.to_s <=> b.to_s) }  #=> false
-0.0.zero? { |a, b| [b, a] }  #=> true
nil.zero?(nil)  #!> NoMethodError: undefined method `zero?' for nil:NilClass
"é√x".zero?({"a" => 9})  #!> NoMethodError: undefined method `zero?' for "é√x":String
(1..4).zip({"a" => 9})  #=> [[1, ["a", 9]], [2, nil], [3, nil], [4, nil]]
["x", "y", "x"].zip([1, 2])  #=> [["x", 1], ["y", 2], ["x", nil]]
["b", "a", nil].zip { |x| x.to_s }  #=> nil
("a".."e").zip([1, 2])  #=> [["a", 1], ["b", 2], ["c", nil], ["d", nil], ["e", nil]]
[].zip { |x| x }  #=> nil
[1.5, 2, 3].zip  #=> [[1.5], [2], [3]]
(1..4).zip("l") { |m| m.upcase }  #!> TypeError: wrong argument type String (must respond to :each)
[1.5, 2, 3].zip(:a)  #!> TypeError: wrong argument type Symbol (must respond to :each)
0.pow(1) { |x, y| x }  #=> 0
0.times { |a, b|(a.to_s <=> b.to_s) }  #=> 0
0.itself { |x| x.nil? }  #=> 0
0.nobits?(1) { |x, y| x }  #=> true
5.ceil { |x| x.nil? }  #=> 5
5.to_i { |x| x }  #=> 5
0.end_with? { |x| x }  #!> NoMethodError: undefined method `end_with?' for 0:Integer
5.rotate!(2) { |x| x }  #!> NoMethodError: undefined method `rotate!' for 5:Integer
true | /[aeiou]/  #=> true
nil | "l"  #=> true
true | 2.0  #=> true
true | true  #=> true
nil | "a"  #=> true
nil | ","  #=> true
("a".."e") | ","  #!> NoMethodError: undefined method `|' for "a".."e":Range
(1..4) | nil  #!> NoMethodError: undefined method `|' for 1..4:Range
