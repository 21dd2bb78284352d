# The people of a machine.
class profile::accounts (
  Hash[String[1], Profile::Person] $people,
  Hash[String[1], Data] $defaults,
) {
  $people.each |$name, $person| {
    profile::account { $name:
      * => $defaults + $person,
    }
  }

  group { 'people':
    ensure => present,
    gid    => 999,
  }

  Group['people'] -> Profile::Account <| |>
}
