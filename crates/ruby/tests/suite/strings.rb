"abc".upcase  #=> "ABC"
"ÄÖ".downcase  #=> "äö"
"hello world".capitalize  #=> "Hello world"
"Hello".swapcase  #=> "hELLO"
"ß".upcase  #=> "SS"
"a,b,,c,,".split(",")  #=> ["a", "b", "", "c"]
"a,b,,c,,".split(",", -1)  #=> ["a", "b", "", "c", "", ""]
"a,b,,c,,".split(",", 2)  #=> ["a", "b,,c,,"]
" a  b c ".split  #=> ["a", "b", "c"]
" a  b c ".split(" ")  #=> ["a", "b", "c"]
" a  b c ".split(" ", 2)  #=> ["a", "b c "]
" a  b c ".split(" ", -1)  #=> ["a", "b", "c", ""]
"abc".split("")  #=> ["a", "b", "c"]
"abc".split("", 2)  #=> ["a", "bc"]
"abc".split(//)  #=> ["a", "b", "c"]
"a1b22c".split(/\d/)  #=> ["a", "b", "", "c"]
"a1b22c".split(/(\d)/)  #=> ["a", "1", "b", "2", "", "2", "c"]
"a1b22c".split(/\d*/)  #=> ["a", "b", "c"]
"".split(",")  #=> []
"".split(/,/)  #=> []
",".split(",")  #=> []
",a".split(/,/)  #=> ["", "a"]
"a b  c".split(/ /)  #=> ["a", "b", "", "c"]
"aXbXc".split("X", 5)  #=> ["a", "b", "c"]
"abc".split(/b/, -1)  #=> ["a", "c"]
"abcabc".split(/(?=b)/)  #=> ["a", "bca", "bc"]
"héllo".split(//)  #=> ["h", "é", "l", "l", "o"]
" a b".split(/\s*/)  #=> ["", "a", "b"]
"hi there".split(/(t)(h)/)  #=> ["hi ", "t", "h", "ere"]
"a".split(/x*/)  #=> ["a"]
"ab".split(/(x)?/)  #=> ["a", "b"]
"foo bar baz".gsub("ba", "BA")  #=> "foo BAr BAz"
"foo bar baz".gsub(/ba(.)/, '<\1>')  #=> "foo <r> <z>"
"foo".gsub(/o/) { |m| m.upcase }  #=> "fOO"
"foo".gsub(/o/, "o" => "0")  #=> "f00"
"foo".gsub(/x*/, "-")  #=> "-f-o-o-"
"héé".gsub(/é/, "e")  #=> "hee"
"foo.bar".gsub(".", "-")  #=> "foo-bar"
"foo".sub("o", "0")  #=> "f0o"
"foo".sub(/(?<x>o)/, '[\k<x>]')  #=> "f[o]o"
"path/to".gsub("/", "\\/")  #=> "path\\/to"
"a'b".gsub(/'/) { %q(\') }  #=> "a\\'b"
"a'b".gsub("'", "\\\\'")  #=> "a\\'b"
"hello".gsub(/l/, '\0\0')  #=> "hellllo"
"hello".gsub(/(?<first>l)/, '\k<first>!')  #=> "hel!l!o"
"hello"[1]  #=> "e"
"hello"[-1]  #=> "o"
"hello"[1, 3]  #=> "ell"
"hello"[1..3]  #=> "ell"
"hello"[1...3]  #=> "el"
"hello"[1..]  #=> "ello"
"hello"[..2]  #=> "hel"
"hello"[10]  #=> nil
"hello"[5]  #=> nil
"hello"[5, 1]  #=> ""
"hello"[6, 1]  #=> nil
"hello"["ell"]  #=> "ell"
"hello"["xyz"]  #=> nil
"hello"[/l+/]  #=> "ll"
"hello"[/(h)(e)/, 2]  #=> "e"
"hello"[2..1]  #=> ""
"hello"[-3..]  #=> "llo"
"hello".slice(0, 2)  #=> "he"
"grüße"[2, 2]  #=> "üß"
"hello".index("l")  #=> 2
"hello".index("l", 3)  #=> 3
"hello".index(/l/, -2)  #=> 3
"hello".rindex("l")  #=> 3
"hello".rindex("l", 2)  #=> 2
"hello".index("x")  #=> nil
"grüße".index("e")  #=> 4
"hello".include?("ell")  #=> true
"hello".start_with?("he", "x")  #=> true
"hello".start_with?(/h./)  #=> true
"hello".end_with?("lo")  #=> true
"  x ".strip  #=> "x"
"  x ".lstrip  #=> "x "
"  x ".rstrip  #=> "  x"
"\t\n x\0".strip  #=> "x"
"x\n".chomp  #=> "x"
"x\r\n".chomp  #=> "x"
"x\n\n".chomp  #=> "x\n"
"xyz".chomp("yz")  #=> "x"
"x\n\n".chomp("")  #=> "x"
"xy".chop  #=> "x"
"x\r\n".chop  #=> "x"
"".chop  #=> ""
"abc".ljust(6) + "|"  #=> "abc   |"
"abc".rjust(6, "12")  #=> "121abc"
"abc".center(8, "*")  #=> "**abc***"
"abc".center(7)  #=> "  abc  "
"abc".ljust(2)  #=> "abc"
"abc" * 3  #=> "abcabcabc"
"abc" + "def"  #=> "abcdef"
"abc" + 1  #!> TypeError: no implicit conversion of Integer into String
"abc" + nil  #!> TypeError: no implicit conversion of nil into String
1 + "abc"  #!> TypeError: String can't be coerced into Integer
"abc" <=> "abd"  #=> -1
"abc" == :abc  #=> false
"abc".eql?("abc")  #=> true
"abc".equal?("abc")  #=> false
"abc".casecmp("ABC")  #=> 0
"abc".casecmp?("ABC")  #=> true
"a".ord  #=> 97
97.chr  #=> "a"
"abc".reverse  #=> "cba"
"abc".length  #=> 3
"grüße".size  #=> 5
"grüße".bytesize  #=> 7
"abc".to_sym  #=> :abc
"a b".to_sym  #=> :"a b"
"12abc".to_i  #=> 12
"abc".to_i  #=> 0
" 12".to_i  #=> 12
"-12".to_i  #=> -12
"1_000".to_i  #=> 1000
"0x1A".hex  #=> 26
"1A".hex  #=> 26
"777".oct  #=> 511
"ff".to_i(16)  #=> 255
"z".to_i(36)  #=> 35
"1.5abc".to_f  #=> 1.5
"abc".to_f  #=> 0.0
"1e3".to_f  #=> 1000.0
".5".to_f  #=> 0.5
"1_0.5".to_f  #=> 10.5
"1,5".to_f  #=> 1.0
"az".succ  #=> "ba"
"zz".succ  #=> "aaa"
"a9".succ  #=> "b0"
"Zz".succ  #=> "AAa"
"1.9".succ  #=> "2.0"
"".succ  #=> ""
"a-9".succ  #=> "a-10"
"<<koala>>".succ  #=> "<<koalb>>"
"abc".chars  #=> ["a", "b", "c"]
"abc".bytes  #=> [97, 98, 99]
"a\nb\nc".lines  #=> ["a\n", "b\n", "c"]
"a\nb\nc".lines.map(&:chomp)  #=> ["a", "b", "c"]
"a\r\nb".lines(chomp: true)  #=> ["a", "b"]
"a\nb".each_line.to_a  #=> ["a\n", "b"]
"abc".each_char.to_a  #=> ["a", "b", "c"]
"hello".tr("el", "ip")  #=> "hippo"
"hello".tr("a-y", "b-z")  #=> "ifmmp"
"hello".tr("^l", "*")  #=> "**ll*"
"hello".tr("l", "")  #=> "heo"
"hello".delete("l")  #=> "heo"
"hello".delete("l", "lo")  #=> "heo"
"hello".delete("^l")  #=> "ll"
"aaabbb".squeeze  #=> "ab"
"aaabbb".squeeze("a")  #=> "abbb"
"hello".count("lo")  #=> 3
"hello".count("a-z", "^l")  #=> 3
"hello".tr_s("l", "r")  #=> "hero"
"a-b_c".tr("-_", "  ")  #=> "a b c"
"abc".insert(1, "X")  #=> "aXbc"
"abc".insert(-1, "X")  #=> "abcX"
"abc".insert(-2, "X")  #=> "abXc"
"abc".insert(9, "X")  #!> IndexError: index 9 out of string
"abc".prepend("x")  #=> "xabc"
"abc".concat("d", "e")  #=> "abcde"
"abc".replace("x")  #=> "x"
"foobar".delete_prefix("foo")  #=> "bar"
"foobar".delete_suffix("bar")  #=> "foo"
"hello".partition("l")  #=> ["he", "l", "lo"]
"hello".rpartition("l")  #=> ["hel", "l", "o"]
"hello".partition("x")  #=> ["hello", "", ""]
"hello".rpartition("x")  #=> ["", "", "hello"]
"hello".partition(/l+/)  #=> ["he", "ll", "o"]
"hello".rpartition(/l/)  #=> ["hel", "l", "o"]
"foo bar".scan(/o/)  #=> ["o", "o"]
"k1=v1;k2=v2".scan(/(\w+)=(\w+)/)  #=> [["k1", "v1"], ["k2", "v2"]]
"abc".scan(/x/)  #=> []
"hello".scan("l")  #=> ["l", "l"]
"foo" =~ /o/  #=> 1
"foo" =~ /x/  #=> nil
"foo" !~ /x/  #=> true
"foo".match(/(o)(o)/)  #=> #<MatchData "oo" 1:"o" 2:"o">
"foo".match(/(o)(o)/)[1]  #=> "o"
"foo".match(/x/)  #=> nil
"foo".match?(/o/)  #=> true
"foo".match("o").pre_match  #=> "f"
"2024-01-02".match(/(?<y>\d+)-(?<m>\d+)/)[:y]  #=> "2024"
"2024-01-02".match(/(?<y>\d+)-(?<m>\d+)/).named_captures  #=> {"y"=>"2024", "m"=>"01"}
"2024-01-02".match(/(\d+)-(\d+)/).captures  #=> ["2024", "01"]
"%s and %d" % ["a", 5]  #=> "a and 5"
"%05.2f|%-5s|%+d|%x" % [3.14159, "ab", 5, 255]  #=> "03.14|ab   |+5|ff"
"%s" % nil  #=> ""
"%s" % [[1, 2]]  #=> "[1, 2]"
"%p %p" % ["a", nil]  #=> "\"a\" nil"
"%{a} %<b>03d" % { a: 1, b: 2 }  #=> "1 002"
"%%" % []  #=> "%"
"%d" % "x"  #!> ArgumentError: invalid value for Integer(): "x"
"%d" % nil  #!> TypeError: can't convert nil into Integer
"%s %s" % ["a"]  #!> ArgumentError: too few arguments
"%c" % 65  #=> "A"
"%08b" % 10  #=> "00001010"
"%e" % 12345.678  #=> "1.234568e+04"
"%g" % 1e10  #=> "1e+10"
"%s" % :sym  #=> "sym"
"%-10s|" % "grü"  #=> "grü       |"
format("%03d", 7)  #=> "007"
sprintf("%s", "x")  #=> "x"
"abc".between?("abb", "abd")  #=> true
"b".clamp("c", "d")  #=> "c"
"abc".frozen?  #=> false
:abc.to_s  #=> "abc"
"abc".inspect  #=> "\"abc\""
"a\tb\n\e\0\x01\x7f".inspect  #=> "\"a\\tb\\n\\e\\u0000\\u0001\\u007F\""
"\u00e9\u200b\u{1F600}".inspect  #=> "\"é​😀\""
'#{x} #$x #@x # x'.inspect  #=> "\"\\\#{x} \\\#$x \\\#@x # x\""
"a\\b\"c".inspect  #=> "\"a\\\\b\\\"c\""
"abc".empty?  #=> false
"".empty?  #=> true
"a".upto("e").to_a  #=> ["a", "b", "c", "d", "e"]
("a".."e").to_a  #=> ["a", "b", "c", "d", "e"]
("aa".."ad").to_a  #=> ["aa", "ab", "ac", "ad"]
("08".."11").to_a  #=> ["08", "09", "10", "11"]
"abc".each_char.with_index.map { |c, i| c * i }  #=> ["", "b", "cc"]
"Hello World".each_char.select { |c| c =~ /[A-Z]/ }  #=> ["H", "W"]
"abc".sum  #=> 294
"abc".force_encoding("UTF-8")  #=> "abc"
"abc".encode("UTF-8")  #=> "abc"
"abc".valid_encoding?  #=> true
"abc".freeze.upcase!  #!> FrozenError: can't modify frozen String: "abc"
"abc".upcase!  #=> "ABC"
"ABC".upcase!  #=> nil
"abc" "def"  #=> "abcdef"
"abc".dup << "d"  #=> "abcd"
"a" << 98  #=> "ab"
"x".nil?  #=> false
"abc".to_s.equal?("abc")  #=> false
"abc".respond_to?(:upcase)  #=> true
"abc".respond_to?(:foo)  #=> false
"abc".foo  #!> NoMethodError: undefined method `foo' for "abc":String
"abc".is_a?(Comparable)  #=> true
"abc".instance_of?(String)  #=> true
"abc".class  #=> String
"abc".class.name  #=> "String"
"snake_case_word".split("_").map(&:capitalize).join  #=> "SnakeCaseWord"
"CamelCase".gsub(/([A-Z])/) { "_" + $1.downcase }  #=> "_camel_case"
"a.b.c".split(".").last  #=> "c"
"10.0.0.1".split(".").map(&:to_i)  #=> [10, 0, 0, 1]
"long text here"[0..3]  #=> "long"
"abc"[0] = "x"  #=> "x"
"x=1".split("=", 2)  #=> ["x", "1"]
"abc".slice!(0)  #=> "a"
"title case".split.map(&:capitalize).join(" ")  #=> "Title Case"
"abc".each_byte.to_a  #=> [97, 98, 99]
"word word".sub!("word", "x")  #=> "x word"
"word".sub!("y", "x")  #=> nil
"%s" % true  #=> "true"
"%5s%%" % 12  #=> "   12%"
"abc".end_with?("")  #=> true
"ab\ncd" =~ /^cd$/  #=> 3
"ab\ncd" =~ /\Acd/  #=> nil
"foo\nbar".match(/o.b/m).to_s  #=> "o\nb"
"FOO" =~ /foo/i  #=> 0
"x y" =~ /x\ y/x  #=> 0
$~  #=> nil
"foo".tap { |s| s =~ /(o)/ }.then { $1 }  #=> "o"
"abc".ljust(5, "")  #!> ArgumentError: zero width padding
"ab".to_str  #=> "ab"
"3 apples".to_i + 1  #=> 4
"0b11".to_i(0)  #=> 3
"0b11".to_i(2)  #=> 3
"Straße".casecmp?("STRASSE")  #=> true
"a".."c"  #=> "a".."c"
"a%b" % []  #!> ArgumentError: too few arguments
"%z" % 1  #!> ArgumentError: malformed format string - %z
"\\".inspect  #=> "\"\\\\\""
'\n'.length  #=> 2
?a  #=> "a"
"a#{1 + 1}b"  #=> "a2b"
"#{nil}|#{[1, nil]}|#{{ 'a' => 1 }}|#{:x}|#{1.0}"  #=> "|[1, nil]|{\"a\"=>1}|x|1.0"
%w[a b c]  #=> ["a", "b", "c"]
%q(it's)  #=> "it's"
%Q("#{1}")  #=> "\"1\""
%i[a b]  #=> [:a, :b]
"abc".then { |s| s + "d" }  #=> "abcd"
