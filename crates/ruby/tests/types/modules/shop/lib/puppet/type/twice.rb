Puppet::Type.newtype(:twice) do
  newparam(:name)
  newparam(:same)
  newparam(:same)
end
