## each
[1, 2].each |$x| { notice($x) }
#- notice: 1
#- notice: 2
#= [1, 2]

[1, 2].each |$i, $x| { notice("${i} ${x}") }
#- notice: 0 1
#- notice: 1 2
#= [1, 2]

{a => 1}.each |$p| { notice($p) }
#- notice: [a, 1]
#= {'a' => 1}

{a => 1, b => 2}.each |$k, $v| { notice("${k} ${v}") }
#- notice: a 1
#- notice: b 2
#= {'a' => 1, 'b' => 2}

3.each |$x| { notice($x) }
#- notice: 0
#- notice: 1
#- notice: 2
#= 3

'ab'.each |$x| { notice($x) }
#- notice: a
#- notice: b
#= 'ab'

Integer[1, 3].each |$x| { notice($x) }
#- notice: 1
#- notice: 2
#- notice: 3
#= Integer[1, 3]

Integer[1].each |$x| { notice($x) }
#! Evaluation Error: Error while evaluating a Method call, The function 'each' was called with arguments it does not accept. It expects one of:
#!   (Hash hash, Callable[2, 2] block)
#!     rejected: parameter 'hash' expects a Hash value, got Type[Integer]
#!   (Hash hash, Callable[1, 1] block)
#!     rejected: parameter 'hash' expects a Hash value, got Type[Integer]
#!   (Iterable enumerable, Callable[2, 2] block)
#!     rejected: parameter 'enumerable' expects an Iterable value, got Type[Integer]
#!   (Iterable enumerable, Callable[1, 1] block)
#!     rejected: parameter 'enumerable' expects an Iterable value, got Type[Integer]

each(undef) |$x| { $x }
#! Evaluation Error: Error while evaluating a Function Call, The function 'each' was called with arguments it does not accept. It expects one of:
#!   (Hash hash, Callable[2, 2] block)
#!     rejected: parameter 'hash' expects a Hash value, got Undef
#!   (Hash hash, Callable[1, 1] block)
#!     rejected: parameter 'hash' expects a Hash value, got Undef
#!   (Iterable enumerable, Callable[2, 2] block)
#!     rejected: parameter 'enumerable' expects an Iterable value, got Undef
#!   (Iterable enumerable, Callable[1, 1] block)
#!     rejected: parameter 'enumerable' expects an Iterable value, got Undef

each([1])
#! Evaluation Error: Error while evaluating a Function Call, 'each' expects a block

each([1]) |$a, $b, $c| { $a }
#! Evaluation Error: Error while evaluating a Function Call, 'each' block expects between 1 and 2 arguments, got 3

each([1]) || { 1 }
#! Evaluation Error: Error while evaluating a Function Call, 'each' block expects between 1 and 2 arguments, got none

[1, 2, 3].each |$x| { if $x == 2 { break() } notice($x) }
#- notice: 1
#= [1, 2, 3]

[1, 2].each |$x| { next(5) }
#= [1, 2]

{a => 1, b => 2}.each |$k, $v| { if $k == b { break() } notice($k) }
#- notice: a
#= {'a' => 1, 'b' => 2}

[1].each |*$x| { notice($x) }
#- notice: [0, 1]
#= [1]

{a => 1}.each |*$x| { notice($x) }
#- notice: [a, 1]
#= {'a' => 1}

[1].each |$x, $y = 5| { notice("${x} ${y}") }
#- notice: 0 1
#= [1]

[1].each |String $x| { $x }
#! Evaluation Error: Error while evaluating a Method call, block parameter 'x' expects a String value, got Integer

Enum['a', 'b'].each |$x| { notice($x) }
#- notice: a
#- notice: b
#= Enum['a', 'b']

(-3).each |$x| { notice($x) }
#! Evaluation Error: Error while evaluating a Method call, The function 'each' was called with arguments it does not accept. It expects one of:
#!   (Hash hash, Callable[2, 2] block)
#!     rejected: parameter 'hash' expects a Hash value, got Integer
#!   (Hash hash, Callable[1, 1] block)
#!     rejected: parameter 'hash' expects a Hash value, got Integer
#!   (Iterable enumerable, Callable[2, 2] block)
#!     rejected: block expects 2 arguments, got 1
#!   (Iterable enumerable, Callable[1, 1] block)

2.5.each |$x| { notice($x) }
#! Evaluation Error: Error while evaluating a Method call, The function 'each' was called with arguments it does not accept. It expects one of:
#!   (Hash hash, Callable[2, 2] block)
#!     rejected: parameter 'hash' expects a Hash value, got Float
#!   (Hash hash, Callable[1, 1] block)
#!     rejected: parameter 'hash' expects a Hash value, got Float
#!   (Iterable enumerable, Callable[2, 2] block)
#!     rejected: parameter 'enumerable' expects an Iterable value, got Float
#!   (Iterable enumerable, Callable[1, 1] block)
#!     rejected: parameter 'enumerable' expects an Iterable value, got Float

[[1, 2], [3, 4]].each |$x| { notice($x) }
#- notice: [1, 2]
#- notice: [3, 4]
#= [[1, 2], [3, 4]]

[[1, 2]].reverse_each.each |$i, $x| { notice("${i} ${x}") }
#- notice: 0 [1, 2]
#= [[1, 2]]

Variant[Integer[1, 2]].each |$x| { notice($x) }
#- notice: 1
#- notice: 2
#= Integer[1, 2]

Binary('YWI=').each |$x| { notice($x) }
#! Evaluation Error: Error while evaluating a Method call, The function 'each' was called with arguments it does not accept. It expects one of:
#!   (Hash hash, Callable[2, 2] block)
#!     rejected: parameter 'hash' expects a Hash value, got Binary
#!   (Hash hash, Callable[1, 1] block)
#!     rejected: parameter 'hash' expects a Hash value, got Binary
#!   (Iterable enumerable, Callable[2, 2] block)
#!     rejected: parameter 'enumerable' expects an Iterable value, got Binary
#!   (Iterable enumerable, Callable[1, 1] block)
#!     rejected: parameter 'enumerable' expects an Iterable value, got Binary

Hash[String, Integer].each |$x| { $x }
#! Evaluation Error: Error while evaluating a Method call, The function 'each' was called with arguments it does not accept. It expects one of:
#!   (Hash hash, Callable[2, 2] block)
#!     rejected: parameter 'hash' expects a Hash value, got Type[Hash]
#!   (Hash hash, Callable[1, 1] block)
#!     rejected: parameter 'hash' expects a Hash value, got Type[Hash]
#!   (Iterable enumerable, Callable[2, 2] block)
#!     rejected: parameter 'enumerable' expects an Iterable value, got Type[Hash]
#!   (Iterable enumerable, Callable[1, 1] block)
#!     rejected: parameter 'enumerable' expects an Iterable value, got Type[Hash]

## filter
[1, 2, 3].filter |$x| { $x > 1 }
#= [2, 3]

[1, 2, 3].filter |$i, $x| { $i > 0 }
#= [2, 3]

{a => 1, b => 2}.filter |$k, $v| { $v > 1 }
#= {'b' => 2}

{a => 1, b => 2}.filter |$p| { $p[1] > 1 }
#= {'b' => 2}

4.filter |$x| { $x % 2 == 0 }
#= [0, 2]

[1, 2, 3].filter |$x| { if $x == 2 { break() } true }
#= [1]

{a => 1, b => 2}.filter |$k, $v| { if $k == b { break() } true }
#! break() from context where this is illegal

{a => 1, b => 2}.filter |$p| { if $p[0] == b { break() } true }
#! break() from context where this is illegal

[1, 2].filter |$x| { 'truthy' }
#= [1, 2]

[1, undef].filter |$x| { $x }
#= [1]

[[a, 1], [b, 2]].reverse_each.filter |$i, $x| { $i == 0 }
#= [['b', 2]]

## map
[1, 2].map |$x| { $x * 2 }
#= [2, 4]

[1, 2].map |$i, $x| { "${i}${x}" }
#= ['01', '12']

{a => 1}.map |$p| { $p }
#= [['a', 1]]

{a => 1}.map |$k, $v| { "${k}${v}" }
#= ['a1']

[1, 2, 3].map |$x| { if $x == 2 { break() } $x }
#= [1]

[1, 2, 3].map |$x| { if $x == 2 { next(undef) } $x }
#= [1, undef, 3]

{a => 1, b => 2}.map |$k, $v| { if $k == b { break() } $k }
#= ['a']

3.map |$x| { $x }
#= [0, 1, 2]

'abc'.map |$x| { $x }
#= ['a', 'b', 'c']

[].map |$x| { $x }
#= []

map({}) |$k, $v| { $k }
#= []

[1].map |$x| { }
#= [undef]

## reduce
[1, 2, 3].reduce |$m, $x| { $m + $x }
#= 6

[1, 2, 3].reduce(10) |$m, $x| { $m + $x }
#= 16

[].reduce |$m, $x| { $m + $x }
#= undef

[].reduce('x') |$m, $x| { $m + $x }
#= 'x'

[7].reduce |$m, $x| { 99 }
#= 7

{a => 1, b => 2}.reduce |$m, $x| { [$m, $x] }
#= [['a', 1], ['b', 2]]

{a => 1, b => 2}.reduce(0) |$m, $x| { $m + $x[1] }
#= 3

[1, 2, 3].reduce |$m, $x| { if $x == 3 { break() } $m + $x }
#= 3

[1, 2, 3].reduce(0) |$m, $x| { if $x == 2 { next(100) } $m + $x }
#= 103

[1].reduce |$m| { 1 }
#! Evaluation Error: Error while evaluating a Method call, 'reduce' block expects 2 arguments, got 1

4.reduce |$m, $x| { $m + $x }
#= 6

## all and any
[1, 2].all |$x| { $x > 0 }
#= true

[1, 2].all |$i, $x| { $i < 1 }
#= false

{a => 1}.all |$k, $v| { $v == 1 }
#= true

{a => 1, b => 2}.all |$p| { $p[1] == 1 }
#= false

[].all |$x| { false }
#= true

[1, 2].any |$x| { $x > 1 }
#= true

[1, 2].any |$i, $x| { $i > 5 }
#= false

{a => 1}.any |$k, $v| { $v == 2 }
#= false

{a => 1}.any |$p| { $p[0] == a }
#= true

[].any |$x| { true }
#= false

[1].any |$x| { 'str' }
#= true

[1].any |$x| { undef }
#= false

[1].all |$x| { undef }
#= false

[1, 2].all |$x| { break() }
#! break() from context where this is illegal

[1, 2].any |$x| { break() }
#! break() from context where this is illegal

{a => 1}.any |$k, $v| { break() }
#! break() from context where this is illegal

{a => 1}.all |$k, $v| { break() }
#! break() from context where this is illegal

[1, 2].all |$i, $x| { break() }
#! break() from context where this is illegal

[1, 2].any |$i, $x| { break() }
#! break() from context where this is illegal

## slice
[1, 2, 3].slice(2)
#= [[1, 2], [3]]

[1, 2, 3].slice(2) |$a, $b| { notice("${a} ${b}") }
#- notice: 1 2
#- notice: 3
#= [1, 2, 3]

[1, 2, 3].slice(2) |$a| { notice($a) }
#- notice: [1, 2]
#- notice: [3]
#= [1, 2, 3]

{a => 1, b => 2, c => 3}.slice(2)
#= [[['a', 1], ['b', 2]], [['c', 3]]]

{a => 1, b => 2, c => 3}.slice(2) |$x, $y| { notice("${x} ${y}") }
#- notice: [a, 1] [b, 2]
#- notice: [c, 3] []
#= {'a' => 1, 'b' => 2, 'c' => 3}

[1].slice(0)
#! Evaluation Error: Error while evaluating a Method call, The function 'slice' was called with arguments it does not accept. It expects one of:
#!   (Hash hash, Integer[1] slice_size, Callable block?)
#!     rejected: parameter 'hash' expects a Hash value, got Tuple
#!   (Iterable enumerable, Integer[1] slice_size, Callable block?)
#!     rejected: parameter 'slice_size' expects an Integer[1] value, got Integer[0, 0]

5.slice(2)
#= [[0, 1], [2, 3], [4]]

'abcde'.slice(2)
#= [['a', 'b'], ['c', 'd'], ['e']]

[1, 2, 3].slice(2) || { 1 }
#! Evaluation Error: Error while evaluating a Method call, slice(): block must define at least one parameter. Block has 0.

[1, 2, 3].slice(2) |*$a| { notice($a) }
#- notice: [1, 2]
#- notice: [3, ]
#= [1, 2, 3]

[1, 2, 3, 4].slice(2) |$a, $b| { if $a == 3 { break() } notice($a) }
#- notice: 1
#= [1, 2, 3, 4]

[1, 2, 3].slice(1)
#= [[1], [2], [3]]

[].slice(2)
#= []

[1, 2, 3].slice(2) |$a, $b = 7| { notice("${a} ${b}") }
#- notice: 1 2
#- notice: 3
#= [1, 2, 3]

[1, 2, 3].slice(3) |$a, *$b| { notice("${a} ${b}") }
#- notice: 1 [2, 3]
#= [1, 2, 3]

{a => 1}.slice(2) |$x| { notice($x) }
#- notice: [[a, 1]]
#= {'a' => 1}

## reverse_each
[1, 2, 3].reverse_each.map |$x| { $x }
#= [3, 2, 1]

[1, 2].reverse_each |$x| { notice($x) }
#- notice: 2
#- notice: 1
#= undef

[1, 2].reverse_each
#= [2, 1]

{a => 1, b => 2}.reverse_each.map |$x| { $x }
#= [['b', 2], ['a', 1]]

{a => 1, b => 2}.reverse_each.map |$k, $v| { "${k}-${v}" }
#= ['0-[b, 2]', '1-[a, 1]']

'abc'.reverse_each.map |$x| { $x }
#= ['c', 'b', 'a']

Integer[1, 4].reverse_each.map |$x| { $x }
#= [4, 3, 2, 1]

4.reverse_each.map |$x| { $x }
#= [3, 2, 1, 0]

[1, 2, 3].reverse_each |$x| { if $x == 2 { break() } notice($x) }
#- notice: 3
#= undef

Array([1, 2, 3].reverse_each)
#= [3, 2, 1]

[1, 2, 3].reverse_each.reverse_each.map |$x| { $x }
#= [1, 2, 3]

[1, 2, 3].reverse_each.step(2).map |$x| { $x }
#= [3, 1]

*[1, 2, 3].reverse_each
#= [3, 2, 1]

reverse_each(true)
#! Evaluation Error: Error while evaluating a Function Call, 'reverse_each' parameter 'iterable' expects an Iterable value, got Boolean

reverse_each([1]) |$a, $b| { 1 }
#! Evaluation Error: Error while evaluating a Function Call, The function 'reverse_each' was called with arguments it does not accept. It expects one of:
#!   (Iterable iterable)
#!     rejected: does not expect a block
#!   (Iterable iterable, Callable[1, 1] block)
#!     rejected: block expects 1 argument, got 2

type([1].reverse_each)
#= Iterator[Integer[1, 1]]

String([1, 2].reverse_each)
#= '[2, 1]'

"${[1, 2].reverse_each}"
#= 'Iterator[Integer]-Value'

[1, 2].reverse_each =~ Iterator[Integer]
#= true

## step
[1, 2, 3, 4, 5].step(2).map |$x| { $x }
#= [1, 3, 5]

[1, 2, 3, 4, 5].step(2) |$x| { notice($x) }
#- notice: 1
#- notice: 3
#- notice: 5
#= undef

{a => 1, b => 2, c => 3}.step(2).map |$x| { $x }
#= [['a', 1], ['c', 3]]

Integer[0, 10].step(5).map |$x| { $x }
#= [0, 5, 10]

'abcde'.step(2).map |$x| { $x }
#= ['a', 'c', 'e']

[1].step(0)
#! Evaluation Error: Error while evaluating a Method call, 'step' parameter 'step' expects an Integer[1] value, got Integer[0, 0]

[1, 2, 3].step(2).reverse_each.map |$x| { $x }
#= [3, 1]

Integer[1, 10].step(3).reverse_each.map |$x| { $x }
#= [10, 7, 4, 1]

Integer[0].step(10).map |$x| { if $x > 30 { break() } $x }
#! Evaluation Error: Error while evaluating a Method call, 'step' parameter 'iterable' expects an Iterable value, got Type[Integer]

[1, 2, 3, 4].step(2) |$x| { if $x == 3 { break() } notice($x) }
#- notice: 1
#= undef

5.step(2).map |$x| { $x }
#= [0, 2, 4]

{a => 1, b => 2, c => 3}.step(2).map |$k, $v| { $k }
#= [0, 1]

[1, 2, 3, 4, 5, 6].step(2).step(2).map |$x| { $x }
#= [1, 5]

## tree_each
tree_each([1, [2, 3]]).map |$x| { $x }
#= [[[], [1, [2, 3]]], [[0], 1], [[1], [2, 3]], [[1, 0], 2], [[1, 1], 3]]

tree_each({a => [1], b => {c => 2}}).map |$pair| { [$p, $v] = $pair [$p, $v] }
#= [[[], {'a' => [1], 'b' => {'c' => 2}}], [['a'], [1]], [['a', 0], 1], [['b'], {'c' => 2}], [['b', 'c'], 2]]

tree_each([1, [2]]) |$v| { notice($v) }
#- notice: [1, [2]]
#- notice: 1
#- notice: [2]
#- notice: 2
#= [1, [2]]

tree_each([1, [2]]) |$p, $v| { notice("${p} ${v}") }
#- notice: [] [1, [2]]
#- notice: [0] 1
#- notice: [1] [2]
#- notice: [1, 0] 2
#= [1, [2]]

tree_each([1, [2, [3]]], {order => breadth_first}).map |$pair| { [$p, $v] = $pair [$p, $v] }
#= [[[], [1, [2, [3]]]], [[0], 1], [[1], [2, [3]]], [[1, 0], 2], [[1, 1], [3]], [[1, 1, 0], 3]]

tree_each([1, [2]], {include_containers => false}).map |$pair| { [$p, $v] = $pair [$p, $v] }
#= [[[0], 1], [[1, 0], 2]]

tree_each([1, [2]], {include_values => false}).map |$pair| { [$p, $v] = $pair [$p, $v] }
#= [[[], [1, [2]]], [[1], [2]]]

tree_each([1, [2]], {include_root => false}).map |$pair| { [$p, $v] = $pair [$p, $v] }
#= [[[0], 1], [[1], [2]], [[1, 0], 2]]

tree_each([1], {include_containers => false, include_values => false}).map |$pair| { [$p, $v] = $pair [$p, $v] }
#! Evaluation Error: Error while evaluating a Function Call, Options 'include_containers' and 'include_values' cannot both be false

tree_each([1], {include_containers => false, include_root => true}).map |$pair| { [$p, $v] = $pair [$p, $v] }
#= [[[0], 1]]

tree_each({a => {b => 1}}, {container_type => Hash}).map |$pair| { [$p, $v] = $pair [$p, $v] }
#= [[[], {'a' => {'b' => 1}}], [['a'], {'b' => 1}], [['a', 'b'], 1]]

tree_each([1], {bogus => 1})
#! Evaluation Error: Error while evaluating a Function Call, The function 'tree_each' was called with arguments it does not accept. It expects one of:
#!   (Variant[Iterator, Array, Hash, Object] tree, OptionsType = Struct[{'container_type' => Optional[Type], 'include_root' => Optional[Boolean], 'include_containers' => Optional[Boolean], 'include_values' => Optional[Boolean], 'order' => Optional[Enum['breadth_first', 'depth_first']], 'include_refs' => Optional[Boolean]}] options?, Callable[2, 2] block)
#!     rejected: parameter 'options' unrecognized key 'bogus'
#!   (Variant[Iterator, Array, Hash, Object] tree, OptionsType = Struct[{'container_type' => Optional[Type], 'include_root' => Optional[Boolean], 'include_containers' => Optional[Boolean], 'include_values' => Optional[Boolean], 'order' => Optional[Enum['breadth_first', 'depth_first']], 'include_refs' => Optional[Boolean]}] options?, Callable[1, 1] block)
#!     rejected: parameter 'options' unrecognized key 'bogus'
#!   (Variant[Iterator, Array, Hash, Object] tree, OptionsType = Struct[{'container_type' => Optional[Type], 'include_root' => Optional[Boolean], 'include_containers' => Optional[Boolean], 'include_values' => Optional[Boolean], 'order' => Optional[Enum['breadth_first', 'depth_first']], 'include_refs' => Optional[Boolean]}] options?)
#!     rejected: parameter 'options' unrecognized key 'bogus'

tree_each('a')
#! Evaluation Error: Error while evaluating a Function Call, 'tree_each' parameter 'tree' expects a value of type Iterator, Array, Hash, or Object, got String

tree_each([1, 2, 3]) |$v| { if $v == 2 { break() } notice($v) }
#- notice: [1, 2, 3]
#- notice: 1
#= [1, 2, 3]

tree_each({a => {b => 1}, c => 2}, {order => breadth_first}).map |$pair| { [$p, $v] = $pair $p }
#= [[], ['a'], ['c'], ['a', 'b']]

tree_each([[1, 2].reverse_each]).map |$pair| { [$p, $v] = $pair [$p, $v] }
#= [[[], [[2, 1]]], [[0], [2, 1]]]

tree_each({}, {}).map |$pair| { [$p, $v] = $pair [$p, $v] }
#= [[[], {}]]

tree_each(1)
#! Evaluation Error: Error while evaluating a Function Call, 'tree_each' parameter 'tree' expects a value of type Iterator, Array, Hash, or Object, got Integer

tree_each([1, [2]], {include_containers => false}).map |$x| { $x }
#= [[[0], 1], [[1, 0], 2]]

tree_each([[1, 2], 3]).reverse_each.map |$p| { $p }
#= [[[1], 3], [[0, 1], 2], [[0, 0], 1], [[0], [1, 2]], [[], [[1, 2], 3]]]

Array(tree_each([1, [2]]))
#= [[[], [1, [2]]], [[0], 1], [[1], [2]], [[1, 0], 2]]

tree_each([1], {order => 'bogus'})
#! Evaluation Error: Error while evaluating a Function Call, 'tree_each' parameter 'options' entry 'order' expects an undef value or a match for Enum['breadth_first', 'depth_first'], got 'bogus'

tree_each([1,[2]], {container_type => Integer}).map |$pair| { [$p, $v] = $pair $v }
#! Evaluation Error: Error while evaluating a Function Call, Only Array, Hash, and Object types can be used as container types. Got Integer

## group_by
['a', 'b', 'ab'].group_by |$s| { $s.length }
#= {1 => ['a', 'b'], 2 => ['ab']}

[1, 2, 3].group_by |$i, $v| { $i % 2 }
#= {0 => [1, 3], 1 => [2]}

{a => 1, b => 2, c => 1}.group_by |$k, $v| { $v }
#= {1 => [['a', 1], ['c', 1]], 2 => [['b', 2]]}

{a => 1}.group_by |$p| { $p[1] }
#= {1 => [['a', 1]]}

group_by(3) |$x| { 1 }
#! Evaluation Error: Error while evaluating a Function Call, The function 'group_by' was called with arguments it does not accept. It expects one of:
#!   (Collection collection, Callable[1, 1] block)
#!     rejected: parameter 'collection' expects a Collection value, got Integer
#!   (Array array, Callable[2, 2] block)
#!     rejected: parameter 'array' expects an Array value, got Integer
#!   (Collection collection, Callable[2, 2] block)
#!     rejected: parameter 'collection' expects a Collection value, got Integer

[].group_by |$x| { 1 }
#= {}

[1, 2, 3].group_by |$x| { break() }
#! break() from context where this is illegal

## partition
[1, 2, 3].partition |$x| { $x > 1 }
#= [[2, 3], [1]]

[1, 2, 3].partition |$i, $x| { $i == 0 }
#= [[1], [2, 3]]

{a => 1, b => 2}.partition |$k, $v| { $v == 1 }
#= [[['a', 1]], [['b', 2]]]

{a => 1, b => 2}.partition |$p| { $p[1] == 1 }
#= [[['a', 1]], [['b', 2]]]

partition(3) |$x| { true }
#! Evaluation Error: Error while evaluating a Function Call, The function 'partition' was called with arguments it does not accept. It expects one of:
#!   (Collection collection, Callable[1, 1] block)
#!     rejected: parameter 'collection' expects a Collection value, got Integer
#!   (Array array, Callable[2, 2] block)
#!     rejected: parameter 'array' expects an Array value, got Integer
#!   (Collection collection, Callable[2, 2] block)
#!     rejected: parameter 'collection' expects a Collection value, got Integer

[1, 2].partition |$x| { break() }
#! break() from context where this is illegal

## with, then, lest
with(1, 2) |$a, $b| { $a + $b }
#= 3

with() || { 5 }
#= 5

with(1)
#! Evaluation Error: Error while evaluating a Function Call, 'with' expects a block

with(1) |$a, $b| { 1 }
#! Evaluation Error: Parameter $b is required but no value was given

with(1) |String $a| { 1 }
#! Evaluation Error: Error while evaluating a Function Call, block parameter 'a' expects a String value, got Integer

1.then |$x| { $x + 1 }
#= 2

undef.then |$x| { $x + 1 }
#= undef

false.then |$x| { 'f' }
#= 'f'

undef.lest || { 7 }
#= 7

1.lest || { 7 }
#= 1

lest(undef)
#! Evaluation Error: Error while evaluating a Function Call, 'lest' expects a block

then(1) || { 1 }
#! Evaluation Error: Error while evaluating a Function Call, 'then' block expects 1 argument, got none

1.then |$x| { break() }
#! break() from context where this is illegal

with(1) |$x| { next(9) 10 }
#= 9
