# frozen_string_literal: true

# Compiles the cases of a file with a real Puppet and prints what becomes of each: the resources, what was logged, or
# the error. The tests compare with what this has printed.
#
#     ruby -I <puppet>/lib record.rb generated > generated.txt
#
# NAME.pp has the cases, each under a line "### title"; NAME is the folder of the environment.
require 'puppet'
require 'puppet/test/test_helper'
require 'json'
require 'tmpdir'

name = ARGV.fetch(0)
here = File.expand_path(__dir__)
Dir.mktmpdir do |scratch|
  File.symlink("#{here}/#{name}", "#{scratch}/production")
  Puppet.initialize_settings(['--confdir', "#{scratch}/conf", '--vardir', "#{scratch}/var", '--strict', 'error',
                              '--vendormoduledir', "#{scratch}/none", '--environmentpath', scratch])
  File.read("#{here}/#{name}.pp").split(/^### /)[1..].each do |chunk|
    title, code = chunk.split("\n", 2)
    logs = []
    Puppet::Util::Log.close_all
    Puppet::Util::Log.newdestination(Puppet::Test::LogCollector.new(logs))
    Puppet[:code] = code
    environments = Puppet::Environments::Directories.new(scratch, [])
    out = ["### #{title}"]
    Puppet.override(environments: environments) do
      environment = environments.get!('production')
      loaders = Puppet::Pops::Loaders.new(environment)
      Puppet.override(current_environment: environment, loaders: loaders, rich_data: true) do
        facts = Puppet::Node::Facts.new('n1', {})
        catalog = Puppet::Parser::Compiler.compile(Puppet::Node.new('n1', environment: environment, facts: facts))
        catalog.to_data_hash['resources'].each do |resource|
          next if %w[Class Stage].include?(resource['type'])

          out << "#{resource['type']}[#{resource['title']}] #{resource['kind']} #{JSON.generate(resource['parameters'] || {})}"
        end
      rescue Puppet::Error => e
        out << "error: #{e.message}"
      end
    end
    logs.each { |log| out << "#{log.level}: #{log.message}" unless %i[debug err].include?(log.level) || log.message.include?('hiera.yaml') }
    puts out.join("\n").gsub("#{scratch}/production", 'ENV').gsub("#{here}/#{name}", 'ENV')
  end
end
