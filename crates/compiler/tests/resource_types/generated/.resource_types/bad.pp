Puppet::Resource::ResourceType3.new('bad', 3)
