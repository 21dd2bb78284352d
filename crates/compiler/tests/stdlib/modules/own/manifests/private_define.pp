define own::private_define { assert_private() }
