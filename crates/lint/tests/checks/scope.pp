# variable_scope variable_contains_dash variable_is_lowercase
class style::scope($a, $b = $fqdn, $c = "${d}", Hash $e = { 'x' => $f }) {
  $g = $a + $title + $facts['x'] + $::h + $style::i + $1
  [$j, $k] = $l
  $m = $j + "${n} $o ${p['q']} ${r.s}"
  $a.each |$t, $u = 2| { $v = $t + $u }
  $w = $t-x + $Y + "${z-z}"
  with(1) |$q| {
    notice($q)
  }
}
define style::other($aa) {
  notice($a, $name, $bb)
}
$cc = $dd
