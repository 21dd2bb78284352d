type Stdlib::HTTPUrl = Pattern[/\Ahttps?:/]
