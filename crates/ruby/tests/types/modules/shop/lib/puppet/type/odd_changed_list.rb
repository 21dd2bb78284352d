ODD_NAMES = [:first]
Kernel.binding.local_variable_set(:names, ODD_NAMES)
ObjectSpace.garbage_collect
ODD_NAMES.method(:push).call(:second)

Puppet::Type.newtype(:odd_changed_list) do
  newparam(:name)
  ODD_NAMES.each { |name| newparam(name) }
end
