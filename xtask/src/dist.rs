//! `cargo xtask dist`: the program that is given to users, compiled with a profile of the work that it will do.
//!
//! A compile is spread over very many small functions, none of which stands out. What makes such code faster is a compiler that knows
//! which of its branches are taken: so the program is built once with counters, works through the benchmark's catalogs, inside and as
//! a server over HTTPS, and is built again with what was counted.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};

/// Seconds for each role of the training.
const TRAINING_SECONDS: &str = "8";

/// Build the program as it is given to users: optimised for a profile of real catalogs (needs rustup's component llvm-tools)
#[derive(clap::Args)]
pub struct Args {
    /// Take the profile of the last time, without building and running what makes it
    #[arg(long)]
    same_profile: bool,
}

/// Builds `bunraku` and says where it lies.
pub fn run(root: &Path, args: &Args) -> anyhow::Result<()> {
    let program = build(root, "bunraku", "bunraku", args.same_profile)?;
    println!("{}", program.display());
    Ok(())
}

/// Builds a program of the workspace with a profile, and gives its path.
pub fn build(root: &Path, package: &str, bin: &str, same_profile: bool) -> anyhow::Result<PathBuf> {
    let target = root.join("target/dist");
    let profile = target.join("profile.profdata");
    if !same_profile || !profile.exists() {
        train(root, &target, &profile)?;
    }
    let folder = target.join("program");
    let flag = joined("-Cprofile-use=", &profile);
    cargo_build(root, &folder, package, bin, &[flag])?;
    Ok(folder.join("release").join(bin))
}

/// Makes the profile.
fn train(root: &Path, target: &Path, profile: &Path) -> anyhow::Result<()> {
    let merge = profdata(root)?;
    let (folder, raw) = (target.join("counting"), target.join("raw"));
    if raw.exists() {
        std::fs::remove_dir_all(&raw).context("could not remove the profile of the last time")?;
    }
    std::fs::create_dir_all(&raw)?;
    cargo_build(root, &folder, "acceptance", "bench-compile", &[joined("-Cprofile-generate=", &raw)])?;
    let trainee = folder.join("release/bench-compile");
    for arguments in [
        vec![format!("inside={TRAINING_SECONDS}")],
        vec!["peer=false".into(), "warm=3".into(), format!("seconds={TRAINING_SECONDS}")],
    ] {
        let status =
            Command::new(&trainee).args(&arguments).status().context("could not run the training")?;
        if !status.success() {
            bail!("the training failed: {} {}", trainee.display(), arguments.join(" "));
        }
    }
    let status = Command::new(merge).arg("merge").arg("-o").arg(profile).arg(&raw).status()?;
    if !status.success() {
        bail!("llvm-profdata could not merge the profiles in {}", raw.display());
    }
    Ok(())
}

/// `-Cprofile-use=PATH` and the like.
fn joined(option: &str, path: &Path) -> OsString {
    let mut flag = OsString::from(option);
    flag.push(path);
    flag
}

fn cargo_build(
    root: &Path,
    folder: &Path,
    package: &str,
    bin: &str,
    flags: &[OsString],
) -> anyhow::Result<()> {
    // Encoded, since paths may have spaces. They take the place of those that are set outside, which therefore come first.
    const SEPARATOR: &str = "\u{1f}";
    let own = match (std::env::var("CARGO_ENCODED_RUSTFLAGS"), std::env::var("RUSTFLAGS")) {
        (Ok(encoded), _) => encoded.split(SEPARATOR).map(OsString::from).collect::<Vec<_>>(),
        (_, Ok(flags)) => flags.split_whitespace().map(OsString::from).collect(),
        _ => Vec::new(),
    };
    let flags = [own.as_slice(), flags].concat().join(OsStr::new(SEPARATOR));
    let status = Command::new(env!("CARGO"))
        .current_dir(root)
        .args(["build", "--release", "--package", package, "--bin", bin, "--target-dir"])
        .arg(folder)
        .env("CARGO_ENCODED_RUSTFLAGS", flags)
        .status()
        .context("could not run cargo")?;
    if !status.success() {
        bail!("{bin} could not be built");
    }
    Ok(())
}

/// The toolchain's program that merges profiles, installed with rustup if it is missing.
fn profdata(root: &Path) -> anyhow::Result<PathBuf> {
    let rustc = |argument: &[&str]| -> anyhow::Result<String> {
        let output =
            Command::new("rustc").current_dir(root).args(argument).output().context("could not run rustc")?;
        Ok(String::from_utf8(output.stdout)?)
    };
    let about = rustc(&["-vV"])?;
    let host = about.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc names no host")?;
    let sysroot = rustc(&["--print", "sysroot"])?;
    let program = Path::new(sysroot.trim()).join("lib/rustlib").join(host).join("bin/llvm-profdata");
    if !program.exists() {
        let _ = Command::new("rustup").current_dir(root).args(["component", "add", "llvm-tools"]).status();
    }
    if !program.exists() {
        bail!("{} is missing; `rustup component add llvm-tools` installs it", program.display());
    }
    Ok(program)
}
