module Puppet
  module Pops
    module Lookup
      # The context of a function that Hiera calls for data. It is the compiler's; objects that the function caches and that are no values
      # of the language stay here, and the compiler knows their names.
      class Context
        def environment_name = BunrakuWorker.ask_context('environment_name').to_sym
        def module_name = BunrakuWorker.ask_context('module_name')
        def interpolate(value) = BunrakuWorker.ask_context('interpolate', value)
        def not_found = throw(:no_such_key)

        def cache(key, value)
          name, data = BunrakuWorker.keep(value)
          BunrakuWorker.ask('keep', 'key' => BunrakuWorker.encode(key), 'object' => name, **data)
          value
        end

        def cache_all(hash)
          hash.each { |key, value| cache(key, value) }
          nil
        end

        def cache_has_key(key) = kept(key).first
        def cached_value(key) = kept(key).last

        def cached_entries
          entries = BunrakuWorker.ask_context('cached_entries').filter_map do |key, _|
            found, value = kept(key)
            [key, value] if found
          end
          return entries.each unless block_given?

          entries.each { |pair| yield pair }
          nil
        end

        def cached_file_data(path, &block)
          BunrakuWorker.file_data(path.to_s, &block)
        end

        def explain
          BunrakuWorker.ask_context('explain', yield.to_s) if BunrakuWorker.ask_context('is_explaining')
          nil
        end

        private

        def kept(key)
          answer = BunrakuWorker.ask('kept', 'key' => BunrakuWorker.encode(key))
          return [false, nil] if answer.nil?

          object = answer['object']
          return [true, BunrakuWorker.objects[object]] if BunrakuWorker.objects.key?(object)

          [answer['has_value'], answer['value']]
        end
      end
    end
  end
end

module BunrakuWorker
  # Files whose data are kept.
  FILES_MAX = 64
  # Compiles whose objects are kept.
  COMPILES_MAX = 8

  class << self
    def ask_context(method, *args)
      ask('context', 'method' => method, 'args' => args.map { |arg| encode(arg) })
    end

    # What belongs to the compile that asks now: cached objects by name, and backends of Hiera 3.
    def of_compile
      @of_compile ||= { objects: {}, backends: {} }
    end

    def objects = of_compile[:objects]
    def backends = of_compile[:backends]

    def enter_compile(number)
      return unless number

      @compiles ||= {}
      @of_compile = @compiles.delete(number) || { objects: {}, backends: {} }
      @compiles[number] = @of_compile
      @compiles.shift while @compiles.size > COMPILES_MAX
    end

    # Keeps an object under a new name; with it what the compiler can have of it.
    def keep(value)
      @kept = (@kept || 0) + 1
      name = "#{Process.pid}.#{@kept}"
      objects[name] = value
      [name, { 'value' => encode(value) }]
    rescue ArgumentError
      [name, {}]
    end

    # The data that a block makes of a file; it is called again when the file has changed.
    def file_data(path, &block)
      @files ||= {}
      place = [path, block&.source_location]
      stamp, data = @files[place]
      answer = ask('file_data', 'path' => path, 'stamp' => stamp)
      return data unless answer.key?('text')

      data = block ? block.call(answer['text']) : answer['text']
      @files.delete(place)
      @files.shift while @files.size >= FILES_MAX
      @files[place] = [answer['stamp'], data]
      data
    end
  end
end
