# A machine with about 500 resources.
class role::fivehundred {
  include profile::base
  include profile::accounts
  include profile::web
  include profile::firewall

  Class['profile::base'] -> Class['profile::accounts'] -> Class['profile::web']
}
