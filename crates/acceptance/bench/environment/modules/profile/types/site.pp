# What the data say of a virtual host.
type Profile::Site = Struct[{
  port              => Profile::Port,
  Optional[aliases] => Array[Pattern[/\A[a-z0-9.-]+\z/]],
  Optional[ssl]     => Boolean,
  Optional[backend] => Variant[Undef, Struct[{ host => String[1], ports => Array[Profile::Port, 1] }]],
  Optional[env]     => Hash[String[1], Variant[String, Integer, Boolean]],
}]
