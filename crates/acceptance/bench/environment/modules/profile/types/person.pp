# What the data say of an account.
type Profile::Person = Struct[{
  uid                   => Integer[1000, 65000],
  Optional[shell]       => Pattern[/\A\//],
  Optional[comment]     => String,
  Optional[groups]      => Array[String[1]],
  Optional[manage_home] => Boolean,
  Optional[keys]        => Hash[String[1], Struct[{ type => Enum['ssh-rsa', 'ssh-ed25519'], key => String[20] }]],
}]
