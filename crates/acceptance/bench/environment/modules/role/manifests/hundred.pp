# A machine with about 100 resources.
class role::hundred {
  include profile::base
  include profile::accounts
  include profile::web
  include profile::firewall

  Class['profile::base'] -> Class['profile::accounts'] -> Class['profile::web']
}
