# Nested settings as one level of dotted names.
function profile::flat(Hash $settings, String $prefix = '') >> Hash[String, Scalar] {
  $settings.reduce({}) |$memo, $entry| {
    [$key, $value] = $entry
    $value ? {
      Hash    => $memo + profile::flat($value, "${prefix}${key}."),
      default => $memo + { "${prefix}${key}" => $value },
    }
  }
}
