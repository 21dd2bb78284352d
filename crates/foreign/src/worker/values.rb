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
# A question with a block may be answered by calls of that first:
#   -> {yield: args}                      <- {yielded: value}                 | {raised: true}
#   -> {op: hiera3, backend, key, ...}    <- {result: {found, value, note}}   | {error, kind}
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

  # Asks the compiler something while a call runs. It may call the block before it answers.
  def ask(what, details = {}, &block)
    write_message({ 'ask' => what }.merge(details))
    loop do
      answer = read_message
      exit!(0) if answer.nil?
      next yielded(answer['yield'], block) if answer.key?('yield')
      raise CompilerError, answer['error'] if answer.key?('error')

      return decode(answer['result'])
    end
  end

  # However the block is left, the question that it belongs to gets its answer first.
  def yielded(args, block)
    value = { 'yielded' => encode(block.call(*args.map { |arg| decode(arg) })) }
  ensure
    write_message(value || { 'raised' => true })
    read_message unless value
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
      when 'Puppet::LookupContext' then Puppet::Pops::Lookup::Context.new
      else Puppet::Pops::Types.of_class(data['class']).new(data)
      end
    else data
    end
  end

  def encode(value)
    case value
    when nil, true, false then value
    when Integer
      raise ArgumentError, "#{value} has more than 64 bits" unless value.bit_length < 64

      value
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
