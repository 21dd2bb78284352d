define own::checks($value) {
  is_bool($value)
}
