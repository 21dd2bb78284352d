Puppet::Type.newtype(:versioned) do
  newparam(:name, namevar: true)
  newparam(:modern) if Puppet.version.split('.').first.to_i >= 6
  newparam(:ancient) if Puppet.version =~ /^[0-5]\./
  newparam(:windows_only) if Puppet::Util::Platform.windows?
  newparam(:also_windows) if Puppet.features.microsoft_windows?
  case Puppet::PUPPETVERSION
  when /^3/ then newparam(:three)
  when /^\d/ then newparam(:any_number)
  else newparam(:none)
  end
  unless defined?(PuppetX::NobodyDefinesThis)
    newparam(:not_defined)
  end
end
