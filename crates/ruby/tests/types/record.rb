# frozen_string_literal: true

# Loads the types of the modules beside this file with a real Puppet and prints what they have become. The tests
# compare with what this has printed.
#
#     ruby -I <puppet>/lib record.rb > recorded.json
require 'puppet'
require 'json'
require 'tmpdir'

here = File.expand_path(__dir__)
recorded = {}
Dir.mktmpdir do |scratch|
  Puppet.initialize_settings(['--confdir', "#{scratch}/conf", '--vardir', "#{scratch}/var", '--strict', 'error',
                              '--vendormoduledir', "#{scratch}/none"])
  environment = Puppet::Node::Environment.create(:production, ["#{here}/modules"])
  environments = Puppet::Environments::Static.new(environment)
  Puppet.push_context(current_environment: environment, environments: environments,
                      loaders: Puppet::Pops::Loaders.new(environment))
  Dir["#{here}/modules/*/lib/puppet/type/*.rb"].map { |file| File.basename(file, '.rb') }.sort.each do |name|
    type = Puppet::Type.type(name.to_sym)
    recorded[name] = if type.nil?
                       'no class was created'
                     else
                       patterns = begin
                         type.title_patterns.map do |regexp, names|
                           [regexp.options.zero? ? regexp.source : regexp.to_s, names.map { |given| Array(given).first }]
                         end
                       rescue Puppet::DevError => e
                         e.message
                       end
                       { properties: type.properties.map(&:name), parameters: type.parameters,
                         namevars: type.key_attributes.sort, isomorphic: type.isomorphic?, patterns: patterns }
                     end
  rescue Puppet::Error => e
    recorded[name] = "fails: #{e.message.lines.first.strip.gsub(here, 'HERE')}"
  end
end
puts JSON.pretty_generate(recorded)
