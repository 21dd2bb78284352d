# An absolute path that does not end in a slash.
type Profile::Directory = Pattern[/\A(\/[\w.-]+)+\z/]
