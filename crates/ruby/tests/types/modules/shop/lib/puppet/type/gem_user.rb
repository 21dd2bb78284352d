begin
  require 'a_gem_that_nobody_has'
rescue LoadError
  Puppet.debug('never mind')
end

Puppet::Type.newtype(:gem_user) do
  newparam(:name)
  newproperty(:value) { defaultto { SecureRandom.hex } }
end
