# What several types share.
module PuppetX
  module Shop
    module Common
      module_function

      def endpoint
        proc do
          newparam(:base_url) { desc 'Where the service is.' }
          newparam(:timeout) { defaultto 500 }
        end
      end

      def add_credentials(type)
        [:user, :password].each { |name| type.newparam(name) }
      end
    end

    module Secret
      def self.included(base)
        base.class_eval do
          newparam(:show_diff, boolean: true)
        end
        base.extend(ClassMethods)
      end

      module ClassMethods
        def secret_property(name)
          newproperty(name) { include Hidden }
        end
      end

      module Hidden
        def is_to_s(_value)
          '[redacted]'
        end
      end
    end

    LABEL = proc { newproperty(:label) }
  end
end
