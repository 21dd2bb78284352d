class m($p = 1) { $v = "mv" notify { "in m": } }
