//! What a worker process may do: nothing but compute and read what everybody may read.
//!
//! Before Ruby starts: a network namespace without any network, where the kernel lets us make one (with `unshare` of util-linux),
//! an empty environment, no new rights. When it has started and before it loads any code it lowers its own limits: memory, processors'
//! time, files it may write, and, if it is root, its user. Where the kernel has Landlock it gives up writing, too, but for one folder
//! (`worker/confinement.rb`).

use std::ffi::OsStr;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use pcore::{Hash, Value};

/// Open files of a worker.
const FILES_MAX: i64 = 256;
/// Processes and threads of a worker's user, its own threads among them.
const PROCESSES_MAX: i64 = 64;
/// The user that processes of root become.
const NOBODY: u32 = 65_534;
/// Seconds of processor time in the life of a worker; it is replaced long before that in normal life.
const PROCESSOR_SECONDS_MAX: i64 = 3_600;

/// The command that starts Ruby with a script in the strictest confinement that there is.
pub(crate) fn command(ruby: &Path, script: &str, network: bool) -> Command {
    let mut command = match isolation() {
        Some(arguments) if !network => {
            let mut command = Command::new("unshare");
            command.args(arguments).arg("--").arg(ruby);
            command
        }
        _ => Command::new(ruby),
    };
    command
        .args(["--disable=gems,rubyopt", "-e"])
        .arg(script)
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("LANG", "C.UTF-8")
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    command
}

/// Makes the folder that code may write to, for the user that it will have; false if there is none.
pub(crate) fn prepare(folder: &Path) -> bool {
    let made = std::fs::create_dir_all(folder).and_then(|()| match rustix::process::geteuid().is_root() {
        true => give_away(folder),
        false => Ok(()),
    });
    if let Err(error) = &made {
        tracing::warn!("Ruby code of modules writes no files: {}: {error}", folder.display());
    }
    made.is_ok()
}

/// Makes nobody the owner of a folder. Not by way of a link, at whose other end might be anything.
fn give_away(folder: &Path) -> std::io::Result<()> {
    let refused = |path: &Path, why: &str| Err(std::io::Error::other(format!("{}: {why}", path.display())));
    for path in [Some(folder), folder.parent()].into_iter().flatten() {
        if std::fs::symlink_metadata(path)?.is_symlink() {
            return refused(path, "a link stands where the folder should be");
        }
    }
    for above in folder.ancestors().skip(1).filter(|above| !above.as_os_str().is_empty()) {
        if std::fs::metadata(above)?.mode() & 0o001 == 0 {
            return refused(above, "the user nobody, who runs Ruby code, cannot pass it (mode o+x)");
        }
    }
    std::os::unix::fs::lchown(folder, Some(NOBODY), Some(NOBODY))
}

/// The limits that the worker sets for itself.
pub(crate) fn limits(memory_max: u64) -> Value {
    let mut limits = Hash::new();
    limits.insert("AS", i64::try_from(memory_max).unwrap_or(i64::MAX));
    limits.insert("CPU", PROCESSOR_SECONDS_MAX);
    limits.insert("NOFILE", FILES_MAX);
    limits.insert("NPROC", PROCESSES_MAX);
    limits.insert("FSIZE", 0);
    limits.insert("CORE", 0);
    Value::hash(limits)
}

/// The options of `unshare` that work here; asked for once.
pub(crate) fn isolation() -> Option<&'static [&'static str]> {
    static FOUND: OnceLock<Option<&'static [&'static str]>> = OnceLock::new();
    *FOUND.get_or_init(|| {
        let ways: [&[&str]; 2] = [&["--net"], &["--user", "--map-current-user", "--net"]];
        // In a user namespace of its own root cannot become nobody, and that counts more than the network.
        let usable = if rustix::process::geteuid().is_root() { 1 } else { ways.len() };
        let found = ways.into_iter().take(usable).find(|arguments| works(arguments));
        if found.is_none() {
            tracing::warn!(
                "Ruby code of modules runs with access to the network: `unshare --net` does not work here"
            );
        }
        found
    })
}

fn works(arguments: &[&str]) -> bool {
    let mut command = Command::new("unshare");
    command.args(arguments).args([OsStr::new("--"), OsStr::new("true")]);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
