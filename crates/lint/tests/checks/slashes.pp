# slash_comments double_quoted_strings
$a = 'http://x' // a comment with a ' quote
// another
$b = $a =~ /x/ // third
$c = "d"
