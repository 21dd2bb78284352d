# A node of no role yet. It touches nothing outside its own directory, so that any machine can try it.
class role::guest (
  Profile::Directory $directory = '/tmp/bunraku-guest',
) {
  file { $directory:
    ensure => directory,
    mode   => '0755',
  }

  file { "${directory}/hello":
    content => epp('profile/hello.epp', { 'name' => $trusted['certname'] }),
  }

  file { "${directory}/logo":
    source => 'puppet:///modules/profile/logo',
  }

  notify { "welcome, ${trusted['certname']}": }
}
