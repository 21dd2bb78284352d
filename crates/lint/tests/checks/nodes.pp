# unquoted_node_name
node foo { }
node foo.example.com, bar-1, 'baz', /x/ { }
node default { }
