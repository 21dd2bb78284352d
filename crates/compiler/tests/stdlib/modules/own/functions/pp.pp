function own::pp() { 1 }
