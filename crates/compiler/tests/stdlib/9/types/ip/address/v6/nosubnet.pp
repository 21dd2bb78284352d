type Stdlib::IP::Address::V6::Nosubnet = Pattern[/\A[\h:]+\z/]
