require 'puppet/resource_api'

COMMON = { type: 'String', desc: 'A part of the name.', behaviour: :namevar }.freeze

Puppet::ResourceApi.register_type(
  name: 'appliance_port',
  desc: 'A port of a box.',
  title_patterns: [
    { pattern: %r{^(?<device>[^/]*[^-])/(?<port>\d+)$}, desc: 'Both.' },
    { pattern: /^(?<device>.*)$/i, desc: 'The box.' },
  ],
  attributes: { device: COMMON.dup, port: COMMON.dup }.merge(
    speed: { type: 'Integer', desc: 'Bits.' },
  ),
)
