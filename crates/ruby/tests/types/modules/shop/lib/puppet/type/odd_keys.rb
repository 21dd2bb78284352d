Puppet::Type.newtype(:odd_keys) do
  newparam(:name)
  newparam(:other)

  def self.key_attributes
    [:name, :other]
  end

  def self.title_patterns
    [[/(.*)/m, [[:name]]]]
  end
end
