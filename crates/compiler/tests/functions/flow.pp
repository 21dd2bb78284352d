## break, next, return
break()
#! break() from context where this is illegal

next()
#= undef

return()
#! return() from context where this is illegal

return(5)
#! return() from context where this is illegal

[1, 2].each |$x| { return(7) }
#! return() from context where this is illegal

with(1) |$x| { return(3) }
#! return() from context where this is illegal

[1, 2].map |$x| { next }
#= ['next', 'next']

[1, 2].map |$x| { next() }
#= [undef, undef]

[1, 2].map |$x| { next($x * 2) 9 }
#= [2, 4]

next(1, 2)
#! Evaluation Error: Error while evaluating a Function Call, 'next' expects at most 1 argument, got 2

break(1)
#! Evaluation Error: Error while evaluating a Function Call, 'break' expects no arguments, got 1

m::twice(2)
#= 4

m::ret()
#! Evaluation Error: Error while evaluating a Function Call, value returned from m::ret has wrong type, expects a String value, got Integer

[1, 2].each |$x| { [3].each |$y| { break() } notice($x) }
#- notice: 1
#- notice: 2
#= [1, 2]

## fail
fail('a')
#! Evaluation Error: Error while evaluating a Function Call, a

fail('a', 'b', 1)
#! Evaluation Error: Error while evaluating a Function Call, a b 1

fail()
#! Evaluation Error: Error while evaluating a Function Call,

fail(['a', 'b'])
#! Evaluation Error: Error while evaluating a Function Call, ["a", "b"]

fail(undef)
#! Evaluation Error: Error while evaluating a Function Call,

fail({a => 1})
#! Evaluation Error: Error while evaluating a Function Call, {"a"=>1}

fail(1.5, true, default, /a/)
#! Evaluation Error: Error while evaluating a Function Call, 1.5 true default /a/

fail("a\nb")
#! Evaluation Error: Error while evaluating a Function Call, a
#! b

fail([1, [2, undef]])
#! Evaluation Error: Error while evaluating a Function Call, [1, [2, nil]]

fail(Integer, File['/x'])
#! Evaluation Error: Error while evaluating a Function Call, Integer File[/x]

fail(Sensitive('secret'))
#! Evaluation Error: Error while evaluating a Function Call, Sensitive [value redacted]

## logs
notice('a', 'b', 1)
#- notice: a b 1
#= undef

notice()
#= undef

info('x')
#- info: x
#= undef

debug('x')
#- debug: x
#= undef

warning('x', undef)
#- warning: x
#= undef

err('x')
#= undef

alert('x')
#- alert: x
#= undef

crit('x')
#- crit: x
#= undef

emerg('x')
#- emerg: x
#= undef

notice([1, 'a', {b => undef}])
#- notice: [1, a, {b => }]
#= undef

notice(undef)
#= undef

notice(default, true, 1.5, /a/)
#- notice: default true 1.5 /a/
#= undef

notice(Sensitive('x'))
#- notice: Sensitive [value redacted]
#= undef

notice("multi\nline")
#- notice: multi
#- notice: line
#= undef

notice(Integer, File['/x'])
#- notice: Integer File['/x']
#= undef

notice({a => [1, 'x']}, 'y')
#- notice: {a => [1, x]} y
#= undef

notice([undef, 'a'])
#- notice: [, a]
#= undef

notice(Timespan(1), Timestamp(0), SemVer('1.0.0'), Binary('YQ=='))
#- notice: 0-00:00:01.0 1970-01-01T00:00:00.000000000 UTC 1.0.0 YQ==
#= undef

notice('')
#= undef

notice([['nested', [1]]])
#- notice: [[nested, [1]]]
#= undef

notice({1 => {2 => 3}})
#- notice: {1 => {2 => 3}}
#= undef

notice(Deferred('x', [1]))
#- notice: Deferred({'name' => 'x', 'arguments' => [1]})
#= undef

notice([1, 2].reverse_each)
#- notice: Iterator[Integer]-Value
#= undef
