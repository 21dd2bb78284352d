## file
file('m/a.txt')
#= 'content of a'

file('m/nosuch', 'm/a.txt')
#= 'content of a'

file('m/nosuch')
#! Evaluation Error: Error while evaluating a Function Call, Could not find any files from m/nosuch

file('/nosuch/x')
#! Evaluation Error: Error while evaluating a Function Call, Could not find any files from /nosuch/x

file('/nosuch/x', 'm/zz')
#! Evaluation Error: Error while evaluating a Function Call, Could not find any files from /nosuch/x, m/zz

file()
#! Evaluation Error: Error while evaluating a Function Call, file(): Wrong number of arguments given (0 for minimum 1)

file(undef)
#! Evaluation Error: Error while evaluating a Function Call, Could not find any files from

file('a.txt')
#! Evaluation Error: Error while evaluating a Function Call, Could not find any files from a.txt

file('nomod/a.txt')
#! Evaluation Error: Error while evaluating a Function Call, Could not find any files from nomod/a.txt

file('')
#! Evaluation Error: Error while evaluating a Function Call, Could not find any files from

## binary_file
binary_file('m/bin.dat')
#= Binary("Ymlu/wA=")

binary_file('m/a.txt')
#= Binary("Y29udGVudCBvZiBh")

binary_file('m/nosuch')
#! Evaluation Error: Error while evaluating a Function Call, binary_file(): The given file 'm/nosuch' does not exist

binary_file('/nosuch')
#! Evaluation Error: Error while evaluating a Function Call, binary_file(): The given file '/nosuch' does not exist

## find_file
find_file('m/a.txt')
#= 'ENV/modules/m/files/a.txt'

find_file('m/nosuch', 'm/a.txt')
#= 'ENV/modules/m/files/a.txt'

find_file(['m/nosuch', 'm/a.txt'])
#= 'ENV/modules/m/files/a.txt'

find_file('m/nosuch')
#= undef

find_file('/nosuch')
#= undef

find_file()
#= undef

find_file([])
#= undef

find_file(1)
#! Evaluation Error: Error while evaluating a Function Call, The function 'find_file' was called with arguments it does not accept. It expects one of:
#!   (String paths*)
#!     rejected: parameter 'paths' expects a String value, got Integer
#!   (Array[String] paths_array*)
#!     rejected: parameter 'paths_array' expects an Array value, got Integer

find_file(['m/a.txt'], ['m/b.txt'])
#! Evaluation Error: Error while evaluating a Function Call, wrong number of arguments (given 3, expected 2)

find_file('m/../files/a.txt')
#= 'ENV/modules/m/files/../files/a.txt'

find_file('m')
#= undef

find_file('/etc/passwd')
#= '/etc/passwd'

## find_template
find_template('m/hello.epp')
#= 'ENV/modules/m/templates/hello.epp'

find_template('m/nosuch', 'm/t.erb')
#= 'ENV/modules/m/templates/t.erb'

find_template(['m/t.erb'])
#= 'ENV/modules/m/templates/t.erb'

find_template('m/nosuch')
#= undef

find_template('/nosuch')
#= undef

## module_directory
module_directory('m')
#= 'ENV/modules/m'

module_directory('nosuch', 'm')
#= 'ENV/modules/m'

module_directory(['nosuch', 'm'])
#= 'ENV/modules/m'

module_directory('nosuch')
#= undef

module_directory()
#= undef

module_directory(['a'], ['m'])
#! Evaluation Error: Error while evaluating a Function Call, wrong number of arguments (given 3, expected 2)

## generate
generate('/bin/echo', 'a', 'b')
#= "a b\n"

generate('echo', 'a')
#! Evaluation Error: Error while evaluating a Function Call, Generators must be fully qualified

generate('/bin/../bin/echo')
#! Evaluation Error: Error while evaluating a Function Call, Can not use generators with '..' in them.

generate('/bin/ec ho')
#! Evaluation Error: Error while evaluating a Function Call, Generators can only contain alphanumerics, file separators, and dashes

generate('/bin/false')
#! Evaluation Error: Error while evaluating a Function Call, Failed to execute generator /bin/false: Execution of '/bin/false' returned 1:

generate('/nosuch/cmd', 'x')
#! Evaluation Error: Error while evaluating a Function Call, Working directory /nosuch does not exist!

generate('/bin/sh', '-c', 'echo out; echo err >&2; pwd')
#= "out\nerr\n/usr/bin\n"

generate()
#! Evaluation Error: Error while evaluating a Function Call, generate(): Wrong number of arguments given (0 for minimum 1)

generate('/bin/sh', '-c', 'echo oops; exit 3')
#! Evaluation Error: Error while evaluating a Function Call, Failed to execute generator /bin/sh: Execution of '/bin/sh -c echo oops; exit 3' returned 3: oops

generate('/bin/echo', 1, undef)
#= "1 \n"

generate('/bin/echo', ['a', 'b'])
#= "a b\n"

## epp
epp('m/hello.epp', {'x' => 1})
#- debug: Retrieving epp template m/hello.epp
#= "Hello 1\n"

epp('m/hello', {'x' => 1})
#- debug: Retrieving epp template m/hello.epp
#= "Hello 1\n"

epp('m/hello.epp')
#- debug: Retrieving epp template m/hello.epp
#! Evaluation Error: Unknown variable: 'x'.

epp('m/typed.epp', {'x' => 1})
#- debug: Retrieving epp template m/typed.epp
#= "x=1 y=dflt\n"

epp('m/typed.epp', {'x' => 'a'})
#- debug: Retrieving epp template m/typed.epp
#! Evaluation Error: Error while evaluating a Function Call, lambda: parameter 'x' expects an Integer value, got String

epp('m/typed.epp')
#- debug: Retrieving epp template m/typed.epp
#! Evaluation Error: Error while evaluating a Function Call, lambda: expects a value for parameter 'x'

epp('m/typed.epp', {'x' => 1, 'z' => 2})
#- debug: Retrieving epp template m/typed.epp
#! Evaluation Error: Error while evaluating a Function Call, lambda: has no parameter named 'z'

epp('m/nosuch.epp')
#- debug: Retrieving epp template m/nosuch.epp
#! Evaluation Error: Error while evaluating a Function Call, Could not find template 'm/nosuch.epp'

epp('nosuch')
#- debug: Retrieving epp template nosuch.epp
#! Evaluation Error: Error while evaluating a Function Call, Could not find template 'nosuch.epp'

epp(1)
#! Evaluation Error: Error while evaluating a Function Call, 'epp' parameter 'path' expects a String value, got Integer

epp('m/hello.epp', {'x' => Sensitive('s')})
#- debug: Retrieving epp template m/hello.epp
#= #<Sensitive [value redacted]>

epp('m/hello.epp', {'x' => Sensitive('s')}).unwrap
#- debug: Retrieving epp template m/hello.epp
#= "Hello s\n"

epp('m/hello.epp', {'a-b' => 1})
#! Evaluation Error: Error while evaluating a Function Call, 'epp' parameter 'parameters' key of entry 'a-b' expects a match for Pattern[/^\w+$/], got 'a-b'

epp('m/hello.epp', 1)
#! Evaluation Error: Error while evaluating a Function Call, 'epp' parameter 'parameters' expects a Hash value, got Integer

## inline_epp
inline_epp('a <%= 1 + 1 %>')
#= 'a 2'

$v = 5
inline_epp('v=<%= $v %>')
#= 'v=5'

inline_epp('<%- | $a, $b = 2 | -%><%= $a %>-<%= $b %>', {'a' => 1})
#= '1-2'

inline_epp('<%- | $a | -%><%= $a %>')
#! Evaluation Error: Error while evaluating a Function Call, lambda: expects a value for parameter 'a'

inline_epp('<%- | $a | -%><%= $a %>', {'a' => 1, 'b' => 2})
#! Evaluation Error: Error while evaluating a Function Call, lambda: has no parameter named 'b'

inline_epp('<%= $zz %>')
#! Evaluation Error: Unknown variable: 'zz'.

inline_epp('<%= $zz %>', {'zz' => 3})
#= '3'

inline_epp('<% if true { %>y<% } else { %>n<% } %>')
#= 'y'

inline_epp('<%= Sensitive("q") %>')
#= #<Sensitive [value redacted]>

inline_epp('<%= [1, undef, {a => b}] %>')
#= '[1, , {a => b}]'

inline_epp('<%= ')
#! Evaluation Error: Error while evaluating a Function Call, inline_epp(): Invalid EPP: Unbalanced epp tag, reached <eof> without closing tag.

inline_epp('<% 1 %>')
#= ''

inline_epp('<%% %%> <%# c %>x')
#= '<% %> x'

inline_epp('')
#= ''

inline_epp(1)
#! Evaluation Error: Error while evaluating a Function Call, 'inline_epp' parameter 'template' expects a String value, got Integer

inline_epp('<% $x = 1 %><%= $x %>')
#= '1'

$v = 5
inline_epp('<%= $v %>', {'w' => 1})
#= '5'

$v = 5
inline_epp('<%- | $w | -%><%= $v %>', {'w' => 1})
#= '5'
