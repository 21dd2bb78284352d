Puppet::Type.newtype(:nameless) do
  newproperty(:value)
end
