define net::route { route { $name: via => 'x' } }
