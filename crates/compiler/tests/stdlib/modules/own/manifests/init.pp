class own($port = 80) {}
