1 + 2  #=> 3
7 / 2  #=> 3
-7 / 2  #=> -4
7 % 3  #=> 1
-7 % 3  #=> 2
7.remainder(-3)  #=> 1
-7.remainder(3)  #=> -1
7.divmod(2)  #=> [3, 1]
-7.divmod(2)  #=> [-4, 1]
7.fdiv(2)  #=> 3.5
2**10  #=> 1024
2**0.5  #=> 1.4142135623730951
7.0 / 2  #=> 3.5
1.0 / 3  #=> 0.3333333333333333
0.1 + 0.2  #=> 0.30000000000000004
1e20  #=> 1.0e+20
1e15  #=> 1.0e+15
1e16  #=> 1.0e+16
123456789.123456789  #=> 123456789.12345679
1.0e-5  #=> 1.0e-05
0.0001  #=> 0.0001
1e100  #=> 1.0e+100
-0.0  #=> -0.0
100.0  #=> 100.0
1.5.to_s  #=> "1.5"
1.0.to_i  #=> 1
1.9.to_i  #=> 1
-1.9.to_i  #=> -1
1.5.round  #=> 2
2.5.round  #=> 3
-1.5.round  #=> -2
1.25.round(1)  #=> 1.3
1.15.round(1)  #=> 1.2
1.005.round(2)  #=> 1.01
2.675.round(2)  #=> 2.68
1234.567.round(-2)  #=> 1200
15.round(-1)  #=> 20
25.round(-1, half: :even)  #=> 20
2.5.round(half: :even)  #=> 2
2.5.round(half: :down)  #=> 2
1.7.floor  #=> 1
-1.7.floor  #=> -2
1.2.ceil  #=> 2
1.234.floor(2)  #=> 1.23
1.234.ceil(2)  #=> 1.24
-1.234.floor(2)  #=> -1.24
-1.235.ceil(2)  #=> -1.23
0.1.floor(20)  #=> 0.1
1234.floor(-2)  #=> 1200
1234.ceil(-2)  #=> 1300
1.999.truncate(2)  #=> 1.99
10.to_s(2)  #=> "1010"
255.to_s(16)  #=> "ff"
10.digits  #=> [0, 1]
3.times.to_a  #=> [0, 1, 2]
1.upto(3).to_a  #=> [1, 2, 3]
3.downto(1).to_a  #=> [3, 2, 1]
1.step(10, 3).to_a  #=> [1, 4, 7, 10]
1.0.step(2.0, 0.5).to_a  #=> [1.0, 1.5, 2.0]
10.step(1, -3).to_a  #=> [10, 7, 4, 1]
1.step(by: 2, to: 5).to_a  #=> [1, 3, 5]
5.between?(1, 10)  #=> true
5.clamp(1, 3)  #=> 3
5.clamp(..3)  #=> 3
5.zero?  #=> false
0.zero?  #=> true
5.positive?  #=> true
-5.negative?  #=> true
5.even?  #=> false
5.odd?  #=> true
5.succ  #=> 6
5.pred  #=> 4
-5.abs  #=> 5
5.gcd(15)  #=> 5
4.lcm(6)  #=> 12
1 <=> 2  #=> -1
1 <=> "a"  #=> nil
1 == 1.0  #=> true
1.eql?(1.0)  #=> false
1.equal?(1)  #=> true
1 === 1  #=> true
3.7 % 1  #=> 0.7000000000000002
-3.7 % 1  #=> 0.2999999999999998
3.7.divmod(1.2)  #=> [3, 0.10000000000000031]
1 < "a"  #!> ArgumentError: comparison of Integer with String failed
1 < nil  #!> ArgumentError: comparison of Integer with nil failed
1.0 < "x"  #!> ArgumentError: comparison of Float with String failed
1 / 0  #!> ZeroDivisionError: divided by 0
1.0 / 0  #=> Infinity
0.0 / 0  #=> NaN
1 % 0  #!> ZeroDivisionError: divided by 0
1 + nil  #!> TypeError: nil can't be coerced into Integer
1 + "1"  #!> TypeError: String can't be coerced into Integer
1.0 + nil  #!> TypeError: nil can't be coerced into Float
1.0 * "x"  #!> TypeError: String can't be coerced into Float
nil + 1  #!> NoMethodError: undefined method `+' for nil:NilClass
1 & 3  #=> 1
1 | 2  #=> 3
5 ^ 1  #=> 4
~5  #=> -6
1 << 4  #=> 16
256 >> 2  #=> 64
5[0]  #=> 1
Integer("12")  #=> 12
Integer("0x1f", 16)  #=> 31
Integer("0b11")  #=> 3
Integer("010")  #=> 8
Integer("12abc")  #!> ArgumentError: invalid value for Integer(): "12abc"
Integer("")  #!> ArgumentError: invalid value for Integer(): ""
Integer(nil)  #!> TypeError: can't convert nil into Integer
Integer("1_000")  #=> 1000
Integer(" 12 ")  #=> 12
Integer(3.99)  #=> 3
Integer("12", exception: false)  #=> 12
Integer("x", exception: false)  #=> nil
Integer([1])  #!> TypeError: can't convert Array into Integer
Integer("z", 36)  #=> 35
Float("1.5")  #=> 1.5
Float("1.5x")  #!> ArgumentError: invalid value for Float(): "1.5x"
Float("1")  #=> 1.0
Float("1e3")  #=> 1000.0
Float("")  #!> ArgumentError: invalid value for Float(): ""
Float(nil)  #!> TypeError: can't convert nil into Float
Float(".5")  #=> 0.5
Float("1.")  #!> ArgumentError: invalid value for Float(): "1."
Float("x", exception: false)  #=> nil
String(12)  #=> "12"
String(nil)  #=> ""
Array(nil)  #=> []
Array([1])  #=> [1]
Array("a")  #=> ["a"]
Array({ "a" => 1 })  #=> [["a", 1]]
Array(1..3)  #=> [1, 2, 3]
Hash([])  #=> {}
Hash(nil)  #=> {}
Hash({ a: 1 })  #=> {:a=>1}
12.to_s  #=> "12"
12.inspect  #=> "12"
12.class  #=> Integer
1.5.class  #=> Float
12.is_a?(Integer)  #=> true
12.is_a?(Numeric)  #=> true
12.is_a?(Fixnum)  #=> true
1.5.nan?  #=> false
1.5.finite?  #=> true
(0.0 / 0).nan?  #=> true
1.0.infinite?  #=> nil
12.nil?  #=> false
12.frozen?  #=> true
12.size  #=> 8
12.ord  #=> 12
12.bit_length  #=> 4
12.coerce(2.5)  #=> [2.5, 12.0]
12.to_f  #=> 12.0
12.foo  #!> NoMethodError: undefined method `foo' for 12:Integer
1.5.foo  #!> NoMethodError: undefined method `foo' for 1.5:Float
12.integer?  #=> true
1.5.integer?  #=> false
1_000_000  #=> 1000000
0x1f  #=> 31
0b101  #=> 5
0o17  #=> 15
017  #=> 15
1e3  #=> 1000.0
12.pow(2)  #=> 144
4.2 % 0.1  #=> 0.09999999999999995
1.1 - 1.0  #=> 0.10000000000000009
100 * 1.1  #=> 110.00000000000001
(1..5).sum  #=> 15
[0.1] * 3  #=> [0.1, 0.1, 0.1]
[0.1, 0.2, 0.3].sum  #=> 0.6
[0.1, 0.2, 0.3].inject(:+)  #=> 0.6000000000000001
[1, 2.5].sum  #=> 3.5
9223372036854775807  #=> 9223372036854775807
1.23456789012345e+25  #=> 1.23456789012345e+25
5.fdiv(3).round(3)  #=> 1.667
(2.0 / 3).round(4)  #=> 0.6667
1e2.to_i  #=> 100
12345.6789.round(2)  #=> 12345.68
0.5.round  #=> 1
1.5.round  #=> 2
0.5.floor  #=> 0
-0.5.round  #=> -1
-2.5.round  #=> -3
1e-10  #=> 1.0e-10
1.0e10  #=> 10000000000.0
12.3e5  #=> 1230000.0
1 != 2  #=> true
!1  #=> false
not(true)  #=> false
5.then { |x| x + 1 }  #=> 6
Math.sqrt(16)  #=> 4.0
Math::PI  #=> 3.141592653589793
Math.sqrt(-1)  #!> Math::DomainError: Numerical argument is out of domain - sqrt
