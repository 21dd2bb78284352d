# A site of the web application.
type Profile::Site = Struct[{
  port               => Integer[1024, 65535],
  Optional[workers]  => Integer[1, 64],
  Optional[features] => Array[Enum['search', 'checkout', 'recommendations']],
}]
