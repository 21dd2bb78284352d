Puppet::Resource::ResourceType3.new('nonamevar',[],[Puppet::Resource::Param(Any,'a')],{})
