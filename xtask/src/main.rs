//! The `bunraku` binary.

fn main() {}
