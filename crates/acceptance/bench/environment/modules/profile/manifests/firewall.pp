# Rules for who may connect; each is described where it belongs, and collected here.
class profile::firewall (
  Array[Pattern[/\A[0-9.\/]+\z/]] $allowed,
  Hash[String[1], Hash] $rules,
) {
  file { '/etc/firewall.d':
    ensure  => directory,
    mode    => '0700',
    purge   => true,
    recurse => true,
  }

  $rules.each |$name, $rule| {
    $order = sprintf('%04d', $rule['order'])
    @profile::rule { "${order}-${name}":
      port => $rule['port'],
      from => $rule.get('from', $allowed),
      zone => $rule['zone'],
      tag  => "zone-${rule['zone']}",
    }
  }

  Profile::Rule <| tag == 'zone-inside' or tag == 'zone-outside' |>
  File['/etc/firewall.d'] -> Profile::Rule <| |>
}
