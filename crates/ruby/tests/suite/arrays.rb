[1, 2, 3].each { |x| x }  #=> [1, 2, 3]
[3, 1, 2].sort  #=> [1, 2, 3]
["b", "a", "C"].sort  #=> ["C", "a", "b"]
["b", "a", "C"].sort_by(&:downcase)  #=> ["a", "b", "C"]
[3, "a"].sort  #!> ArgumentError: comparison of Integer with String failed
["a", 3, 1].sort  #!> ArgumentError: comparison of String with 1 failed
[1, nil].sort  #!> ArgumentError: comparison of Integer with nil failed
[[2, "a"], [1, "b"]].sort  #=> [[1, "b"], [2, "a"]]
[[1, "b"], [1, "a"]].sort  #=> [[1, "a"], [1, "b"]]
[1, 2.5, 0].sort  #=> [0, 1, 2.5]
[3, 1, 2].sort { |a, b| b <=> a }  #=> [3, 2, 1]
[3, 1, 2].sort { |a, b| nil }  #!> ArgumentError: comparison of Integer with 2 failed
[3, 1].sort_by { |x| x.zero? ? nil : x.to_s }  #=> [1, 3]
[1, 2].sort_by { |x| x == 1 ? nil : 1 }  #!> ArgumentError: comparison of NilClass with 1 failed
[1, 2, 3].map { |x| x * 2 }  #=> [2, 4, 6]
[1, 2, 3].map(&:to_s)  #=> ["1", "2", "3"]
[1, 2, 3].collect.with_index { |x, i| x * i }  #=> [0, 2, 6]
[1, 2, 3].each_with_index.map { |x, i| [i, x] }  #=> [[0, 1], [1, 2], [2, 3]]
[1, 2, 3].each_with_index.to_a  #=> [[1, 0], [2, 1], [3, 2]]
[1, 2, 3].map.with_index(1).to_a  #=> [[1, 1], [2, 2], [3, 3]]
[1, 2, 3].each.with_index(1).map { |x, i| "#{i}:#{x}" }  #=> ["1:1", "2:2", "3:3"]
[1, 2, 3, 4].select(&:even?)  #=> [2, 4]
[1, 2, 3, 4].reject(&:even?)  #=> [1, 3]
[1, 2, 3, 4].partition { |x| x > 2 }  #=> [[3, 4], [1, 2]]
[1, 2, 3, 4].find { |x| x > 2 }  #=> 3
[1, 2, 3, 4].detect { |x| x > 5 }  #=> nil
[1, 2, 3].inject(:+)  #=> 6
[1, 2, 3].inject { |a, b| a * b }  #=> 6
[1, 2, 3].inject(10) { |a, b| a + b }  #=> 16
[1, 2, 3].reduce(1, :*)  #=> 6
[].inject(:+)  #=> nil
[1, 2, 3].sum  #=> 6
["a", "b"].sum("")  #=> "ab"
["a", "b"].sum  #!> TypeError: String can't be coerced into Integer
[1, 2, 3].join(",")  #=> "1,2,3"
[1, [2, [3, nil]], "x"].join("-")  #=> "1-2-3--x"
[1, 2].join  #=> "12"
[nil, 1].join(",")  #=> ",1"
[].join(",")  #=> ""
[1, 2].join(nil)  #=> "12"
[1, 2].join(3)  #!> TypeError: no implicit conversion of Integer into String
[1, [2, [3, [4]]]].flatten  #=> [1, 2, 3, 4]
[1, [2, [3, [4]]]].flatten(1)  #=> [1, 2, [3, [4]]]
[1, nil, 2, nil].compact  #=> [1, 2]
[1, 1, 2, "a", "a"].uniq  #=> [1, 2, "a"]
[1, 2, 3, 4].uniq { |x| x % 2 }  #=> [1, 2]
[1, 2, 3].include?(2)  #=> true
[1, 2, 3].member?(5)  #=> false
[1, 2, 3].first  #=> 1
[1, 2, 3].first(2)  #=> [1, 2]
[1, 2, 3].last  #=> 3
[1, 2, 3].last(2)  #=> [2, 3]
[].first  #=> nil
[].last  #=> nil
[].first(2)  #=> []
[1, 2, 3][0]  #=> 1
[1, 2, 3][-1]  #=> 3
[1, 2, 3][5]  #=> nil
[1, 2, 3][0, 2]  #=> [1, 2]
[1, 2, 3][1..]  #=> [2, 3]
[1, 2, 3][3, 1]  #=> []
[1, 2, 3][4, 1]  #=> nil
[1, 2, 3][-2..]  #=> [2, 3]
[1, 2, 3][0...-1]  #=> [1, 2]
[1, 2, 3].at(1)  #=> 2
[1, 2, 3].fetch(1)  #=> 2
[1, 2, 3].fetch(9)  #!> IndexError: index 9 outside of array bounds: -3...3
[1, 2, 3].fetch(9, "d")  #=> "d"
[1, 2, 3].fetch(-9) { |i| i }  #=> -9
[1, 2, 3].values_at(0, 2, 5)  #=> [1, 3, nil]
[[1, [2]]].dig(0, 1, 0)  #=> 2
[1].dig(0, 1)  #!> TypeError: Integer does not have #dig method
[1, 2, 3].length  #=> 3
[1, 2, 3].size  #=> 3
[1, 2, 3].count  #=> 3
[1, 2, 2].count(2)  #=> 2
[1, 2, 3].count(&:odd?)  #=> 2
[].empty?  #=> true
[nil].any?  #=> false
[nil, 1].any?  #=> true
[].any?  #=> false
[1, 2].all? { |x| x > 0 }  #=> true
[].all?  #=> true
[].none?  #=> true
[1, 2].one? { |x| x > 1 }  #=> true
[1, 2].any?(Integer)  #=> true
["a", 1].all?(String)  #=> false
[1, 2, 3].min  #=> 1
[1, 2, 3].max  #=> 3
["aa", "b"].max_by(&:length)  #=> "aa"
["aa", "b"].min_by(&:length)  #=> "b"
[1, 2, 3].minmax  #=> [1, 3]
[3, 1, 2].max(2)  #=> [3, 2]
[3, 1, 2].min(2)  #=> [1, 2]
[].max  #=> nil
[1, "a"].max  #!> ArgumentError: comparison of String with 1 failed
[1, 2, 3].reverse  #=> [3, 2, 1]
[1, 2, 3].rotate  #=> [2, 3, 1]
[1, 2, 3].rotate(-1)  #=> [3, 1, 2]
[1, 2, 3].take(2)  #=> [1, 2]
[1, 2, 3].drop(1)  #=> [2, 3]
[1, 2, 3].take_while { |x| x < 3 }  #=> [1, 2]
[1, 2, 3].drop_while { |x| x < 2 }  #=> [2, 3]
[1, 2, 3].each_slice(2).to_a  #=> [[1, 2], [3]]
[1, 2, 3].each_cons(2).to_a  #=> [[1, 2], [2, 3]]
[1, 2, 3].zip([4, 5], ["a"])  #=> [[1, 4, "a"], [2, 5, nil], [3, nil, nil]]
[[1, 2], [3, 4]].transpose  #=> [[1, 3], [2, 4]]
[[1, 2], [3]].transpose  #!> IndexError: element size differs (1 should be 2)
[[1, 2], [3, 4]].to_h  #=> {1=>2, 3=>4}
[1, 2].to_h { |x| [x, x * 2] }  #=> {1=>2, 2=>4}
[1].to_h  #!> TypeError: wrong element type Integer at 0 (expected array)
[[1, 2, 3]].to_h  #!> ArgumentError: wrong array length at 0 (expected 2, was 3)
[1, 2, 3].group_by(&:odd?)  #=> {true=>[1, 3], false=>[2]}
["a", "b", "a"].tally  #=> {"a"=>2, "b"=>1}
[1, 2, 3].each_with_object([]) { |x, memo| memo << x * 2 }  #=> [2, 4, 6]
[1, 2] + [3]  #=> [1, 2, 3]
[1, 2] + nil  #!> TypeError: no implicit conversion of nil into Array
[1, 2, 2] - [2]  #=> [1]
[1, 2] & [2, 3]  #=> [2]
[1, 2] | [2, 3]  #=> [1, 2, 3]
[1, 2] * 2  #=> [1, 2, 1, 2]
[1, 2] * ","  #=> "1,2"
[1, 2] <=> [1, 3]  #=> -1
[1, 2] <=> [1]  #=> 1
[1, 2] <=> 3  #=> nil
[1, 2] == [1, 2]  #=> true
[1, 2] == [1.0, 2]  #=> true
[1, 2].eql?([1.0, 2])  #=> false
[1, 2].product([3, 4])  #=> [[1, 3], [1, 4], [2, 3], [2, 4]]
[1, 2, 3].combination(2).to_a  #=> [[1, 2], [1, 3], [2, 3]]
[1, 2, 3].permutation(2).to_a  #=> [[1, 2], [1, 3], [2, 1], [2, 3], [3, 1], [3, 2]]
[1, 2, 3].index(2)  #=> 1
[1, 2, 3].find_index { |x| x > 1 }  #=> 1
[1, 2, 1].rindex(1)  #=> 2
[1, 2].push(3, 4)  #=> [1, 2, 3, 4]
[1, 2] << 3  #=> [1, 2, 3]
[1, 2].unshift(0)  #=> [0, 1, 2]
[1, 2].pop  #=> 2
[1, 2].shift  #=> 1
[].pop  #=> nil
[1, 2, 3].pop(2)  #=> [2, 3]
[1, 2].concat([3], [4])  #=> [1, 2, 3, 4]
[1, 2].insert(1, "x")  #=> [1, "x", 2]
[1, 2].insert(-2, "x")  #=> [1, "x", 2]
[1, 2, 3].delete(2)  #=> 2
[1, 2, 3].delete(9)  #=> nil
[1, 2, 3].delete_at(1)  #=> 2
[1, 2, 3].delete_if { |x| x > 1 }  #=> [1]
[1, 2, 3].reject! { |x| x > 5 }  #=> nil
[1, 2, 3].select! { |x| x > 1 }  #=> [2, 3]
[1, 2, 3].keep_if { |x| x > 1 }  #=> [2, 3]
[1, nil].compact!  #=> [1]
[1].compact!  #=> nil
[1, 1].uniq!  #=> [1]
[1].uniq!  #=> nil
[1, [2]].flatten!  #=> [1, 2]
[1].flatten!  #=> nil
[2, 1].sort!  #=> [1, 2]
[1, 2].map! { |x| x + 1 }  #=> [2, 3]
[1, 2].reverse!  #=> [2, 1]
[1, 2].clear  #=> []
[1, 2].replace([3])  #=> [3]
[1, 2, 3].slice(1, 2)  #=> [2, 3]
[1, 2, 3].slice!(0, 2)  #=> [1, 2]
[1, 2].fill(0)  #=> [0, 0]
[1, 2].cycle.first(3)  #=> [1, 2, 1]
[1, 2].cycle(2).to_a  #=> [1, 2, 1, 2]
[3, 5].each_index.to_a  #=> [0, 1]
[[1, :a], [2, :b]].assoc(2)  #=> [2, :b]
[1, 2, 3, 4].each_slice(2).map(&:sum)  #=> [3, 7]
[1, 2, 4, 5, 7].slice_when { |a, b| b != a + 1 }.to_a  #=> [[1, 2], [4, 5], [7]]
[1, 2, 4, 5, 7].chunk_while { |a, b| b == a + 1 }.to_a  #=> [[1, 2], [4, 5], [7]]
[1, 2, 3].filter_map { |x| x * 2 if x.odd? }  #=> [2, 6]
[[1, 2], [3]].flat_map { |x| x }  #=> [1, 2, 3]
[1, 2].flat_map { |x| [x, [x]] }  #=> [1, [1], 2, [2]]
["a", "b"].each_with_index.to_h  #=> {"a"=>0, "b"=>1}
[1, 2, 3].sum { |x| x * 2 }  #=> 12
[1, 2].to_a.equal?([1, 2])  #=> false
[1, "a", :b, nil, true, 1.5, [2], { a: 1 }].inspect  #=> "[1, \"a\", :b, nil, true, 1.5, [2], {:a=>1}]"
[1, "a", :b, nil].to_s  #=> "[1, \"a\", :b, nil]"
%w[x y].to_s  #=> "[\"x\", \"y\"]"
[1, 2].is_a?(Array)  #=> true
[1, 2].is_a?(Enumerable)  #=> true
[1, 2].kind_of?(Hash)  #=> false
[1, 2].nil?  #=> false
[1, 2].frozen?  #=> false
[1, 2].freeze << 3  #!> FrozenError: can't modify frozen Array: [1, 2]
[1, 2].respond_to?(:each)  #=> true
[1, 2].foo  #!> NoMethodError: undefined method `foo' for [1, 2]:Array
[1, 2].is_a(Array)  #!> NoMethodError: undefined method `is_a' for [1, 2]:Array
[1, 2].has_key?("a")  #!> NoMethodError: undefined method `has_key?' for [1, 2]:Array
[1, 2].keys  #!> NoMethodError: undefined method `keys' for [1, 2]:Array
[1, 2].first("x")  #!> TypeError: no implicit conversion of String into Integer
[1, 2]["a"]  #!> TypeError: no implicit conversion of String into Integer
["a", "b"].grep(/a/)  #=> ["a"]
["a", "b"].grep(/a/) { |x| x.upcase }  #=> ["A"]
["a", 1].grep_v(String)  #=> [1]
[1, 2, 3].grep(2..3)  #=> [2, 3]
[1, [2, 3]].each { |a, (b, c)| a }  #=> [1, [2, 3]]
[[1, [2, 3]]].map { |a, (b, c)| [a, b, c] }  #=> [[1, 2, 3]]
[[1, 2, 3]].map { |a, *b| [a, b] }  #=> [[1, [2, 3]]]
[[1, 2]].map { |a| a }  #=> [[1, 2]]
[[1, 2]].map { |a, | a }  #=> [1]
[[1, 2]].each_with_index.map { |(a, b), i| [a, b, i] }  #=> [[1, 2, 0]]
[[1, 2], [3, 4]].inject(0) { |sum, (a, b)| sum + a * b }  #=> 14
[1, 2].each_entry.to_a  #=> [1, 2]
[1, 2, 3].step  #!> NoMethodError: undefined method `step' for [1, 2, 3]:Array
[3, 1].min { |a, b| b <=> a }  #=> 3
["10", "9", "b"].sort  #=> ["10", "9", "b"]
["ntp10", "ntp2"].sort_by { |s| s[/\d+/].to_i }  #=> ["ntp2", "ntp10"]
[true, false].sort  #!> ArgumentError: comparison of TrueClass with false failed
[nil, nil].sort  #=> [nil, nil]
[{ "a" => 1 }].sort  #=> [{"a"=>1}]
[{ "a" => 1 }, { "a" => 0 }].sort  #!> ArgumentError: comparison of Hash with Hash failed
[{ "a" => 2 }, { "a" => 1 }].sort_by { |h| h["a"] }  #=> [{"a"=>1}, {"a"=>2}]
[1, 2, 3].reverse_each.to_a  #=> [3, 2, 1]
[1, 2, 3, 4, 5].each_slice(2).with_index.map { |s, i| [i, s] }  #=> [[0, [1, 2]], [1, [3, 4]], [2, [5]]]
[[3, "c"], [1, "a"]].sort_by(&:first).map(&:last)  #=> ["a", "c"]
[[3, "c"], [1, "a"]].min_by { |n, _| n }  #=> [1, "a"]
["a", nil, "b"].reject(&:nil?)  #=> ["a", "b"]
["a", ""].reject(&:empty?)  #=> ["a"]
["x"].each_with_index { |x, i| i }  #=> ["x"]
[1, 2, 3].intersect?([3])  #=> true
[[1, 2], [1, 3]].uniq(&:first)  #=> [[1, 2]]
a, b = [1, 2]  #=> [1, 2]
(a, *b = 1, 2, 3; b)  #=> [2, 3]
(a, (b, c), d = 1, [2, 3], 4; [a, b, c, d])  #=> [1, 2, 3, 4]
(*a, b = [1, 2, 3]; a)  #=> [1, 2]
(a = *nil; a)  #=> []
(a = *1..3; a)  #=> [1, 2, 3]
(a = 1, 2; a)  #=> [1, 2]
(h = { "a" => 1 }; h["b"] ||= 2; h)  #=> {"a"=>1, "b"=>2}
(x = nil; x ||= 5; x)  #=> 5
(x = 5; x &&= x + 1; x)  #=> 6
(x = [1]; x += [2]; x)  #=> [1, 2]
(x = "a"; x *= 3; x)  #=> "aaa"
(x = [1, 2, 3]; x[5] = 1; x)  #=> [1, 2, 3, nil, nil, 1]
(x = [1, 2, 3]; x[0, 2] = [9]; x)  #=> [9, 3]
(x = [1, 2, 3]; x[1..] = []; x)  #=> [1]
(x = [1, 2, 3]; x[0] += 5; x)  #=> [6, 2, 3]
(x = [1]; x << x; x.inspect)  #=> "[1, [...]]"
