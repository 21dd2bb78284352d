# One site.
#
# @param port     Where it listens.
# @param workers  Processes.
# @param features Switched on.
define webapp::instance (
  Webapp::Port         $port,
  Integer[1]           $workers  = 2,
  Array[String[1]]     $features = [],
) {
  include webapp

  $config = {
    'name'     => $title,
    'port'     => $port,
    'workers'  => $workers,
    'memory'   => $webapp::memory_limit,
    'features' => webapp::switches($features),
  }

  file { "/etc/webapp/${title}.conf":
    owner   => $webapp::user,
    mode    => '0640',
    content => epp('webapp/instance.conf.epp', { 'config' => $config }),
    notify  => Service['webapp'],
  }
}
