# star_comments double_quoted_strings hard_tabs
/* one */
$a = 1 /* two
        * lines
        */
  /**
   * Doc.
   *
   * More.
   */
$b = 1 /* inside */ + 2
# lint:ignore:double_quoted_strings for a reason
$c = "a"
# lint:ignore:hard_tabs
	$d = "b"
# lint:endignore
# lint:endignore
$e = "c" # lint:ignore:double_quoted_strings just here
$f = "d"
# lint:endignore
/* lint:ignore:double_quoted_strings */
$g = "e"
