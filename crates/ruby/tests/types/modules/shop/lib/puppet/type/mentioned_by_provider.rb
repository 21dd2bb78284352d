Puppet::Type.newtype(:mentioned_by_provider) do
  newparam(:name, namevar: true)
end
