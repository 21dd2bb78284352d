Puppet::Type.newtype(:parented) do
  class ParentedProperty < Puppet::Property
    class << self
      attr_accessor :limits

      def bounded(low, high)
        self.limits = [low, high]
      end
    end

    munge { |value| return value.to_i }

    def insync?(current)
      current == should
    end
  end

  marker = Class.new(Puppet::Parameter) do
    def self.names_it
      isnamevar
    end
  end

  newparam(:id, parent: marker) { names_it }
  newproperty(:count, parent: ParentedProperty) { bounded 1, 10 }
  newproperty(:rate, parent: ParentedProperty) do |property|
    property.bounded(0, 1)
    property.desc 'How often.'
  end
  paramclass(:id).doc = 'text'
end
