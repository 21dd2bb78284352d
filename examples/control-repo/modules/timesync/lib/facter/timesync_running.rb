# True while the time service runs.
Facter.add(:timesync_running) do
  confine kernel: 'Linux'
  setcode { File.exist?('/run/chrony/chronyd.pid') }
end
