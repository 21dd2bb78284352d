## clamp
clamp()
#! Evaluation Error: Error while evaluating a Function Call, clamp(): Wrong number of arguments given (0 for minimum 1)

clamp(1, 2, 3)
#= 2

clamp('16', '88', '661')
#= 88

clamp([4, 3, '99'])
#= 4

clamp(1, [2], [[3]])
#= 2

clamp(1, 2)
#! Evaluation Error: Error while evaluating a Function Call, clamp(): Wrong number of arguments, need three to clamp

clamp(1, 2, 'a')
#! Evaluation Error: Error while evaluating a Function Call, clamp(): Required explicit numeric (a:String)

clamp(1, 2, '-3')
#! Evaluation Error: Error while evaluating a Function Call, clamp(): Required explicit numeric (-3:String)

clamp(1, 2, {'a' => 1})
#! Evaluation Error: Error while evaluating a Function Call, clamp(): The Hash type is not allowed ({"a"=>1})

clamp(1.5, 2.5, 3.5)
#= 2

clamp(1, 2, undef)
#! Evaluation Error: Error while evaluating a Function Call, clamp(): Required explicit numeric (:String)

clamp(1, 2, true)
#! Evaluation Error: Error while evaluating a Function Call, undefined method `to_i' for true:TrueClass

clamp(5, 2, 3, 4)
#! Evaluation Error: Error while evaluating a Function Call, clamp(): Wrong number of arguments, need three to clamp

clamp("1\nx", 2, 0)
#= 1

## convert_base
convert_base()
#! Evaluation Error: Error while evaluating a Function Call, convert_base(): Wrong number of arguments given (0 for 2)

convert_base(5)
#! Evaluation Error: Error while evaluating a Function Call, convert_base(): Wrong number of arguments given (1 for 2)

convert_base(5, 2)
#= "101"

convert_base('254', '16')
#= "fe"

convert_base(-5, 2)
#= "-101"

convert_base('x', 2)
#! Evaluation Error: Error while evaluating a Function Call, convert_base(): First argument must be an integer or a string corresponding to an integer in base 10

convert_base(5, 'x')
#! Evaluation Error: Error while evaluating a Function Call, convert_base(): First argument must be an integer or a string corresponding to an integer in base 10

convert_base(5, 1)
#! Evaluation Error: Error while evaluating a Function Call, convert_base(): base must be at least 2 and must not be greater than 36

convert_base(5, 37)
#! Evaluation Error: Error while evaluating a Function Call, convert_base(): base must be at least 2 and must not be greater than 36

convert_base(35, 36)
#= "z"

convert_base(1.5, 2)
#! Evaluation Error: Error while evaluating a Function Call, convert_base(): First argument must be either a string or an integer

convert_base(5, 1.5)
#! Evaluation Error: Error while evaluating a Function Call, convert_base(): Second argument must be either a string or an integer

convert_base([], 2)
#! Evaluation Error: Error while evaluating a Function Call, convert_base(): First argument must be either a string or an integer

convert_base('99999999999999999999', 16)
#= "56bc75e2d630fffff"

convert_base('', 2)
#! Evaluation Error: Error while evaluating a Function Call, convert_base(): First argument must be an integer or a string corresponding to an integer in base 10

convert_base(5, '-2')
#! Evaluation Error: Error while evaluating a Function Call, convert_base(): First argument must be an integer or a string corresponding to an integer in base 10

convert_base("5\nx", 2)
#= "101"

convert_base(9223372036854775807, 36)
#= "1y2p0ij32e8e7"

## to_bytes
to_bytes()
#! Evaluation Error: Error while evaluating a Function Call, to_bytes(): Wrong number of arguments given (0 for 1)

to_bytes('1 kB')
#= 1024

to_bytes('4 kB')
#= 4096

to_bytes('1k')
#= 1024

to_bytes('2M')
#= 2097152

to_bytes('1.5G')
#= 1610612736

to_bytes('1T')
#= 1099511627776

to_bytes('1P')
#= 1125899906842624

to_bytes('1E')
#= 1152921504606846976

to_bytes('100')
#= 100

to_bytes('100B')
#= 100

to_bytes('100b')
#= 100

to_bytes(100)
#= 100

to_bytes(1.5)
#= 1.5

to_bytes('x')
#! Evaluation Error: Error while evaluating a Function Call, to_bytes(): Unknown prefix x

to_bytes('1x')
#! Evaluation Error: Error while evaluating a Function Call, to_bytes(): Unknown prefix x

to_bytes('')
#= 0

to_bytes('1e3 M')
#= 1048576000

to_bytes('-1k')
#= -1024

to_bytes('abc')
#! Evaluation Error: Error while evaluating a Function Call, to_bytes(): Unknown prefix a

to_bytes(undef)
#= 0

to_bytes(true)
#! Evaluation Error: Error while evaluating a Function Call, no implicit conversion of true into String

to_bytes([])
#! Evaluation Error: Error while evaluating a Function Call, no implicit conversion of Array into String

to_bytes('1', '2')
#! Evaluation Error: Error while evaluating a Function Call, to_bytes(): Wrong number of arguments given (2 for 1)

to_bytes('1K')
#! Evaluation Error: Error while evaluating a Function Call, to_bytes(): Unknown prefix K

to_bytes('1.9')
#= 1

to_bytes('--5k')
#= 0

to_bytes(' 5k')
#! Evaluation Error: Error while evaluating a Function Call, to_bytes(): Unknown prefix 5

to_bytes("5\nk")
#= 5120

## str2saltedpbkdf2
str2saltedpbkdf2()
#! Evaluation Error: Error while evaluating a Function Call, str2saltedpbkdf2(): wrong number of arguments (0 for 3)

str2saltedpbkdf2('Pa55w0rd', 'Using s0m3 s@lt', 50000)
#= {"password_hex" => "3577f79f7d2e73df1cf1eecc36da16fffcd3650126d79e797a8b227492d13de4cdd0656933b43118b7361692f755e5b3c1e0536f826d12442400f3467bcc8fb4ac2235d5648b0f1b0906d0712aecd265834319b5a42e98af2ced81597fd78d1ac916f6eff6122c3577bb120a9f534e2a5c9a58c7d1209e3914c967c6a467b594", "salt_hex" => "5573696e672073306d332073406c74", "iterations" => 50000}

str2saltedpbkdf2(Sensitive('Pa55w0rd'), Sensitive('Using s0m3 s@lt'), Sensitive(50000))
#= {"password_hex" => "3577f79f7d2e73df1cf1eecc36da16fffcd3650126d79e797a8b227492d13de4cdd0656933b43118b7361692f755e5b3c1e0536f826d12442400f3467bcc8fb4ac2235d5648b0f1b0906d0712aecd265834319b5a42e98af2ced81597fd78d1ac916f6eff6122c3577bb120a9f534e2a5c9a58c7d1209e3914c967c6a467b594", "salt_hex" => "5573696e672073306d332073406c74", "iterations" => 50000}

str2saltedpbkdf2('a', 'short', 50000)
#! Evaluation Error: Error while evaluating a Function Call, str2saltedpbkdf2(): second argument must be at least 8 bytes long

str2saltedpbkdf2('a', 'longenough', 40000)
#! Evaluation Error: Error while evaluating a Function Call, str2saltedpbkdf2(): third argument must be between 40,000 and 70,000

str2saltedpbkdf2('a', 'longenough', 70000)
#! Evaluation Error: Error while evaluating a Function Call, str2saltedpbkdf2(): third argument must be between 40,000 and 70,000

str2saltedpbkdf2('a', 'longenough', '50000')
#! Evaluation Error: Error while evaluating a Function Call, str2saltedpbkdf2(): third argument must be an integer

str2saltedpbkdf2(1, 'longenough', 50000)
#! Evaluation Error: Error while evaluating a Function Call, str2saltedpbkdf2(): first argument must be a string

str2saltedpbkdf2('a', 1, 50000)
#! Evaluation Error: Error while evaluating a Function Call, str2saltedpbkdf2(): second argument must be a string

str2saltedpbkdf2('', 'ääää', 40001)
#= {"password_hex" => "ef9658f3e66d311d0f1beb89c9c79c1e362fee6ec3fc78b48edec441f1ad9007dbbf90dcbc527a8dafaba211b23960a35a1171a1fbe4ec3550b57d55dd699c7dffa4a9e84c5a5526d9997d884d521220b99dde392b3b3413da568a2dc2ec02702a3044a7037923540e05ed622d9ba9465caf2ccb99d2bb89cff82d2123b7b8c6", "salt_hex" => "c3a4c3a4c3a4c3a4", "iterations" => 40001}

## str2saltedsha512
str2saltedsha512()
#! Evaluation Error: Error while evaluating a Function Call, str2saltedsha512(): Wrong number of arguments passed (0 but we require 1)

str2saltedsha512(1)
#! Evaluation Error: Error while evaluating a Function Call, str2saltedsha512(): Requires a String argument, you passed: Integer

size(str2saltedsha512('password'))
#= 136

str2saltedsha512(undef, 1)
#! Evaluation Error: Error while evaluating a Function Call, str2saltedsha512(): Wrong number of arguments passed (2 but we require 1)

str2saltedsha512([])
#! Evaluation Error: Error while evaluating a Function Call, str2saltedsha512(): Requires a String argument, you passed: Array

str2saltedsha512({})
#! Evaluation Error: Error while evaluating a Function Call, str2saltedsha512(): Requires a String argument, you passed: Hash

str2saltedsha512(true)
#! Evaluation Error: Error while evaluating a Function Call, str2saltedsha512(): Requires a String argument, you passed: TrueClass

## pw_hash
pw_hash()
#! Evaluation Error: Error while evaluating a Function Call, pw_hash(): Wrong number of arguments given (0 for 3)

pw_hash('password', 'sha-512', 'salt')
#= "$6$salt$IxDD3jeSOb5eB1CX5LBsqZFVkJdido3OUILO5Ifz5iwMuTS4XMS130MTSuDDl3aCI6WouIL9AjRbLCelDCy.g."

pw_hash('password', 'SHA-256', 'salt')
#= "$5$salt$Gcm6FsVtF/Qa77ZKD.iwsJlCVPY0XSMgLJL0Hnww/c1"

pw_hash('password', 'md5', 'salt')
#= "$1$salt$qJH7.N4xYta3aEG/dfqo/0"

pw_hash(Sensitive('password'), 'md5', 'salt')
#= "$1$salt$qJH7.N4xYta3aEG/dfqo/0"

pw_hash('', 'md5', 'salt')
#= undef

pw_hash(undef, 'md5', 'salt')
#= undef

pw_hash('password', 'des', 'salt')
#! Evaluation Error: Error while evaluating a Function Call, pw_hash(): des is not a valid hash type

pw_hash('password', 'md5', '')
#! Evaluation Error: Error while evaluating a Function Call, pw_hash(): third argument must not be empty

pw_hash('password', 'md5', 's?lt')
#! Evaluation Error: Error while evaluating a Function Call, pw_hash(): characters in salt must be in the set [a-zA-Z0-9./]

pw_hash(1, 'md5', 'salt')
#! Evaluation Error: Error while evaluating a Function Call, pw_hash(): first argument must be a string

pw_hash('password', 1, 'salt')
#! Evaluation Error: Error while evaluating a Function Call, pw_hash(): second argument must be a string

pw_hash('password', 'md5', 1)
#! Evaluation Error: Error while evaluating a Function Call, pw_hash(): third argument must be a string

pw_hash('password', 'md5')
#! Evaluation Error: Error while evaluating a Function Call, pw_hash(): Wrong number of arguments given (2 for 3)

pw_hash('password', 'sha-512', 'averyveryverylongsaltthatiscut')
#= "$6$averyveryverylon$YJhtUCwv1uPbKM0LqPLATBP0EFY8eRt.3N23rg4E1/hyZJGXy7cmaGQxo4jQZmJ28lqtfToOfgribt.dut8.B0"

pw_hash('password', 'sha-256', 'averyveryverylongsaltthatiscut')
#= "$5$averyveryverylon$3ZvmCg1a4ppW8Tvir.1IjeXqSzTdA2c4zykPzjF6BS3"

pw_hash('password', 'md5', 'averyveryverylongsaltthatiscut')
#= "$1$averyver$sNgXVE9KkZ4M2D3h5u6sC/"

pw_hash('a very long password with more than sixty four characters in it, so that digests repeat', 'sha-512', 'a.b/c')
#= "$6$a.b/c$tEgg1DSbo7bcEPL6sw/DB0dq5pymjW3zwJgoyJHEuAYddHAdagsyxATn3JZq7AWoHVvO91UPz.rN0QAoN.cFO/"

pw_hash('a very long password with more than sixty four characters in it, so that digests repeat', 'sha-256', 'a.b/c')
#= "$5$a.b/c$XSUBeWfe9jCQVxTPgEMJ762F.qKSMY.XV01di.o6wD4"

pw_hash('a very long password with more than sixty four characters in it, so that digests repeat', 'md5', 'a.b/c')
#= "$1$a.b/c$0R16hW2ZmvbS5ZEeymm3V."

pw_hash('pässwörd', 'sha-512', 'x')
#= "$6$x$CcOozKa6JVx4D2D8MkLiJrFeNI7WXH.mpgK166.0Klw7xGHTCeLuyZxq45XcTgw97w7RIg7n9epLe.7jp3kKM/"

pw_hash('pässwörd', 'md5', 'x')
#= "$1$x$JCGkBY00FL7KZ2Wf1VmLX."

pw_hash('password', 'bcrypt', '05$abcdefghijklmnopqrstuu')
#= "$2b$05$abcdefghijklmnopqrstuuWG29KuyeAicPCJODk1zjyGvyQUU2awu"

pw_hash('password', 'bcrypt-a', '05$abcdefghijklmnopqrstuu')
#= "$2a$05$abcdefghijklmnopqrstuuWG29KuyeAicPCJODk1zjyGvyQUU2awu"

pw_hash('password', 'bcrypt-x', '05$abcdefghijklmnopqrstuu')
#= "$2x$05$abcdefghijklmnopqrstuuWG29KuyeAicPCJODk1zjyGvyQUU2awu"

pw_hash('password', 'bcrypt-y', '05$abcdefghijklmnopqrstuu')
#= "$2y$05$abcdefghijklmnopqrstuuWG29KuyeAicPCJODk1zjyGvyQUU2awu"

pw_hash('pässwörd', 'bcrypt', '05$abcdefghijklmnopqrstuu')
#= "$2b$05$abcdefghijklmnopqrstuuZVEMa1pjhlynBQ1qXmSvGBJpN9h1w8G"

pw_hash('pässwörd', 'bcrypt-a', '05$abcdefghijklmnopqrstuu')
#= "$2a$05$abcdefghijklmnopqrstuuZVEMa1pjhlynBQ1qXmSvGBJpN9h1w8G"

pw_hash('pässwörd', 'bcrypt-x', '05$abcdefghijklmnopqrstuu')
#= "$2x$05$abcdefghijklmnopqrstuu7fBvhrteno3q3HcIu7ORNzGrSPOJXt6"

pw_hash('pässwörd', 'bcrypt-y', '05$abcdefghijklmnopqrstuu')
#= "$2y$05$abcdefghijklmnopqrstuuZVEMa1pjhlynBQ1qXmSvGBJpN9h1w8G"

pw_hash('a very long password with more than seventy two characters in it, so that it is cut short', 'bcrypt', '04$zzzzzzzzzzzzzzzzzzzzzu')
#= "$2b$04$zzzzzzzzzzzzzzzzzzzzzuCEfwDlGZYEEkxeIRcR.91SRwYldWKF6"

pw_hash('password', 'bcrypt', '05$abcdefghijklmnopqrstuv')
#= "$2b$05$abcdefghijklmnopqrstuuWG29KuyeAicPCJODk1zjyGvyQUU2awu"

pw_hash('password', 'bcrypt', '05$abcdefghijklmnopqrstuuxyz')
#= "$2b$05$abcdefghijklmnopqrstuuWG29KuyeAicPCJODk1zjyGvyQUU2awu"

pw_hash('password', 'bcrypt', '05$abc')
#! Evaluation Error: Error while evaluating a Function Call, pw_hash(): characters in salt must match (?-mix:^[0-9]{2}\$[.\/A-Za-z0-9]{22})

pw_hash('password', 'bcrypt', '5$abcdefghijklmnopqrstuu')
#! Evaluation Error: Error while evaluating a Function Call, pw_hash(): characters in salt must match (?-mix:^[0-9]{2}\$[.\/A-Za-z0-9]{22})

pw_hash('password', 'bcrypt', '03$abcdefghijklmnopqrstuu')
#= "*0"

pw_hash('password', 'bcrypt', '99$abcdefghijklmnopqrstuu')
#= "*0"

pw_hash("pass\u{0}word", 'md5', 'salt')
#! Evaluation Error: Error while evaluating a Function Call, string contains null byte

pw_hash('password', '', 'salt')
#! Evaluation Error: Error while evaluating a Function Call, pw_hash():  is not a valid hash type

pw_hash('x', 'md5', "salt\n")
#! Evaluation Error: Error while evaluating a Function Call, pw_hash(): characters in salt must be in the set [a-zA-Z0-9./]

pw_hash('aa', 'sha-512', 'b')
#= "$6$b$668D3OSsD/4ZlFuCB4NvkMB1LmtiRbB47dlgn03d6M61yzmZIspqXC2jllVnbZW5Z0rHStGBXHzl5.oyZdGjr/"

## numbers of the core
round(1.5)
#= 2
