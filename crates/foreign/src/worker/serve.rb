# Requests, one after the other.
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
    # The folder that code may write to, if there is one.
    attr_reader :folder

    def limit(limits, request)
      lower_user if Process.uid.zero?
      # A folder that this user does not get at is none; everything else holds all the same.
      folder = request['folder']
      folder = nil unless folder && File.directory?(folder) && File.writable?(folder)
      if Landlock.confine(folder, request['network']) && folder
        @folder = Folder.new(folder, request['folder_bytes'])
        limits = limits.merge('FSIZE' => request['folder_bytes'])
        ENV['TMPDIR'] = temporary(folder, request['temporary'])
      end
      limits.each { |name, value| Process.setrlimit(Process.const_get("RLIMIT_#{name}"), value) }
    end

    # The folder for what need not outlive this process.
    def temporary(folder, name)
      path = File.join(folder, name)
      Dir.mkdir(path, 0o700)
      path
    rescue SystemCallError
      folder
    end

    # Everything is open by now that needs more rights.
    def lower_user
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
      function = made.new(scope, nil)
      return encode(function.send(dispatch.method, *args, &block)) unless args.last.is_a?(Puppet::Pops::Lookup::Context)

      # Functions for Hiera say so that they have no value.
      found = false
      value = catch(:no_such_key) { function.send(dispatch.method, *args, &block).tap { found = true } }
      found ? encode(value) : not_found
    end

    def not_found
      ask_context('not_found')
    rescue CompilerError
      # That is how the compiler notes it.
    end

    def render(request)
      variables = decode(request['variables'])
      template = Puppet::Parser::TemplateWrapper.new(Puppet::Parser::Scope.new, variables, request['file'])
      before = encode(variables)
      rendered = encode(template.result(request['text']))
      if encode(variables) != before
        raise Puppet::Error, 'the template changes values of the manifest in place, which it cannot in a process of its own'
      end

      rendered
    end

    def answer(request)
      Puppet.overridden.clear
      folder&.check
      enter_compile(request['compile'])
      case request['op']
      when 'start'
        load_paths(request['load_paths'])
        limit(request['limits'], request)
        { 'ruby' => RUBY_VERSION }
      when 'load3' then load3(request)
      when 'load4' then load4(request)
      when 'call3' then call3(request)
      when 'call4' then call4(request)
      when 'render' then render(request)
      when 'hiera3' then hiera3(request)
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
