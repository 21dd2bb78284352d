Puppet::Resource::ResourceType3.new('emptyp',[],[Puppet::Resource::Param(Any,'a',true)],{})
