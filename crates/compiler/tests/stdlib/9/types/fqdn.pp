type Stdlib::Fqdn = Pattern[/\A[a-z.]+\z/]
