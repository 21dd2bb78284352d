require 'yaml'

Puppet::Type.newtype(:odd_data) do
  newparam(:name)
  YAML.safe_load("- a\n- b\n").each { |name| newparam(name) }
end
