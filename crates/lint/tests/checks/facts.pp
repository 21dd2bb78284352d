# legacy_facts top_scope_facts
$a = $::osfamily
$b = "$::fqdn ${::ipaddress_eth0} ${facts['hostname']} $facts['hostname']"
$c = $facts['operatingsystem'] + $facts["uuid"] + $facts[uuid] + $facts['interfaces']['eth0']
$d = $::mine + $::mine['x'] + "${::mine} $::mine" + $::site_x + $::module::var + $::facts['domain']
$e = $facts['memorysize_mb'] + $osfamily + $::osfamily_like + $facts[$x]
$f = $facts['processor0'] + $facts['sshrsakey'] + "${facts["id"]}"
