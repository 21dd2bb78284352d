type Stdlib::IP::Address::V4::CIDR = Pattern[/\A[\d.]+\/\d+\z/]
