# frozen_string_literal: true

require 'puppet/parameter/boolean'
require 'puppet/property/list'

Puppet::Type.newtype(:plain) do
  desc <<-DOC
    A thing with attributes.

        plain { '/srv/thing': ensure => present }
  DOC

  ensurable do
    defaultvalues
    defaultto :present
  end

  newparam(:path, namevar: true) do
    desc 'Where it lies.'
    validate { |value| raise ArgumentError, 'no' unless value.start_with?('/') }
  end

  newproperty(:Owner) do
    newvalues(/\A\w+\z/, 'nobody')
    munge(&:downcase)
  end

  newproperty(:mode, array_matching: :all, parent: Puppet::Property::List) do
    def membership
      :mode_membership
    end
  end

  newparam('Mode_Membership') do
    defaultto :minimum
    newvalues(:inclusive, :minimum)
  end

  newparam(:loud, boolean: true, parent: Puppet::Parameter::Boolean)

  autorequire(:file) { self[:path] }

  validate do
    newparam(:never) if self[:path] == '/'
  end

  def refresh
    provider.newproperty(:never)
  end
end
