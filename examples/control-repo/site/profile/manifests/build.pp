# Tools and directories of a build machine.
class profile::build (
  Integer[1] $jobs = $facts['processors']['count'],
) {
  $tools = { 'make' => 'installed', 'gcc' => 'installed', 'ccache' => 'latest' }
  $tools.each |$tool, $ensure| {
    package { $tool: ensure => $ensure }
  }

  file {
    default:
      ensure => directory,
      mode   => '0775',
      ;
    ['/srv/build', '/srv/build/work', '/srv/build/cache']:
      ;
    '/srv/build/jobs':
      ensure  => file,
      mode    => '0644',
      content => "${jobs}\n",
      ;
  }

  if $jobs > 8 {
    exec { 'tune for many jobs':
      command => '/usr/sbin/sysctl -w kernel.sched_autogroup_enabled=0',
      unless  => '/usr/bin/grep -q 0 /proc/sys/kernel/sched_autogroup_enabled',
    }
  }
}
