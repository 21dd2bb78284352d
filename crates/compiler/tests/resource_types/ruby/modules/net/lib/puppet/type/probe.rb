Puppet::Type.newtype(:probe) do
  @isomorphic = false
  newparam(:target, namevar: true)
  newproperty(:interval)
end
