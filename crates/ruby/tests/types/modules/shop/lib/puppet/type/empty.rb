# Nothing here, and no type.
module PuppetX; end
