define own::def($value = undef, $other = 'o') {}
