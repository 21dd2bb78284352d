# What create_ini_settings declares.
Puppet::Type.newtype(:ini_setting) do
  ensurable
  newparam(:name, namevar: true)
  newparam(:path)
  newparam(:section)
  newparam(:setting)
  newproperty(:value)
end
