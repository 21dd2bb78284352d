raise LoadError, 'this machine is not supported'

Puppet::Type.newtype(:raising) do
  newparam(:name)
end
