type Stdlib::Email = Pattern[/@/]
