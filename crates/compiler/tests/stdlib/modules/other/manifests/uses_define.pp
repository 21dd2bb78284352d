define other::uses_define { own::private_define { 'z': } }
