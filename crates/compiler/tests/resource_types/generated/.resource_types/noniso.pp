Puppet::Resource::ResourceType3.new('noniso',[],[Puppet::Resource::Param(Any,'name',true)],{},false)
