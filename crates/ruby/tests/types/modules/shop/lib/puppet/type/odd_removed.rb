Puppet::Type.newtype(:odd_removed) do
  newparam(:name)
  newparam(:temporary)
  @paramhash.delete(:temporary)
end
