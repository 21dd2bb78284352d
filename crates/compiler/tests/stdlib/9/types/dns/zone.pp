type Stdlib::Dns::Zone = Pattern[/\.\z/]
