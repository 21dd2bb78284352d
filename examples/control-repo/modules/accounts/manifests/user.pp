# One person's account.
#
# @param uid    Number.
# @param groups Groups beside the own one.
# @param shell  Login shell.
define accounts::user (
  Integer[1000]       $uid,
  Array[String]       $groups = [],
  Accounts::Shell     $shell  = '/bin/bash',
) {
  user { $title:
    ensure     => present,
    uid        => $uid,
    groups     => $groups,
    shell      => $shell,
    home       => "/home/${title}",
    managehome => true,
  }

  file { "/home/${title}/.profile.d":
    ensure  => directory,
    owner   => $title,
    mode    => '0700',
    require => User[$title],
  }
}
