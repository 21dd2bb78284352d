# What every server has.
class profile::base (
  Array[String[1]] $packages,
  String[1]        $contact,
  String           $banner,
) {
  include timesync
  include accounts

  package { $packages:
    ensure => installed,
  }

  file { '/etc/motd':
    mode    => '0644',
    content => epp('profile/motd.epp', {
      'banner'  => $banner,
      'os'      => $facts['os'],
      'classes' => ['base', $role],
    }),
  }

  file { '/etc/cron.d/inventory':
    mode    => '0644',
    content => "${fqdn_rand(60, 'inventory')} ${fqdn_rand(24)} * * * root /usr/local/sbin/inventory\n",
  }

  file { '/usr/local/sbin/inventory':
    mode   => '0755',
    source => 'puppet:///modules/profile/inventory.sh',
    before => File['/etc/cron.d/inventory'],
  }
}
