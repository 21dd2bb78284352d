require 'puppet/resource_api'

Puppet::ResourceApi.register_type(
  name: 'appliance',
  docs: <<-DOCS,
    A box in a rack.
  DOCS
  features: ['simple_get_filter', 'canonicalize', 'remote_resource'],
  attributes: {
    ensure: { type: 'Enum[present, absent]', desc: 'Whether it is there.', default: 'present' },
    label: { type: 'String', desc: 'Its label.', behaviour: :namevar },
    rack: { type: 'String', desc: 'Its rack.' },
    serial: { type: 'String', desc: 'Its number.', behaviour: :read_only },
    vendor: { type: 'Optional[String]', desc: 'Its maker.', behaviour: :init_only },
    force: { type: 'Boolean', desc: 'Do it anyway.', behavior: :parameter, default: false },
  },
)
