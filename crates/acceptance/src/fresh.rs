//! A copy of this machine's file system in which a test may change what it likes: an overlay over the root in a mount namespace of its
//! own, which ends with the command. Processes and network are the machine's.

use std::path::Path;
use std::process::{Command, Output};

/// A copy that commands run in one after the other would not share; so it is one command, usually a script, with its files.
const ENTER: &str = r#"set -e
mount -t tmpfs none "$1"
mkdir "$1/up" "$1/work" "$1/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/up,workdir=$1/work" "$1/root"
mount --rbind /dev "$1/root/dev"
mount -t proc proc "$1/root/proc"
mount -t tmpfs none "$1/root/run"
root=$1/root
shift
exec chroot "$root" "$@"
"#;

/// Whether this process may make one: only root may. Says so if not.
pub fn possible(what: &str) -> bool {
    let root = rustix::process::geteuid().is_root();
    let overlays = std::fs::read_to_string("/proc/filesystems").is_ok_and(|known| known.contains("overlay"));
    if !root || !overlays {
        eprintln!("left out, since it needs root and overlays of file systems: {what}");
    }
    root && overlays
}

/// Runs a script of bash in a fresh copy. The folder `share` can be seen in it.
///
/// # Panics
/// If there can be no copy.
pub fn run(script: &str, share: &Path) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let file = share.join("script");
    std::fs::write(&file, script).unwrap();
    let mut command = Command::new("unshare");
    command.args(["--mount", "bash", "-c", ENTER, "bash"]).arg(folder.path());
    command.args(["bash", "-u"]).arg(&file);
    command.stdin(std::process::Stdio::null());
    command.output().unwrap()
}
