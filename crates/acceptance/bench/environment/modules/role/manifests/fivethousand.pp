# A machine with about 5,000 resources.
class role::fivethousand {
  include profile::base
  include profile::accounts
  include profile::web
  include profile::firewall

  Class['profile::base'] -> Class['profile::accounts'] -> Class['profile::web']
}
