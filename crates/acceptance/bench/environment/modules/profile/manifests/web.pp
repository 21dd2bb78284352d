# A web server and its virtual hosts.
class profile::web (
  String[1] $package,
  Pattern[/\A\//] $root,
  Hash $options,
  Hash[String[1], Profile::Site] $vhosts,
) {
  package { $package:
    ensure => installed,
  }

  service { 'nginx':
    ensure => running,
    enable => true,
  }

  file { [$root, '/etc/nginx', '/etc/nginx/sites-available', '/etc/nginx/sites-enabled', '/var/log/nginx']:
    ensure => directory,
    mode   => '0755',
  }

  file { '/etc/nginx/nginx.conf':
    ensure  => file,
    mode    => '0644',
    content => template('profile/nginx.conf.erb'),
  }

  $vhosts.each |$name, $vhost| {
    profile::vhost { $name:
      options => $options,
      *       => $vhost,
    }
  }

  # Checks that the hosts describe; those of production are watched.
  Profile::Check <| tag == 'watched' |> {
    interval => 60,
  }

  Package[$package] -> File <| tag == 'nginx' |> ~> Service['nginx']
}
