Puppet::Type.newtype(:odd_facts) do
  newparam(:name)
  newparam(:only_here) if File.exist?('/')
end
