Puppet::Type.newtype(:unpatterned) do
  newparam(:host, namevar: true)
  newparam(:port, namevar: true)
end
