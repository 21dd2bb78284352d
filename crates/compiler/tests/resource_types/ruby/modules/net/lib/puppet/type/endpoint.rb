Puppet::Type.newtype(:endpoint) do
  ensurable
  newparam(:host, namevar: true)
  newparam(:port, namevar: true)
  newproperty(:value)

  def self.title_patterns
    [[/\A([^:]+)(?::(\d+))?\z/, [[:host], [:port]]]]
  end
end
