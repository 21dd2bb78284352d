class Puppet::Type::Extended_by_provider
  feature :loud, 'Can be loud.'

  newparam(:volume, required_features: :loud)
end

Puppet::Type.type(:extended_by_provider).provide(:late) do
  confine true: false
end
