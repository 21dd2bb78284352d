Puppet::Type.newtype(:provided) do
  newparam(:name, namevar: true)
end
