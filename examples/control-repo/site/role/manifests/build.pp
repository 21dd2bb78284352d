# A machine that builds packages.
class role::build {
  include profile::base
  include profile::build
}
