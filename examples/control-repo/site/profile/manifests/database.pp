# A PostgreSQL server and what is done to its tables at night.
class profile::database (
  Integer[10]              $max_connections,
  Array[String[1]]         $tables,
  Optional[Sensitive[String]] $password = undef,
) {
  $memory = $facts.dig('memory', 'system', 'total_bytes')
  $shared_buffers = $memory ? {
    Integer => $memory / 4 / 1048576,
    default => 128,
  }

  package { 'postgresql': }
  -> file { '/etc/postgresql/tuning.conf':
    content => @("CONF"),
      # Managed here; ask ${profile::owner_of('/etc/postgresql')}.
      max_connections = ${max_connections}
      shared_buffers = ${shared_buffers}MB
      | CONF
  }
  ~> service { 'postgresql':
    ensure => running,
    enable => true,
  }

  $tables.each |Integer $index, String $table| {
    file { "/etc/cron.d/vacuum-${table}":
      content => sprintf("%d 3 * * * postgres vacuumdb --table=%s\n", $index * 5, $table),
    }
  }

  Accounts::User <| tag == 'admin' |>
}
