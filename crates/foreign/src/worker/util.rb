# Small helpers of Puppet that functions call: file modes, YAML, JSON, the stack of calls in manifests.
module Puppet
  module Util
    # File modes as `chmod` takes them.
    module SymbolicFileMode
      BITS = { 'r' => 4, 'w' => 2, 'x' => 1 }.freeze
      # How far the bits of each are shifted, and what `s` means for it. Special bits are not cleared by `=`.
      SHIFTS = { 'u' => 6, 'g' => 3, 'o' => 0 }.freeze
      SPECIAL = { 'u' => 0o4000, 'g' => 0o2000, 'o' => 0o1000 }.freeze
      STICKY = 0o1000

      def valid_symbolic_mode?(value)
        value.to_s.match?(/\A(0?[0-7]{1,4}|([ugoa]*[-=+][-=+rstwxXugo]*)(,[ugoa]*[-=+][-=+rstwxXugo]*)*)\z/)
      end

      def normalize_symbolic_mode(value)
        return nil if value.nil?

        value.to_s.match?(/\A0?[0-7]{1,4}\z/) ? value.to_s.to_i(8).to_s(8) : value.to_s
      end

      def symbolic_mode_to_int(modification, to_mode = 0, is_a_directory = false)
        raise Puppet::Error, 'An empty mode string is illegal' if modification.nil? || modification == ''
        return modification.to_i(8) if modification.match?(/\A[0-7]+\z/)
        raise Puppet::Error, 'Numeric modes must be in octal, not decimal!' if modification.match?(/\A[0-9]+\z/)

        executable = is_a_directory || to_mode.anybits?(0o111)
        modification.split(/\s*,\s*/).inject(to_mode & 0o7777) do |mode, part|
          change_mode(mode, part, executable)
        rescue Puppet::Error => e
          place = part == modification ? '' : " at #{part.inspect}"
          raise Puppet::Error, "#{e.message}#{place} in symbolic mode #{modification.inspect}"
        end
      end

      private

      # What one part such as `ug+rwX` makes of a mode; the bits of others that it names are those from before it.
      def change_mode(mode, part, executable)
        who, changes = part.match(/\A([ugoa]*)([-+=].*)\z/)&.captures
        raise Puppet::Error, 'Missing action' unless changes

        who = 'ugo' if who.empty?
        who.gsub('a', 'ugo').chars.uniq.inject(mode) do |now, one|
          how = nil
          changes.chars.inject(now) do |result, letter|
            if '-+='.include?(letter)
              how = letter
              next how == '=' ? result & ~(7 << SHIFTS[one]) : result
            end
            bits = bits_of(letter, one, mode, how, executable)
            how == '-' ? result & ~bits : result | bits
          end
        end
      end

      def bits_of(letter, who, mode, how, executable)
        case letter
        when 'r', 'w', 'x' then BITS[letter] << SHIFTS[who]
        when 'u', 'g', 'o' then ((mode >> SHIFTS[letter]) & 7) << SHIFTS[who]
        when 's' then SPECIAL[who]
        when 't' then STICKY
        when 'X'
          raise Puppet::Error, "X only works with the '+' operator" unless how == '+'

          executable ? 1 << SHIFTS[who] : 0
        else raise Puppet::Error, 'Unknown operation'
        end
      end
    end

    module Yaml
      class YamlLoadError < Puppet::Error; end

      class << self
        def safe_load(yaml, allowed_classes = [], filename = nil)
          ::YAML.safe_load(yaml, permitted_classes: allowed_classes, aliases: true, filename: filename) || false
        rescue StandardError, ::Psych::SyntaxError => e
          raise YamlLoadError, "(#{filename || '<unknown>'}): #{e.message}"
        end

        def safe_load_file(filename, allowed_classes = [])
          safe_load(File.read(filename, encoding: 'BOM|UTF-8'), allowed_classes, filename)
        end

        def load_file(filename, default = false, _strip = false)
          safe_load_file(filename, [Symbol]) || default
        rescue SystemCallError => e
          raise YamlLoadError, e.message
        end
      end
    end

    module Json
      class ParseError < StandardError; end

      class << self
        def load(text, options = {})
          text = text.read if text.respond_to?(:read)
          text.strip.empty? ? nil : ::JSON.parse(text, **options)
        rescue ::JSON::ParserError => e
          raise ParseError, e.message
        end

        def dump(value, options = {})
          options[:pretty] ? ::JSON.pretty_generate(value) : ::JSON.generate(value)
        end
      end
    end
  end

  module Pops
    # Where the manifests call. The compiler tells the innermost place.
    module PuppetStack
      def self.stacktrace = BunrakuWorker.ask('stack')
      def self.top_of_stack = stacktrace.first || []
    end
  end
end
