module Puppet::Util::ShopNames
  def self.extended(base)
    base.newparam(:from_hook)
  end

  def named(name, text, namevar: false, **)
    newparam(name) do
      desc text
      isnamevar if namevar
    end
  end
end
