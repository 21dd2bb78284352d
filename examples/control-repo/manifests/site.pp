# What a node is for follows from its name: web01.example.com is a web server.
$role = $trusted['certname'] ? {
  /^web\d*\./   => 'web',
  /^db\d*\./    => 'database',
  /^build\d*\./ => 'build',
  default       => 'guest',
}

File {
  owner => 'root',
  group => 'root',
}

node default {
  include "role::${role}"
}
