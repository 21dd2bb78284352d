require 'set'

Puppet::Type.newtype(:odd_handed) do
  newparam(:name)
  Set.new([self]).each { |type| type.newparam(:hidden) }
end
