# Records what Puppet gives: rewrites the expectations of suites in place.
#
#   ruby --disable=error_highlight --disable=did_you_mean record.rb PUPPET/lib MODULEPATH facts.json SUITE.pp...
#
# The module path holds the original modules, those in tests/stdlib/modules, and instead of the types of stdlib our own
# in tests/stdlib/9/types. TESTS in a case is the folder of facts.json.

puppet_lib, modulepath, facts_file, *files = ARGV
$LOAD_PATH.unshift(puppet_lib)
require 'puppet'
require 'json'
require 'tmpdir'
scratch = Dir.mktmpdir
at_exit { FileUtils.rm_rf(scratch) }
Puppet.initialize_settings(['--confdir', scratch, '--vardir', scratch])
Puppet[:strict_variables] = true
ENV.delete('STDLIB_LOG_DEPRECATIONS')
class Sink
  attr_reader :logs
  def initialize; @logs = []; end
  def <<(log); @logs << log; self; end
end
Puppet::Util::Log.newdesttype :collect do
  match 'Sink'
  def initialize(sink); @sink = sink; end
  def handle(log); @sink << log; end
end
Puppet::Util::Log.level = :info
MODULEPATH = modulepath.split(':').map { |p| File.expand_path(p) }
FACTS = JSON.parse(File.read(facts_file))
MODERN = FACTS.select { |k, _| %w[os networking processors virtual memory].include?(k) }
TESTS = File.expand_path(File.dirname(facts_file))
def quote(s)
  return "binary #{s.b.unpack1('H*')}" unless s.dup.force_encoding('UTF-8').valid_encoding?
  s = s.dup.force_encoding('UTF-8')
  '"' + s.gsub(/["\\]|[[:cntrl:]]/) { |c| { '"' => '\\"', '\\' => '\\\\', "\n" => '\\n', "\t" => '\\t', "\r" => '\\r' }[c] || format('\\u{%x}', c.ord) } + '"'
end

def show(v)
  case v
  when nil then 'undef'
  when String then quote(v)
  when Symbol then v == :default ? 'default' : ":#{v}"
  when Array then '[' + v.map { |i| show(i) }.join(', ') + ']'
  when Hash then '{' + v.map { |k, i| "#{show(k)} => #{show(i)}" }.join(', ') + '}'
  when Puppet::Pops::Types::PSensitiveType::Sensitive then "Sensitive(#{show(v.unwrap)})"
  when Regexp then v.inspect
  when true, false, Numeric then v.to_s
  when Puppet::Pops::Types::PBinaryType::Binary then "Binary(#{v})"
  when Puppet::Resource then quote(v.to_s)
  else v.to_s
  end
end

def run(code, options)
  sink = Sink.new
  Puppet::Util::Log.newdestination(sink)
  $unique_warnings&.clear
  $deprecation_warnings&.clear
  Puppet[:strict] = options['strict'] || 'error'
  code = code.gsub('TESTS', TESTS)
  Puppet[:code] = "notify { '__r': message => [with() || {\n#{code}\n}] }"
  facts = options['facts'] == 'modern' ? MODERN : FACTS
  facts = JSON.parse(JSON.generate(facts))
  env = Puppet::Node::Environment.create(:production, MODULEPATH)
  node = Puppet::Node.new('n1', environment: env, facts: Puppet::Node::Facts.new('n1', facts))
  node.merge(facts)
  node.trusted_data = { 'authenticated' => 'remote', 'certname' => 'n1', 'domain' => nil, 'extensions' => {}, 'hostname' => 'n1', 'external' => {} }
  err = value = nil
  Puppet.override(current_environment: env, environments: Puppet::Environments::Static.new(env), loaders: Puppet::Pops::Loaders.new(env), rich_data: true, trusted_information: nil) do
    begin
      catalog = Puppet::Parser::Compiler.compile(node)
      value = show(catalog.resource('Notify', '__r')[:message].then { |m| m.is_a?(Array) && m.size == 1 ? m[0] : m })
      value = options['show'] == 'catalog' ? catalog.resources.reject { |r| %w[Stage Class].include?(r.type) || r.title == '__r' }.map { |r| "#{r.ref} #{show(r.instance_variable_get(:@parameters).transform_keys(&:to_s).reject { |k, _| k == 'name' || (r.type == 'File' && k == 'path') })}" }.join("\n").then { |t| t.empty? ? '(none)' : t } : value
    rescue Puppet::Error => e
      err = e.message
    rescue StandardError, ScriptError, SystemStackError => e
      err = "#{e.class}: #{e.message}"
    end
  end
  Puppet::Util::Log.close(sink)
  logs = sink.logs.map { |l| [l.level.to_s, l.message] }
  [logs, err, value]
end

def strip(msg)
  MODULEPATH.each { |p| msg = msg.gsub(p, 'MODULES') }
  msg.gsub(TESTS, 'TESTS').gsub(/ on node n1\z/, '').gsub(/ \((?:file: [^)]*?|line: \d+(?:, column: \d+)?)\)/, '').gsub(/\b\d{3}: (?=unexpected token)/, '').gsub(/\n   \((?:location: .*|file & line not available)\)\z/, '')
end

def lines(mark, text)
  text.split("\n", -1).map { |l| "#{mark} #{l}".rstrip }.join("\n") + "\n"
end

files.each do |f|
  out = +''
  code = []
  options = {}
  flush = lambda do
    next if code.empty?
    text = code.join("\n")
    logs, err, value = run(text, options)
    out << text << "\n"
    logs.each { |level, m| out << lines("#- #{level}:", strip(m)) unless level == 'err' || m.empty? || m =~ /Functions.autoloader#|^Overwriting previous def/ }
    out << (err ? lines('#!', strip(err)) : lines('#=', strip(value)))
    out << "\n"
    code = []
  end
  File.read(f).each_line(chomp: true) do |l|
    case l
    when /\A#[-=!]( |\z|:)/ then next
    when /\A#@(.*)/
      flush.call
      options = $1.split.to_h { |w| w.split('=') }
      out << l << "\n\n"
    when /\A##/
      flush.call
      out << l << "\n"
    when ''
      flush.call
    else
      code << l
    end
  end
  flush.call
  File.write(f, out.sub(/\n+\z/, "\n"))
end
