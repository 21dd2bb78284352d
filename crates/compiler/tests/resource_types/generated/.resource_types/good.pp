# This file was automatically generated on 2024-01-01 00:00:00 +0000.
# Use the 'puppet generate types' command to regenerate this file.

# doc
Puppet::Resource::ResourceType3.new(
  'good',
  [
    Puppet::Resource::Param(Variant[Boolean, Enum['true', 'false'], Pattern[/a/]], 'ensure'),
    Puppet::Resource::Param(Any, 'value')
  ],
  [
    Puppet::Resource::Param(Any, 'path', true),
    Puppet::Resource::Param(Any, 'provider')
  ],
  {
    /(?m-ix:(.*))/ => ['path']
  },
  true,
  false)
