# One rule.
define profile::rule (
  Profile::Port $port,
  Array[String] $from,
  Enum['inside', 'outside'] $zone,
) {
  $sources = $from.sort.map |$source| { "  saddr ${source} accept;" }
  file { "/etc/firewall.d/${title}.rule":
    ensure  => file,
    mode    => '0600',
    content => @("RULE"),
      # ${zone}: ${title}
      proto tcp dport ${port} {
      ${sources.join("\n")}
      }
      | RULE
  }
}
