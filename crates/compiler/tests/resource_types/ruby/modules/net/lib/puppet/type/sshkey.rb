# A type of the agent's modules, in another edition.
Puppet::Type.newtype(:sshkey) do
  newparam(:name, namevar: true)
  newproperty(:fingerprint)
end
