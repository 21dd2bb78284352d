module PuppetX; end
module PuppetX::ShopNames
  WORD = /(?:[^:]|:[^:])+/
  def self.number
    Regexp.new('\d+')
  end
end

Puppet::Type.newtype(:composite) do
  def self.title_patterns
    word = PuppetX::ShopNames::WORD
    identity = lambda { |x| x }
    [
      [/^(#{word})::(#{PuppetX::ShopNames.number})@(.*)$/m, [[:host], [:port], [:zone, identity]]],
      [/\A([^@]+)@(\S+)\z/i, [[:host], [:zone]]],
      [/^(.*)$/, [[:host]]],
    ]
  end

  newparam(:name)
  newparam(:host, namevar: true)
  newparam(:port) { isnamevar }
  newproperty(:zone) { isnamevar }
  newproperty(:value)
end
