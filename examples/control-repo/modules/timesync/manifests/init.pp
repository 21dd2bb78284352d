# Keeps the clock right.
#
# @param servers Where the time comes from.
# @param package Name of the package.
# @param service Name of the service.
# @param config  Path of the configuration file.
class timesync (
  Array[String[1], 1] $servers,
  String[1]           $package = 'chrony',
  String[1]           $service = 'chronyd',
  Pattern[/\A\//]     $config  = '/etc/chrony.conf',
) {
  package { $package:
    ensure => installed,
  }
  -> file { $config:
    mode    => '0644',
    content => epp('timesync/chrony.conf.epp'),
  }
  ~> service { $service:
    ensure => running,
    enable => true,
  }
}
