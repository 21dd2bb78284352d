# Records what Ruby makes of the suite: ruby tests/record.rb tests/suite/*.rb tests/suite/*.erb
#
# In a .rb file each line is an expression; behind `#=>` stands what its value inspects to, behind `#!>` the class and
# message of its exception. A .erb file has templates between lines `=== title` and `--- output` (or `--- error`), and
# behind those what they give. Variables come from suite/variables.json.

require 'erb'
require 'json'
require 'set'
require 'yaml'
require 'shellwords'
require 'ipaddr'
require 'base64'
require 'digest'
require 'cgi'
require 'uri'

VARIABLES = JSON.parse(File.read(File.join(__dir__, 'suite', 'variables.json')))
QUALIFIED = { 'module::port' => 42, 'module::list' => %w[a b], '::name' => 'web01' }.freeze

module Puppet
  class Error < RuntimeError; end
  class ParseError < Error; end
  module Parser
    class Scope
      def lookupvar(name, _options = {})
        raise ParseError, "Scope variable name #{name.inspect} is a #{name.class}, not a string" unless name.is_a?(String)
        return VARIABLES[name] if VARIABLES.key?(name)
        return QUALIFIED[name] if QUALIFIED.key?(name)
        raise ArgumentError, "Undefined variable '#{name}'; "
      end
      alias [] lookupvar

      def include?(name)
        !(VARIABLES[name] || QUALIFIED[name]).nil?
      end

      def exist?(name)
        VARIABLES.key?(name) || QUALIFIED.key?(name)
      end

      def to_hash
        VARIABLES.reject { |_, value| value.nil? }
      end

      def call_function(name, arguments)
        case name
        when 'upcase' then arguments[0].upcase
        when 'fail' then raise ParseError, arguments.join(' ')
        when 'join' then arguments[0].join(arguments[1])
        else raise ArgumentError, "Unknown function '#{name}'"
        end
      end

      def function_join(arguments)
        call_function('join', arguments)
      end

      def inspect
        '#<Puppet::Parser::Scope>'
      end
    end

    class TemplateWrapper
      attr_reader :scope

      def initialize
        @__scope__ = @scope = Scope.new
        remove_instance_variable(:@scope)
        @__scope__.to_hash.each { |name, value| instance_variable_set("@#{name}", Marshal.load(Marshal.dump(value))) }
      end

      def scope
        @__scope__
      end

      def file
        nil
      end

      def classes
        %w[settings main]
      end

      def all_tags
        %w[a b]
      end

      def tags
        raise NotImplementedError, "Call 'all_tags' instead."
      end

      def has_variable?(name)
        scope.include?(name.to_s)
      end

      def to_s
        'template[inline]'
      end

      def inspect
        '#<Puppet::Parser::TemplateWrapper>'
      end

      def result(string)
        template_source = escaped_template_source = 'inline template'
        result = nil
        [1].each do
          template = ERB.new(string, trim_mode: '-')
          result = template.result(binding)
        end
        result
      end
    end
  end
end

def message(error)
  text = error.respond_to?(:original_message) ? error.original_message : error.message
  text.gsub(/\nDid you mean\?.*/m, '').gsub(/:0x\h+/, '')
end

def evaluate(template)
  result = Puppet::Parser::TemplateWrapper.new.result(template)
  [:ok, [result].join('')]
rescue Exception => error # rubocop:disable Lint/RescueException
  line = error.backtrace.grep(/\(erb\):/).first.to_s[/:(\d+)/, 1]
  [:error, error.class.name, message(error), line]
end

def record_expressions(path)
  lines = File.readlines(path, chomp: true).map do |line|
    code = line.sub(/\s+#(=>|!>) .*\z/, '')
    next line if code.strip.empty? || code.start_with?('#')
    status, *rest = evaluate("<%= (#{code}).inspect %>")
    shown = status == :ok ? "#=> #{rest[0]}" : "#!> #{rest[0]}: #{rest[1].lines.first.to_s.chomp}"
    "#{code.rstrip}  #{shown}"
  end
  File.write(path, lines.join("\n") + "\n")
end

def record_templates(path)
  sections = File.read(path).split(/^=== (.*)\n/)
  out = sections.shift.dup
  sections.each_slice(2) do |title, body|
    template = body.split(/^--- (?:output|error).*\n/, 2).first
    status, *rest = evaluate(template.chomp)
    out << "=== #{title}\n#{template}"
    out << (status == :ok ? "--- output\n#{rest[0]}\n" : "--- error #{rest[0]} in line #{rest[2]}\n#{rest[1]}\n")
  end
  File.write(path, out)
end

ARGV.each { |path| path.end_with?('.erb') ? record_templates(path) : record_expressions(path) }
