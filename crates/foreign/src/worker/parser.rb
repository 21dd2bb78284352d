# The API of the older interface: scopes, templates and their functions.
module Puppet
  module Parser
    # What code of functions of the older interface and of templates runs in.
    class Scope
      def lookupvar(name, _options = nil)
        unless name.is_a?(String)
          raise Puppet::ParseError, "Scope variable name #{name.inspect} is a #{name.class}, not a string"
        end

        found = BunrakuWorker.ask('variable', 'name' => name)
        return found['value'] if found['found']

        # Code may be prepared for that; otherwise the settings say what it means.
        begin
          throw :undefined_variable
        rescue UncaughtThrowError
          BunrakuWorker.ask('lookup', 'name' => name) unless Puppet.overridden['strict'].to_s == 'off'
        end
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
        details = { 'name' => name.to_s, 'args' => args.map { |arg| BunrakuWorker.encode(arg) } }
        details['block'] = block.parameters.size if block
        BunrakuWorker.ask('function', details, &block)
      end

      def find_global_scope = GlobalScope.new
      def closure_scope = self
      def compiler = self
      def environment = Environment
      def known_resource_types = self
      def catalog = self
      def parent = nil

      # Resources of the catalog by reference, or the scope's own: the answer is a view of their parameters.
      def resource(type = nil, title = nil)
        return findresource(title.nil? ? type : "#{type}[#{title}]") if type

        Resource.new(BunrakuWorker.ask('container'))
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

    # Sees the variables of the top.
    class GlobalScope < Scope
      def lookupvar(name, options = nil)
        super(name.is_a?(String) && !name.include?('::') ? "::#{name}" : name, options)
      end
    end

    class Resource
      Param = Struct.new(:name, :value) do
        def to_s = "#{name} => #{value}"
      end

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
      def parameters = to_hash.to_h { |name, value| [name, Param.new(name, value)] }
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
end
