class own::private_class { assert_private() }
