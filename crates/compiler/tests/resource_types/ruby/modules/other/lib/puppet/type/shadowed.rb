Puppet::Type.newtype(:shadowed) do
  newparam(:name, namevar: true)
  newproperty(:of_other)
end
