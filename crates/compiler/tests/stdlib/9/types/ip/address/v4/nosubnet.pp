type Stdlib::IP::Address::V4::Nosubnet = Pattern[/\A[\d.]+\z/]
