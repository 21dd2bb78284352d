# arrow_on_right_operand_line right_to_left_relationship trailing_whitespace
A['a'] ->
B['b']
A['a']
-> B['b'] ~> # comment
  C['c']
A['a'] <- B['b'] <~ C['c']
file { '/x': } ~>

# between
file { '/y': }
