# One account with its home.
define profile::account (
  Integer[1000] $uid,
  Pattern[/\A\//] $shell,
  Boolean $manage_home,
  String $comment = '',
  Array[String[1]] $groups = [],
  Hash[String[1], Hash] $keys = {},
) {
  $home = "/home/${title}"

  group { $title:
    ensure => present,
    gid    => $uid,
  }

  user { $title:
    ensure     => present,
    uid        => $uid,
    gid        => $title,
    groups     => $groups + ['people'],
    shell      => $shell,
    comment    => "${capitalize($title)}, ${comment}",
    home       => $home,
    managehome => $manage_home,
    require    => Group[$title],
  }

  File {
    owner => $title,
    group => $title,
  }

  file { $home:
    ensure => directory,
    mode   => '0750',
  }

  file { "${home}/.profile":
    ensure  => file,
    mode    => '0640',
    content => epp('profile/profile.epp', { 'name' => $title, 'groups' => $groups, 'id' => profile::checksum_of([$title, $uid]) }),
  }

  $lines = $keys.map |$name, $key| { "${key['type']} ${key['key']} ${name}" }
  file { "${home}/.ssh/authorized_keys":
    ensure  => file,
    mode    => '0600',
    content => ($lines + ['']).join("\n"),
  }

  User[$title] -> File[$home] -> File["${home}/.profile", "${home}/.ssh/authorized_keys"]
}
