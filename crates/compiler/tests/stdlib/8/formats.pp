## to_json
to_json({'a' => 1, 'b' => [true, undef, 1.5, "x\"y\n\u{1}ü/\u{2028}"]})
#= "{\"a\":1,\"b\":[true,null,1.5,\"x\\\"y\\n\\u0001ü/ \"]}"

to_json([])
#= "[]"

to_json('x')
#= "\"x\""

to_json(undef)
#= "null"

to_json(1)
#= "1"

to_json(default)
#= "\"default\""

to_json({1 => 2, undef => 3})
#= "{\"1\":2,\"\":3}"

to_json(/x/)
#= "\"(?-mix:x)\""

to_json(Sensitive('x'))
#= "\"Sensitive [value redacted]\""

to_json(Integer)
#= "\"Integer\""

to_json(1.0e20)
#= "1.0e+20"

to_json(0.1)
#= "0.1"

to_json(File['/x'])
#= "\"File['/x']\""

to_json([Timestamp(0)])
#= "[\"1970-01-01T00:00:00.000000000 UTC\"]"

to_json()
#! Evaluation Error: Error while evaluating a Function Call, 'to_json' expects 1 argument, got none

to_json({'a' => {}, 'b' => []})
#= "{\"a\":{},\"b\":[]}"

to_json({['a'] => 1, {'x' => 1} => 2})
#= "{\"[\\\"a\\\"]\":1,\"{\\\"x\\\"=>1}\":2}"

## to_json_pretty
to_json_pretty({'a' => 1, 'b' => [true, undef, {'x' => []}], 'c' => {}})
#= "{\n  \"a\": 1,\n  \"b\": [\n    true,\n    null,\n    {\n      \"x\": [\n\n      ]\n    }\n  ],\n  \"c\": {\n  }\n}\n"

to_json_pretty([])
#= "[\n\n]\n"

to_json_pretty({})
#= "{\n}\n"

to_json_pretty([1, [2, [3]]])
#= "[\n  1,\n  [\n    2,\n    [\n      3\n    ]\n  ]\n]\n"

to_json_pretty('x')
#! Evaluation Error: Error while evaluating a Function Call, 'to_json_pretty' parameter 'data' expects a value of type Hash or Array, got String

to_json_pretty({'a' => undef, 'b' => 1}, true)
#= "{\n  \"b\": 1\n}\n"

to_json_pretty([undef, 1], true)
#= "[\n  1\n]\n"

to_json_pretty({'a' => {'b' => undef}}, true)
#= "{\n  \"a\": {\n    \"b\": null\n  }\n}\n"

to_json_pretty({'a' => undef}, undef)
#= "{\n  \"a\": null\n}\n"

to_json_pretty({'a' => [1, 2]}, false, {'indent' => '    ', 'space' => ''})
#= "{\n    \"a\":[\n        1,\n        2\n    ]\n}\n"

to_json_pretty({'a' => [1, 2]}, false, {'indent' => "\t", 'space_before' => ' '})
#= "{\n\t\"a\" : [\n\t\t1,\n\t\t2\n\t]\n}\n"

to_json_pretty({'a' => [1, 2]}, false, {'object_nl' => '', 'array_nl' => ''})
#= "{  \"a\": [    1,    2  ]}\n"

to_json_pretty({'a' => [1, 2]}, false, {'array_nl' => "\n\n"})
#= "{\n  \"a\": [\n\n    1,\n\n    2\n\n  ]\n}\n"

to_json_pretty({'a' => [1, 2]}, false, {'max_nesting' => 1})
#! Evaluation Error: Error while evaluating a Function Call, nesting of 1 is too deep

to_json_pretty({'a' => [1, 2]}, false, {'max_nesting' => 2})
#= "{\n  \"a\": [\n    1,\n    2\n  ]\n}\n"

to_json_pretty({'a' => [1, 2]}, false, {'max_nesting' => -1})
#= "{\n  \"a\": [\n    1,\n    2\n  ]\n}\n"

to_json_pretty({'a' => [1, 2]}, false, {'max_nesting' => -2})
#! Evaluation Error: Error while evaluating a Function Call, 'to_json_pretty' parameter 'opts' entry 'max_nesting' expects a value of type Undef or Integer[-1], got Integer[-2, -2]

to_json_pretty({'a' => [1, 2]}, false, {'nosuch' => 1})
#! Evaluation Error: Error while evaluating a Function Call, 'to_json_pretty' parameter 'opts' unrecognized key 'nosuch'

to_json_pretty({'a' => [1, 2]}, false, {})
#= "{\n  \"a\": [\n    1,\n    2\n  ]\n}\n"

to_json_pretty({'a' => [1, 2]}, false, {'indent' => undef})
#= "{\n  \"a\": [\n    1,\n    2\n  ]\n}\n"

to_json_pretty({'a' => 1}, 'x')
#! Evaluation Error: Error while evaluating a Function Call, 'to_json_pretty' parameter 'skip_undef' expects a value of type Undef or Boolean, got String

to_json_pretty({'a' => 1}, false, {'allow_nan' => true})
#= "{\n  \"a\": 1\n}\n"

to_json_pretty({1 => /x/, 'b' => Sensitive('x')})
#= "{\n  \"1\": \"(?-mix:x)\",\n  \"b\": \"Sensitive [value redacted]\"\n}\n"

## to_yaml
to_yaml({'a' => 1, 'b' => [true, undef, 1.5, 'x'], 'c' => {'d' => {}}})
#= "---\na: 1\nb:\n- true\n-\n- 1.5\n- x\nc:\n  d: {}\n"

to_yaml([])
#= "--- []\n"

to_yaml('x')
#= "--- x\n"

to_yaml(undef)
#= "---\n"

to_yaml(1)
#= "--- 1\n"

to_yaml(1.5)
#= "--- 1.5\n"

to_yaml("a\nb\n")
#= "--- |\n  a\n  b\n"

to_yaml({'a' => "x: y", 'b' => 'yes', 'c' => '1', 'd' => '', 'e' => '# x', 'f' => "tab\t"})
#= "---\na: 'x: y'\nb: 'yes'\nc: '1'\nd: ''\ne: \"# x\"\nf: \"tab\\t\"\n"

to_yaml({'a' => [1, [2, {'b' => 3}]]})
#= "---\na:\n- 1\n- - 2\n  - b: 3\n"

to_yaml({1 => 2, undef => 3, true => 4})
#= "---\n1: 2\n! '': 3\ntrue: 4\n"

to_yaml({'a' => 1}, {'indentation' => 4})
#= "---\na: 1\n"

to_yaml({'a' => {'b' => [1, {'c' => 2}]}}, {'indentation' => 4})
#= "---\na:\n    b:\n    - 1\n    -   c: 2\n"

to_yaml({'a' => {'b' => [1, {'c' => 2}]}}, {'indentation' => 9})
#= "---\na:\n         b:\n         - 1\n         -        c: 2\n"

to_yaml({'a' => 'a very long text that would be folded because it is longer than eighty characters in one line'}, {'line_width' => -1})
#= "---\na: a very long text that would be folded because it is longer than eighty characters in one line\n"

to_yaml({'a' => 'a very long text that would be folded because it is longer than eighty characters in one line'}, {'line_width' => 30})
#= "---\na: >-\n  a very long text that would be\n  folded because it is longer than\n  eighty characters in one line\n"

to_yaml({'a' => 'a very long text that would be folded because it is longer than eighty characters in one line'})
#= "---\na: a very long text that would be folded because it is longer than eighty characters\n  in one line\n"

to_yaml({'a' => 1}, {'nosuch' => 4})
#= "---\na: 1\n"

to_yaml({'a' => 1}, {'header' => true})
#= "%YAML 1.1\n---\na: 1\n"

to_yaml({'a' => 1}, 'x')
#! Evaluation Error: Error while evaluating a Function Call, 'to_yaml' parameter 'options' expects a Hash value, got String

to_yaml()
#! Evaluation Error: Error while evaluating a Function Call, 'to_yaml' expects between 1 and 2 arguments, got none

to_yaml(default)
#= "--- :default\n"

to_yaml(['2020-01-01', '12:30:45', '0o7', '1e3', '1_000', '~', 'null', 'on', 'y', 'N', '=', '<<', '*a', '&a', '!a', '- a', ': a', 'a:', '@x', '%x', '`x'])
#= "---\n- '2020-01-01'\n- '12:30:45'\n- 0o7\n- 1e3\n- '1_000'\n- \"~\"\n- 'null'\n- 'on'\n- \"y\"\n- N\n- \"=\"\n- !!str '<<'\n- \"*a\"\n- \"&a\"\n- \"!a\"\n- \"- a\"\n- \": a\"\n- 'a:'\n- \"@x\"\n- \"%x\"\n- \"`x\"\n"

to_yaml({'a' => "multi\nline\n\ntext\n", 'b' => "trailing \nx", 'c' => "\n", 'd' => "  lead\nx"})
#= "---\na: |\n  multi\n  line\n\n  text\nb: \"trailing \\nx\"\nc: \"\\n\"\nd: |2-\n    lead\n  x\n"

to_yaml("ü\u{1}\u{85}")
#= "--- \"ü\\x01\\N\"\n"

## to_toml
to_toml({'a' => 1, 'b' => 'x', 'c' => true, 'd' => 1.5})
#= "a = 1\nb = \"x\"\nc = true\nd = 1.5\n"

to_toml({'a' => {'b' => {'c' => 1}}, 'x' => 1})
#= "x = 1\n[a.b]\nc = 1\n"

to_toml({'a' => [{'b' => 1}, {'b' => 2}]})
#= "[[a]]\nb = 1\n[[a]]\nb = 2\n"

to_toml({'a' => [1, 2, 'x']})
#= "a = [1, 2, \"x\"]\n"

to_toml({})
#= ""

to_toml({'a' => {}})
#= "[a]\n"

to_toml({'a b' => 1, 'c.d' => {'e f' => 1}, 'q"q' => 2})
#= "\"a b\" = 1\n\"q\\\"q\" = 2\n[\"c.d\"]\n\"e f\" = 1\n"

to_toml({'a' => "x\"y\n#{z}"})
#= "a = \"x\\\"y\\n#{z}\"\n"

to_toml({'a' => undef})
#= "a = nil\n"

to_toml({'a' => [{'b' => {'c' => 1}, 'd' => [{'e' => 1}]}]})
#= "[[a]]\n[a.b]\nc = 1\n[[a.d]]\ne = 1\n"

to_toml({'b' => 1, 'a' => 2, 'C' => 3})
#= "C = 3\na = 2\nb = 1\n"

to_toml({1 => 2})
#= "1 = 2\n"

to_toml({1 => 2, 'a' => 1})
#! Evaluation Error: Error while evaluating a Function Call, comparison of Integer with String failed

to_toml({'a' => [[1], ['x']]})
#= "a = [[1], [\"x\"]]\n"

to_toml({'a' => [{'b' => 1}, 2]})
#! Evaluation Error: Error while evaluating a Function Call, undefined method `keys' for 2:Integer

to_toml('x')
#! Evaluation Error: Error while evaluating a Function Call, 'to_toml' parameter 'data' expects a Hash value, got String

to_toml({'a' => /x/})
#= "a = \"/x/\"\n"

to_toml({'' => 1})
#= " = 1\n"

to_toml({'a' => {'b' => [{'c' => 1}]}})
#= "[[a.b]]\nc = 1\n"

to_toml({'a' => {'x' => 1, 'b' => {'c' => 1}}})
#= "[a]\nx = 1\n[a.b]\nc = 1\n"

to_toml({'a' => '#$x #@y'})
#= "a = \"#$x #@y\"\n"

## to_python, to_ruby
to_python({'a' => [1, true, false, undef, 1.5, "x'\"\n"]})
#= "{\"a\": [1, True, False, None, 1.5, \"x'\\\"\\n\"]}"

to_python('x')
#= "\"x\""

to_python(default)
#= "{\"__ptype\": \"Default\"}"

to_python(/x/)
#= "{\"__ptype\": \"Regexp\", \"__pvalue\": \"x\"}"

to_python(Sensitive('x'))
#= "{\"__ptype\": \"Sensitive\", \"__pvalue\": \"x\"}"

to_python({1 => 2})
#= "{\"__ptype\": \"Hash\", \"__pvalue\": [1, 2]}"

to_python([])
#= "[]"

to_python({})
#= "{}"

to_python(Integer[1, 2])
#= "{\"__ptype\": \"Pcore::IntegerType\", \"from\": 1, \"to\": 2}"

to_python(File['/x'])
#= "{\"__ptype\": \"Pcore::ResourceType\", \"type_name\": \"File\", \"title\": \"/x\"}"

to_ruby({'a' => [1, true, false, undef, 1.5, "x'\"\n"]})
#= "{\"a\" => [1, true, false, nil, 1.5, \"x'\\\"\\n\"]}"

to_ruby('x')
#= "\"x\""

to_ruby(default)
#= "{\"__ptype\" => \"Default\"}"

to_ruby({1 => 2})
#= "{\"__ptype\" => \"Hash\", \"__pvalue\" => [1, 2]}"

to_ruby(Timestamp(0))
#= "{\"__ptype\" => \"Timestamp\", \"__pvalue\" => \"1970-01-01T00:00:00.000000000 UTC\"}"

to_ruby("#{x} \u{e9} \u{1}")
#= "\"\\#{x} é \\u0001\""

## parsejson
parsejson('[1e3, -0, 1E-2]')
#= [1000.0, 0, 0.01]

parsejson()
#! Evaluation Error: Error while evaluating a Function Call, Wrong number of arguments. 1 or 2 arguments should be provided.

parsejson('{"a": [1, 2.5, null, true, "x"]}')
#= {"a" => [1, 2.5, undef, true, "x"]}

parsejson('"x"')
#= "x"

parsejson('null', 'd')
#= "d"

parsejson('false', 'd')
#= "d"

parsejson('')
#! Evaluation Error: Error while evaluating a Function Call, unexpected token at ''

parsejson('', 'd')
#= "d"

parsejson('{', 'd')
#= "d"

parsejson('{')
#! Evaluation Error: Error while evaluating a Function Call, unexpected token at '{'

parsejson('[1,]')
#! Evaluation Error: Error while evaluating a Function Call, unexpected token at ']'

parsejson('nope')
#! Evaluation Error: Error while evaluating a Function Call, unexpected token at 'nope'

parsejson(1)
#! Evaluation Error: Error while evaluating a Function Call, no implicit conversion of Integer into String

parsejson(1, 'd')
#= "d"

parsejson(undef, 'd')
#= "d"

parsejson('[1] x')
#! Evaluation Error: Error while evaluating a Function Call, unexpected token at 'x'

parsejson('{"a": 1, "a": 2}')
#= {"a" => 2}

parsejson('NaN')
#! Evaluation Error: Error while evaluating a Function Call, unexpected token at 'NaN'

parsejson('"\u00e9\ud83d\ude00"')
#= "é😀"

parsejson("[\"a\nb\"]")
#! Evaluation Error: Error while evaluating a Function Call, unexpected token at '"a
#! b"]'

parsejson('/* c */ [1]')
#= [1]

parsejson('[01]')
#! Evaluation Error: Error while evaluating a Function Call, unexpected token at '01]'

parsejson('{a: 1}')
#! Evaluation Error: Error while evaluating a Function Call, unexpected token at '{a: 1}'

parsejson('[1', false)
#! Evaluation Error: Error while evaluating a Function Call, unexpected token at ''

parsejson('tru')
#! Evaluation Error: Error while evaluating a Function Call, unexpected token at 'tru'

parsejson("{'a': 1}")
#! Evaluation Error: Error while evaluating a Function Call, unexpected token at '{'a': 1}'

parsejson('["a]')
#! Evaluation Error: Error while evaluating a Function Call, unexpected token at '"a]'

parsejson('[1 2]')
#! Evaluation Error: Error while evaluating a Function Call, unexpected token at '2]'

parsejson('{"a" 1}')
#! Evaluation Error: Error while evaluating a Function Call, unexpected token at '{"a" 1}'

parsejson('{"a": }')
#! Evaluation Error: Error while evaluating a Function Call, unexpected token at '{"a": }'

parsejson('   ')
#! Evaluation Error: Error while evaluating a Function Call, unexpected token at ''

parsejson('[1.]')
#! Evaluation Error: Error while evaluating a Function Call, unexpected token at '.]'

parsejson('-')
#! Evaluation Error: Error while evaluating a Function Call, unexpected token at '-'

parsejson('{"a": 1,}')
#! Evaluation Error: Error while evaluating a Function Call, unexpected token at '{"a": 1,}'

## parseyaml
parseyaml()
#! Evaluation Error: Error while evaluating a Function Call, Wrong number of arguments. 1 or 2 arguments should be provided.

parseyaml("a: 1\nb: [x, ~]")
#= {"a" => 1, "b" => ["x", undef]}

parseyaml('')
#= undef

parseyaml('', 'd')
#= "d"

parseyaml('x')
#= "x"

parseyaml('false', 'd')
#= "d"

parseyaml('a: b: c')
#! Evaluation Error: Error while evaluating a Function Call, (<unknown>): mapping values are not allowed in this context at line 1 column 5

parseyaml('a: b: c', 'd')
#= "d"

parseyaml("a: [\n")
#! Evaluation Error: Error while evaluating a Function Call, (<unknown>): did not find expected node content while parsing a flow node at line 2 column 1

parseyaml('2020-01-01')
#! Evaluation Error: Error while evaluating a Function Call, Tried to load unspecified class: Date

parseyaml("a: &x 1\nb: *x")
#! Evaluation Error: Error while evaluating a Function Call, Unknown alias: x

parseyaml("a: *x")
#! Evaluation Error: Error while evaluating a Function Call, Unknown alias: x

parseyaml('!ruby/object:Object {}')
#! Evaluation Error: Error while evaluating a Function Call, Tried to load unspecified class: Object

parseyaml(1)
#! Evaluation Error: Error while evaluating a Function Call, no implicit conversion of Integer into String

parseyaml(1, 'd')
#= "d"

parseyaml(undef, 'd')
#= "d"

parseyaml("--- 1\n--- 2")
#= 1

parseyaml('1.5')
#= 1.5

parseyaml("a: 1\na: 2")
#= {"a" => 2}

parseyaml("\ta: 1")
#! Evaluation Error: Error while evaluating a Function Call, (<unknown>): found character that cannot start any token while scanning for the next token at line 1 column 1

parseyaml('"a')
#! Evaluation Error: Error while evaluating a Function Call, (<unknown>): found unexpected end of stream while scanning a quoted scalar at line 1 column 1

parseyaml('{a: 1')
#! Evaluation Error: Error while evaluating a Function Call, (<unknown>): did not find expected ',' or '}' while parsing a flow mapping at line 1 column 1

parseyaml('2020-01-01 00:00:00')
#! Evaluation Error: Error while evaluating a Function Call, Tried to load unspecified class: Time

parseyaml('[1, 0x1f, 010, 1e3, 1_000, yes, .inf]')
#= [1, 31, 8, "1e3", 1000, true, Infinity]

parseyaml('@x')
#! Evaluation Error: Error while evaluating a Function Call, (<unknown>): found character that cannot start any token while scanning for the next token at line 1 column 1

parseyaml("- a\n b: c")
#! Evaluation Error: Error while evaluating a Function Call, (<unknown>): mapping values are not allowed in this context at line 2 column 3

parseyaml('!!set {a, b}')
#! Evaluation Error: Error while evaluating a Function Call, Tried to load unspecified class: Psych::Set

parseyaml('!!binary aGVsbG8=')
#= "hello"

parseyaml("<<: {a: 1}\nb: 2")
#= {"a" => 1, "b" => 2}

parseyaml(['x'])
#! Evaluation Error: Error while evaluating a Function Call, no implicit conversion of Array into String

## parsehocon
parsehocon('a: 1, b { c = "x" }')
#= {"a" => 1, "b" => {"c" => "x"}}

parsehocon('{a: [1, 2], b: ${a}}')
#= {"a" => [1, 2], "b" => [1, 2]}

parsehocon('a = 1.5, b = yes, c = null, d = true')
#= {"a" => 1.5, "b" => "yes", "c" => undef, "d" => true}

parsehocon('x', 'd')
#= "d"

parsehocon('{', 'd')
#= "d"

parsehocon('')
#= {}

parsehocon('a: ${nosuch}', 'd')
#= "d"

parsehocon(1)
#! Evaluation Error: Error while evaluating a Function Call, 'parsehocon' parameter 'hocon_string' expects a String value, got Integer

parsehocon('[1, 2]')
#! Evaluation Error: Error while evaluating a Function Call, String: 1:  has type LIST rather than object at file root

parsehocon('a = foo bar, b = 10s')
#= {"a" => "foo bar", "b" => "10s"}

parsehocon('{', undef)
#= undef

## parsepson
parsepson('[1]')
#! Evaluation Error: Error while evaluating a Function Call, uninitialized constant Puppet::Pops::Loader::RubyFunctionInstantiator::PSON

parsepson('[1]', 'd')
#= "d"

parsepson('')
#! Evaluation Error: Error while evaluating a Function Call, 'parsepson' parameter 'pson_string' expects a String[1] value, got String

## loadyaml, loadjson
loadyaml()
#! Evaluation Error: Error while evaluating a Function Call, loadyaml(): Wrong number of arguments given (0 for minimum 1)

loadyaml('TESTS/files/a.yaml')
#= {"a" => 1, "b" => ["x"]}

loadyaml('TESTS/files/nosuch.yaml')
#- warning: Can't load 'TESTS/files/nosuch.yaml' File does not exist!
#= undef

loadyaml('TESTS/files/nosuch.yaml', {'default' => 'value'})
#- warning: Can't load 'TESTS/files/nosuch.yaml' File does not exist!
#= {"default" => "value"}

loadyaml('TESTS/files/broken.yaml')
#! Evaluation Error: Error while evaluating a Function Call, (TESTS/files/broken.yaml): did not find expected node content while parsing a flow node at line 2 column 1

loadyaml('TESTS/files/broken.yaml', 'd')
#= "d"

loadyaml('TESTS/files/empty.yaml', 'd')
#= "d"

loadyaml('TESTS/files/empty.yaml')
#= undef

loadyaml('TESTS/files/date.yaml')
#! Evaluation Error: Error while evaluating a Function Call, Tried to load unspecified class: Date

loadyaml('TESTS/files/alias.yaml')
#! Evaluation Error: Error while evaluating a Function Call, Unknown alias: x

loadyaml(1)
#! Evaluation Error: Error while evaluating a Function Call, undefined method `start_with?' for 1:Integer

loadyaml(1, 'd')
#= "d"

loadyaml(undef, 'd')
#- warning: Can't load '' File does not exist!
#= "d"

loadyaml(undef)
#- warning: Can't load '' File does not exist!
#= undef

loadyaml('TESTS/files', 'd')
#= "d"

loadjson()
#! Evaluation Error: Error while evaluating a Function Call, loadjson(): Wrong number of arguments given (0 for minimum 1)

loadjson('TESTS/files/a.json')
#! Evaluation Error: Error while evaluating a Function Call, uninitialized constant Puppet::Parser::Functions::PSON

loadjson('TESTS/files/a.json', 'd')
#= "d"

loadjson('TESTS/files/nosuch.json')
#- warning: Can't load 'TESTS/files/nosuch.json' File does not exist!
#= undef

loadjson('TESTS/files/nosuch.json', {'default' => 'value'})
#- warning: Can't load 'TESTS/files/nosuch.json' File does not exist!
#= {"default" => "value"}

loadjson('TESTS/files/broken.json')
#! Evaluation Error: Error while evaluating a Function Call, uninitialized constant Puppet::Parser::Functions::PSON

loadjson('TESTS/files/broken.json', 'd')
#= "d"

loadjson(1)
#! Evaluation Error: Error while evaluating a Function Call, undefined method `start_with?' for 1:Integer

loadjson(1, 'd')
#= "d"
