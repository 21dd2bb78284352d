# Runs functions and templates of Puppet modules that are written in Ruby, for a compiler at the other end of a pipe.
#
# This is no Puppet: it has what the bodies of such functions use of Puppet's API, and hands everything that concerns the
# compile (variables, other functions, resources, logs) back to the compiler.
#
# Messages are JSON documents, each preceded by its length in four bytes, big endian. A request is answered by any number of
# questions, each of which gets an answer, and at last by a result:
#   -> {op: load3|load4, file, name}      <- {result: {...signatures}}        | {error, kind}
#   -> {op: call, id, index, args, block} <- {ask: ..., ...} ... {result: v}  | {error, kind}
#   -> {op: render, file, text, variables}
require 'json'
require 'erb'

$protocol_in = $stdin.dup
$protocol_out = $stdout.dup
$protocol_in.binmode
$protocol_out.binmode
$stdin.reopen(File::NULL)
# What a function prints must not get between the messages.
$stdout.reopen($stderr)

module BunrakuWorker
  # A value of the Puppet language that Ruby code only carries.
  class Opaque
    def initialize(data)
      @data = data
    end

    def self.data_of(value) = value.instance_variable_get(:@data)
    def to_s = @data['__pvalue'].to_s
    alias inspect to_s
    def ==(other) = other.is_a?(Opaque) && other.to_s == to_s
    alias eql? ==
    def hash = to_s.hash
  end

  # The context of a function that Hiera calls for data. It is the compiler's; one call has one.
  class LookupContext
    def not_found
      begin
        BunrakuWorker.ask('context', 'method' => 'not_found', 'args' => [])
      rescue CompilerError
        # That is how the compiler notes it.
      end
      throw :not_found
    end

    %w[environment_name module_name interpolate cache cache_all cache_has_key cached_value cached_entries].each do |name|
      define_method(name) do |*args|
        BunrakuWorker.ask('context', 'method' => name, 'args' => args.map { |arg| BunrakuWorker.encode(arg) })
      end
    end

    def cached_file_data(path)
      text = BunrakuWorker.ask('context', 'method' => 'cached_file_data', 'args' => [path])
      block_given? ? yield(text) : text
    end

    def explain
      nil
    end
  end

  # What a question to the compiler came to.
  class CompilerError < StandardError; end

  module_function

  def read_message
    head = $protocol_in.read(4)
    return nil if head.nil? || head.bytesize < 4

    JSON.parse($protocol_in.read(head.unpack1('N')), max_nesting: 200)
  end

  def write_message(document)
    text = JSON.generate(document, max_nesting: 220)
    $protocol_out.write([text.bytesize].pack('N'), text)
    $protocol_out.flush
  end

  # Asks the compiler something while a call runs.
  def ask(what, details = {})
    write_message({ 'ask' => what }.merge(details))
    answer = read_message
    exit!(0) if answer.nil?
    raise CompilerError, answer['error'] if answer.key?('error')

    decode(answer['result'])
  end

  def decode(data)
    case data
    when Array then data.map { |item| decode(item) }
    when Hash
      case data['__ptype']
      when nil then data.transform_values { |value| decode(value) }
      when 'Hash' then data['__pvalue'].each_slice(2).to_h { |key, value| [decode(key), decode(value)] }
      when 'Sensitive' then Puppet::Pops::Types::PSensitiveType::Sensitive.new(decode(data['__pvalue']))
      when 'Default' then :default
      when 'Regexp' then Regexp.new(data['__pvalue'])
      when 'Binary' then Puppet::Pops::Types::PBinaryType::Binary.new(data['__pvalue'])
      when 'Puppet::LookupContext' then LookupContext.new
      else Opaque.new(data)
      end
    else data
    end
  end

  def encode(value)
    case value
    when nil, true, false, Integer then value
    when Float
      raise ArgumentError, "#{value} cannot be a value in Puppet" unless value.finite?

      value
    when String
      text = value.encoding == Encoding::UTF_8 ? value : value.dup.force_encoding('UTF-8')
      return { '__ptype' => 'Binary', '__pvalue' => [value].pack('m0') } unless text.valid_encoding?

      text
    when :undef then nil
    when :default then { '__ptype' => 'Default' }
    when Symbol then value.to_s
    when Array then value.map { |item| encode(item) }
    when Hash
      if value.keys.all? { |key| key.is_a?(String) || (key.is_a?(Symbol) && key != :default && key != :undef) } && !value.key?('__ptype')
        value.to_h { |key, item| [key.to_s, encode(item)] }
      else
        { '__ptype' => 'Hash', '__pvalue' => value.flat_map { |key, item| [encode(key), encode(item)] } }
      end
    when Regexp then { '__ptype' => 'Regexp', '__pvalue' => value.source }
    when Puppet::Pops::Types::PSensitiveType::Sensitive
      { '__ptype' => 'Sensitive', '__pvalue' => encode(value.unwrap) }
    when Puppet::Pops::Types::PBinaryType::Binary then { '__ptype' => 'Binary', '__pvalue' => value.to_s }
    when Opaque then Opaque.data_of(value)
    when Set, Enumerator, Range then encode(value.to_a)
    else raise ArgumentError, "a value of the Ruby class #{value.class} cannot be handed to Puppet"
    end
  end
end

require 'set'

# What Puppet itself has loaded, and code therefore uses without asking for it.
{ Digest: 'digest', OpenSSL: 'openssl', YAML: 'yaml', Psych: 'psych', URI: 'uri', CGI: 'cgi', Date: 'date', DateTime: 'date',
  Shellwords: 'shellwords', SecureRandom: 'securerandom', Base64: 'base64', IPAddr: 'ipaddr', Pathname: 'pathname', StringIO: 'stringio',
  Tempfile: 'tempfile', FileUtils: 'fileutils', Timeout: 'timeout', Etc: 'etc', Find: 'find', Forwardable: 'forwardable',
  Singleton: 'singleton', Monitor: 'monitor', BigDecimal: 'bigdecimal', Resolv: 'resolv', Socket: 'socket', Zlib: 'zlib',
  OptionParser: 'optparse', Benchmark: 'benchmark', Open3: 'open3', Gem: 'rubygems', RbConfig: 'rbconfig' }.each { |name, file| autoload(name, file) }
require 'time'
require 'uri'
require 'yaml'

module Kernel
  private

  alias bunraku_require require

  # Parts of Puppet are what this file has of them, even where a Puppet is installed; modules may add files of such names.
  def require(name)
    return BunrakuWorker.load_source(name) if BunrakuWorker.part_of_puppet?(name)

    begin
      bunraku_require(name)
    rescue LoadError => e
      raise unless e.path == name.to_s
      return true if BunrakuWorker.load_source(name.to_s)
      raise unless BunrakuWorker.start_gems

      require(name)
    end
  end

  def require_relative(name)
    require(File.expand_path(name.to_s, File.dirname(caller_locations(1, 1).first.path)))
  end

  # Messages are not translated.

  def _(message) = message
  def n_(one, many, count) = count == 1 ? one : many
end

module Puppet
  class Error < RuntimeError
    attr_accessor :original

    def initialize(message = nil, original = nil)
      super(message)
      @original = original
    end
  end

  class ParseError < Error
    def initialize(message = nil, _file = nil, _line = nil, _pos = nil, original = nil)
      super(message, original)
    end
  end

  class DevError < Error; end
  class ResourceError < Error; end
  class PreformattedError < Error; end
  class ExecutionFailure < Error; end

  class DataBinding
    class LookupError < Error; end
  end

  %w[debug info notice warning err alert crit emerg].each do |level|
    define_singleton_method(level) do |message = nil, &block|
      message = block.call if block
      BunrakuWorker.ask('log', 'level' => level, 'message' => message.to_s)
      nil
    end
  end

  def self.deprecation_warning(message, _key = nil)
    warning(message)
  end

  def self.[](name)
    BunrakuWorker.ask('setting', 'name' => name.to_s)
  end

  def self.settings
    self
  end

  def self.version
    '8.11.0'
  end

  def self.lookup(name)
    raise Error, "Puppet.lookup(:#{name}) is not available to a function that runs outside of the compiler" unless block_given?

    yield
  end

  def self.features
    Features
  end

  module Features
    def self.method_missing(name, *)
      name.to_s.end_with?('?') ? false : super
    end

    def self.respond_to_missing?(*) = true
  end

  module Util
    module Package
      def self.versioncmp(left, right, ignore_trailing_zeroes = false)
        BunrakuWorker.ask('function', 'name' => 'versioncmp', 'args' => [left.to_s, right.to_s, ignore_trailing_zeroes])
      end

      def versioncmp(*args)
        Package.versioncmp(*args)
      end
    end

    def self.absolute_path?(path, platform = nil)
      platform == :windows ? path.match?(%r{\A([A-Za-z]:[/\\]|[/\\]{2})}) : path.start_with?('/')
    end

    module Platform
      def self.windows? = false
    end

    module Checksums; end

    module Log
      def self.create(details)
        BunrakuWorker.ask('log', 'level' => details[:level].to_s, 'message' => details[:message].to_s)
        nil
      end

      def self.levels = %i[debug info notice warning err alert emerg crit]
    end

    # Commands, within what this process may do.
    module Execution
      class ProcessOutput < String
        attr_reader :exitstatus

        def initialize(value, exitstatus)
          super(value)
          @exitstatus = exitstatus
        end
      end

      def self.execute(command, options = {})
        words = Array(command).map(&:to_s)
        words = [[words.first, words.first], *words.drop(1)] if command.is_a?(Array)
        environment = (options[:custom_environment] || {}).to_h { |name, value| [name.to_s, value&.to_s] }
        default = options.empty?
        capture = options.fetch(:combine, default) ? :capture2e : :capture2
        text, status = Open3.public_send(capture, environment, *words)
        if options.fetch(:failonfail, default) && status.exitstatus != 0
          raise ExecutionFailure, "Execution of '#{Array(command).join(' ')}' returned #{status.exitstatus}: #{text.strip}"
        end

        ProcessOutput.new(text, status.exitstatus)
      rescue SystemCallError => e
        raise ExecutionFailure, "Could not execute posix command: #{e.message}"
      end
    end

    def self.which(name)
      return (name if File.file?(name) && File.executable?(name)) if name.start_with?('/')

      found = ENV.fetch('PATH', '').split(':').map { |folder| File.join(folder, name) }
      found.find { |path| File.file?(path) && File.executable?(path) }
    end
  end

  module FileSystem
    def self.exist?(path) = File.exist?(path)
    def self.read(path, opts = {}) = File.read(path, **opts)
    def self.file?(path) = File.file?(path)
    def self.directory?(path) = File.directory?(path)
    def self.pathname(path) = require('pathname') && Pathname.new(path)
  end

  module Pops
    module Types
      class PSensitiveType
        class Sensitive
          def initialize(value)
            @value = value
          end

          def unwrap = @value
          def to_s = 'Sensitive [value redacted]'
          def inspect = '#<Sensitive [value redacted]>'
          def ==(other) = other.is_a?(Sensitive) && other.unwrap == unwrap
          alias eql? ==
          def hash = @value.hash
        end
      end

      class PBinaryType
        class Binary
          def self.from_base64(text) = new(text)
          def self.from_binary_string(bytes) = new([bytes].pack('m0'))

          def initialize(base64)
            @base64 = base64
          end

          def binary_buffer = @base64.unpack1('m')
          def to_s = @base64
        end
      end

      # Types are the compiler's; Ruby code sees their names.
      module TypeCalculator
        def self.infer(value) = TypeName.new(BunrakuWorker.ask('infer', 'value' => BunrakuWorker.encode(value)))
        def self.infer_set(value) = infer(value)
        def self.singleton = self
        def self.generalize(type) = type
      end

      TypeName = Struct.new(:name) do
        def to_s = name
        def inspect = name
      end
    end
  end

  module Parser
    # What code of functions of the older interface and of templates runs in.
    class Scope
      def lookupvar(name, _options = nil)
        unless name.is_a?(String)
          raise Puppet::ParseError, "Scope variable name #{name.inspect} is a #{name.class}, not a string"
        end

        BunrakuWorker.ask('lookup', 'name' => name)
      end

      def [](name, _options = nil)
        lookupvar(name)
      end

      def setvar(name, value, _options = nil)
        BunrakuWorker.ask('set', 'name' => name, 'value' => BunrakuWorker.encode(value))
        value
      end
      alias []= setvar

      def include?(name)
        !BunrakuWorker.ask('variable', 'name' => name.to_s)['value'].nil?
      end

      def exist?(name)
        BunrakuWorker.ask('variable', 'name' => name.to_s)['found']
      end
      alias bound? exist?

      def to_hash(*)
        BunrakuWorker.ask('variables')
      end

      def call_function(name, args, &block)
        raise Puppet::Error, "call_function('#{name}') with a Ruby block is not supported" if block

        BunrakuWorker.ask('function', 'name' => name.to_s, 'args' => args.map { |arg| BunrakuWorker.encode(arg) })
      end

      def closure_scope = self
      def compiler = self
      def environment = Environment
      def known_resource_types = self
      def catalog = self
      def parent = nil

      # Resources of the catalog by reference: the answer is a view of their parameters.
      def resource(type = nil, title = nil)
        return findresource(title.nil? ? type : "#{type}[#{title}]") if type

        @resource
      end

      def findresource(type, title = nil)
        reference = title.nil? ? type.to_s : "#{type}[#{title}]"
        found = BunrakuWorker.ask('resource', 'reference' => reference)
        found && Resource.new(found)
      end

      def classes = BunrakuWorker.ask('classes')
      def tags = BunrakuWorker.ask('tags')

      %w[debug info notice warning err alert crit emerg].each do |level|
        define_method(level) { |message| Puppet.public_send(level, message) }
      end

      def function_missing(name, args)
        call_function(name, args)
      end

      def method_missing(name, *args)
        return super unless name.to_s.start_with?('function_')

        call_function(name.to_s.delete_prefix('function_'), *args)
      end

      def respond_to_missing?(name, all = false)
        name.to_s.start_with?('function_') || super
      end
    end

    class Resource
      def initialize(found)
        @found = found
      end

      def type = @found['type']
      def title = @found['title']
      def name = title
      def ref = "#{type}[#{title}]"
      alias to_s ref
      def [](name) = @found['parameters'][name.to_s]
      def to_hash = @found['parameters'].transform_keys(&:to_sym)
      def parameters = to_hash
      def tags = @found['tags']
      def tagged?(name) = tags.include?(name.to_s.downcase)
    end

    # What a template's code runs in. Variables of its scope are there as `@name`.
    class TemplateWrapper
      def initialize(scope, variables, file)
        @__scope__ = scope
        @__file__ = file
        variables.each { |name, value| instance_variable_set("@#{name.gsub(/[^\w]/, '_')}", value) }
      end

      def file = @__file__
      def scope = @__scope__
      def has_variable?(name) = scope.include?(name.to_s)
      def classes = scope.classes
      def all_tags = scope.tags
      def to_s = "template[#{@__file__ || 'inline'}]"

      # Messages of Ruby show it, and variables may be secrets.
      def inspect = Kernel.instance_method(:to_s).bind_call(self)

      def tags
        raise NotImplementedError, "Call 'all_tags' instead."
      end

      %w[debug info notice warning err alert crit emerg].each do |level|
        define_method(level) { |message| Puppet.public_send(level, message) }
      end

      # The local variables are there for the code of the template, which can see them with Puppet, too.
      def result(string)
        template_source = @__file__ || 'inline template'
        escaped_template_source = template_source.gsub('%', '%%')
        result = nil
        template = ERB.new(string, trim_mode: '-')
        template.filename = @__file__
        result = template.result(binding)
        result
      end
    end

    module Environment
      def self.name = BunrakuWorker.ask('environment').to_sym
      def self.to_s = name.to_s
    end

    module Files
      def self.find_file(name, _environment) = BunrakuWorker.ask('file', 'name' => name)
    end

    # Functions of the older interface.
    module Functions
      @table = {}

      class << self
        attr_reader :table

        def newfunction(name, options = {}, &body)
          name = name.to_s
          Scope.send(:define_method, "real_function_#{name}", &body)
          @table[name] = { 'type' => (options[:type] || :statement).to_s, 'arity' => options[:arity] || -1 }
          Scope.send(:define_method, "function_#{name}") { |args, &block| public_send("real_function_#{name}", args, &block) }
        end

        def function(name) = "function_#{name}"
        def autoloader = self
        def load(*) = true
        def loadall = true
        def reset = true
        def rvalue?(name) = @table[name.to_s]&.fetch('type') == 'rvalue'
      end

      def newfunction(...) = Functions.newfunction(...)
    end
  end

  # Functions of the typed interface.
  module Functions
    @loaded = {}

    class << self
      attr_reader :loaded

      def create_function(name, base = Function, &block)
        made = Class.new(base)
        made.function_name = name.to_s
        made.class_eval(&block)
        made.finish
        @loaded[name.to_s] = made
      end

      def create_loaded_function(name, _loader = nil, base = Function, &block) = create_function(name, base, &block)
    end

    # The signatures that a function declares, as texts of types for the compiler to check arguments with.
    class Function
      class << self
        attr_accessor :function_name, :dispatches, :local_types_list

        def inherited(made)
          super
          made.dispatches = []
          made.local_types_list = []
        end

        def dispatch(method, &block)
          @dispatches << Dispatch.new(method.to_s, false).tap { |dispatch| dispatch.instance_eval(&block) }
        end

        def argument_mismatch(method, &block)
          @dispatches << Dispatch.new(method.to_s, true).tap { |dispatch| dispatch.instance_eval(&block) }
        end

        def local_types(&block)
          LocalTypes.new(@local_types_list).instance_eval(&block)
        end

        # Without any dispatch the parameters of the method of the function's own name count.
        def finish
          return unless @dispatches.empty?

          method = function_name.split('::').last
          raise ArgumentError, "Function '#{function_name}' has no dispatch" unless method_defined?(method) || private_method_defined?(method)

          dispatch = Dispatch.new(method, false)
          instance_method(method).parameters.each do |kind, name|
            case kind
            when :req then dispatch.param('Any', name)
            when :opt then dispatch.optional_param('Any', name)
            when :rest then dispatch.repeated_param('Any', name)
            when :block then dispatch.optional_block_param
            end
          end
          @dispatches << dispatch
        end
      end

      def initialize(scope)
        @scope = scope
      end

      def closure_scope = @scope

      def call_function(name, *args, &block)
        @scope.call_function(name, args, &block)
      end

    end

    class InternalFunction < Function; end
    class PuppetFunction < Function; end

    class LocalTypes
      def initialize(list)
        @list = list
      end

      def type(text)
        @list << text
      end
    end

    class Dispatch
      attr_reader :method, :injected

      def initialize(method, mismatch)
        @method = method
        @mismatch = mismatch
        @params = []
        @injected = []
        @block = nil
        @return_type = nil
      end

      def param(type, name) = add(type, name, 'required')
      alias required_param param
      def optional_param(type, name) = add(type, name, 'optional')
      def repeated_param(type, name) = add(type, name, 'repeated')
      alias optional_repeated_param repeated_param
      def required_repeated_param(type, name) = add(type, name, 'required_repeated')

      def block_param(*args) = (@block = { 'type' => block_type(args), 'optional' => false })
      alias required_block_param block_param
      def optional_block_param(*args) = (@block = { 'type' => block_type(args), 'optional' => true })
      def return_type(type) = (@return_type = type.to_s)
      def scope_param = (@injected << :scope)
      def cache_param = (@injected << :cache)
      def compiler_param = (@injected << :scope)
      def pal_catalog_compiler_param = (@injected << :scope)

      def describe
        { 'params' => @params, 'block' => @block, 'returns' => @return_type, 'mismatch' => @mismatch }
      end

      private

      def add(type, name, kind)
        @params << { 'type' => type.to_s, 'name' => name.to_s, 'kind' => kind }
      end

      def block_type(args)
        args.find { |arg| arg.is_a?(String) } || 'Callable'
      end
    end
  end

  module Module; end
end

# Facts of the server itself, as far as code of functions asks for them.
module Facter
  FAMILIES = { 'debian' => 'Debian', 'ubuntu' => 'Debian', 'rhel' => 'RedHat', 'fedora' => 'RedHat', 'centos' => 'RedHat',
               'suse' => 'Suse', 'arch' => 'Archlinux', 'gentoo' => 'Gentoo', 'alpine' => 'Alpine' }.freeze
  Fact = Struct.new(:name, :value)

  class << self
    def value(name) = to_hash.dig(*name.to_s.split('.'))
    def [](name) = value(name).then { |found| found.nil? ? nil : Fact.new(name.to_s, found) }
    alias fact []
    def version = '4.10.0'
    def add(*) = nil

    def to_hash
      @to_hash ||= begin
        uname = Etc.uname
        release = File.readable?('/etc/os-release') ? File.read('/etc/os-release').scan(/^(\w+)="?([^"\n]*)"?$/).to_h : {}
        name = release['NAME'].to_s.split.first || uname[:sysname]
        family = [release['ID'], *release['ID_LIKE'].to_s.split].filter_map { |id| FAMILIES[id] }.first || name
        full = release['VERSION_ID'].to_s
        os = { 'name' => name, 'family' => family, 'architecture' => uname[:machine],
               'release' => { 'full' => full, 'major' => full.split('.').first } }
        { 'os' => os, 'kernel' => uname[:sysname], 'kernelrelease' => uname[:release], 'hostname' => uname[:nodename].split('.').first,
          'operatingsystem' => name, 'osfamily' => family, 'operatingsystemrelease' => full, 'operatingsystemmajrelease' => full.split('.').first,
          'architecture' => uname[:machine], 'facterversion' => version, 'puppetversion' => Puppet.version }
      end
    end
  end
end

module BunrakuWorker
  module Block
    # A block of the manifest as one of Ruby. Its arity says how many parameters it has.
    def self.of_manifest(arity)
      call = ->(args) { BunrakuWorker.ask('block', 'args' => args.map { |arg| BunrakuWorker.encode(arg) }) }
      case arity
      when 0 then proc { call.call([]) }
      when 1 then proc { |one| call.call([one]) }
      when 2 then proc { |one, two| call.call([one, two]) }
      else proc { |*all| call.call(all) }
      end
    end
  end

  class << self
    def limit(limits)
      limits.each { |name, value| Process.setrlimit(Process.const_get("RLIMIT_#{name}"), value) }
      return unless Process.uid.zero?

      # Everything is open by now that needs more rights.
      nobody = 65_534
      Process.initgroups('nobody', nobody) rescue nil
      Process::GID.change_privilege(nobody)
      Process::UID.change_privilege(nobody)
    end

    def load_paths(paths)
      @load_paths = paths
      paths.each { |path| $LOAD_PATH.unshift(path) unless $LOAD_PATH.include?(path) }
    end

    def text(request)
      request['text'] || File.read(request['file'], encoding: 'UTF-8')
    end

    def part_of_puppet?(name)
      name.is_a?(String) && name.match?(%r{\A(puppet|facter)(/|\z)}) &&
        @load_paths.none? { |path| File.file?(File.join(path, "#{name.delete_suffix('.rb')}.rb")) }
    end

    # RubyGems takes time to load, so that only happens when something is missing without it; false if it is loaded.
    def start_gems
      return false if @has_gems

      @has_gems = true
      bunraku_require('rubygems')
      true
    end

    # A file of the modules that this process has no right to read, from the other side; false if there is none.
    def load_source(name)
      found = ask('source', 'name' => name)
      return false if found.nil?

      path = found['path']
      unless $LOADED_FEATURES.include?(path)
        $LOADED_FEATURES << path
        begin
          TOPLEVEL_BINDING.eval(found['text'], path, 1)
        rescue Exception # rubocop:disable Lint/RescueException
          $LOADED_FEATURES.delete(path)
          raise
        end
      end
      true
    end

    def load3(request)
      table = Puppet::Parser::Functions.table
      unless table.key?(request['name'])
        Puppet::Parser::Functions.module_eval(text(request), request['file'], 1)
      end
      found = table[request['name']]
      raise ArgumentError, "the file does not define the function #{request['name']}" unless found

      found
    end

    # By file: several modules may have a function of one name, and each calls its own.
    def typed
      @typed ||= {}
    end

    def load4(request)
      made = typed[request['file']] ||= begin
        loaded = Puppet::Functions.loaded
        loaded.delete(request['name'])
        TOPLEVEL_BINDING.eval(text(request), request['file'], 1)
        loaded[request['name']]
      end
      raise ArgumentError, "the file does not define the function #{request['name']}" unless made

      { 'local_types' => made.local_types_list, 'dispatches' => made.dispatches.map(&:describe) }
    end

    def call3(request)
      args = request['args'].map { |arg| decode(arg) }
      encode(Puppet::Parser::Scope.new.public_send("real_function_#{request['name']}", args))
    end

    def call4(request)
      made = typed.fetch(request['file'])
      scope = Puppet::Parser::Scope.new
      dispatch = made.dispatches.fetch(request['index'])
      injected = dispatch.injected.map { |what| what == :scope ? scope : {} }
      args = injected + request['args'].map { |arg| decode(arg) }
      block = request['block'] && Block.of_manifest(request['block'])
      encode(catch(:not_found) { made.new(scope).send(dispatch.method, *args, &block) })
    end

    def render(request)
      variables = decode(request['variables'])
      template = Puppet::Parser::TemplateWrapper.new(Puppet::Parser::Scope.new, variables, request['file'])
      rendered = encode(template.result(request['text']))
      if encode(variables) != request['variables']
        raise Puppet::Error, 'the template changes values of the manifest in place, which it cannot in a process of its own'
      end

      rendered
    end

    def answer(request)
      case request['op']
      when 'start'
        load_paths(request['load_paths'])
        limit(request['limits'])
        { 'ruby' => RUBY_VERSION }
      when 'load3' then load3(request)
      when 'load4' then load4(request)
      when 'call3' then call3(request)
      when 'call4' then call4(request)
      when 'render' then render(request)
      else raise ArgumentError, "#{request['op']} is no request"
      end
    end

    def kind(error)
      case error
      when CompilerError then 'compiler'
      when Puppet::Error then 'puppet'
      when ArgumentError then 'argument'
      else 'other'
      end
    end

    def place(error, file)
      here = error.backtrace_locations&.find { |location| location.absolute_path == file || location.path == file }
      here&.lineno
    end

    def serve
      while (request = read_message)
        begin
          result = answer(request)
        rescue SystemExit, Interrupt
          raise
        rescue Exception => e # rubocop:disable Lint/RescueException
          text = e.message.dup.force_encoding('UTF-8').scrub
          write_message('error' => text, 'kind' => kind(e), 'class' => e.class.name.to_s, 'line' => place(e, request['file'] || '(erb)'))
          next
        end
        write_message('result' => result)
      end
    end
  end
end

BunrakuWorker.serve
