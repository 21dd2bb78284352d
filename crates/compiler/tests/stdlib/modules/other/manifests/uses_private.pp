class other::uses_private { include own::private_class }
