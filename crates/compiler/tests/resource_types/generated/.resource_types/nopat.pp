Puppet::Resource::ResourceType3.new('nopat',[],[Puppet::Resource::Param(Any,'a',true),Puppet::Resource::Param(Any,'b',true)],{})
