require File.expand_path(File.join(File.dirname(__FILE__), '..', '..', 'puppet_x', 'shop', 'common'))

Puppet::Type.newtype(:shared) do
  include PuppetX::Shop::Secret

  newparam(:name, namevar: true)
  instance_eval(&PuppetX::Shop::Common.endpoint)
  PuppetX::Shop::Common.add_credentials(self)
  class_eval(&PuppetX::Shop::LABEL)
  secret_property(:token)
end
