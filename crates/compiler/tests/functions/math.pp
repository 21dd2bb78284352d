## abs
abs(-3)
#= 3

abs(-3.5)
#= 3.5

abs('-3')
#- warning: The abs() function's auto conversion of String to Numeric is deprecated - change to convert input before calling
#= 3

abs('-3.25')
#- warning: The abs() function's auto conversion of String to Numeric is deprecated - change to convert input before calling
#= 3.25

abs('x')
#- warning: The abs() function's auto conversion of String to Numeric is deprecated - change to convert input before calling
#! Evaluation Error: Error while evaluating a Function Call, abs(): Requires float or integer to work with - was given non decimal string

abs('- 3')
#- warning: The abs() function's auto conversion of String to Numeric is deprecated - change to convert input before calling
#! Evaluation Error: Error while evaluating a Function Call, abs(): Requires float or integer to work with - was given non decimal string

abs([1])
#! Evaluation Error: Error while evaluating a Function Call, 'abs' parameter 'val' expects a value of type Numeric or String, got Tuple

abs()
#! Evaluation Error: Error while evaluating a Function Call, 'abs' expects 1 argument, got none

abs(-9223372036854775807 - 1)
#? Puppet goes on with an integer of more than 64 bits, which nothing after it takes.
#! Evaluation Error: Error while evaluating a Function Call, abs(): the result is outside of Puppet Integer max range

abs("-3\nx")
#- warning: The abs() function's auto conversion of String to Numeric is deprecated - change to convert input before calling
#= 3

## ceiling
ceiling(3.1)
#= 4

ceiling(-3.9)
#= -3

ceiling(4)
#= 4

ceiling('3.2')
#- warning: The ceiling() function's auto conversion of String to Float is deprecated - change to convert input before calling
#= 4

ceiling(' 3.2 ')
#- warning: The ceiling() function's auto conversion of String to Float is deprecated - change to convert input before calling
#= 4

ceiling('0x1f')
#- warning: The ceiling() function's auto conversion of String to Float is deprecated - change to convert input before calling
#= 31

ceiling('1_000.5')
#- warning: The ceiling() function's auto conversion of String to Float is deprecated - change to convert input before calling
#= 1001

ceiling('x')
#- warning: The ceiling() function's auto conversion of String to Float is deprecated - change to convert input before calling
#! Evaluation Error: Error while evaluating a Function Call, ceiling(): cannot convert given value to a floating point value.

ceiling('')
#- warning: The ceiling() function's auto conversion of String to Float is deprecated - change to convert input before calling
#! Evaluation Error: Error while evaluating a Function Call, ceiling(): cannot convert given value to a floating point value.

ceiling(1.0e300)
#? Puppet goes on with an integer of more than 64 bits, which nothing after it takes.
#! Evaluation Error: Error while evaluating a Function Call, ceiling(): the result is outside of Puppet Integer range

## floor
floor(3.9)
#= 3

floor(-3.1)
#= -4

floor(4)
#= 4

floor('-3.2')
#- warning: The floor() function's auto conversion of String to Float is deprecated - change to convert input before calling
#= -4

floor('1e3')
#- warning: The floor() function's auto conversion of String to Float is deprecated - change to convert input before calling
#= 1000

floor('x')
#- warning: The floor() function's auto conversion of String to Float is deprecated - change to convert input before calling
#! Evaluation Error: Error while evaluating a Function Call, floor(): cannot convert given value to a floating point value.

floor('1_')
#- warning: The floor() function's auto conversion of String to Float is deprecated - change to convert input before calling
#! Evaluation Error: Error while evaluating a Function Call, floor(): cannot convert given value to a floating point value.

## round
round(2.5)
#= 3

round(-2.5)
#= -3

round(2.4)
#= 2

round(0)
#= 0

round(7)
#= 7

round(0.49999999999999994)
#= 1

round('2')
#! Evaluation Error: Error while evaluating a Function Call, 'round' parameter 'val' expects a Numeric value, got String

round(1.0e30)
#? Puppet goes on with an integer of more than 64 bits, which nothing after it takes.
#! Evaluation Error: Error while evaluating a Function Call, round(): the result is outside of Puppet Integer range

## compare
compare(1, 2)
#= -1

compare(2.5, 2)
#= 1

compare(1, 1.0)
#= 0

compare('a', 'B')
#= -1

compare('a', 'B', false)
#= 1

compare('B', 'a', true)
#= 1

compare('a', 'A')
#= 0

compare('É', 'é')
#= -1

compare(SemVer('1.2.3'), SemVer('1.10.0'))
#= -1

compare(Timespan(1), 2)
#= -1

compare(3, Timespan(2))
#= 1

compare(Timestamp(10), Timestamp(5))
#= 1

compare(Timestamp(10), 10)
#= 0

compare('a', 1)
#! Evaluation Error: Error while evaluating a Function Call, 'compare' compare(): Can only compare values of the same type (or for Timestamp/Timespan also against Numeric). Got String and Integer

compare(1, 2, true)
#! Evaluation Error: Error while evaluating a Function Call, 'compare' compare(): The third argument (ignore case) can only be used when comparing strings

compare('a', 'b', true, true)
#! Evaluation Error: Error while evaluating a Function Call, 'compare' compare(): Accepts at most 3 arguments, got 4

compare([1], [1])
#! Evaluation Error: Error while evaluating a Function Call, 'compare' compare(): Non comparable type. Only values of the types Numeric, String, Semver, Timestamp and Timestamp can be compared. Got Array and Array

compare(undef, 'a')
#! Evaluation Error: Error while evaluating a Function Call, 'compare' compare(): Non comparable type. Only values of the types Numeric, String, Semver, Timestamp and Timestamp can be compared. Got Undef Value and String

compare(/a/, default)
#! Evaluation Error: Error while evaluating a Function Call, 'compare' compare(): Non comparable type. Only values of the types Numeric, String, Semver, Timestamp and Timestamp can be compared. Got Regexp and Object

compare(Timespan(1), Timestamp(1))
#! Evaluation Error: Error while evaluating a Function Call, 'compare' compare(): Can only compare values of the same type (or for Timestamp/Timespan also against Numeric). Got Timespan and Timestamp

compare('a')
#! Evaluation Error: Error while evaluating a Function Call, 'compare' expects between 2 and 3 arguments, got 1

compare(1, Timestamp(1), 2, 3)
#! Evaluation Error: Error while evaluating a Function Call, 'compare' compare(): The third argument (ignore case) can only be used when comparing strings

compare(Integer, String)
#! Evaluation Error: Error while evaluating a Function Call, 'compare' compare(): Non comparable type. Only values of the types Numeric, String, Semver, Timestamp and Timestamp can be compared. Got Integer-Type and String-Type

## max and min
max(1, 2.5, 2)
#= 2.5

max('a', 'B', 'c')
#= 'c'

max('9', '10')
#- warning: The max() function's auto conversion of String to Numeric is deprecated - change to convert input before calling, or use lambda
#= '10'

max('9', 'a', '10')
#= 'a'

max(1, 'a')
#- warning: The max() function's auto conversion of Any to String is deprecated - change to convert input before calling, or use lambda
#= 'a'

max([1, 2, 3])
#= 3

max(['a', 'b'])
#= 'b'

max([1, 'x', 3.5])
#- warning: The max() function's auto conversion of Any to String is deprecated - change to convert input before calling, or use lambda
#= 'x'

max()
#! Evaluation Error: Error while evaluating a Function Call, max(): Wrong number of arguments need at least one

max([])
#! Evaluation Error: Error while evaluating a Function Call, max(): Wrong number of arguments need at least one

max([], [])
#- warning: The max() function's auto conversion of Any to String is deprecated - change to convert input before calling, or use lambda
#= []

max(1, 3) |$a, $b| { $b - $a }
#= 1

max([1, 3, 2]) |$a, $b| { $b - $a }
#= 1

max([1, 3, 2]) |$a, $b| { 'x' }
#! Evaluation Error: Error while evaluating a Function Call, comparison of String with 0 failed

max([1, 3, 2]) |$a, $b| { undef }
#! Evaluation Error: Error while evaluating a Function Call, comparison of Integer with 1 failed

max(undef, 'b')
#- warning: The max() function's auto conversion of Any to String is deprecated - change to convert input before calling, or use lambda
#= 'b'

max(SemVer('1.2.3'), SemVer('1.10.0'))
#= 1.10.0

String(max(Timespan(1), Timespan(3)))
#= '0-00:00:03.0'

String(max([Timestamp(1), Timestamp(3)]))
#= '1970-01-01T00:00:03.000000000 UTC'

max(true, false)
#- warning: The max() function's auto conversion of Any to String is deprecated - change to convert input before calling, or use lambda
#= true

max('1e2', '99')
#- warning: The max() function's auto conversion of String to Numeric is deprecated - change to convert input before calling, or use lambda
#= '1e2'

max('-1', '-2')
#- warning: The max() function's auto conversion of String to Numeric is deprecated - change to convert input before calling, or use lambda
#= '-1'

max({a => 1}, {b => 1})
#- warning: The max() function's auto conversion of Any to String is deprecated - change to convert input before calling, or use lambda
#= {'b' => 1}

max([[1], [2]])
#- warning: The max() function's auto conversion of Any to String is deprecated - change to convert input before calling, or use lambda
#= [2]

max([1, [2]])
#- warning: The max() function's auto conversion of Any to String is deprecated - change to convert input before calling, or use lambda
#= [2]

max('abc', 'abd', 'ab')
#= 'abd'

min(1, 2.5, 2)
#= 1

min('a', 'B', 'c')
#= 'B'

min('9', '10')
#- warning: The min() function's auto conversion of String to Numeric is deprecated - change to convert input before calling, or use lambda
#= '9'

min(1, 'a')
#- warning: The min() function's auto conversion of Any to String is deprecated - change to convert input before calling, or use lambda
#= 1

min([1, 2, 3])
#= 1

min()
#! Evaluation Error: Error while evaluating a Function Call, min(): Wrong number of arguments need at least one

min([])
#! Evaluation Error: Error while evaluating a Function Call, min(): Wrong number of arguments need at least one

min([1, 3, 2]) |$a, $b| { $b - $a }
#= 3

min([1, 'x', 3.5])
#- warning: The min() function's auto conversion of Any to String is deprecated - change to convert input before calling, or use lambda
#- warning: The min() function's auto conversion of String to Numeric is deprecated - change to convert input before calling, or use lambda
#= 1

min(1, 1.0)
#= 1

max(1, 1.0)
#= 1

min(SemVer('1.2.3'), SemVer('1.10.0'))
#= 1.2.3
