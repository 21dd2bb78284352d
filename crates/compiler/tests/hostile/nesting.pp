$x = Integer[1, 2000000].reduce([]) |$m, $i| { [$m] } notify { 'a': message => $x }

$x = Integer[1, 5000].reduce([]) |$m, $i| { [$m] } notify { 'a': message => $x }

$x = Integer[1, 5000].reduce([]) |$m, $i| { [$m] } notice($x =~ Data, $x == $x, String($x).size, "${x}".size, flatten($x).size, $x in [[1, $x]])

$x = Integer[1, 5000].reduce([]) |$m, $i| { [$m] } $y = Integer[1, 5000].reduce([]) |$m, $i| { [$m] } notice($x == $y, {$x => 1}[$y], $x < $y)

$x = Integer[1, 5000].reduce({}) |$m, $i| { {'a' => $m} } notice($x == $x, stdlib::to_json($x).size, stdlib::to_yaml($x).size, unique([$x, $x]).size, stdlib::deep_merge($x, $x) == $x)

Integer[1, 2000000].reduce({}) |$m, $i| { {'a' => $m} }

Integer[1, 2000000].reduce({}) |$m, $i| { {$m => 'a'} }

Integer[1, 2000000].reduce([]) |*$both| { $both }

Integer[1, 2000000].reduce([]) |$m, $i| { [] << $m }

Integer[1, 2000000].reduce([]) |$m, $i| { slice([$m], 1) }

Integer[1, 2000000].reduce([]) |$m, $i| { Sensitive([$m]) }

Integer[1, 2000000].reduce([]) |$m, $i| { Deferred('x', [$m]) }

Integer[1, 2000000].reduce([1]) |$m, $i| { $m.reverse_each }

Integer[1, 2000000].reduce([1]) |$m, $i| { $m.tree_each }

Integer[1, 2000000].reduce(Integer) |$m, $i| { Array[$m] }

Integer[1, 2000000].reduce(Integer) |$m, $i| { Type[$m] }

Integer[1, 2000000].reduce(Integer) |$m, $i| { type($m) }

Integer[1, 2000000].reduce(Integer) |$m, $i| { Struct[{a => $m}] }

Integer[1, 2000000].reduce(Integer) |$m, $i| { Object[{attributes => {a => $m}}] }

Integer[1, 2000000].reduce(Integer) |$m, $i| { Callable[$m] }

Integer[1, 2000000].reduce(1) |$m, $i| { Init[Integer, $m] }

$x = Integer[1, 40].reduce([1]) |$m, $i| { [$m, $m] }

$x = Integer[1, 20].reduce([1]) |$m, $i| { [$m, $m] } notice("${x}".size)

$x = Integer[1, 19].reduce([1]) |$m, $i| { [$m, $m] } notify { 'a': message => $x } notify { 'b': message => $x } notify { 'c': message => $x }

$x = Integer[1, 40].reduce({}) |$m, $i| { {a => $m, b => $m} }

$x = Integer[1, 40].reduce(Integer) |$m, $i| { Tuple[$m, $m] }

$x = Integer[1, 40].reduce(1) |$m, $i| { Deferred('x', [$m, $m]) }

$x = Integer[1, 17].reduce([1]) |$m, $i| { [$m, $m] } $y = Integer[1, 17].reduce([1]) |$m, $i| { [$m, $m] } notice($x == $y, {$x => 1}[$y], flatten($x).size, type($x) == type($y), unique([$x, $y]).size, $x in [$y])

function deep($n, $x) { if $n > 0 { deep($n - 1, [$x]) } else { $x } } $x = Integer[1, 100000].reduce(1) |$m, $i| { deep(500, $m) }

define chain($n, $x) { if $n > 0 { chain { "c${n}": n => $n - 1, x => [$x] } } } chain { 'c': n => 9000, x => 1 }

define chain($n, $x) { if $n > 0 { chain { "c${n}": n => $n - 1, x => [$x] } } } chain { 'c': n => 900, x => 1 }

define chain($n, $x) { if $n > 0 { chain { "c${n}": n => $n - 1, x => [$x, $x] } } } chain { 'c': n => 90, x => 1 }

$x = Integer[1, 5000].reduce([]) |$m, $i| { [$m] } notice($x)

$x = Integer[1, 5000].reduce([]) |$m, $i| { [$m] } fail("${x}")
