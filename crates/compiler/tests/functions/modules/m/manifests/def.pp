define m::def($a = 1) { notify { "d ${title} ${a}": } }
