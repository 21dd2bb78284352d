def everywhere(type)
  type.newparam(:from_everywhere)
end

Puppet::Type.newtype(:helped) do
  class << self
    attr_accessor :checks, :section
    attr_reader :unused

    def check(name, options = {}, &block)
      (self.checks ||= []) << name
      newparam(name, { boolean: false }.merge(options), &block)
    end
  end

  def self.newproperty(name, **options, &block)
    super(:"#{section || 'main'}_#{name}", **options, &block)
  end

  def self.pair(first, second = "#{first}_too", *rest)
    [first, second, *rest].each { |name| newparam(name) }
  end

  check(:title_name, namevar: true)
  check :fast do
    defaultto false
  end
  pair :left, :right
  pair :up
  pair :a, :b, :c, :d

  newproperty(:one)
  self.section = 'net'
  newproperty(:two) { newvalue(:on) }
  everywhere(self)
  checks.each { |name| newparam("#{name}_was_checked") }
  define_singleton_method(:last_one) { |name| newparam(name) }
  last_one(:end)
end
