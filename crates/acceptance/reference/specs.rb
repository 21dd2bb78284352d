# Reads what a module's own tests declare, without running the tests: usage specs.rb MODULE_DIR FACTS_DIR
# Loads spec/classes, spec/defines (and spec/unit/...) with the part of RSpec's language that says what is declared: groups, `let`,
# hooks before examples, shared examples. For each group with examples it prints one JSON document a line:
#   {definition, title, params: {name: Puppet source}, prelude, postlude, facts: file}  (title: null for a class)
# What needs more than that (doubles, matchers in parameters) is left out.
require 'json'
require 'digest'
require 'set'
require 'timeout'

MODULE = File.expand_path(ARGV.fetch(0))
FACTS = ARGV.fetch(1)
ROOT = File.join(MODULE, 'spec')
HELPERS = /\A(spec_helper|shared_|puppetlabs_spec_helper|rspec|voxpupuli|puppet-openstack_spec_helper|hiera-puppet-helper|beaker|mocha)/
# Cases of one definition that are the same but for values prove little.
MOST = Integer(ENV.fetch('SPECS_PER_DEFINITION', '12'))

# Stands for whatever the helpers would have brought.
class Anything < BasicObject
  def method_missing(*) = self
  def respond_to_missing?(*) = true
  def to_s = "\u0001anything"
  def to_str = to_s
  def to_ary = nil
  def to_hash = nil
  def is_a?(_) = false
end
ANYTHING = Anything.new

module Kernel
  alias load_for_real require
  def require(name)
    return false if name.is_a?(String) && name.match?(HELPERS) && !File.exist?(name)
    load_for_real(name)
  rescue LoadError
    false
  end

  alias load_relative_for_real require_relative
  def require_relative(name)
    from = caller_locations(1, 1).first.absolute_path
    full = File.expand_path(name, File.dirname(from))
    load_for_real(File.exist?("#{full}.rb") ? "#{full}.rb" : full)
  rescue LoadError
    false
  end
end

# The same for names of constants.
module Unknown
  def self.const_missing(_name) = self
  def self.method_missing(*) = ANYTHING
  def self.respond_to_missing?(*) = true
end

class Object
  def self.const_missing(_name) = Unknown
end

# Facts that a helper adds to a system's.
def os_specific_facts(_facts) = {}

# Facts by symbol, as tests ask for them, or by string.
def facts_hash(values)
  hash = values.to_h { |name, value| [name.to_sym, value] }
  hash.default_proc = proc { |known, name| name.is_a?(String) ? known.fetch(name.to_sym, nil) : nil }
  hash
end

CUSTOM = {
  'os_service_default' => '<SERVICE DEFAULT>', 'os_package_type' => 'debian', 'os_workers' => 2, 'os_workers_small' => 2,
  'os_workers_large' => 4, 'os_workers_heat_engine' => 4, 'os_workers_keystone' => 2,
  'puppet_vardir' => '/var/lib/puppet', 'root_home' => '/root', 'service_provider' => 'systemd',
  'concat_basedir' => '/var/lib/puppet/concat', 'puppetversion' => '7.23.0'
}.freeze

module OSDefaults
  def self.get_facts(more = {}) = facts_hash(CUSTOM).merge(more)
  def self.get_supported_os = [{ 'operatingsystem' => 'Debian', 'operatingsystemrelease' => ['11'] },
                               { 'operatingsystem' => 'CentOS', 'operatingsystemrelease' => ['8'] }]
end

module Facterdb
  DIRECTORY = Dir.glob('/usr/share/rubygems-integration/all/gems/facterdb-*/facts').first
  FILES = DIRECTORY ? Dir.glob("#{DIRECTORY}/*/*-x86_64.facts").group_by { |file| File.basename(file, '.facts') } : {}
  @turn = 0

  def self.version(file) = file.split('/')[-2].split('.').map(&:to_i)

  def self.read(name)
    @read ||= {}
    text = @read[name] ||= File.read(FILES.fetch(name).max_by { |file| version(file) })
    facts_hash(JSON.parse(text).merge(CUSTOM))
  end

  # Names of the systems that a list as in metadata.json supports.
  def self.systems(supported)
    supported.flat_map do |one|
      os = one['operatingsystem'].to_s.downcase
      releases = Array(one['operatingsystemrelease']).map(&:to_s)
      all = FILES.keys.select { |name| name.start_with?("#{os}-") }
      exact = all.select { |name| releases.any? { |release| name == "#{os}-#{release.tr(' ', '-')}-x86_64" } }
      exact.empty? ? all.last(1) : exact
    end
  end

  # Another few each time, so that all come up.
  def self.some(supported)
    names = systems(supported)
    names = systems([{ 'operatingsystem' => 'Debian', 'operatingsystemrelease' => ['11'] }]) if names.empty?
    @turn += 1
    names.rotate(@turn * 2).first(2).to_h { |name| [name, read(name)] }
  end
end

# Facts that a test spells out are only those that its author thought of; the others come from a like system.
FAMILIES = { 'redhat' => 'CentOS', 'suse' => 'SLES', 'archlinux' => 'Debian' }.freeze
def completed(facts)
  return with_more(facts) if facts['networking'].is_a?(Hash) && facts['os'].is_a?(Hash)
  os = facts['os'].is_a?(Hash) ? facts['os'] : {}
  name = facts['operatingsystem'] || os['name'] || facts['osfamily'] || os['family'] || 'Debian'
  name = FAMILIES.fetch(name.to_s.downcase, name)
  release = facts['operatingsystemmajrelease'] || facts['operatingsystemrelease'].to_s[/\A\d+/]
  like = Facterdb.systems([{ 'operatingsystem' => name, 'operatingsystemrelease' => [release] }]).last
  like ||= Facterdb.systems([{ 'operatingsystem' => 'Debian', 'operatingsystemrelease' => ['11'] }]).last
  return facts if like.nil?
  base = CUSTOM.merge(Facterdb.read(like).to_h { |key, value| [key.to_s, value] })
  with_more(base.merge(facts) { |_, old, new| old.is_a?(Hash) && new.is_a?(Hash) ? old.merge(new) : new })
end

# What Facter says where it finds the tools and libraries that those who recorded facts did not have.
def with_more(facts)
  return facts unless facts['os'].is_a?(Hash)
  codename = facts['os'].dig('distro', 'codename')
  facts = { 'lsbdistcodename' => codename }.merge(facts) if codename
  facts.merge('os' => { 'selinux' => { 'enabled' => false } }.merge(facts['os']))
end

def on_supported_os(options = {})
  supported = options[:supported_os] || begin
    JSON.parse(File.read(File.join(MODULE, 'metadata.json')))['operatingsystem_support'] || []
  rescue SystemCallError, JSON::ParserError
    []
  end
  Facterdb.some(supported)
end

# One group of examples; its instances are what `let`, hooks and helper methods run in.
class Group
  attr_reader :memo

  def initialize = @memo = {}
  def self.shared = (@shared ||= superclass.respond_to?(:shared) ? superclass.shared.dup : {})
  def self.hooks = (@hooks ||= [])
  def self.chain = (superclass.respond_to?(:chain) ? superclass.chain : []) + [self]
  def self.names = (superclass.respond_to?(:names) ? superclass.names : []) + (@name ? [@name] : [])
  class << self
    attr_accessor :examples, :name_of_group
  end

  def self.group(words, block, arguments = [])
    child = Class.new(self)
    child.instance_variable_set(:@name, words.first)
    child.class_exec(*arguments, &block) if block
    GROUPS << child if child.examples
    child
  rescue StandardError, NotImplementedError => e
    warn "#{words.first}: #{e.class}: #{e.message[0, 200]}" if ENV['SPECS_DEBUG']
    nil
  end

  def self.describe(*words, **conditions, &block)
    return if conditions.key?(:if) && !conditions[:if] || conditions[:unless]
    group(words, block)
  end
  def self.bodies = (@bodies ||= Module.new.tap { |bodies| include bodies })
  def self.let(name, &block)
    # The block is a method of a module below, so that its `super` is the outer group's.
    bodies.define_method(name, &(block || proc {}))
    define_method(name) { @memo.fetch(name) { @memo[name] = super() } }
  end
  def self.subject(name = nil, &block) = name && let(name, &block)
  def self.before(scope = :each, *, &block) = (hooks << block if block && %i[each example].include?(scope))
  def self.after(*) = nil
  def self.around(*) = nil
  def self.it(*, **) = (self.examples = true)
  def self.shared_examples(name, *, &block) = shared[name.to_s] = block
  def self.find_shared(name)
    chain.reverse_each { |one| (block = one.shared[name.to_s]) && (return block) }
    SHARED[name.to_s]
  end
  def self.it_behaves_like(name, *arguments, &more)
    block = find_shared(name) or return
    child = group([nil], block, arguments)
    return if child.nil? || more.nil?
    child.class_exec(&more)
  end
  def self.include_examples(name, *arguments, &more)
    block = find_shared(name) or return
    class_exec(*arguments, &block)
    class_exec(&more) if more
  end
  class << self
    alias context describe
    alias fdescribe describe
    alias fcontext describe
    alias let! let
    alias subject! subject
    alias specify it
    alias example it
    alias its it
    alias fit it
    alias shared_examples_for shared_examples
    alias shared_context shared_examples
    alias it_should_behave_like it_behaves_like
    alias it_configures it_behaves_like
    alias it_raises it_behaves_like
    alias include_context include_examples
    # The rest of the language says nothing about what is declared.
    def method_missing(name, *arguments, &block)
      return name_of_described if %i[described_class description].include?(name)
      ANYTHING
    end
    def name_of_described = chain[1]&.instance_variable_get(:@name)
    def xit(*) = nil
    alias xdescribe xit
    alias xcontext xit
    alias pending xit
    alias skip xit
  end

  def sensitive(value) = Sensitive.new(value)
  def ref(type, title) = Reference.new(type, title)
  def facts = {}
  def params = {}
  def pre_condition = nil
  def post_condition = nil
  def trusted_facts = {}
  def node_params = {}
  def description = self.class.names.first
  alias described_class description
  def method_missing(name, *) = ANYTHING
  def respond_to_missing?(*) = true
end

Sensitive = Struct.new(:value)
Reference = Struct.new(:type, :title)
GROUPS = []
SHARED = {}

module RSpec
  def self.describe(*words, &block) = Object.send(:describe, *words, &block)
  def self.context(*words, &block) = Object.send(:describe, *words, &block)
  def self.shared_examples(name, *, &block) = SHARED[name.to_s] = block
  def self.shared_examples_for(name, *, &block) = SHARED[name.to_s] = block
  def self.shared_context(name, *, &block) = SHARED[name.to_s] = block
  def self.configure = nil
  def self.configuration = ANYTHING
  def self.const_missing(_name) = Unknown
  def self.method_missing(*) = ANYTHING
end

def describe(*words, **_, &block)
  Group.group(words, block)
end
alias context describe
def shared_examples(name, *, &block) = SHARED[name.to_s] = block
alias shared_examples_for shared_examples
alias shared_context shared_examples

class NotData < StandardError; end

# A value as Puppet source.
def source(value)
  case value
  when nil, :undef, :undefined then 'undef'
  when true, false, Integer, Float then value.to_s
  when Sensitive then "Sensitive(#{source(value.value)})"
  when Reference then "#{value.type.split('::').map(&:capitalize).join('::')}[#{source(value.title)}]"
  when String, Symbol
    text = value.to_s
    raise NotData, 'unknown' if text.include?("\u0001")
    raise NotData, 'binary' unless text.dup.force_encoding('UTF-8').valid_encoding?
    "'#{text.dup.force_encoding('UTF-8').gsub(/[\\']/) { |c| "\\#{c}" }}'"
  when Regexp then value.inspect
  when Array then "[#{value.map { |item| source(item) }.join(', ')}]"
  when Hash then "{#{value.map { |key, item| "#{source(key)} => #{source(item)}" }.join(', ')}}"
  else raise NotData, value.class.to_s
  end
end

def plain(value)
  case value
  when nil, true, false, Integer, Float then value
  when String, Symbol then value.to_s
  when Array then value.map { |item| plain(item) }
  when Hash then value.to_h { |key, item| [key.to_s, plain(item)] }
  else raise NotData, value.class.to_s
  end
end

def conditions(value)
  text = Array(value).join("\n")
  raise NotData, 'import' if text.include?('import ')
  text
end

$LOAD_PATH.unshift(ROOT, File.join(MODULE, 'lib'))
(Dir.glob("#{ROOT}/shared_*.rb") + Dir.glob("#{ROOT}/{support,shared,shared_examples}/**/*.rb")).each do |file|
  load file
rescue StandardError, ScriptError => e
  warn "#{file}: #{e.message}" if ENV['SPECS_DEBUG']
end

seen = Set.new
count = Hash.new(0)
Dir.glob("#{ROOT}/{,unit/}{classes,defines,hosts}/**/*_spec.rb").sort.each do |file|
  GROUPS.clear
  begin
    Timeout.timeout(20) { load file }
  rescue StandardError, ScriptError => e
    warn "#{file}: #{e.class} #{e.message}" if ENV['SPECS_DEBUG']
  end
  kind = file[%r{/(classes|defines|hosts)/}, 1]
  GROUPS.each do |group|
    definition = group.names.find { |name| name.is_a?(String) }
    next unless definition&.match?(/\A(::)?[a-z]\w*(::[a-z]\w*)*\z/)
    definition = definition.delete_prefix('::')
    next if count[definition] >= MOST
    begin
      example = group.new
      group.chain.each { |one| one.hooks.each { |hook| example.instance_exec(&hook) } if one.respond_to?(:hooks) }
      case_of = {
        'definition' => definition,
        'title' => kind == 'defines' ? example.title.to_s : nil,
        'params' => example.params.to_h { |name, value| [name.to_s, source(value)] },
        'prelude' => conditions(example.pre_condition),
        'postlude' => conditions(example.post_condition)
      }
      facts = completed(plain(example.facts))
      next unless seen.add?([case_of, facts['os'].is_a?(Hash) ? facts['os']['name'] : facts['operatingsystem']])
      text = JSON.generate(facts)
      name = File.join(FACTS, "#{Digest::MD5.hexdigest(text)}.json")
      File.write(name, text) unless File.exist?(name)
      puts JSON.generate(case_of.merge('facts' => name))
      count[definition] += 1
    rescue StandardError, NotImplementedError, SystemStackError => e
      warn "#{file}: #{group.names.inspect}: #{e.class} #{e.message}" if ENV['SPECS_DEBUG']
    end
  end
end
