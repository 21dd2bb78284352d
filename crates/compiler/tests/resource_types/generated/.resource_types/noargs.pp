Puppet::Resource::ResourceType3.new('noargs')
