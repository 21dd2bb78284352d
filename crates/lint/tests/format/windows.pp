$a=1


file{ "/x":
 mode=>"1" }
