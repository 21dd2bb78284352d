# Every node gets the role of its fact `role`.
File {
  owner => 'root',
  group => 'root',
}

node default {
  contain "role::${facts['role']}"
}
