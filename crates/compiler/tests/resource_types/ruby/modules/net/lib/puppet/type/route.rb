Puppet::Type.newtype(:route) do
  newparam(:path, namevar: true)
  newproperty(:via)
  newproperty(:metric)

  def self.title_patterns
    [[%r{\A(.*?)/*\z}m, [[:path]]]]
  end
end
