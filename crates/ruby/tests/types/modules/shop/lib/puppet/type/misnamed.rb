Puppet::Type.newtype(:misnamed_really) do
  newparam(:name)
end
