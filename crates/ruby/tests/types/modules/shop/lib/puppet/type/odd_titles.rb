Puppet::Type.newtype(:odd_titles) do
  newparam(:name)

  def self.title_patterns
    [[/(.*)/m, [[:name, ->(title) { title.downcase }]]]]
  end
end
