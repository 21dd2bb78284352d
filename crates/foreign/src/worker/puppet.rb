# Puppet's API outside of scopes: errors, logs, settings, utilities, types, and functions of the typed interface.
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

  # A warning that is wanted once; what it is about tells which it is.
  def self.warn_once(_kind, key, message, file = nil, line = nil, _level = nil)
    place = [("file: #{file}" if file && file != :default), ("line: #{line}" if line && line != :default)].compact
    place = place.empty? ? '(file & line not available)' : "(#{place.join(', ')})"
    BunrakuWorker.ask('warn_once', 'key' => key.to_s, 'message' => "#{message}\n   #{place}")
    nil
  end

  def self.deprecation_warning(message, _key = nil)
    warning(message)
  end

  @overridden = {}

  class << self
    # Settings as code has changed them for itself, until its call ends.
    attr_reader :overridden

    def [](name)
      @overridden.fetch(name.to_s) { of_folder(name.to_s) || BunrakuWorker.ask('setting', 'name' => name.to_s) }
    end

    # Where this process may write is what it takes for Puppet's own folder.
    def of_folder(name)
      return unless BunrakuWorker.folder

      # Files are given to this user, which is the only one that this process can give them to.
      case name
      when 'vardir' then BunrakuWorker.folder.path
      when 'statedir' then File.join(BunrakuWorker.folder.path, 'state')
      when 'user' then Etc.getpwuid(Process.uid)&.name
      when 'group' then Etc.getgrgid(Process.gid)&.name
      end
    end

    def []=(name, value)
      @overridden[name.to_s] = value
    end
  end

  def self.settings
    self
  end

  def self.version
    '8.11.0'
  end

  def self.lookup(name)
    return Parser::Environment if name == :current_environment
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
      # A type of the language. It is the compiler's; here it has the class that it has in Puppet, and its name.
      class PAnyType < BunrakuWorker::Opaque
        def name = @data['name']

        def simple_name
          kind = self.class.name[/P(\w+)Type\z/, 1]
          kind == 'Object' && name ? name.split('::').last : kind
        end

        # What else there is in Puppet nobody has here, and no code shall take that for an answer.
        def method_missing(name, *)
          raise NotImplementedError, "#{self.class.name}##{name} is not available outside of the compiler"
        end

        def respond_to_missing?(*) = false
        def instance?(value, *) = BunrakuWorker.ask('instance', 'type' => BunrakuWorker.encode(self), 'value' => BunrakuWorker.encode(value))
        def encode_with(*) = method_missing(:to_yaml)

        %w[type_name title class_name].each do |detail|
          define_method(detail) { @data.key?(detail) ? @data[detail] : method_missing(detail.to_sym) }
        end

        def respond_to?(name, *) = super && (@data.key?(name.to_s) || !%w[type_name title class_name].include?(name.to_s))
      end

      # The class of a type by its full name, with what stands above it in Puppet.
      ABOVE = {
        'PSensitiveType' => 'PTypeWithContainedType', 'PClassType' => 'PCatalogEntryType', 'PResourceType' => 'PCatalogEntryType',
        'PTypeType' => 'PTypeWithContainedType', 'PInitType' => 'PTypeWithContainedType', 'POptionalType' => 'PTypeWithContainedType',
        'PNotUndefType' => 'PTypeWithContainedType', 'PIterableType' => 'PTypeWithContainedType', 'PIteratorType' => 'PTypeWithContainedType',
        'PTimespanType' => 'PAbstractTimeDataType', 'PTimestampType' => 'PAbstractTimeDataType', 'PAbstractTimeDataType' => 'PScalarType',
        'PRegexpType' => 'PScalarType', 'PSemVerType' => 'PScalarType', 'PScalarDataType' => 'PScalarType', 'PEnumType' => 'PScalarDataType',
        'PStringType' => 'PScalarDataType', 'PBooleanType' => 'PScalarDataType', 'PPatternType' => 'PScalarDataType',
        'PNumericType' => 'PScalarDataType', 'PIntegerType' => 'PNumericType', 'PFloatType' => 'PNumericType', 'PArrayType' => 'PCollectionType',
        'PHashType' => 'PCollectionType', 'PObjectType' => 'PMetaType', 'PTypeSetType' => 'PMetaType'
      }.freeze

      def self.of_class(name)
        name ? const_get(name.split('::').last) : BunrakuWorker::Opaque
      end

      def self.const_missing(name)
        return super unless name.match?(/\AP[A-Z]\w*Type\z/)

        const_set(name, Class.new(const_get(ABOVE.fetch(name.to_s, 'PAnyType'))))
      end

      class PSensitiveType < const_get(:PTypeWithContainedType)
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

      class PBinaryType < PAnyType
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

      # What type a value has is the compiler's to say; Ruby code sees a name.
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

      # The second is Puppet's loader, which functions that have a constructor of their own hand on.
      def initialize(scope, loader = nil)
        @scope = scope
        @loader = loader
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

  Module = Struct.new(:name, :path) do
    def self.find(name, _environment = nil)
      path = BunrakuWorker.ask('function', 'name' => 'module_directory', 'args' => [name.to_s])
      path && new(name.to_s, path)
    end
  end
end
