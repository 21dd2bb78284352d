# Features as switches: the ones that are named are on.
function webapp::switches(Array[String[1]] $features) >> Hash[String, Boolean] {
  ['search', 'checkout', 'recommendations'].reduce({}) |$memo, $feature| {
    $memo + { $feature => $feature in $features }
  }
}
