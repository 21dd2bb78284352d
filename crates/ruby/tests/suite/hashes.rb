{ "a" => 1, :b => [2], 3 => nil, nil => "x" }  #=> {"a"=>1, :b=>[2], 3=>nil, nil=>"x"}
{ a: 1, "b c": 2 }  #=> {:a=>1, :"b c"=>2}
{ "a" => 1 }["a"]  #=> 1
{ "a" => 1 }["b"]  #=> nil
{ "a" => 1 }[:a]  #=> nil
{ "a" => 1 }.fetch("a")  #=> 1
{ "a" => 1 }.fetch("b")  #!> KeyError: key not found: "b"
{ "a" => 1 }.fetch(:b)  #!> KeyError: key not found: :b
{ "a" => 1 }.fetch("b", 5)  #=> 5
{ "a" => 1 }.fetch("b") { |k| k * 2 }  #=> "bb"
{ "a" => 1 }.key?("a")  #=> true
{ "a" => 1 }.has_key?("x")  #=> false
{ "a" => 1 }.include?("a")  #=> true
{ "a" => 1 }.member?("a")  #=> true
{ "a" => 1 }.value?(1)  #=> true
{ "a" => 1 }.has_value?(2)  #=> false
{ "a" => 1 }.key(1)  #=> "a"
{ "b" => 1, "a" => 2 }.keys  #=> ["b", "a"]
{ "b" => 1, "a" => 2 }.values  #=> [1, 2]
{ "b" => 1, "a" => 2 }.sort  #=> [["a", 2], ["b", 1]]
{ "b" => 1, "a" => 2 }.sort.to_h  #=> {"a"=>2, "b"=>1}
{ "b" => 1, "a" => 2 }.sort_by { |k, v| v }  #=> [["b", 1], ["a", 2]]
{ "b" => 1, "a" => 2 }.sort_by { |k, v| k }  #=> [["a", 2], ["b", 1]]
{ "b" => 1, "a" => 2 }.min_by { |k, v| v }  #=> ["b", 1]
{ "b" => 1, "a" => 2 }.max_by { |_, v| v }  #=> ["a", 2]
{ "b" => 1, "a" => 2 }.map { |k, v| "#{k}=#{v}" }  #=> ["b=1", "a=2"]
{ "b" => 1, "a" => 2 }.map { |pair| pair }  #=> [["b", 1], ["a", 2]]
{ "b" => 1, "a" => 2 }.collect(&:first)  #=> ["b", "a"]
{ "b" => 1, "a" => 2 }.each { |k, v| k }  #=> {"b"=>1, "a"=>2}
{ "b" => 1 }.each { |pair| pair }  #=> {"b"=>1}
{ "b" => 1, "a" => 2 }.each_with_index.map { |(k, v), i| [k, v, i] }  #=> [["b", 1, 0], ["a", 2, 1]]
{ "b" => 1, "a" => 2 }.each_with_object([]) { |(k, v), memo| memo << k }  #=> ["b", "a"]
{ "b" => 1, "a" => 2 }.inject(0) { |sum, (k, v)| sum + v }  #=> 3
{ "b" => 1, "a" => 2 }.select { |k, v| v > 1 }  #=> {"a"=>2}
{ "b" => 1, "a" => 2 }.select { |k| k == "b" }  #=> {"b"=>1}
{ "b" => 1, "a" => 2 }.reject { |k, v| v > 1 }  #=> {"b"=>1}
{ "b" => 1, "a" => 2 }.filter_map { |k, v| k if v > 1 }  #=> ["a"]
{ "b" => 1, "a" => 2 }.find { |k, v| v == 2 }  #=> ["a", 2]
{ "b" => 1, "a" => 2 }.find_all { |k, v| v > 0 }  #=> [["b", 1], ["a", 2]]
{ "b" => 1, "a" => 2 }.partition { |k, v| v > 1 }  #=> [[["a", 2]], [["b", 1]]]
{ "b" => 1, "a" => 2 }.group_by { |k, v| v.odd? }  #=> {true=>[["b", 1]], false=>[["a", 2]]}
{ "b" => 1, "a" => 2 }.any? { |k, v| v > 1 }  #=> true
{ "b" => 1, "a" => 2 }.all? { |k, v| v > 1 }  #=> false
{ "b" => 1, "a" => 2 }.none? { |k, v| v > 5 }  #=> true
{ "b" => 1, "a" => 2 }.count { |k, v| v > 1 }  #=> 1
{ "b" => 1, "a" => 2 }.count  #=> 2
{ "b" => 1, "a" => 2 }.sum { |k, v| v }  #=> 3
{ "b" => 1, "a" => 2 }.to_a  #=> [["b", 1], ["a", 2]]
{ "b" => 1, "a" => 2 }.flat_map { |k, v| [k] * v }  #=> ["b", "a", "a"]
{ "b" => 1, "a" => 2 }.invert  #=> {1=>"b", 2=>"a"}
{ "b" => 1, "a" => 2 }.merge({ "b" => 5, "c" => 3 })  #=> {"b"=>5, "a"=>2, "c"=>3}
{ "b" => 1 }.merge({ "b" => 5 }) { |k, a, b| a + b }  #=> {"b"=>6}
{ "b" => 1 }.merge({ "c" => 5 }, { "d" => 6 })  #=> {"b"=>1, "c"=>5, "d"=>6}
{ "b" => 1 }.merge(nil)  #!> TypeError: no implicit conversion of nil into Hash
{ "b" => 1 }.update("b" => 2)  #=> {"b"=>2}
{ "b" => 1 }.merge!({ "x" => 2 })  #=> {"b"=>1, "x"=>2}
{ "b" => 1 }.store("c", 2)  #=> 2
{ "b" => 1, "c" => 2 }.delete("b")  #=> 1
{ "b" => 1 }.delete("x")  #=> nil
{ "b" => 1 }.delete("x") { |k| k }  #=> "x"
{ "b" => 1, "c" => 2 }.delete_if { |k, v| v > 1 }  #=> {"b"=>1}
{ "b" => 1, "c" => 2 }.keep_if { |k, v| v > 1 }  #=> {"c"=>2}
{ "b" => 1, "c" => 2 }.reject! { |k, v| v > 5 }  #=> nil
{ "b" => 1, "c" => 2 }.select! { |k, v| v > 1 }  #=> {"c"=>2}
{ "b" => nil, "c" => 2 }.compact  #=> {"c"=>2}
{ "b" => nil }.compact!  #=> {}
{ "b" => 1 }.compact!  #=> nil
{ "b" => 1, "c" => 2 }.slice("c", "x")  #=> {"c"=>2}
{ "b" => 1, "c" => 2 }.except("c")  #=> {"b"=>1}
{ "b" => 1 }.transform_values { |v| v + 1 }  #=> {"b"=>2}
{ "b" => 1 }.transform_values(&:to_s)  #=> {"b"=>"1"}
{ "b" => 1 }.transform_keys(&:to_sym)  #=> {:b=>1}
{ "b" => 1 }.transform_keys({ "b" => "c" })  #=> {"c"=>1}
{ "b" => 1 }.to_h { |k, v| [v, k] }  #=> {1=>"b"}
{ "b" => 1 }.to_h  #=> {"b"=>1}
{ "b" => { "c" => [1, 2] } }.dig("b", "c", 1)  #=> 2
{ "b" => 1 }.dig("b", "c")  #!> TypeError: Integer does not have #dig method
{ "b" => 1 }.values_at("b", "x")  #=> [1, nil]
{ "b" => 1 }.fetch_values("b", "x")  #!> KeyError: key not found: "x"
{ "b" => 1 }.length  #=> 1
{ "b" => 1 }.size  #=> 1
{}.empty?  #=> true
{}.any?  #=> false
{ "b" => 1 }.any?  #=> true
{ "b" => 1 }.first  #=> ["b", 1]
{ "b" => 1, "c" => 2 }.first(1)  #=> [["b", 1]]
{ "b" => 1 }.assoc("b")  #=> ["b", 1]
{ "b" => 1 }.shift  #=> ["b", 1]
{}.shift  #=> nil
{ "b" => 1 }.clear  #=> {}
{ "b" => 1 } == { "b" => 1.0 }  #=> true
{ "b" => 1 }.eql?({ "b" => 1.0 })  #=> false
{ "a" => 1, "b" => 2 } == { "b" => 2, "a" => 1 }  #=> true
{ 1 => "a" }[1.0]  #=> nil
{ 1.0 => "a" }[1.0]  #=> "a"
{ [1] => "a" }[[1]]  #=> "a"
{ "a" => 1 } <= { "a" => 1, "b" => 2 }  #=> true
{ "a" => 1 }.to_s  #=> "{\"a\"=>1}"
{ "a" => { "b" => nil } }.inspect  #=> "{\"a\"=>{\"b\"=>nil}}"
{}.inspect  #=> "{}"
{ "a" => 1 }.is_a?(Hash)  #=> true
{ "a" => 1 }.kind_of?(Array)  #=> false
{ "a" => 1 }.each_pair.to_a  #=> [["a", 1]]
{ "a" => 1 }.each_key.to_a  #=> ["a"]
{ "a" => 1 }.each_value.map { |v| v }  #=> [1]
{ "a" => 1 }.foo  #!> NoMethodError: undefined method `foo' for {"a"=>1}:Hash
{ "a" => 1 }.a  #!> NoMethodError: undefined method `a' for {"a"=>1}:Hash
{ "a" => 1 }.join(",")  #!> NoMethodError: undefined method `join' for {"a"=>1}:Hash
{ "a" => 1 }.map { |k, v| [k, v] }.flatten.join(",")  #=> "a,1"
{ "a" => 1 }.default  #=> nil
Hash.new(5)["x"]  #=> 5
Hash.new { |h, k| h[k] = k * 2 }["x"]  #=> "xx"
(h = Hash.new { |hash, k| hash[k] = [] }; h["a"] << 1; h)  #=> {"a"=>[1]}
(h = Hash.new(0); h["a"] += 1; h)  #=> {"a"=>1}
(h = {}; h["x"] = 1; h[:y] = 2; h)  #=> {"x"=>1, :y=>2}
(h = { "a" => 1 }; h.each { |k, v| h["b"] = 2 }; h)  #!> RuntimeError: can't add a new key into hash during iteration
(h = { "a" => 1, "b" => 2 }; h.each { |k, v| h.delete(k) }; h)  #=> {}
(h = { "a" => 1 }; h.default = 7; h["x"])  #=> 7
(k = "a"; h = { k => 1 }; k << "b"; h)  #=> {"a"=>1}
{ "z" => 1, **{ "y" => 2 } }  #=> {"z"=>1, "y"=>2}
{ a: 1, **{ b: 2 } }  #=> {:a=>1, :b=>2}
{ "b" => 2, "a" => 1 }.sort.map { |k, v| "#{k}#{v}" }.join  #=> "a1b2"
{ "b" => [2, 1] }.map { |k, v| v.sort }  #=> [[1, 2]]
{ "b" => 1, "a" => 1 }.sort_by { |k, v| [v, k] }  #=> [["a", 1], ["b", 1]]
{ "b" => 1, "a" => nil }.sort_by { |k, v| v }  #!> ArgumentError: comparison of Integer with nil failed
{ "b" => 1, :a => 2 }.sort  #!> ArgumentError: comparison of Array with Array failed
{ "b" => 1, :a => 2 }.keys.sort  #!> ArgumentError: comparison of String with :a failed
{ 2 => "a", 10 => "b" }.keys.sort  #=> [2, 10]
{ 2 => "a", "10" => "b" }.keys.sort  #!> ArgumentError: comparison of Integer with String failed
{ "x" => 1 }.each_slice(1).to_a  #=> [[["x", 1]]]
{ "x" => 1 }.zip([1])  #=> [[["x", 1], 1]]
{ "x" => 1 }.reduce([]) { |a, b| a + b }  #=> ["x", 1]
{ "x" => 1 }.sort { |a, b| a[1] <=> b[1] }  #=> [["x", 1]]
{ "a" => 1, "b" => 2 }.min_by(1) { |k, v| v }  #=> [["a", 1]]
{ "a" => 1 }.uniq  #=> [["a", 1]]
{ "a" => 1 }.each_with_index.to_a  #=> [[["a", 1], 0]]
{ "a" => 1 }.reverse_each.to_a  #=> [["a", 1]]
{ "a" => 1 }.to_a.flatten  #=> ["a", 1]
{ "a" => 1 }.frozen?  #=> false
{ "a" => 1 }.nil?  #=> false
{ "a" => 1 }.to_json  #=> "{\"a\":1}"
[1, "a", nil, true, 1.5, { "x" => [] }].to_json  #=> "[1,\"a\",null,true,1.5,{\"x\":[]}]"
JSON.generate({ "a" => [1, { "b" => nil }] })  #=> "{\"a\":[1,{\"b\":null}]}"
JSON.pretty_generate({ "a" => [1, { "b" => nil }], "c" => {}, "d" => [] })  #=> "{\n  \"a\": [\n    1,\n    {\n      \"b\": null\n    }\n  ],\n  \"c\": {\n  },\n  \"d\": [\n\n  ]\n}"
JSON.parse('{"a": [1, 2.5, null, "x"]}')  #=> {"a"=>[1, 2.5, nil, "x"]}
JSON.parse('{"a": 1}', symbolize_names: true)  #=> {:a=>1}
"a\"b\n\u00e9\u0001/".to_json  #=> "\"a\\\"b\\né\\u0001/\""
:sym.to_json  #=> "\"sym\""
{ a: :b }.to_json  #=> "{\"a\":\"b\"}"
nil.to_json  #=> "null"
{ "a" => 1, "b" => [1, "x"], "c" => { "d" => nil }, "e" => "yes", "f" => "1", "g" => "a: b", "h" => true }.to_yaml  #=> "---\na: 1\nb:\n- 1\n- x\nc:\n  d:\ne: 'yes'\nf: '1'\ng: 'a: b'\nh: true\n"
[].to_yaml  #=> "--- []\n"
{}.to_yaml  #=> "--- {}\n"
"x".to_yaml  #=> "--- x\n"
{ "a" => "multi\nline\n", "b" => "", "c" => "  x", "d" => 1.5, "e" => "#c", "f" => "null" }.to_yaml  #=> "---\na: |\n  multi\n  line\nb: ''\nc: \"  x\"\nd: 1.5\ne: \"#c\"\nf: 'null'\n"
YAML.dump({ "a" => [{ "b" => 1, "c" => 2 }] })  #=> "---\na:\n- b: 1\n  c: 2\n"
YAML.load("a: [1, 2]\nb: {c: yes}")  #=> {"a"=>[1, 2], "b"=>{"c"=>true}}
Set.new([1, 2, 2])  #=> #<Set: {1, 2}>
Set.new([1]).include?(1)  #=> true
[1, 2, 2].to_set.to_a  #=> [1, 2]
[3, 1].to_set.sort  #=> [1, 3]
Set.new([1, 2]) | [3]  #=> #<Set: {1, 2, 3}>
Set.new([1, 2]) & [2]  #=> #<Set: {2}>
Set[1, 2].subset?(Set[1, 2, 3])  #=> true
