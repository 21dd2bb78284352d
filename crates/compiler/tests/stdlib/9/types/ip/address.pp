type Stdlib::IP::Address = Pattern[/\A[\h.:\/]+\z/]
