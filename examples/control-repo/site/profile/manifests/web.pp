# Web applications, one instance a site.
class profile::web (
  Hash[String[1], Profile::Site] $sites,
) {
  class { 'webapp':
    user => 'www-data',
  }

  $sites.each |$name, $site| {
    webapp::instance { $name:
      *       => $site,
      require => Class['webapp'],
    }
  }

  $ports = $sites.map |$name, $site| { $site['port'] }
  file { '/etc/webapp/ports':
    content => $ports.unique.sort.join("\n"),
  }

  realize Accounts::User['bob']
}
