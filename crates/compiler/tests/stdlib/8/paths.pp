## basename
basename()
#! Evaluation Error: Error while evaluating a Function Call, basename(): No arguments given

basename('/path/to/a/file.ext')
#= "file.ext"

basename('/path/to/a/file.ext', '.ext')
#= "file"

basename('/path/to/a/file.ext', '.*')
#= "file"

basename('file', 'file')
#= "file"

basename('/a/b/')
#= "b"

basename('/')
#= "/"

basename('//')
#= "/"

basename('')
#= ""

basename('a.b.c', '.*')
#= "a.b"

basename('.bashrc', '.*')
#= ".bashrc"

basename('a.', '.*')
#= "a"

basename('a.txt', 't')
#= "a.tx"

basename('a.txt', 'x')
#= "a.txt"

basename(1)
#! Evaluation Error: Error while evaluating a Function Call, basename(): Requires string as first argument

basename('a', 1)
#! Evaluation Error: Error while evaluating a Function Call, basename(): Requires string as second argument

basename('a', 'b', 'c')
#! Evaluation Error: Error while evaluating a Function Call, basename(): Too many arguments given (3)

basename('a/b', '')
#= "b"

basename('/a/b.c/', '.c')
#= "b"

basename('ü/ö.ä', '.ä')
#= "ö"

basename(undef)
#= ""

basename('a.b', 'a.b')
#= "a.b"

basename('a/.c', '.c')
#= ".c"

basename('a//b//')
#= "b"

## dirname
dirname()
#! Evaluation Error: Error while evaluating a Function Call, dirname(): No arguments given

dirname('/path/to/a/file.ext')
#= "/path/to/a"

dirname('/path/to/a/')
#= "/path/to"

dirname('file')
#= "."

dirname('/')
#= "/"

dirname('//')
#= "/"

dirname('/a')
#= "/"

dirname('//a//b//')
#= "/a"

dirname('a/b')
#= "a"

dirname('a//b')
#= "a"

dirname('./a')
#= "."

dirname('')
#! Evaluation Error: Error while evaluating a Function Call, dirname(): Requires a non-empty string as argument

dirname(1)
#! Evaluation Error: Error while evaluating a Function Call, dirname(): Requires string as argument

dirname('a', 'b')
#! Evaluation Error: Error while evaluating a Function Call, dirname(): Too many arguments given (2)

dirname(undef)
#! Evaluation Error: Error while evaluating a Function Call, dirname(): Requires a non-empty string as argument

dirname('///a')
#= "/"

dirname('a/')
#= "."

## extname
stdlib::extname('test.rb')
#= ".rb"

stdlib::extname('a/b/d/test.rb')
#= ".rb"

stdlib::extname('test')
#= ""

stdlib::extname('.profile')
#= ""

stdlib::extname('.a/.profile.sh')
#= ".sh"

stdlib::extname('foo.')
#= "."

stdlib::extname('foo. ')
#= ". "

stdlib::extname('a.b/c')
#= ""

stdlib::extname('a.tar.gz')
#= ".gz"

stdlib::extname('..a')
#= ""

stdlib::extname('a..')
#= "."

stdlib::extname('...')
#= ""

stdlib::extname('a.b/')
#= ".b"

stdlib::extname(1)
#! Evaluation Error: Error while evaluating a Function Call, 'stdlib::extname' parameter 'filename' expects a String value, got Integer

stdlib::extname()
#! Evaluation Error: Error while evaluating a Function Call, 'stdlib::extname' expects 1 argument, got none

## is_absolute_path
#@ strict=warning

is_absolute_path('/a')
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Absolute_Path instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= true

is_absolute_path('C:/a')
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Absolute_Path instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= true

is_absolute_path('C:\\a')
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Absolute_Path instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= true

is_absolute_path('\\\\server\\share')
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Absolute_Path instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= true

is_absolute_path('//server/share')
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Absolute_Path instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= true

is_absolute_path('a/b')
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Absolute_Path instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= false

is_absolute_path('')
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Absolute_Path instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= false

is_absolute_path(undef)
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Absolute_Path instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#- warning: Cannot check if  is an absolute path because it is a 'NilClass' and not a String'
#- warning: Cannot check if  is an absolute path because it is a 'NilClass' and not a String'
#= false

is_absolute_path(['/a'])
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Absolute_Path instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#- warning: Cannot check if ["/a"] is an absolute path because it is a 'Array' and not a String'
#- warning: Cannot check if ["/a"] is an absolute path because it is a 'Array' and not a String'
#= false

is_absolute_path(true)
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Absolute_Path instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#- warning: Cannot check if true is an absolute path because it is a 'TrueClass' and not a String'
#- warning: Cannot check if true is an absolute path because it is a 'TrueClass' and not a String'
#= false

is_absolute_path(1)
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Absolute_Path instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#- warning: Cannot check if 1 is an absolute path because it is a 'Integer' and not a String'
#- warning: Cannot check if 1 is an absolute path because it is a 'Integer' and not a String'
#= false

is_absolute_path()
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Absolute_Path instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, is_absolute_path(): Wrong number of arguments given (0 for 1)

is_absolute_path('/a', 'b')
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Absolute_Path instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, is_absolute_path(): Wrong number of arguments given (2 for 1)

is_absolute_path('//?/C:/x')
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Absolute_Path instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= true

is_absolute_path("x\n/a")
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Absolute_Path instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= true

is_absolute_path('~/a')
#- warning: This method is deprecated, please use match expressions with Stdlib::Compat::Absolute_Path instead. They are described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions. at ["unknown", 2]:["unknown", 1]
#= false

validate_absolute_path('/a')
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Absolute_Path. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#= undef

validate_absolute_path(['/a', 'C:/b'])
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Absolute_Path. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#= undef

validate_absolute_path('/a', 'b')
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Absolute_Path. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, "b" is not an absolute path.

validate_absolute_path('')
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Absolute_Path. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, "" is not an absolute path.

validate_absolute_path()
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Absolute_Path. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#! Evaluation Error: Error while evaluating a Function Call, validate_absolute_path(): wrong number of arguments (0; must be > 0)

validate_absolute_path(undef)
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Absolute_Path. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#- warning: Cannot check if  is an absolute path because it is a 'NilClass' and not a String'
#- warning: Cannot check if  is an absolute path because it is a 'NilClass' and not a String'
#! Evaluation Error: Error while evaluating a Function Call, nil is not an absolute path.

validate_absolute_path([['/a']])
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Absolute_Path. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#- warning: Cannot check if ["/a"] is an absolute path because it is a 'Array' and not a String'
#- warning: Cannot check if ["/a"] is an absolute path because it is a 'Array' and not a String'
#! Evaluation Error: Error while evaluating a Function Call, ["/a"] is not an absolute path.

validate_absolute_path([])
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Absolute_Path. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#= undef

validate_absolute_path({})
#- warning: This method is deprecated, please use the stdlib validate_legacy function,
#- warning:                     with Stdlib::Compat::Absolute_Path. There is further documentation for validate_legacy function in the README. at ["unknown", 2]:["unknown", 1]
#- warning: Cannot check if {} is an absolute path because it is a 'Hash' and not a String'
#- warning: Cannot check if {} is an absolute path because it is a 'Hash' and not a String'
#! Evaluation Error: Error while evaluating a Function Call, {} is not an absolute path.

#@

## glob
glob()
#! Evaluation Error: Error while evaluating a Function Call, glob(): Wrong number of arguments given (0 for 1)

glob('TESTS/tree/*')
#= ["TESTS/tree/a.txt", "TESTS/tree/b.txt", "TESTS/tree/c.conf", "TESTS/tree/sub"]

glob('TESTS/tree/**/*.txt')
#= ["TESTS/tree/a.txt", "TESTS/tree/b.txt", "TESTS/tree/sub/c/e.txt", "TESTS/tree/sub/d.txt"]

glob(['TESTS/tree/*.txt', 'TESTS/tree/b*'])
#= ["TESTS/tree/a.txt", "TESTS/tree/b.txt", "TESTS/tree/b.txt"]

glob('TESTS/tree/{a,b}.txt')
#= ["TESTS/tree/a.txt", "TESTS/tree/b.txt"]

glob('TESTS/nosuch/*')
#= []

glob('TESTS/tree/[ac].txt')
#= ["TESTS/tree/a.txt"]

glob('TESTS/tree/.*')
#= ["TESTS/tree/.", "TESTS/tree/.hid", "TESTS/tree/.hidden.txt"]

glob('TESTS/tree/?.txt')
#= ["TESTS/tree/a.txt", "TESTS/tree/b.txt"]

glob('TESTS/tree/**/')
#= ["TESTS/tree/", "TESTS/tree/sub/", "TESTS/tree/sub/c/"]

glob('TESTS/tree/**')
#= ["TESTS/tree/a.txt", "TESTS/tree/b.txt", "TESTS/tree/c.conf", "TESTS/tree/sub"]

glob('TESTS/tree/sub/*/*.txt')
#= ["TESTS/tree/sub/c/e.txt"]

glob('TESTS/tree/a.txt')
#= ["TESTS/tree/a.txt"]

glob('TESTS/tree/[^a].txt')
#= ["TESTS/tree/b.txt"]

glob('TESTS/tree/[!a].txt')
#= ["TESTS/tree/b.txt"]

glob('TESTS/tree/[a-b].txt')
#= ["TESTS/tree/a.txt", "TESTS/tree/b.txt"]

glob('TESTS/tree/{sub,*}/*.txt')
#= ["TESTS/tree/sub/d.txt", "TESTS/tree/sub/d.txt"]

glob('TESTS/tree/\\*.txt')
#= []

glob('TESTS/tree/')
#= ["TESTS/tree/"]

glob('TESTS/tree/a.txt/')
#= []

glob('TESTS/tree/sub/')
#= ["TESTS/tree/sub/"]

glob('TESTS/*/a.txt')
#= ["TESTS/tree/a.txt"]

glob('TESTS/tree/**/c/*')
#= ["TESTS/tree/sub/c/e.txt"]

glob('TESTS/tree/s*b/**/*')
#= ["TESTS/tree/sub/c", "TESTS/tree/sub/c/e.txt", "TESTS/tree/sub/d.txt"]

glob('')
#= []

glob([])
#= []

glob(1)
#! Evaluation Error: Error while evaluating a Function Call, glob(): Requires either array or string to work

glob([1])
#! Evaluation Error: Error while evaluating a Function Call, no implicit conversion of Integer into String

## get_module_path
get_module_path()
#! Evaluation Error: Error while evaluating a Function Call, get_module_path(): Wrong number of arguments, expects one

get_module_path('stdlib')
#= "MODULES/stdlib"

get_module_path('nosuch')
#! Evaluation Error: Error while evaluating a Function Call, Could not find module nosuch in environment production

get_module_path('a', 'b')
#! Evaluation Error: Error while evaluating a Function Call, get_module_path(): Wrong number of arguments, expects one

get_module_path('own')
#= "MODULES/own"

get_module_path('Own')
#! Evaluation Error: Error while evaluating a Function Call, Could not find module Own in environment production

get_module_path('author/own')
#! Evaluation Error: Error while evaluating a Function Call, Could not find module author/own in environment production

get_module_path(1)
#! Evaluation Error: Error while evaluating a Function Call, Could not find module 1 in environment production

get_module_path(undef)
#! Evaluation Error: Error while evaluating a Function Call, Could not find module  in environment production

## load_module_metadata
load_module_metadata()
#! Evaluation Error: Error while evaluating a Function Call, load_module_metadata(): Wrong number of arguments, expects one or two

load_module_metadata('own')
#! Evaluation Error: Error while evaluating a Function Call, uninitialized constant Puppet::Parser::Functions::PSON

load_module_metadata('nosuch')
#! Evaluation Error: Error while evaluating a Function Call, Could not find module nosuch in environment production

load_module_metadata('bare')
#! Evaluation Error: Error while evaluating a Function Call, load_module_metadata(): No metadata.json file for module bare

load_module_metadata('bare', true)
#= {}

load_module_metadata('bare', false)
#! Evaluation Error: Error while evaluating a Function Call, load_module_metadata(): No metadata.json file for module bare

load_module_metadata('bare', '')
#= {}

load_module_metadata('a', 'b', 'c')
#! Evaluation Error: Error while evaluating a Function Call, load_module_metadata(): Wrong number of arguments, expects one or two
