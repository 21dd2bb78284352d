Puppet::Resource::ResourceType3.new('syntax', 3
