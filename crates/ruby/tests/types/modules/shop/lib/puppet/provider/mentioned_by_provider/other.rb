# Things that look like providers and provide for somebody else, if at all.
Puppet::Type.type(:provided).provide(:mentioned) do
  desc 'does not provide(:anything)'
end
