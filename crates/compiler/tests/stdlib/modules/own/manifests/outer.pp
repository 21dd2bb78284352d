class own::outer {
  include own::private_class
  own::private_define { 'y': }
}
