Puppet::Resource::ResourceType3.new('cron',[],[Puppet::Resource::Param(Any,'zzz',true)])
