# Compiles nodes with the installed Puppet in one process: usage compile.rb JOB, where JOB is a JSON file
#   {confdir, vardir, environmentpath, basemodulepath, vendormoduledir, strict, server_facts, nodes: [{name, facts}]}  (facts: a file)
# The environment is `production`. Prints one JSON document a line: {node, seconds, catalog} or {node, seconds, error}.
require 'puppet'
require 'json'
require 'timeout'

job = JSON.parse(File.read(ARGV.fetch(0)))
Puppet.initialize_settings(['--confdir', job['confdir'], '--vardir', job['vardir'], '--environmentpath', job['environmentpath'],
                            '--basemodulepath', job['basemodulepath'], '--vendormoduledir', job['vendormoduledir']])
Puppet[:strict] = job['strict'] ? :error : :warning
Puppet[:strict_variables] = job['strict']
Puppet[:environment_timeout] = 'unlimited'
base = job['basemodulepath'].split(':')

# A new environment, which has loaded nothing.
def fresh(job, base)
  loaders = Puppet::Environments::Cached.new(Puppet::Environments::Directories.new(job['environmentpath'], base))
  Puppet.push_context({ environments: loaders })
  environment = loaders.get!('production')
  # As the hook of the setting `environment` does.
  environment.each_plugin_directory { |folder| $LOAD_PATH << folder unless $LOAD_PATH.include?(folder) }
  Puppet.push_context({ current_environment: environment, loaders: Puppet::Pops::Loaders.new(environment), rich_data: true })
  environment
end
environment = fresh(job, base)

# A file whose definitions could not be made counts as loaded; later compiles of the environment fail for other reasons.
module Loading
  class << self
    attr_accessor :failed
  end

  def try_load_fqname(*)
    super
  rescue StandardError
    Loading.failed = true
    raise
  end
end
require 'puppet/parser/type_loader'
Puppet::Parser::TypeLoader.prepend(Loading)

facts_of = Hash.new { |known, file| known[file] = JSON.parse(File.read(file)) }
$stdout.sync = true
job['nodes'].each do |one|
  name = one['name']
  result = { 'node' => name }
  started = Process.clock_gettime(Process::CLOCK_MONOTONIC)
  begin
    values = Marshal.load(Marshal.dump(facts_of[one['facts']]))
    # What an agent adds to what it found.
    values.update('clientcert' => name, 'clientversion' => '7.23.0', 'clientnoop' => false)
    facts = Puppet::Node::Facts.new(name, values)
    node = Puppet::Node.new(name, facts: facts, environment: environment)
    node.merge(facts.values)
    node.add_server_facts(job['server_facts'])
    host, domain = name.split('.', 2)
    node.trusted_data = { 'authenticated' => 'remote', 'certname' => name, 'extensions' => {}, 'hostname' => host,
                          'domain' => domain, 'external' => {} }
    catalog = Timeout.timeout(120) { Puppet::Parser::Compiler.compile(node, nil) }
    result['seconds'] = Process.clock_gettime(Process::CLOCK_MONOTONIC) - started
    result['catalog'] = catalog.filter(&:virtual?).to_data_hash
    line = JSON.generate(result)
  rescue Exception => e # rubocop:disable Lint/RescueException
    raise if e.is_a?(Interrupt) || e.is_a?(SystemExit)
    result.delete('catalog')
    result['seconds'] ||= Process.clock_gettime(Process::CLOCK_MONOTONIC) - started
    text = e.message.dup.force_encoding('UTF-8').scrub
    # Anything but Puppet's own errors reaches an agent with the class's name missing; here it tells where to look.
    result['error'] = e.is_a?(Puppet::Error) ? text : "#{e.class}: #{text}"
    line = JSON.generate(result)
    if Loading.failed
      Loading.failed = false
      2.times { Puppet.pop_context }
      environment = fresh(job, base)
    end
  end
  puts line
end
