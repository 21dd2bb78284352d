//! Programs of others that tests talk to.

use std::path::{Path, PathBuf};

/// The path of a program or file, or nothing if it is not on this machine and need not be.
///
/// # Panics
/// If it is missing and `BUNRAKU_TEST_PEERS=all` asks for every peer.
pub fn find(path: &str, what: &str) -> Option<PathBuf> {
    let mode = std::env::var("BUNRAKU_TEST_PEERS").unwrap_or_default();
    if mode != "none" && Path::new(path).exists() {
        return Some(path.into());
    }
    assert_ne!(mode, "all", "{path} is missing; it is needed for: {what}");
    eprintln!("left out, since {path} is not there: {what}");
    None
}
