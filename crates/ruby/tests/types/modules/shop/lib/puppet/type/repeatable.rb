Puppet::Type.newtype(:repeatable) do
  @doc = 'May be there several times.'
  @isomorphic = false
  newparam(:command, namevar: true)
end
