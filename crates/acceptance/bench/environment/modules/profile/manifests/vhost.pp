# A virtual host: its configuration, folders and check.
define profile::vhost (
  Profile::Port $port,
  Hash $options,
  Boolean $ssl = true,
  Array[String] $aliases = [],
  Optional[Hash] $backend = undef,
  Hash[String, Variant[String, Integer, Boolean]] $env = {},
) {
  include profile::web
  $root = "${profile::web::root}/${title}"
  $names = [$title] + $aliases.map |$name| { downcase($name) }
  $scheme = $ssl ? {
    true    => 'https',
    default => 'http',
  }
  $upstream = $backend ? {
    undef   => [],
    default => $backend['ports'].map |$number| { "${backend['host']}:${number}" },
  }

  file { "/etc/nginx/sites-available/${title}.conf":
    ensure  => file,
    mode    => '0644',
    content => epp('profile/vhost.epp', {
      'name'     => $title,
      'names'    => $names,
      'port'     => $port,
      'ssl'      => $ssl,
      'root'     => $root,
      'upstream' => $upstream,
      'headers'  => $options['headers'],
      'timeout'  => $options['timeout'],
    }),
    tag     => ['nginx', $scheme],
  }

  file { "/etc/nginx/sites-enabled/${title}.conf":
    ensure => link,
    target => "/etc/nginx/sites-available/${title}.conf",
    tag    => 'nginx',
  }

  file { [$root, "${root}/public", "${root}/releases", "${root}/shared"]:
    ensure => directory,
    mode   => '0755',
  }

  file { "${root}/shared/environment":
    ensure  => file,
    mode    => '0640',
    content => template('profile/environment.erb'),
    require => File["${root}/shared"],
  }

  @profile::check { "${scheme}://${title}:${port}/":
    ensure   => present,
    interval => 300,
    expects  => $upstream.empty ? { true => 200, default => 204 },
    tag      => if $port < 9000 { 'watched' } else { 'quiet' },
  }
}
