# The library Hiera 3, as backends of their own use it: the sources of a hierarchy, interpolation, merging, files.
class Hiera
  VERSION = '3.12.0'
  QUOTED_KEY = /\A(?:"([^"]+)"|'([^']+)')\z/

  class Error < StandardError; end
  class InvalidConfigurationError < Error; end
  class InterpolationInvalidValue < StandardError; end
  class InterpolationLoop < StandardError; end

  class << self
    def version = VERSION
    def logger = self
    # Messages always go to the log of the compile.
    def logger=(_name); end
    def debug(message) = Puppet.debug("hiera(): #{message}")
    def warn(message) = Puppet.notice("hiera(): #{message}")
  end

  attr_reader :config

  def initialize(options = {})
    @config = options[:config] ? Config.load(options[:config]) : Config.current
  end

  def lookup(key, default, scope, order_override = nil, resolution_type = :priority)
    Backend.lookup(key, default, scope, order_override, resolution_type)
  end

  # The settings of hiera.yaml.
  module Config
    class << self
      attr_accessor :current

      def load(source)
        read = source.is_a?(Hash) ? source : YAML.load_file(source)
        @current = { backends: ['yaml'], hierarchy: ['nodes/%{::trusted.certname}', 'common'], merge_behavior: :native }.merge(read || {})
        @current[:backends] = [@current[:backends]].flatten
        @current
      end

      def [](name) = @current && @current[name]
      def include?(name) = !@current.nil? && @current.key?(name)
      def load_backends = self[:backends].each { |name| require "hiera/backend/#{name.downcase}_backend" }
    end
  end

  # The variables of the code that asks, and those of the calling class.
  class Scope
    CALLING = %w[calling_class calling_class_path calling_module].freeze

    attr_reader :real

    def initialize(real)
      @real = real
    end

    def [](name)
      value = case name
              when 'calling_class' then BunrakuWorker.ask('calling_class')
              when 'calling_class_path' then BunrakuWorker.ask('calling_class').gsub('::', '/')
              when 'calling_module' then variable('module_name')
              else variable(name)
              end
      value == '' ? nil : value
    end

    def exist?(name) = CALLING.include?(name) || @real.exist?(name)
    def include?(name) = CALLING.include?(name) || @real.include?(name)
    def catalog = @real.catalog
    def resource = @real.resource
    def compiler = @real.compiler
    def call_function(...) = @real.call_function(...)

    private

    def variable(name)
      found = BunrakuWorker.ask('variable', 'name' => name, 'why' => true)
      return found['value'] if found['found']

      text = "Undefined variable '#{name}'; #{found['reason']}"
      case Puppet[:strict].to_s
      when 'off' then nil
      when 'warning' then Puppet.warn_once('undefined_variables', "Variable: #{name}", text)
      else raise ArgumentError, text
      end
    end
  end

  # Notices an interpolation that leads back to itself.
  class RecursiveGuard
    def initialize
      @seen = []
    end

    def check(name)
      raise InterpolationLoop, "Lookup recursion detected in [#{@seen.join(', ')}]" if @seen.include?(name)

      @seen.push(name)
      yield.tap { @seen.pop }
    end
  end

  module Util
    module_function

    def posix? = true
    def microsoft_windows? = false
    def file_alt_separator = nil
    def config_dir = Puppet[:confdir]
    def code_dir = Puppet[:codedir]
    def var_dir = File.join(code_dir, 'environments', '%{environment}', 'hieradata')

    # `a."b.c".0` in its parts; the block makes the error.
    def split_key(key)
      return '' if key.empty?

      parts = key.scan(/\G(?:\A|\.)(?:"([^"]+)"|'([^']+)'|([^'".]+))/).map { |groups| groups.compact.first }
      matched = key[/\A(?:"[^"]+"|'[^']+'|[^'".]+)(?:\.(?:"[^"]+"|'[^']+'|[^'".]+))*/]
      raise yield('Syntax error') unless matched == key

      parts
    end
  end

  # `%{...}` in texts.
  module Interpolate
    PLACE = /%\{([^}]*)\}/
    ALONE = /\A%\{([^}]*)\}\z/
    METHODS = %w[hiera scope literal alias].freeze
    NOTHING = ['', '::', '""', "''", '"::"', "'::'"].freeze

    class << self
      def interpolate(data, scope, extra_data, context)
        return data unless data.is_a?(String)

        context = context.nil? ? {} : context.dup
        context[:recurse_guard] ||= RecursiveGuard.new
        data.gsub(PLACE) do |place|
          value, method = resolve(place, scope, extra_data, context)
          next value.to_s if method != 'alias' || value.is_a?(String)
          raise InterpolationInvalidValue, 'Cannot call alias in the string context' unless data.match?(ALONE)

          return value
        end
      end

      private

      def resolve(data, scope, extra_data, context)
        found = data.is_a?(String) ? data.match(PLACE) : nil
        return [data, nil] unless found

        expression = found[1]
        return ['', nil] if NOTHING.include?(expression.strip)

        context[:recurse_guard].check(expression) do
          method, key = method_and_key(expression, context)
          value = value_of(method, key, data, scope, extra_data, context)
          # What a literal stands for is not looked at again.
          value = resolve(value, scope, extra_data, context).first unless method == 'literal'
          [value, method]
        end
      end

      def method_and_key(expression, context)
        call = expression.match(/\A(\w+)\(([^)]*)\)\z/)
        return ['scope', expression] unless call

        Hiera.warn('Use of interpolation methods in hiera configuration file is deprecated') if context[:is_interpolate_config]
        method, argument = call.captures
        raise InterpolationInvalidValue, "Invalid interpolation method '#{method}'" unless METHODS.include?(method)

        quoted = argument.match(QUOTED_KEY)
        raise InterpolationInvalidValue, "Argument to interpolation method '#{method}' must be quoted, got '#{argument}'" unless quoted

        [method, quoted[1] || quoted[2]]
      end

      def value_of(method, key, data, scope, extra_data, context)
        case method
        when 'literal' then key
        when 'scope'
          segments = Util.split_key(key) { |problem| InterpolationInvalidValue.new("#{problem} in interpolation expression: #{data}") }
          catch(:no_such_key) { return Backend.qualified_lookup(segments, scope, key) }
          catch(:no_such_key) { Backend.qualified_lookup(segments, extra_data, key) }
        else
          override = context[:order_override]
          answer = BunrakuWorker.ask('hiera', 'key' => key, 'places' => override && [override].flatten.map(&:to_s))
          answer['found'] ? answer['value'] : throw(:no_such_key)
        end
      end
    end
  end

  # Files that are read again when they have changed.
  class Filecache
    def initialize
      @files = {}
    end

    def read(path, expected_type = Object, default = nil, &block)
      read_file(path, expected_type, &block)
    rescue StandardError => e
      raise if default.nil? && !e.is_a?(TypeError)

      Hiera.debug("Reading data from #{path} failed: #{e.class}: #{e}")
      @files[path] = [stamp(path), default]
      default
    end

    def read_file(path, expected_type = Object)
      now = stamp(path)
      known = @files[path]
      return known.last if known && known.first == now

      text = File.read(path, encoding: 'BOM|UTF-8')
      data = block_given? ? yield(text) : text
      @files[path] = [now, data]
      raise TypeError, "Data retrieved from #{path} is #{data.class} not #{expected_type}" unless data.is_a?(expected_type)

      data
    end

    private

    def stamp(path) = File.stat(path).then { |stat| [stat.ino, stat.mtime, stat.size] }
  end

  module Backend
    # Backends that were written for Hiera 1, whose `lookup` has no context and says "not found" with nil.
    class Backend1xWrapper
      def initialize(wrapped)
        @wrapped = wrapped
      end

      def lookup(key, scope, order_override, resolution_type, _context)
        Hiera.debug("Using Hiera 1.x backend API to access instance of class #{@wrapped.class.name}. Lookup recursion will not be detected")
        value = @wrapped.lookup(key, scope, order_override, resolution_type.is_a?(Hash) ? :hash : resolution_type)
        value.nil? ? throw(:no_such_key) : value
      end
    end

    # Data of files, each source of the hierarchy one.
    class Files
      def initialize(cache = nil)
        @cache = cache || Filecache.new
      end

      def lookup(key, scope, order_override, resolution_type, context)
        found = false
        answer = nil
        Backend.datasourcefiles(format, scope, format.to_s, order_override) do |_source, file|
          data = @cache.read_file(file, Hash) { |text| parse(text) }
          next unless data.include?(key)

          found = true
          value = Backend.parse_answer(data[key], scope, {}, context)
          kind = resolution_type.is_a?(Hash) ? :hash : resolution_type
          answer = Backend.add_answer(key, value, answer, kind, resolution_type)
          break unless %i[array hash].include?(kind)
        end
        found ? answer : throw(:no_such_key)
      end
    end

    class Yaml_backend < Files
      def format = :yaml
      def parse(text) = YAML.load(text) || {}
    end

    class Json_backend < Files
      def format = :json
      def parse(text) = JSON.parse(text)
    end

    class << self
      def datadir(backend, scope)
        settings = Config[backend.to_sym]
        folder = (settings && settings[:datadir]) || Util.var_dir
        raise InvalidConfigurationError, "datadir for #{backend} cannot be an array" unless folder.is_a?(String)

        interpolate_config(folder, scope, nil)
      end

      def datafile(backend, scope, source, extension)
        datafile_in(datadir(backend, scope), source, extension)
      end

      def datafile_in(datadir, source, extension)
        file = File.join(datadir, "#{source}.#{extension}")
        return file if File.exist?(file)

        Hiera.debug("Cannot find datafile #{file}, skipping")
        nil
      end

      def datasources(scope, override = nil, hierarchy = nil)
        list = [hierarchy || (Config.include?(:hierarchy) ? Config[:hierarchy] : 'common')].flatten
        list = [override, *list].flatten if override
        list.map do |source|
          name = interpolate_config(source, scope, override)
          if name == '' || name.start_with?('/') || name.end_with?('/') || name.include?('//')
            Hiera.debug("Ignoring bad definition in :hierarchy: '#{name}'")
          else
            yield name
          end
        end
      end

      def datasourcefiles(backend, scope, extension, override = nil, hierarchy = nil)
        folder = datadir(backend, scope)
        datasources(scope, override, hierarchy) do |source|
          Hiera.debug("Looking for data source #{source}")
          file = datafile_in(folder, source, extension)
          yield source, file if file
        end
      end

      def parse_string(data, scope, extra_data = {}, context = { recurse_guard: nil, order_override: nil })
        Interpolate.interpolate(data, scope, extra_data, context)
      end

      def parse_answer(data, scope, extra_data = {}, context = { recurse_guard: nil, order_override: nil })
        case data
        when Numeric, true, false then data
        when String then parse_string(data, scope, extra_data, context)
        when Array then data.map { |item| parse_answer(item, scope, extra_data, context) }
        when Hash
          data.to_h { |key, value| [parse_string(key, scope, extra_data, context), parse_answer(value, scope, extra_data, context)] }
        end
      end

      def resolve_answer(answer, resolution_type)
        resolution_type == :array ? [answer].flatten.uniq.compact : answer
      end

      def merge_answer(left, right, resolution_type = nil)
        if resolution_type.is_a?(Hash)
          options = resolution_type.dup
          behavior = options.delete(:behavior)
        else
          behavior = Config[:merge_behavior]
          options = Config[:deep_merge_options] || {}
        end
        return left.merge(right) unless %w[deep deeper].include?(behavior.to_s)

        merge = { 'strategy' => 'unconstrained_deep' }.merge(options.transform_keys(&:to_s))
        # Of two values that cannot be merged the one that came first stays.
        merge['preserve_unmergeables'] = true if behavior.to_s == 'deep'
        BunrakuWorker.ask('merge', 'args' => [merge, right, left].map { |value| BunrakuWorker.encode(value) })
      end

      # A value that was found, together with those that were found before.
      def add_answer(key, value, answer, kind, resolution_type)
        case kind
        when :array
          raise Exception, "Hiera type mismatch for key '#{key}': expected Array and got #{value.class}" unless value.is_a?(Array) || value.is_a?(String)

          (answer || []) << value
        when :hash
          raise Exception, "Hiera type mismatch for key '#{key}': expected Hash and got #{value.class}" unless value.is_a?(Hash)

          merge_answer(value, answer || {}, resolution_type)
        else value
        end
      end

      def lookup(key, default, scope, order_override, resolution_type, context = { recurse_guard: nil })
        context ||= {}
        order_override ||= context[:order_override]
        context[:order_override] ||= order_override
        kind = resolution_type.is_a?(Hash) ? :hash : resolution_type
        segments = Util.split_key(key) { |problem| ArgumentError.new("#{problem} in key: #{key}") }
        if segments.size > 1 && !kind.nil? && kind != :priority
          raise ArgumentError, "Resolution type :#{kind} is illegal when accessing values using dotted keys. Offending key was '#{key}'"
        end

        found = false
        answer = nil
        [Config[:backends]].flatten.each do |name|
          backend = (@backends ||= {})[name] ||= find(name)
          here = false
          value = catch(:no_such_key) { ask(backend, segments, key, scope, order_override, resolution_type, context).tap { here = true } }
          next unless here

          found = true
          answer = add_answer(key, value, answer, kind, resolution_type)
          break unless %i[array hash].include?(kind)
        end
        return default.is_a?(String) ? parse_string(default, scope, {}, context) : default unless found

        answer.nil? ? answer : resolve_answer(answer, kind)
      end

      def clear! = @backends = {}

      # The backend of a name; what it raises says why there is none.
      def find(name)
        require "hiera/backend/#{name.downcase}_backend"
        backend = const_get("#{name.capitalize}_backend").new
        backend.method(:lookup).arity == 4 ? Backend1xWrapper.new(backend) : backend
      end

      def qualified_lookup(segments, hash, full_key = nil)
        segments.inject(hash) do |value, segment|
          throw :no_such_key if value.nil?
          suffix = full_key.nil? ? '' : " from key '#{full_key}'"
          if segment.match?(/\A[0-9]+\z/)
            segment = segment.to_i
            unless value.instance_of?(Array)
              raise Exception, "Hiera type mismatch: Got #{value.class.name} when Array was expected to access value using '#{segment}'#{suffix}"
            end

            throw :no_such_key unless segment < value.size
          else
            if !value.respond_to?(:[]) || value.instance_of?(Array) || value.instance_of?(String)
              raise Exception,
                    "Hiera type mismatch: Got #{value.class.name} when a hash-like object was expected to access value using '#{segment}'#{suffix}"
            end

            throw :no_such_key unless value.include?(segment)
          end
          value[segment]
        end
      end

      private

      def ask(backend, segments, key, scope, order_override, resolution_type, context)
        if segments.size > 1 && backend.respond_to?(:lookup_with_segments)
          return backend.lookup_with_segments(segments, scope, order_override, resolution_type, context)
        end

        value = backend.lookup(segments.first, scope, order_override, resolution_type, context)
        segments.size > 1 ? qualified_lookup(segments.drop(1), value, key) : value
      end

      # Texts of hiera.yaml; while one is interpolated, those that it leads to share its guard.
      def interpolate_config(text, scope, override)
        return Interpolate.interpolate(text, scope, {}, @config_context.merge(order_override: override)) if @config_context

        @config_context = { is_interpolate_config: true, order_override: override, recurse_guard: RecursiveGuard.new }
        begin
          Interpolate.interpolate(text, scope, {}, @config_context)
        ensure
          @config_context = nil
        end
      end
    end
  end
end

module BunrakuWorker
  class << self
    # Asks a backend of version 3: what it found, or why it cannot be asked.
    def hiera3(request)
      Hiera::Config.current = hiera3_config(request)
      scope = Puppet::Parser::Scope.new
      scope = Hiera::Scope.new(scope) if request['text']
      note = nil
      result = catch(:no_such_key) do
        begin
          backend = backends[request['entry']] ||= Hiera::Backend.find(request['backend'])
        rescue LoadError => e
          note = "Unable to load backend '#{request['backend']}': #{e.message}"
        rescue NameError => e
          note = "Unable to instantiate backend '#{request['backend']}': #{e.message}"
        end
        throw :no_such_key if note
        value = backend.lookup(request['key'], scope, request['places'], resolution(decode(request['resolution'])), { recurse_guard: nil })
        { 'found' => true, 'value' => encode(value) }
      end
      result || { 'found' => false, 'note' => note }
    end

    private

    def resolution(given)
      case given
      when String then given.to_sym
      when Hash then given.to_h { |key, value| [key.to_sym, key == 'behavior' ? value.to_sym : value] }
      end
    end

    def hiera3_config(request)
      source = request.values_at('text', 'entries')
      return @hiera3_config.last if @hiera3_config && @hiera3_config.first == source

      config = request['text'] ? YAML.safe_load(request['text'], permitted_classes: [Symbol], aliases: true) : joined(decode(request['entries']))
      config = {} unless config.is_a?(Hash)
      @hiera3_config = [source, config]
      config
    end

    # The settings of all such entries of a hiera.yaml of version 5, as one of version 3.
    def joined(entries)
      entries.inject(nil) do |before, entry|
        settings = { datadir: entry['datadir'] }.merge(entry['options'].transform_keys(&:to_sym))
        config = { hierarchy: entry['hierarchy'], entry['name'].to_sym => settings, backends: [entry['name']], logger: 'puppet' }
        next config unless before

        before.each do |name, value|
          config[name] = %i[hierarchy backends].include?(name) ? [value, config[name]].flatten.uniq : value
        end
        config
      end
    end
  end
end
