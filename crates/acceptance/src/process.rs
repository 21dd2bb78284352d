//! A server of somebody else's, or ours as a program: what it uses, read from `/proc`, and its end.

use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

/// Ticks of a second in `/proc/PID/stat`, on every Linux.
const TICKS: f64 = 100.0;
/// A virtual machine on a busy computer starts slowly.
const START_MAX: Duration = Duration::from_secs(600);

/// A process that is ended when this is dropped.
pub struct Process {
    child: Child,
    name: &'static str,
    log: PathBuf,
    /// When it was started.
    pub started: Instant,
}

impl Process {
    /// Starts a program with its output in a file.
    pub fn start(name: &'static str, command: &mut Command, log: &Path) -> anyhow::Result<Process> {
        let out = File::create(log).with_context(|| format!("could not make {}", log.display()))?;
        let started = Instant::now();
        let child = command
            .stdin(Stdio::null())
            .stdout(out.try_clone()?)
            .stderr(out)
            .spawn()
            .with_context(|| format!("could not start {name}"))?;
        Ok(Process { child, name, log: log.to_owned(), started })
    }

    /// Fails once the process has ended by itself.
    pub fn must_run(&mut self) -> anyhow::Result<()> {
        match self.child.try_wait()? {
            Some(status) => bail!("{} ended ({status}):\n{}", self.name, self.output()),
            None => Ok(()),
        }
    }

    /// What it printed.
    pub fn output(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Waits until it does what is asked for.
    pub async fn until(&mut self, what: &str, mut done: impl AsyncFnMut() -> bool) -> anyhow::Result<()> {
        let end = Instant::now() + START_MAX;
        while Instant::now() < end {
            self.must_run()?;
            if done().await {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        bail!("{} does not {what}:\n{}", self.name, self.output());
    }

    /// Seconds that processors have worked for the process, its living children, and those that it has waited for.
    pub fn cpu(&self) -> f64 {
        let processes = all_processes();
        let mut ticks = 0;
        let mut todo = vec![self.child.id()];
        while let Some(pid) = todo.pop() {
            if let Some(process) = processes.get(&pid) {
                ticks += process.ticks;
                todo.extend(processes.iter().filter(|(_, other)| other.parent == pid).map(|(pid, _)| *pid));
            }
        }
        ticks as f64 / TICKS
    }

    /// `kill -9`.
    pub fn kill(mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// SIGTERM, and waits for the end; true if all went well.
    pub fn stop(mut self) -> bool {
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        self.child.wait().is_ok_and(|status| status.success())
    }

    /// Resident memory in MiB: now, and the most there was.
    pub fn memory(&self) -> (f64, f64) {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let field = |name: &str| -> f64 {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
            line.trim().trim_end_matches(" kB").parse::<f64>().unwrap_or_default() / 1024.0
        };
        (field("VmRSS:"), field("VmHWM:"))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Another process may have its number by now.
        if matches!(self.child.try_wait(), Ok(Some(_))) {
            return;
        }
        // SIGTERM first, so that a server can put its files in order.
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let end = Instant::now() + Duration::from_secs(20);
        while Instant::now() < end {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Used {
    parent: u32,
    ticks: u64,
}

fn all_processes() -> HashMap<u32, Used> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().filter_map(Result::ok);
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    pids.filter_map(|pid| {
        let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The name in brackets may contain anything.
        let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
        let number = |index: usize| fields.get(index).and_then(|field| field.parse::<u64>().ok());
        let ticks = number(11)? + number(12)? + number(13)? + number(14)?;
        Some((pid, Used { parent: number(1)? as u32, ticks }))
    })
    .collect()
}

/// A port that nobody listens on at the moment, and that the system gives to nobody who does not ask for it: below those that it hands
/// out to connections. A server that is away for a while finds it free when it comes back.
pub fn free_port() -> u16 {
    const FIRST: u16 = 11_000;
    const COUNT: u32 = 20_000;
    static NEXT: std::sync::OnceLock<std::sync::atomic::AtomicU32> = std::sync::OnceLock::new();
    let next = NEXT.get_or_init(|| {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        // Tests of several programs run at once.
        (std::process::id().wrapping_mul(7_919) ^ now.subsec_nanos()).into()
    });
    loop {
        let at = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed) % COUNT;
        let port = FIRST + u16::try_from(at).expect("it is less than COUNT");
        if std::net::TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
