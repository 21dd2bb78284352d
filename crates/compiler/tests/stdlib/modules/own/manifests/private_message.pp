class own::private_message { assert_private('keep out') }
