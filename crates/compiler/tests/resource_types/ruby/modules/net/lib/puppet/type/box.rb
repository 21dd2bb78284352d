require 'puppet/resource_api'

Puppet::ResourceApi.register_type(
  name: 'box',
  desc: 'A box and a slot in it.',
  title_patterns: [
    { pattern: %r{^(?<box>[^/]+)/(?<slot>\d+)$}, desc: 'Both.' },
    { pattern: %r{^(?<box>[^/]+)$}, desc: 'The box.' },
  ],
  attributes: {
    ensure: { type: 'Enum[present, absent]', desc: 'Whether it is there.' },
    box: { type: 'String', desc: 'The box.', behaviour: :namevar },
    slot: { type: 'String', desc: 'The slot.', behaviour: :namevar },
    serial: { type: 'String', desc: 'What it says.', behaviour: :read_only },
  },
)
