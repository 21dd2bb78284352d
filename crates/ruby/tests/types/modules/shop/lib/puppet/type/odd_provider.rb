Puppet::Type.newtype(:odd_provider) do
  newparam(:name)
end
