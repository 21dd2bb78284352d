# double_quoted_strings only_variable_string quoted_booleans single_quote_string_with_variables variables_not_enclosed puppet_url_without_modules
$a = "plain"
$b = "it's"
$c = "tab\t"
$d = "cr\r"
$e = "\d+"
$f = "multi
line"
$g = "${a}"
$h = "$a"
$i = "${a['b'][1]}"
$j = { "${a}" => "${a.b}", 'true' => "false" }
$k = "${a} "
$l = '${a} here'
$m = inline_epp('<%= ${a} %>')
$n = "$a-$b and $::c::d[0] \$x"
$o = @("END")
  "quoted" ${a} $b 'true'
  | END
$p = "a ${f("inner", "$x")}"
$q = "${a[$b]}${c}"
$r = 'puppet:///x/y'
$s = "puppet:///modules/${a}"
$t = "puppet://host/${a}"
$u = 'puppet://'
$v = "${$a['b']}"
