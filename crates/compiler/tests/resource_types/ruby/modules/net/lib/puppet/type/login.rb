Puppet::Type.newtype(:login) do
  newparam(:name, namevar: true)
  newparam(:user, namevar: true)
  newparam(:realm, namevar: true)
  newproperty(:roles)

  def self.title_patterns
    [[/^(\w+)@(\w+)$/, [[:user], [:realm]]], [/^(\w+)$/, [[:user]]]]
  end
end
