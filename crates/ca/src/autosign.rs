//! The autosign decision: nobody, everybody, a list of names, or a program.
//!
//! A policy program gets the certname as its argument and the request on standard input; exit status 0
//! means yes. It runs without any lock held, for a limited time, in a process group of its own, so that
//! neither a slow directory service nor a program that leaves children behind can hold up the authority.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::error::{Error, Result};
use crate::files;
use crate::settings::{Autosign, PolicyOptions};

/// Longer output of a policy program is cut in the log.
const OUTPUT_BYTES_MAX: u64 = 64 * 1024;

/// Whether the request of this certname is to be signed now. Blocks while a policy program runs.
pub fn decide(autosign: &Autosign, policy: &PolicyOptions, certname: &str, csr_pem: &str) -> Result<bool> {
    let path = match autosign {
        Autosign::Never => return Ok(false),
        Autosign::Always => return Ok(true),
        Autosign::File(path) => path,
    };
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(Error::file("look at", path)(error)),
    };
    if metadata.permissions().mode() & 0o111 != 0 {
        return run_policy(path, policy, certname, csr_pem);
    }
    let list = files::read_list(path)?.unwrap_or_default();
    Ok(String::from_utf8_lossy(&list).lines().any(|line| line_matches(path, line, certname)))
}

fn line_matches(path: &Path, line: &str, certname: &str) -> bool {
    if line.starts_with('#') || line.trim().is_empty() {
        return false;
    }
    if line.contains(['#', ' ']) {
        tracing::error!("Invalid pattern '{line}' found in {}", path.display());
        return false;
    }
    match line.strip_prefix('*') {
        Some("") => true,
        Some(_) => glob_matches(line, certname),
        None => line == certname,
    }
}

/// Compares labels from the right, without the glob's first one: `*.example.com` covers any depth below
/// `example.com`, and `example.com` itself.
fn glob_matches(glob: &str, certname: &str) -> bool {
    let (glob, certname) = (glob.to_lowercase(), certname.to_lowercase());
    let mut of_name = certname.rsplit('.');
    let labels = glob.split('.').count();
    glob.rsplit('.').take(labels - 1).all(|label| of_name.next() == Some(label))
}

fn run_policy(program: &Path, policy: &PolicyOptions, certname: &str, csr_pem: &str) -> Result<bool> {
    let shown = program.display();
    tracing::debug!("Executing '{shown} {certname}'");
    let mut command = Command::new(program);
    command
        .arg(certname)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0);
    let load_path: Vec<String> = std::env::var("RUBYLIB")
        .into_iter()
        .chain(policy.ruby_load_path.iter().map(|path| path.display().to_string()))
        .collect();
    if !load_path.is_empty() {
        command.env("RUBYLIB", load_path.join(":"));
    }
    let gem_path: Vec<String> = std::env::var("GEM_PATH")
        .into_iter()
        .chain([policy.gem_path.clone()])
        .filter(|p| !p.is_empty())
        .collect();
    if !gem_path.is_empty() {
        command.env("GEM_PATH", gem_path.join(":"));
    }
    let mut child = spawn(&mut command).map_err(Error::file("run the autosign policy", program))?;

    if let Some(mut stdin) = child.stdin.take() {
        let request = csr_pem.to_owned();
        // A program that does not read its input closes the pipe; that is its right.
        std::thread::spawn(move || stdin.write_all(request.as_bytes()));
    }
    let stdout = collect(child.stdout.take());
    let stderr = collect(child.stderr.take());
    let status =
        wait(&mut child, policy.time_limit).map_err(Error::file("run the autosign policy", program))?;
    let (stdout, stderr) = (output(&stdout), output(&stderr));

    let Some(status) = status else {
        tracing::warn!(
            "Autosign command '{shown}' did not finish within {} seconds and was killed; certificate '{certname}' stays \
             unsigned",
            policy.time_limit.as_secs()
        );
        return Ok(false);
    };
    let code = status.code().map_or_else(|| "a signal".to_owned(), |code| code.to_string());
    tracing::debug!("Autosign command '{shown} {certname}' exit status: {code}");
    tracing::debug!("Autosign command '{shown} {certname}' output on stdout: {stdout}");
    if !stderr.is_empty() {
        tracing::warn!("Autosign command '{shown} {certname}' generated output to stderr: {stderr}");
    }
    if !status.success() {
        tracing::warn!(
            "Autosign command '{shown}' rejected certificate '{certname}' because the exit code was {code}, not zero"
        );
    }
    Ok(status.success())
}

/// Starts a program, with patience for one that is just being written: the writer, or a process that was
/// forked while it wrote, may hold the file open for another moment.
fn spawn(command: &mut Command) -> std::io::Result<Child> {
    for _ in 0..100 {
        match command.spawn() {
            Err(error) if error.kind() == std::io::ErrorKind::ExecutableFileBusy => {
                std::thread::sleep(Duration::from_millis(10));
            }
            outcome => return outcome,
        }
    }
    command.spawn()
}

/// The exit status, or nothing if the time is over; then the whole process group is killed.
fn wait(child: &mut Child, time_limit: Duration) -> std::io::Result<Option<ExitStatus>> {
    let deadline = Instant::now() + time_limit;
    let mut pause = Duration::from_millis(1);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if Instant::now() >= deadline {
            break;
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(50));
    }
    if let Some(group) = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw) {
        // The group may be gone by now.
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
    child.kill()?;
    child.wait()?;
    Ok(None)
}

/// Reads a pipe in the background: up to the limit for us, the rest to nowhere, so that the program never
/// blocks on a full pipe.
fn collect(pipe: Option<impl Read + Send + 'static>) -> mpsc::Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    if let Some(mut pipe) = pipe {
        std::thread::spawn(move || {
            let mut kept = Vec::new();
            let _ = (&mut pipe).take(OUTPUT_BYTES_MAX).read_to_end(&mut kept);
            let _ = sender.send(kept);
            let _ = std::io::copy(&mut pipe, &mut std::io::sink());
        });
    }
    receiver
}

fn output(receiver: &mpsc::Receiver<Vec<u8>>) -> String {
    // A child of the program may have inherited the pipe and keep it open; its words are not waited for.
    let bytes = receiver.recv_timeout(Duration::from_secs(1)).unwrap_or_default();
    String::from_utf8_lossy(&bytes).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn options(seconds: u64) -> PolicyOptions {
        PolicyOptions {
            ruby_load_path: vec!["/lib/ruby".into()],
            gem_path: "/gems".into(),
            time_limit: Duration::from_secs(seconds),
        }
    }

    fn file(folder: &tempfile::TempDir, text: &str, mode: u32) -> PathBuf {
        let path = folder.path().join("autosign");
        stdx::fs::write_atomic(&path, text.as_bytes(), mode).unwrap();
        path
    }

    #[test]
    fn lists_of_names() {
        let folder = tempfile::tempdir().unwrap();
        let list = "# trusted\n\nexact.example.com\n*.Example.NET\nnot # this\n*foo.org\n";
        let autosign = Autosign::File(file(&folder, list, 0o644));
        let signs = |name: &str| decide(&autosign, &options(60), name, "").unwrap();
        for name in ["exact.example.com", "a.example.net", "a.b.example.net", "example.net", "x.org"] {
            assert!(signs(name), "{name}");
        }
        for name in ["EXACT.example.com", "example.com", "aexample.net", "net", "not", "# trusted", ""] {
            assert!(!signs(name), "{name}");
        }
        let everybody = Autosign::File(file(&folder, "*\n", 0o644));
        assert!(decide(&everybody, &options(60), "anything", "").unwrap());
        let nobody = Autosign::File(folder.path().join("missing"));
        assert!(!decide(&nobody, &options(60), "anything", "").unwrap());
    }

    #[test]
    fn a_policy_sees_name_request_and_libraries() {
        let folder = tempfile::tempdir().unwrap();
        let script = "#!/bin/sh\ntest \"$1\" = web01 && test \"$(cat)\" = request || exit 1\n\
                      case \"$RUBYLIB\" in */lib/ruby) ;; *) exit 2;; esac\ncase \"$GEM_PATH\" in */gems) ;; *) exit 3;; esac\n";
        let autosign = Autosign::File(file(&folder, script, 0o755));
        assert!(decide(&autosign, &options(60), "web01", "request").unwrap());
        assert!(!decide(&autosign, &options(60), "web02", "request").unwrap());
    }

    #[test]
    fn a_policy_that_talks_much_and_reads_nothing_is_heard_out() {
        let folder = tempfile::tempdir().unwrap();
        let script = "#!/bin/sh\nexec <&-\nhead -c 300000 /dev/zero\nhead -c 300000 /dev/zero >&2\nexit 0\n";
        let autosign = Autosign::File(file(&folder, script, 0o755));
        assert!(decide(&autosign, &options(60), "web01", &"x".repeat(100_000)).unwrap());
    }

    #[test]
    fn a_policy_that_hangs_is_killed_with_its_children() {
        let folder = tempfile::tempdir().unwrap();
        let script = format!("#!/bin/sh\nsleep 1000 &\necho $! > {}/child\nwait\n", folder.path().display());
        let autosign = Autosign::File(file(&folder, &script, 0o755));
        assert!(!decide(&autosign, &options(1), "web01", "").unwrap());
        let child = std::fs::read_to_string(folder.path().join("child")).unwrap();
        // Gone, or a zombie that its new parent has not collected yet. The signal takes a moment to arrive.
        let is_dead = || {
            let state = std::fs::read_to_string(format!("/proc/{}/stat", child.trim()));
            state.is_err() || state.unwrap().contains(") Z ")
        };
        for _ in 0..1000 {
            if is_dead() {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        panic!("the policy's child lives on");
    }
}
