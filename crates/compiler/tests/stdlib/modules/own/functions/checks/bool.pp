function own::checks::bool($x) {
  is_bool($x)
}
