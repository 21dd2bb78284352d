# Compiles catalogs in one process of the installed Puppet, as its server would: usage reference.rb ENVIRONMENTPATH ROUNDS FACTS...
# Prints "CERTNAME RESOURCES MILLISECONDS" (the median of the rounds, after as many to warm up) for each file of facts.
require 'puppet'
require 'json'
require 'tmpdir'

environmentpath, rounds, *files = ARGV
rounds = Integer(rounds)
scratch = Dir.mktmpdir('bunraku-reference')
at_exit { FileUtils.remove_entry(scratch) }
Puppet.initialize_settings(['--confdir', scratch, '--vardir', scratch, '--environmentpath', environmentpath, '--basemodulepath', scratch])
Puppet[:strict_variables] = true
loaders = Puppet::Environments::Cached.new(Puppet::Environments::Directories.new(environmentpath, []))
Puppet.push_context({ environments: loaders })
environment = loaders.get!('production')
Puppet.push_context({ current_environment: environment, loaders: Puppet::Pops::Loaders.new(environment) })

files.each do |file|
  document = JSON.parse(File.read(file))
  certname = document['name']
  compile = lambda do
    facts = Puppet::Node::Facts.new(certname, document['values'])
    node = Puppet::Node.new(certname, facts: facts, environment: environment)
    node.merge(facts.values)
    node.add_server_facts('serverversion' => Puppet.version, 'servername' => 'primary.example.com', 'serverip' => '192.0.2.1')
    host, domain = certname.split('.', 2)
    node.trusted_data = { 'authenticated' => 'remote', 'certname' => certname, 'extensions' => {}, 'hostname' => host,
                          'domain' => domain, 'external' => {} }
    catalog = Puppet::Parser::Compiler.compile(node, nil)
    [catalog.resources.size, catalog.filter(&:virtual?).to_json.size]
  end
  rounds.times { compile.call }
  resources = 0
  times = Array.new(rounds) do
    started = Process.clock_gettime(Process::CLOCK_MONOTONIC)
    resources, = compile.call
    Process.clock_gettime(Process::CLOCK_MONOTONIC) - started
  end
  puts format('%s %d %.3f', certname, resources, times.sort[rounds / 2] * 1000)
end
