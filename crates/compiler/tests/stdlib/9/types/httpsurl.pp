type Stdlib::HTTPSUrl = Pattern[/\Ahttps:/]
