# What this process gives up before it runs code of others: writing, but for one folder, and calls over TCP. With Landlock, where the
# kernel has it.
module BunrakuWorker
  module Landlock
    CREATE_RULESET = 444
    ADD_RULE = 445
    RESTRICT_SELF = 446
    # `prctl` is another number on each kind of processor.
    PRCTL = { 'x86_64' => 157, 'aarch64' => 167, 'riscv64' => 167, 's390x' => 172, 'powerpc64le' => 171, 'ppc64le' => 171 }.freeze
    NO_NEW_PRIVILEGES = 38
    PATH_BENEATH = 1
    WRITE_FILE = 1 << 1
    TRUNCATE = 1 << 14
    # To remove and make folders, files, links and the like; to move, and to cut off, as far as the kernel's version knows them.
    OTHER_WRITES = (4..12).sum { |bit| 1 << bit }
    REFER = 1 << 13
    TCP = 0b11

    module_function

    # True if nothing can be written any more but in the folder.
    def confine(folder, network)
      version = syscall(CREATE_RULESET, 0, 0, 1)
      prctl = PRCTL.fetch(RbConfig::CONFIG['host_cpu'])
      on_files = WRITE_FILE | (version >= 3 ? TRUNCATE : 0)
      all = on_files | OTHER_WRITES | (version >= 2 ? REFER : 0)
      attributes = version >= 4 ? [all, network ? 0 : TCP].pack('QQ') : [all].pack('Q')
      rules = syscall(CREATE_RULESET, address(attributes), attributes.bytesize, 0)
      allow(rules, File::NULL, on_files)
      allow(rules, folder, all) if folder
      syscall(prctl, NO_NEW_PRIVILEGES, 1, 0, 0, 0)
      syscall(RESTRICT_SELF, rules, 0)
      IO.for_fd(rules).close
      true
    rescue SystemCallError, NotImplementedError, KeyError
      false
    end

    def allow(rules, path, access)
      File.open(path) do |file|
        rule = [access, file.fileno].pack('Ql')
        syscall(ADD_RULE, rules, PATH_BENEATH, address(rule), 0)
      end
    end

    # `syscall` takes no texts with zeros in them.
    def address(bytes) = [bytes].pack('P').unpack1('J')
  end

  # The folder that code may write to, and what it may hold.
  class Folder
    FILES_MAX = 10_000

    attr_reader :path

    def initialize(path, bytes_max)
      @path = path
      @bytes_max = bytes_max
    end

    # Fails unless there is room; asked before each call, so that one call alone can exceed it.
    def check
      bytes = 0
      files = 0
      folders = [@path]
      until folders.empty?
        folder = folders.pop
        entries(folder).each do |name|
          path = File.join(folder, name)
          stat = stat_of(path) or next
          files += 1
          stat.directory? ? folders << path : bytes += stat.size
          next unless bytes > @bytes_max || files > FILES_MAX

          raise Puppet::Error, "#{@path} holds more than #{@bytes_max} bytes or #{FILES_MAX} files, and Ruby code does not run until some are removed"
        end
      end
    end

    private

    # Other processes share the folder: what was there a moment ago may be gone.
    def entries(folder)
      Dir.children(folder)
    rescue Errno::ENOENT, Errno::ENOTDIR
      []
    end

    def stat_of(path)
      File.lstat(path)
    rescue Errno::ENOENT, Errno::ENOTDIR
      nil
    end
  end
end
