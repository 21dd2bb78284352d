Puppet::Type.newtype(:broken do
  newparam(:name)
end
