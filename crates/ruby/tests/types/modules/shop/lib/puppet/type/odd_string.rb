Puppet::Type.newtype(:odd_string) do
  newparam(:name)
  class_eval "newparam(:hidden)", __FILE__, __LINE__
end
