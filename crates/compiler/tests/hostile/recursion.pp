function f($x) { f($x) } f(1)

function f($x) { [f($x)] } f(1)

function f($x) { "${f($x)}" } f(1)

function f($x) { [1].each |$y| { f($y) } } f(1)

function f($x) { inline_epp('<%= f($x) %>', {x => $x}) } f(1)

function f($x) { inline_epp('<% |$x| %><%= f($x) %>', {x => $x}) } f(1)

function f(Integer $x = f()) { $x } f()

function f($x) { call('f', $x) } f(1)

function f($x) { Deferred('f', [$x]).call } f(1)

define d { d { "${title}x": } } d { 'a': }

define a { b { "${title}": } } define b { a { "${title}y": } } a { 'a': }

class a { include b } class b { include a } include a

class a inherits b {} class b inherits a {} include a

class a($x = $b::y) { include b } class b($y = $a::x) { include a } include a

Integer[1, 1000000].each |$i| { notify { "n${i}": } }

Integer[1, 1000000000000].each |$i| { $i }

1000000000000.each |$i| { $i }

Integer[1, 1000000000000].map |$i| { $i }

Integer[1, 1000000000000].filter |$i| { false }

Integer[1, 1000000000000].reduce |$m, $i| { $m }

inline_epp('<% Integer[1, 1000000000].each |$i| { %>xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx<% } %>')

inline_template('<% while true %>x<% end %>')

inline_template('<% loop { } %>')

inline_template('<% def f(x); f(x); end; f(1) %>')

inline_template('<%= "x" * 10000000000 %>')

inline_template('<%= (1..1000000000000).to_a.size %>')

inline_template('<%= x = "x"; 60.times { x = x + x }; x %>')

inline_template('<%= x = []; 10000000.times { x = [x, 'x' * 200] }; x %>')

type A = A notice(1 =~ A)

type A = B type B = A notice(1 =~ A)

type A = Array[A] notice([[[]]] =~ A, [[[1]]] =~ A)

type A = Variant[A, Integer] notice(1 =~ A)

type A = Optional[A] notice(1 =~ A)

type A = Struct[{a => Optional[A]}] notice({a => {a => {}}} =~ A)

type A = Array[Variant[A, B]] type B = Array[Variant[B, A]] notice([[[[1]]]] =~ A, A == B, A < B, B < A)

type A = Array[A] $x = Integer[1, 5000].reduce([]) |$m, $i| { [$m] } notice($x =~ A)

type A = Variant[Integer, Array[A]] $x = Integer[1, 17].reduce([1]) |$m, $i| { [$m, $m] } notice($x =~ A)
