type Stdlib::IP::Address::Nosubnet = Pattern[/\A[\h.:]+\z/]
