class own::private_old { private() }
