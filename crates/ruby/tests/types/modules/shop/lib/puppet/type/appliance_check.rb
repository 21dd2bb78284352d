require 'puppet/resource_api'

Puppet::ResourceApi.register_type(
  name: 'appliance_check',
  desc: 'A check without a state of its own.',
  features: ['custom_insync'],
  attributes: {
    first: { type: 'String', desc: 'One.', behaviour: :namevar },
    second: { type: 'String', desc: 'Two.', behaviour: :namevar },
  },
)
