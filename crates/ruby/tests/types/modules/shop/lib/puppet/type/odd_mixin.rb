module OddLibrary
  module_function

  def build
    eval('Module.new { def self.included(base); base.newparam(:hidden); end }', binding, __FILE__, __LINE__)
  end
end

Puppet::Type.newtype(:odd_mixin) do
  newparam(:name)
  include OddLibrary.build
end
