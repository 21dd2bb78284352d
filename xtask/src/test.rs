//! `cargo xtask test`: everything that must hold, with the real peers where they can be had.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, bail};

use crate::{peers, tidy};

/// Run all tests
#[derive(clap::Args)]
pub struct Args {
    /// Fail when a real peer is missing instead of leaving its tests out
    #[arg(long)]
    require_peers: bool,
    /// Neither install nor look for peers
    #[arg(long, conflicts_with = "require_peers")]
    no_peers: bool,
}

/// Runs the rules of the repository, then all tests of all crates.
pub fn run(root: &Path, args: Args) -> anyhow::Result<()> {
    tidy::run(root)?;
    if !args.no_peers {
        let missing = peers::missing();
        if !missing.is_empty() && peers::can_install() {
            let names: Vec<_> = missing.iter().map(|peer| peer.package).collect();
            println!("installing {}", names.join(", "));
            if let Err(error) = peers::install(&missing) {
                eprintln!("could not install: {error:#}");
            }
        }
    }
    let missing = if args.no_peers { peers::PEERS.iter().collect() } else { peers::missing() };
    for peer in &missing {
        println!("left out, since {} is not installed: {}", peer.package, peer.tests);
    }
    if args.require_peers && !missing.is_empty() {
        bail!("{} peers are missing; install them: apt-get install {}", missing.len(), packages(&missing));
    }
    let status = Command::new(env!("CARGO"))
        .args(["test", "--workspace", "--no-fail-fast", "--quiet"])
        .current_dir(root)
        .env(
            "BUNRAKU_TEST_PEERS",
            if args.no_peers {
                "none"
            } else if args.require_peers {
                "all"
            } else {
                "present"
            },
        )
        .status()
        .context("could not run cargo test")?;
    if !status.success() {
        bail!("tests failed");
    }
    match missing.is_empty() {
        true => println!("all tests passed, with every real peer"),
        false => println!("all tests passed; left out for want of a peer: {}", packages(&missing)),
    }
    Ok(())
}

fn packages(peers: &[&peers::Peer]) -> String {
    peers.iter().map(|peer| peer.package).collect::<Vec<_>>().join(" ")
}
