Puppet::Type.newtype(:extended_by_provider) do
  newparam(:name, namevar: true)
end
