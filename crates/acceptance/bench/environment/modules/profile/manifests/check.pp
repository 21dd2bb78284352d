# A check of the monitoring.
define profile::check (
  Integer[1] $interval,
  Integer[100, 599] $expects,
  Enum['present', 'absent'] $ensure = present,
) {
  $id = profile::checksum_of($title)

  file { "/etc/monitoring/checks.d/${id}.json":
    ensure  => $ensure ? { 'present' => file, default => absent },
    mode    => '0644',
    content => "{\"url\": \"${title}\", \"every\": ${interval}, \"status\": ${expects}}\n",
  }
}
