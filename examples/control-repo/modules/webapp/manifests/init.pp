# The web application that all sites share.
#
# @param user         Account that runs it.
# @param memory_limit MiB an instance may use.
class webapp (
  String[1]      $user         = 'webapp',
  Integer[64]    $memory_limit = 256,
) {
  $directories = ['/etc/webapp', '/srv/webapp', '/var/log/webapp']

  file { $directories:
    ensure => directory,
    owner  => $user,
  }

  file { '/srv/webapp/static':
    ensure  => directory,
    source  => 'puppet:///modules/webapp/static',
    recurse => true,
    purge   => true,
  }

  service { 'webapp':
    ensure    => running,
    subscribe => File['/srv/webapp/static'],
  }
}
