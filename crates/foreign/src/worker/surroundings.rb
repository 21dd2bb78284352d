# What code finds around it that is not Puppet's: libraries, `require`, the server's facts.
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
