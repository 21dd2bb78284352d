Puppet::Resource::ResourceType3.new('file',[],[Puppet::Resource::Param(Any,'zzz',true)],{})
