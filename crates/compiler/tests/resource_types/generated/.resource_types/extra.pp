Puppet::Resource::ResourceType3.new(
  'pair',
  [
    Puppet::Resource::Param(Any, 'value'),
    Puppet::Resource::Param(Any, 'port', true)
  ],
  [
    Puppet::Resource::Param(Any, 'host', true)
  ],
  {
    /\A([^:]+):(\d+)\z/ => ['host', 'port'],
    /\A([^:]+)\z/ => ['host']
  },
  true,
  false)
notice(1)
