$k = Integer[1, 20].reduce('x') |$m, $i| { "${m}${m}" } $s = $k $x = Integer[1, 100].map |$i| { "${s}${s}${s}${s}${s}${s}${s}${s}${s}${s}${s}${s}${s}${s}${s}${s}${s}${s}${s}${s}${s}${s}${s}${s}${s}${s}${s}${s}${s}${s}${s}${s}${s}${s}${s}" }

sprintf('%1000000000d', 1)

sprintf('%.1000000000f', 1.5)

sprintf('%-1000000000s|', 'x')

sprintf('%*d', 1000000000, 1)

sprintf('%.1000000000d', 1)

sprintf('%1000000000x', 1)

sprintf('%1000000000c', 'x')

sprintf('%1000000000e', 1.5)

sprintf('%1000000000g', 1.5)

sprintf('%1000000000a', 1.5)

sprintf('%1000000000p', 'x')

sprintf('%1000000000%')

sprintf('%99999999999999999999d', 1)

sprintf('%99999999999999999999$d', 1)

sprintf('%9999999d%9999999d%9999999d%9999999d%9999999d', 1, 1, 1, 1, 1)

String(1, '%1000000000d')

String('x', '%1000000000s')

String('x', '%.1000000000s')

String(1.5, '%.1000000000f')

String(1.5, '%1000000000e')

String(true, '%1000000000p')

String(undef, '%1000000000n')

String([1, 2], '%1000000000a')

$k = Integer[1, 20].reduce('x') |$m, $i| { "${m}${m}" } String([1, 2], {Array => {format => '% a', separator => $k}})

$k = Integer[1, 20].reduce('x') |$m, $i| { "${m}${m}" } String(range(1, 100000), {Array => {format => '%a', separator => $k}})

$k = Integer[1, 20].reduce('x') |$m, $i| { "${m}${m}" } String(Integer[1, 1000].map |$i| { {a => $i} }, {Hash => {format => '%h', separator2 => $k}})

String(Integer[1, 3000].reduce([]) |$m, $i| { [$m, $i] }, '%#a')

String(range(1, 100000), {Integer => '%30000d'})

String(Integer, '%1000000000s')

String(Timespan(1), '%1000000000D')

Timespan(1).strftime('%1000000000N')

Timestamp(1).strftime('%1000000000Y')

Timestamp(1).strftime('%1000000000d%1000000000d')

strftime(Timestamp(1), '%999999999999999999999d')

$k = Integer[1, 20].reduce('x') |$m, $i| { "${m}${m}" } join(range(1, 100000), $k)

range(1, 1000000000)

range(1, 9223372036854775807)

range(-9223372036854775807, 9223372036854775807, 9223372036854775807)

$x = range(1, 1000000)

$k = Integer[1, 20].reduce('x') |$m, $i| { "${m}${m}" } regsubst($k, ' ', $k, 'G')

notice('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab' =~ /^(a+)+$/)

notice('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab' =~ /^(?!x)(a+)+$/)

notice('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab' =~ /^(?=(a+)+$)/)

notice('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab' =~ /^(a|a)*\1$/)

notice(regsubst('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab', '^(?!x)(a+)+$', 'b'))

notice(split('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab', '(?!x)(a+)+$'))

notice('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab'.match('^(?!x)(a+)+$'))

notice('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab' =~ Pattern['^(?!x)(a+)+$'])

notice(case 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab' { /^(?!x)(a+)+$/: { 1 } default: { 2 } })

notice('x' =~ /(((((x{1,1000}){1,1000}){1,1000}){1,1000}){1,1000})/)

notice('x' =~ /x{1000000000}/)

notice('x' =~ /(?!x)x{100000}/)

notice((range(1, 100000) - range(2, 100001)).size)

notice((Integer[1, 30000].map |$i| { "${i}".reverse_each } - range(2, 30000)).size)

notice(unique(range(1, 100000)).size)

notice(unique(Integer[1, 30000].map |$i| { [$i] }).size)

notice(unique(Integer[1, 30000].map |$i| { {a => $i} }).size)

notice(unique(Integer[1, 30000].map |$i| { $i * 1.5 }).size)

notice(unique(Integer[1, 30000].map |$i| { Integer[1, $i] }).size)

notice(intersection(range(1, 30000), range(15000, 45000)).size)

notice(difference(range(1, 30000), range(15000, 45000)).size)

notice(union(range(1, 30000), range(15000, 45000)).size)

notice(Integer[1, 30000].map |$i| { {a => $i} }.reduce({}) |$m, $i| { $m + {$i => 1} }.size)

notice(Integer[1, 30000].map |$i| { Timestamp($i) }.reduce({}) |$m, $i| { $m + {$i => 1} }.size)

notice(Integer[1, 30000].map |$i| { Integer[0, $i] }.reduce({}) |$m, $i| { $m + {$i => 1} }.size)

notice((Integer[1, 30000].map |$i| { {a => $i} }).group_by |$x| { $x }.size)

notice(sort(range(1, 100000)).size, max(range(1, 10)))

notice(Integer[1, 100000].map |$i| { $i } .sort |$a, $b| { 1 }.size)

notice(Integer[1, 9223372036854775806].step(4611686018427387904).map |$x| { $x })

notice(9223372036854775807.reverse_each.map |$x| { $x })

$x = Array(Integer[1, 1000000000000])

$x = [*Integer[1, 1000000000000]]

notice(1000000000000 in Integer[1, 1000000000000].reverse_each)

notice(any(Integer[1, 1000000000000]) |$x| { false })

notice(Integer[1, 1000000000000].index |$x| { false })

notice(sort(Integer[1, 1000000000000]))

notice(join(Integer[1, 1000000000000].reverse_each))

notice("${Integer[1, 1000000000000].reverse_each}")

notice(length(Integer[1, 1000000000000].reverse_each))

notice(Integer[1, 1000000000000].reverse_each == Integer[1, 1000000000000].reverse_each)

notify { 'a': message => Integer[1, 1000000000000].reverse_each }

notify { Integer[1, 1000000000000].reverse_each: }

$k = Integer[1, 20].reduce('x') |$m, $i| { "${m}${m}" } str2bool($k)

fqdn_rand(9223372036854775807)

fqdn_rand(0)

fqdn_rand(-1)

$k = Integer[1, 20].reduce('x') |$m, $i| { "${m}${m}" } prefix(range(1, 10000).map |$x| { "${x}" }, $k)

$k = Integer[1, 20].reduce('x') |$m, $i| { "${m}${m}" } suffix(range(1, 10000).map |$x| { "${x}" }, $k)

$k = Integer[1, 20].reduce('x') |$m, $i| { "${m}${m}" } join_keys_to_values(Integer[1, 10000].reduce({}) |$m, $i| { $m + {$i => $i} }, $k)

notice(pw_hash('x', 'SHA-512', 'abcdefgh').size)

notice(pw_hash('x', 'SHA-512', 'rounds=999999999$abcdefgh').size)

notice(pw_hash('x', 'bcrypt', '31$abcdefghijklmnopqrstuv').size)

notice(str2saltedpbkdf2('x', sprintf('%32s', 'x'), 1000000000))

notice(1 << 1000000000, 1 >> 1000000000, 1 << -9223372036854775807)

notice(9223372036854775807 * 9223372036854775807)

notice(-9223372036854775807 - 10)

notice(Integer('0b1111111111111111111111111111111111111111111111111111111111111111111111111111111111111'))

notice(Float('1e400'), 1.0e308 * 10.0)

notice(abs(Integer('-9223372036854775808')))

notice(Integer('-9223372036854775808') / -1)

notice(Integer('-9223372036854775808') % -1)

notice(Timespan(9223372036854775807))

notice(Timespan(9223372036) * 10000000000)

notice(Timespan({days => 9223372036854775807, hours => 9223372036854775807}))

notice(Timestamp(1e300))

notice(Timestamp(-9223372036854775807) - Timespan(9223372036))

notice(SemVer('99999999999999999999.99999999999999999999.99999999999999999999'))

notice(scanf('99999999999999999999', '%d'), scanf('x', '%999999999999999999999s'))

notice(sprintf('%d', 99999999999999999999.0), sprintf('%c', 1114112), sprintf('%c', -1), sprintf('%x', -9223372036854775807))

$k = Integer[1, 20].reduce('x') |$m, $i| { "${m}${m}" } notice(camelcase($k).size, capitalize($k).size)

$k = Integer[1, 20].reduce('x') |$m, $i| { "${m}${m}" } notice(base64('encode', $k).size)

notice(deep_merge(Integer[1, 12].reduce({}) |$m, $i| { {a => $m, b => $m} }, Integer[1, 12].reduce({}) |$m, $i| { {a => $m, b => $m} }) =~ Hash)

$k = Integer[1, 16].reduce('[') |$m, $i| { "${m}${m}" } notice(parsejson($k))

$k = Integer[1, 16].reduce('[') |$m, $i| { "${m}${m}" } notice(parseyaml($k))

$k = Integer[1, 16].reduce('[') |$m, $i| { "${m}${m}" } notice(parsetoml($k))

$k = Integer[1, 16].reduce('(') |$m, $i| { "${m}${m}" } notice(Regexp($k))

$k = Integer[1, 16].reduce('(a|') |$m, $i| { "${m}${m}" } notice('x' =~ Regexp[$k])

$k = Integer[1, 20].reduce('x') |$m, $i| { "${m}${m}" } notice(Sensitive($k))

$k = Integer[1, 20].reduce('x') |$m, $i| { "${m}${m}" } $s = $k notify { Integer[1, 300].map |$i| { "${i}" }: message => $s }

$k = Integer[1, 20].reduce('x') |$m, $i| { "${m}${m}" } inline_epp("<% Integer[1, 100].each |\$i| { %><%= $k %><% } %>")

Integer[1, 100].each |$i| { inline_epp("<%= sprintf('%1000000s', '${i}') %>") }

notice(assert_type(Integer[1, 10], Integer[1, 15].reduce([1]) |$m, $i| { [$m, $m] }))

function f(Array[Integer] $x) { } f(Integer[1, 15].reduce([1]) |$m, $i| { [$m, $m] })

notice(Integer[1, 15].reduce([1]) |$m, $i| { [$m, $m] } ? { Array[Integer] => 1, default => 2 })

$x = Integer[1, 15].reduce([1]) |$m, $i| { [$m, $m] } notify { $x: }

$x = Integer[1, 15].reduce([1]) |$m, $i| { [$m, $m] } notify { 'a': tag => $x }

$x = Integer[1, 15].reduce([Notify['a']]) |$m, $i| { [$m, $m] } notify { 'a': } notify { 'b': require => $x }

$x = Integer[1, 12].reduce([Notify['a']]) |$m, $i| { [$m, $m] } notify { 'a': } notify { 'b': } $x -> $x

$x = Integer[1, 15].reduce(['a']) |$m, $i| { [$m, $m] } class a { } include $x

$k = Integer[1, 16].reduce('x') |$m, $i| { "${m}${m}" } notice(regsubst($k, 'x', $k, 'G').size)

$k = Integer[1, 16].reduce('x') |$m, $i| { "${m}${m}" } $t = Integer[1, 14].reduce('\\0') |$m, $i| { "${m}${m}" } notice(regsubst($k, '^.*$', $t).size)

$x = [*Integer[1, 1000000000000].reverse_each]

Integer[1, 9223372036854775806].slice(9223372036854775807)

Integer[1, 9223372036854775806].slice(9223372036854775807) |$y| { }

Integer[1, 9223372036854775806].index('x')

notice([1, 2.0, 3, '1', Timespan(4)] - [1.0, 2, 4], [1.5, Timespan(2), 'a'] - [2, 'a'])

notice(range('a', 'zzzzzzzzzzzzzzzzzzzz', 9223372036854775807))

$k = sprintf("%4000s", "x") $x = inline_epp("<% Integer[1, 20000].each |\$i| { %><%= \$k %><% } %>")

$x = inline_epp("<% Integer[1, 60000].each |\$i| { %>${sprintf("%1000s", "x")}<% } %>")

define many { tag(Integer[1, 9000].map |$i| { "t${i}" }) Integer[1, 9000].each |$i| { notify { "n${i}": } } } many { "m": }
