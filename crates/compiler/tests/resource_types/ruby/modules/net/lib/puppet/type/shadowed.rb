Puppet::Type.newtype(:shadowed) do
  newparam(:name, namevar: true)
  newproperty(:of_net)
end
