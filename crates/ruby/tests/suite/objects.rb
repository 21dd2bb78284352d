nil.to_s  #=> ""
nil.to_a  #=> []
nil.to_i  #=> 0
nil.to_h  #=> {}
nil.inspect  #=> "nil"
nil.nil?  #=> true
nil & true  #=> false
nil | 1  #=> true
nil == false  #=> false
nil.empty?  #!> NoMethodError: undefined method `empty?' for nil:NilClass
nil.each { |x| x }  #!> NoMethodError: undefined method `each' for nil:NilClass
nil.foo  #!> NoMethodError: undefined method `foo' for nil:NilClass
nil[0]  #!> NoMethodError: undefined method `[]' for nil:NilClass
nil + 1  #!> NoMethodError: undefined method `+' for nil:NilClass
nil.join(",")  #!> NoMethodError: undefined method `join' for nil:NilClass
nil.length  #!> NoMethodError: undefined method `length' for nil:NilClass
nil =~ /x/  #=> nil
nil.class  #=> NilClass
nil.is_a?(NilClass)  #=> true
nil.respond_to?(:each)  #=> false
nil.dup  #=> nil
nil.frozen?  #=> true
!nil  #=> true
!!nil  #=> false
true & false  #=> false
true | false  #=> true
true ^ true  #=> false
true.to_s  #=> "true"
true.class  #=> TrueClass
true == "true"  #=> false
true.foo  #!> NoMethodError: undefined method `foo' for true:TrueClass
true.nil?  #=> false
true <=> false  #=> nil
:a <=> :b  #=> -1
:abc.length  #=> 3
:abc.upcase  #=> :ABC
:abc.inspect  #=> ":abc"
:"a b".inspect  #=> ":\"a b\""
:"foo=".inspect  #=> ":foo="
:foo?.inspect  #=> ":foo?"
:[]  #=> :[]
:+.to_proc.call(1, 2)  #=> 3
:a.to_proc.call("x")  #!> NoMethodError: undefined method `a' for "x":String
:abc.size  #=> 3
:abc[1]  #=> "b"
:abc == "abc"  #=> false
:abc.to_s == "abc"  #=> true
:abc.is_a?(Symbol)  #=> true
:abc =~ /b/  #=> 1
%i[b a].sort  #=> [:a, :b]
[:b, :a].map(&:to_s)  #=> ["b", "a"]
(1..5).to_a  #=> [1, 2, 3, 4, 5]
(1...5).to_a  #=> [1, 2, 3, 4]
(1..5).include?(3)  #=> true
(1..5) === 3  #=> true
(1..5).cover?(7)  #=> false
("a".."z").include?("m")  #=> true
("a".."z").cover?("mm")  #=> true
("a".."e").to_a.reverse  #=> ["e", "d", "c", "b", "a"]
(1..10).step(3).to_a  #=> [1, 4, 7, 10]
(1..10) % 4  #=> ((1..10).%(4))
(1.0..2.0).step(0.5).to_a  #=> [1.0, 1.5, 2.0]
(1..3).map { |x| x * 2 }  #=> [2, 4, 6]
(1..3).each_with_index.to_a  #=> [[1, 0], [2, 1], [3, 2]]
(1..3).inject(:*)  #=> 6
(1..3).reverse_each.to_a  #=> [3, 2, 1]
(1..3).to_s  #=> "1..3"
(1..3).inspect  #=> "1..3"
("a".."c").inspect  #=> "\"a\"..\"c\""
(1..)  #=> 1..
(1..).first(2)  #=> [1, 2]
(..5).include?(3)  #=> true
(1..3).min  #=> 1
(1..3).max  #=> 3
(1...3).max  #=> 2
(1..3).sum  #=> 6
(1..3).size  #=> 3
(1..3).count  #=> 3
(1..3).first  #=> 1
(1..3).last  #=> 3
(1..3).last(2)  #=> [2, 3]
(1..3).begin  #=> 1
(3..1).to_a  #=> []
(1..3) == (1..3)  #=> true
(1..nil).size  #=> Infinity
(1..3).each_slice(2).to_a  #=> [[1, 2], [3]]
(1.."a")  #!> ArgumentError: bad value for range
(nil..nil)  #=> nil..nil
/a/.source  #=> "a"
/a/i.inspect  #=> "/a/i"
/a/mix.to_s  #=> "(?mix:a)"
/a/.to_s  #=> "(?-mix:a)"
/a\/b/.inspect  #=> "/a\\/b/"
%r{a/b}.inspect  #=> "/a\\/b/"
%r{a/b}.source  #=> "a/b"
/a/ == /a/  #=> true
/a/ === "cat"  #=> true
/a/ === nil  #=> false
/a/ =~ "cat"  #=> 1
/a/.match("cat")  #=> #<MatchData "a">
/a/.match("dog")  #=> nil
/a/.match?("cat")  #=> true
/(?<x>a)/.names  #=> ["x"]
Regexp.escape("a.b*c")  #=> "a\\.b\\*c"
Regexp.new("a.c").match?("abc")  #=> true
Regexp.new("a.c", Regexp::IGNORECASE)  #=> /a.c/i
Regexp.new("(")  #!> RegexpError: end pattern with unmatched parenthesis: /(/
Regexp.union("a.b", /c/i)  #=> /a\.b|(?i-mx:c)/
/#{"a.b"}/  #=> /a.b/
/#{/x/i}y/  #=> /(?i-mx:x)y/
"abc".match(/b/).post_match  #=> "c"
"abc".match(/(b)(x)?/).to_a  #=> ["b", "b", nil]
"abc".match(/b/).begin(0)  #=> 1
"abc".match(/(?<n>b)/)["n"]  #=> "b"
"abc".match(/b/).inspect  #=> "#<MatchData \"b\">"
"abc".match(/(?<n>b)/).inspect  #=> "#<MatchData \"b\" n:\"b\">"
String.name  #=> "String"
String.class  #=> Class
String == String  #=> true
String === "x"  #=> true
Integer === 1  #=> true
Comparable === "x"  #=> true
Hash.ancestors.include?(Enumerable)  #=> true
StandardError.new("x").message  #=> "x"
StandardError.new.message  #=> "StandardError"
RuntimeError.new("a").inspect  #=> "#<RuntimeError: a>"
ArgumentError.superclass  #=> StandardError
raise "oops"  #!> RuntimeError: oops
raise ArgumentError, "bad"  #!> ArgumentError: bad
raise ArgumentError  #!> ArgumentError: ArgumentError
raise Puppet::ParseError, "wrong"  #!> Puppet::ParseError: wrong
fail "x"  #!> RuntimeError: x
raise "a" rescue "b"  #=> "b"
raise Exception, "x" rescue "b"  #!> Exception: x
(begin; raise "x"; rescue => e; e.message; end)  #=> "x"
(begin; raise "x"; rescue ArgumentError; 1; rescue RuntimeError, TypeError => e; e.class; end)  #=> RuntimeError
(begin; 1; rescue; 2; else; 3; ensure; 4; end)  #=> 3
(begin; nil.foo; rescue NoMethodError => e; e.message; end)  #=> "undefined method `foo' for nil:NilClass"
(begin; Integer("x"); rescue ArgumentError; "no"; end)  #=> "no"
(begin; {}.fetch("x"); rescue KeyError => e; e.message; end)  #=> "key not found: \"x\""
(begin; [].fetch(1); rescue IndexError => e; e.message; end)  #=> "index 1 outside of array bounds: 0...0"
(x = 0; begin; x += 1; raise "x" if x < 3; x; rescue; retry; end)  #=> 3
(begin; 1 / 0; rescue ZeroDivisionError => e; e.message; end)  #=> "divided by 0"
lambda { |x| x * 2 }.call(3)  #=> 6
->(x, y = 2) { x + y }.call(1)  #=> 3
->(x) { x }.(5)  #=> 5
->(x) { x }[5]  #=> 5
->(x) { x }.call  #!> ArgumentError: wrong number of arguments (given 0, expected 1)
->(x) { x }.arity  #=> 1
proc { |x, y| [x, y] }.call(1)  #=> [1, nil]
proc { |x, y| [x, y] }.call([1, 2])  #=> [1, 2]
proc { |x| x }.call(1, 2)  #=> 1
proc { |x, y = 5, *z| [x, y, z] }.call(1, 2, 3, 4)  #=> [1, 2, [3, 4]]
proc { |(a, b), c| [a, b, c] }.call([1, 2], 3)  #=> [1, 2, 3]
proc { |a, k: 1| [a, k] }.call(1, k: 2)  #=> [1, 2]
proc { |a = 5| a }.call  #=> 5
lambda(&:upcase).call("x")  #=> "X"
(def double(x); x * 2; end; double(4))  #=> 8
(def opt(a, b = 2, *c, d: 4, **e); [a, b, c, d, e]; end; opt(1, 3, 5, d: 6, f: 7))  #=> [1, 3, [5], 6, {:f=>7}]
(def y1; yield 1, 2; end; y1 { |a, b| a + b })  #=> 3
(def fact(n); n <= 1 ? 1 : n * fact(n - 1); end; fact(10))  #=> 3628800
(def early(x); return "neg" if x < 0; "pos"; end; [early(-1), early(1)])  #=> ["neg", "pos"]
(def blk(&b); b.call(3); end; blk { |x| x + 1 })  #=> 4
(def bg; block_given?; end; [bg, bg { 1 }])  #=> [false, true]
(def req(a, b:); end; req(1))  #!> ArgumentError: missing keyword: :b
(def one(a); end; one)  #!> ArgumentError: wrong number of arguments (given 0, expected 1)
(def kw(a:); a; end; kw(a: 1, b: 2))  #!> ArgumentError: unknown keyword: :b
[1, 2, 3].each { |x| break x * 10 if x == 2 }  #=> 20
[1, 2, 3].map { |x| next 0 if x == 2; x }  #=> [1, 0, 3]
(i = 0; while i < 3 do i += 1; end; i)  #=> 3
(i = 0; until i == 3 do i += 1; end; i)  #=> 3
(i = 0; begin; i += 1; end while i < 3; i)  #=> 3
(for i in 1..3 do i; end; i)  #=> 3
(x = []; for a, b in [[1, 2], [3, 4]] do x << a + b; end; x)  #=> [3, 7]
(i = 0; i += 1 while i < 5; i)  #=> 5
(i = 0; loop { i += 1; break if i > 3 }; i)  #=> 4
(i = 0; loop do i += 1; next if i < 3; break i * 2; end)  #=> 6
catch(:done) { 10.times { |i| throw :done, i if i == 3 }; :never }  #=> 3
throw :x  #!> UncaughtThrowError: uncaught throw :x
(x = 5; case x when 1..3 then "low" when 4..6 then "mid" else "high" end)  #=> "mid"
(case "abc" when /b/ then "re" end)  #=> "re"
(case "x" when String, Symbol then 1 end)  #=> 1
(case when false then 1 when true then 2 end)  #=> 2
(case 5 when *[4, 5] then "splat" end)  #=> "splat"
(case nil when nil then "nil" end)  #=> "nil"
(case "a" when "b" then 1 end)  #=> nil
(if false then 1 end)  #=> nil
(unless false then 1 else 2 end)  #=> 1
(x = 3; x > 2 ? "big" : "small")  #=> "big"
(1 if true)  #=> 1
(true and false)  #=> false
(nil or 5)  #=> 5
(not true)  #=> false
(1 && 2)  #=> 2
(nil || "d")  #=> "d"
(x = nil; x&.length)  #=> nil
("abc"&.length)  #=> 3
defined?(foo)  #=> nil
defined?(@name)  #=> "instance-variable"
defined?(@missing)  #=> nil
defined?(String)  #=> "constant"
defined?(puts)  #=> "method"
defined?("x".upcase)  #=> "method"
defined?("x".foo)  #=> nil
defined?(x = 1)  #=> "assignment"
defined?(nil)  #=> "nil"
defined?(yield)  #=> nil
(x = 1; defined?(x))  #=> "local-variable"
@name  #=> "web01"
@missing  #=> nil
@missing.nil?  #=> true
@nothing  #=> nil
(@new = 5; @new)  #=> 5
(@count ||= 0; @count += 1; @count)  #=> 1
@servers.sort  #=> ["ntp1", "ntp10", "ntp2"]
@mixed  #=> [3, "a", nil, true, 1.5, ["x", ["y"]], {"k"=>"v"}]
@options  #=> {"b"=>"2", "a"=>1, "c"=>nil, "d"=>[1, 2], "e"=>{"x"=>true}}
@hosts.map { |h| h["name"] }  #=> ["db", "app"]
@os["release"]["major"].to_i  #=> 12
@big  #=> 1.0e+20
@ratio  #=> 2.5
@text.split("\n")  #=> ["line one", "  line two\r", "last"]
@unicode  #=> "Grüße, Zoë ✓"
@quoted  #=> "it's a \"test\" \\ \#{x}"
scope["name"]  #=> "web01"
scope.lookupvar("port")  #=> 8080
scope.lookupvar("module::port")  #=> 42
scope["module::list"]  #=> ["a", "b"]
scope["nope"]  #!> ArgumentError: Undefined variable 'nope'; 
scope.lookupvar("nope::x")  #!> ArgumentError: Undefined variable 'nope::x'; 
scope.lookupvar(:name)  #!> Puppet::ParseError: Scope variable name :name is a Symbol, not a string
scope.include?("name")  #=> true
scope.include?("nothing")  #=> false
scope.exist?("nothing")  #=> true
scope.to_hash["port"]  #=> 8080
scope.to_hash.key?("nothing")  #=> false
scope.call_function("upcase", ["x"])  #=> "X"
scope.call_function("nope", ["x"])  #!> ArgumentError: Unknown function 'nope'
scope.call_function("fail", ["x"])  #!> Puppet::ParseError: x
scope.function_join([["a", "b"], "-"])  #=> "a-b"
has_variable?("name")  #=> true
has_variable?("nope")  #=> false
has_variable?(:port)  #=> true
classes  #=> ["settings", "main"]
all_tags  #=> ["a", "b"]
tags  #!> NotImplementedError: Call 'all_tags' instead.
hostname  #!> NameError: undefined local variable or method `hostname' for #<Puppet::Parser::TemplateWrapper>
hostname()  #!> NoMethodError: undefined method `hostname' for #<Puppet::Parser::TemplateWrapper>
self.to_s  #=> "template[inline]"
instance_variable_get("@name")  #=> "web01"
instance_variable_defined?("@name")  #=> true
instance_variables.include?(:@name)  #=> true
respond_to?(:scope)  #=> true
1.tap { |x| x }.then { |x| x + 1 }  #=> 2
"x".instance_of?(Object)  #=> false
"x".send(:upcase)  #=> "X"
"x".public_send("upcase")  #=> "X"
[1, 2].send(:+, [3])  #=> [1, 2, 3]
5.send(:+, 3)  #=> 8
Kernel.format("%d", 1)  #=> "1"
__LINE__  #=> 1
File.basename("/a/b.txt")  #=> "b.txt"
File.basename("/a/b.txt", ".txt")  #=> "b"
File.basename("/a/b.txt", ".*")  #=> "b"
File.dirname("/a/b.txt")  #=> "/a"
File.dirname("b.txt")  #=> "."
File.extname("/a/b.txt")  #=> ".txt"
File.join("a", "b", "/c")  #=> "a/b/c"
File.join("a/", "/b")  #=> "a/b"
Shellwords.escape("it's a test")  #=> "it\\'s\\ a\\ test"
"a b".shellescape  #=> "a\\ b"
"a 'b c' d".shellsplit  #=> ["a", "b c", "d"]
Shellwords.join(["a b", "c"])  #=> "a\\ b c"
Base64.strict_encode64("hello")  #=> "aGVsbG8="
Base64.encode64("a" * 50)  #=> "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFh\nYWFhYWE=\n"
Base64.decode64("aGVsbG8=")  #=> "hello"
Digest::MD5.hexdigest("a")  #=> "0cc175b9c0f1b6a831c399e269772661"
Digest::SHA256.hexdigest("a")  #=> "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
CGI.escape("a b&c/ü*~")  #=> "a+b%26c%2F%C3%BC%2A~"
CGI.escapeHTML("<a href='x'>")  #=> "&lt;a href=&#39;x&#39;&gt;"
ERB::Util.html_escape("<&>")  #=> "&lt;&amp;&gt;"
ERB::Util.url_encode("a b/ü~")  #=> "a%20b%2F%C3%BC~"
URI.encode_www_form_component("a b&c*~")  #=> "a+b%26c*%7E"
(require 'uri'; URI('https://repo.example.com/key.gpg').host)  #=> "repo.example.com"
URI('http://u:p@Repo.example.com:8080/a/b?c=d&e#f').then { |u| [u.scheme, u.userinfo, u.user, u.password, u.host, u.port, u.path, u.query, u.fragment, u.opaque] }  #=> ["http", "u:p", "u", "p", "Repo.example.com", 8080, "/a/b", "c=d&e", "f", nil]
URI('http://u@[::1]:80').then { |u| [u.user, u.password, u.host, u.hostname, u.port, u.path, u.request_uri, u.to_s, u.absolute?] }  #=> ["u", nil, "[::1]", "::1", 80, "", "/", "http://u@[::1]", true]
URI('https://h/a?b').then { |u| [u.port, u.request_uri, u.relative?] }  #=> [443, "/a?b", false]
URI('mailto:a@example.com').then { |u| [u.scheme, u.host, u.path, u.opaque, u.port] }  #=> ["mailto", nil, nil, "a@example.com", nil]
URI('file:///etc/x').then { |u| [u.host, u.path, u.port, u.to_s] }  #=> ["", "/etc/x", nil, "file:///etc/x"]
URI('a/b?c').then { |u| [u.scheme, u.host, u.path, u.query, u.relative?] }  #=> [nil, nil, "a/b", "c", true]
URI('other://h:1/x').class  #=> URI::Generic
"#{URI('http://a.example.com/x')}"  #=> "http://a.example.com/x"
URI('http://a.example.com')  #=> #<URI::HTTP http://a.example.com>
URI(URI('http://a.example.com/x')).path  #=> "/x"
URI('http://A.example.com') == URI.parse('http://a.example.com/')  #=> true
URI.parse('http://a.example.com:8140/x').port  #=> 8140
URI('http://a b')  #!> URI::InvalidURIError: bad URI(is not URI?): "http://a b"
URI.parse(nil)  #!> URI::InvalidURIError: bad URI(is not URI?): nil
URI(nil)  #!> ArgumentError: bad argument (expected URI object or URI string)
URI()  #!> ArgumentError: wrong number of arguments (given 0, expected 1)
URI('http://a').host(1)  #!> ArgumentError: wrong number of arguments (given 1, expected 0)
(URI.parse('http://[') rescue $!.class)  #=> URI::InvalidURIError
begin; URI.parse('a b'); rescue URI::InvalidURIError => e; e.message; end  #=> "bad URI(is not URI?): \"a b\""
pp(1)  #=> 1
IPAddr.new("10.0.0.1").to_s  #=> "10.0.0.1"
IPAddr.new("10.0.0.1/24").to_s  #=> "10.0.0.0"
IPAddr.new("10.0.0.1/24").inspect  #=> "#<IPAddr: IPv4:10.0.0.0/255.255.255.0>"
IPAddr.new("10.0.0.0/24").include?("10.0.0.77")  #=> true
IPAddr.new("10.0.0.0/24").to_range.first.to_s  #=> "10.0.0.0"
IPAddr.new("10.0.0.0/24").to_range.last.to_s  #=> "10.0.0.255"
IPAddr.new("10.0.0.1").ipv4?  #=> true
IPAddr.new("::1").ipv6?  #=> true
IPAddr.new("::1").inspect  #=> "#<IPAddr: IPv6:0000:0000:0000:0000:0000:0000:0000:0001/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff>"
IPAddr.new("2001:db8::1/64").to_s  #=> "2001:db8::"
IPAddr.new("10.0.0.1").mask(8).to_s  #=> "10.0.0.0"
IPAddr.new("10.0.0.1/255.255.0.0").to_s  #=> "10.0.0.0"
IPAddr.new("10.0.0.1").to_i  #=> 167772161
IPAddr.new("10.0.0.1").succ.to_s  #=> "10.0.0.2"
IPAddr.new("10.0.0.1") == "10.0.0.1"  #=> true
[IPAddr.new("10.0.0.2"), IPAddr.new("10.0.0.1")].sort.map(&:to_s)  #=> ["10.0.0.1", "10.0.0.2"]
(x = 10; [1, 2].each { |y| x += y }; x)  #=> 13
(x = 10; [1].each { |x| x = 5 }; x)  #=> 10
(x = 1; y = x; y += 1; [x, y])  #=> [1, 2]
(a = "x"; b = a; b << "y"; a)  #=> "xy"
(a = "x"; b = a.dup; b << "y"; a)  #=> "x"
(a = [1]; b = a; b << 2; a)  #=> [1, 2]
(counter = 0; add = lambda { counter += 1 }; 3.times { add.call }; counter)  #=> 3
(fs = (1..3).map { |i| lambda { i * 10 } }; fs.map(&:call))  #=> [10, 20, 30]
[1, 2].each_with_index { |x, i; y| y = x }  #=> [1, 2]
[3, 1].sum { _1 * 2 }  #=> 8
[[1, 2]].map { _1 + _2 }  #=> [3]
[[1, 2]].map { _1 }  #=> [[1, 2]]
begin; 5; end  #=> 5
(1; 2)  #=> 2
()  #=> nil
"a".frozen? || "b"  #=> "b"
JSON.pretty_generate({"a" => [1, {}], "b" => []}, space_before: " ")  #=> "{\n  \"a\" : [\n    1,\n    {\n    }\n  ],\n  \"b\" : [\n\n  ]\n}"
JSON.pretty_generate({"a" => [1, {"c" => nil}]}, indent: "\t", array_nl: "")  #=> "{\n\t\"a\": [\t\t1,\t\t{\n\t\t\t\"c\": null\n\t\t}\t]\n}"
JSON.generate({"a" => [1, 2], "b" => {"c" => 1}}, space: " ")  #=> "{\"a\": [1,2],\"b\": {\"c\": 1}}"
JSON.generate([], object_nl: "\n")  #=> "[]"
JSON.pretty_generate({"a" => {}}, {:object_nl => "\n\n"})  #=> "{\n\n  \"a\": {\n\n  }\n\n}"
JSON.pretty_generate([])  #=> "[\n\n]"
JSON.pretty_generate({})  #=> "{\n}"
