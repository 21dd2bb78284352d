module Puppet
  Type.newtype(:looped) do
    newparam(:name) { isnamevar }

    SIZES = %w[small large].freeze
    OPTIONS = { color: ['red', 'green'], shape: [] }.freeze

    SIZES.each { |size| newproperty(:"#{size}_size") }

    OPTIONS.each do |option, values|
      newproperty(option) do
        newvalues(*values) unless values.empty?
      end
    end

    (SIZES.map(&:to_sym) + [:huge]).each_with_index do |size, index|
      next if size == :small

      newparam("#{size}_#{index}")
    end

    (1..3).each { |number| newparam("slot#{number}".to_sym) }
    2.times { |number| send(:newparam, :"extra_#{number}") }
    %i[one two three].reject { |name| name == :two }.each { |name| public_send(:newparam, name) }
    [[:left, 'l'], [:right, 'r']].each { |side, short| newproperty("#{side}_#{short}") }
    for letter in %w[x y]
      newparam("axis_#{letter}")
    end
    OPTIONS.merge(weight: nil).each_key { |key| newparam("#{key}_note") }
  end
end
