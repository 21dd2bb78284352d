class own::deprecated {
  notice(is_bool(true))
}
