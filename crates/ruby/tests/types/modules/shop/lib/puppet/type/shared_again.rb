require 'pathname'
require Pathname.new(__FILE__).dirname.dirname.dirname.expand_path + 'puppet_x/shop/common'
require_relative '../util/shop_names'

Puppet::Type.newtype(:shared_again) do
  extend Puppet::Util::ShopNames

  named :thing, 'a thing', namevar: true
  named :other, 'another'
  instance_exec(:given, &->(name) { newparam(name) })
end
