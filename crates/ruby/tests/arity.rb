# Records how many arguments Ruby's methods take: ruby tests/arity.rb > src/methods/arity.txt
#
# One line for a class and a number: `String 0..1: center ...`. Each method is called with numbers of arguments, since what its
# definition says is not always what it enforces; one that says different things is left out.
require 'set'
require 'timeout'

RECEIVERS = { 'NilClass' => 'nil', 'TrueClass' => 'true', 'Integer' => '5', 'Float' => '2.5', 'String' => '+"ab"', 'Symbol' => ':ab',
              'Array' => '[1, 2]', 'Hash' => '{ "a" => 1 }', 'Range' => '(1..3)', 'Regexp' => '/a/' }.freeze
# Those that have no end, or an effect.
SKIP = %w[cycle exit exit! abort sleep fork exec loop gets system spawn trap srand binding display p puts print warn raise fail throw catch
          require require_relative load step instance_variable_get instance_variable_set at_exit syscall].freeze
NAMES = File.read(File.join(__dir__, '../src/name.rs'))[/names! \{(.*?)\n\}/m, 1].scan(/\w+ "([^"]+)"/).flatten - SKIP

# What an error of arity expects, with so many arguments; nil if there is none.
def expected(receiver, method, count, block)
  Timeout.timeout(1) { receiver.public_send(method, *([nil] * count), &block) }
  nil
rescue ArgumentError => e
  e.message[/\Awrong number of arguments \(given #{count}, expected ([\d.+]+)\)\z/, 1]
rescue StandardError, Timeout::Error
  nil
end

RECEIVERS.each do |name, code|
  found = Hash.new { |known, range| known[range] = [] }
  NAMES.each do |method|
    next unless eval(code).respond_to?(method)
    texts = [nil, proc { 0 }].flat_map { |block| (0..9).map { |count| [count, expected(eval(code), method, count, block)] } }
    wrong = texts.select(&:last)
    next if wrong.empty? || wrong.map(&:last).uniq.size != 1
    range = wrong[0][1]
    least, most = range.end_with?('+') ? [range.to_i, 99] : [range.to_i, range.split('..').last.to_i]
    next unless texts.all? { |count, text| text.nil? == count.between?(least, most) }
    found[range] << method
  end
  found.sort.each { |range, methods| puts "#{name} #{range}: #{methods.sort.join(' ')}" }
end
