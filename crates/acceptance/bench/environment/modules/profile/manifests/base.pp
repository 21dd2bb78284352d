# What every machine has.
class profile::base (
  Array[String[1]] $packages,
  Hash[String[1], Hash] $services,
  Array[Pattern[/\A[0-9a-f.:]+\z/], 1] $nameservers,
  String $search,
  String $motd,
  Hash $sysctl,
) {
  $family = $facts['os']['family']

  package { $packages:
    ensure => installed,
  }

  create_resources('service', $services, { 'require' => Package[$packages] })

  file {
    default:
      ensure => file,
      mode   => '0644',
      ;
    '/etc/motd':
      content => epp('profile/motd.epp', { 'text' => $motd, 'memory' => $facts['memory']['system']['total'] }),
      ;
    '/etc/resolv.conf':
      content => template('profile/resolv.conf.erb'),
      ;
    '/etc/sysctl.d':
      ensure => directory,
      mode   => '0755',
      ;
    '/etc/hosts':
      content => inline_epp("127.0.0.1 localhost\n<%= \$ip %> <%= \$names.join(' ') %>\n", {
        'ip'    => $facts['networking']['ip'],
        'names' => [$facts['networking']['fqdn'], $facts['networking']['hostname']],
      }),
      ;
  }

  $sysctl.profile::flat.each |$name, $value| {
    file { "/etc/sysctl.d/60-${regsubst($name, '[^a-z0-9]+', '-', 'G')}.conf":
      ensure  => file,
      mode    => '0644',
      content => "${name} = ${value}\n",
      notify  => Exec['reload sysctl'],
    }
  }

  exec { 'reload sysctl':
    command     => '/sbin/sysctl --system',
    refreshonly => true,
  }

  $timers = case $family {
    'Debian': { { 'apt-daily' => 6, 'logrotate' => 4 } }
    'RedHat': { { 'dnf-makecache' => 6, 'logrotate' => 4 } }
    default:  { {} }
  }
  $timers.each |String $timer, Integer $hours| {
    file { "/etc/systemd/system/${timer}.timer.d":
      ensure => directory,
      mode   => '0755',
    }
    -> file { "/etc/systemd/system/${timer}.timer.d/interval.conf":
      ensure  => file,
      mode    => '0644',
      content => "[Timer]\nOnUnitActiveSec=${hours}h\nRandomizedDelaySec=${fqdn_rand(3600, $timer)}\n",
    }
  }

  if $facts['disks'] =~ NotUndef {
    $facts['disks'].filter |$name, $disk| { $disk['size_bytes'] > 0 and $name !~ /^(sr|loop)/ }.each |$name, $disk| {
      file { "/etc/udev/rules.d/60-${name}.rules":
        ensure  => file,
        mode    => '0644',
        content => "ACTION==\"add\", KERNEL==\"${name}\", ATTR{queue/scheduler}=\"mq-deadline\"\n",
      }
    }
  }
}
