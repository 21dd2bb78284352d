type Stdlib::IP::Address::V6::CIDR = Pattern[/\A[\h:]+\/\d+\z/]
