function m::ret() >> String { 1 }
