//! The real Puppet, as processes that compile a list of nodes and print a result a line.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;

use anyhow::{Context as _, bail};
use pcore::Hash;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::cases::Case;
use super::facts::Systems;

/// What all its processes are told.
pub struct Job<'a> {
    /// Directory of the environment `production`.
    pub environmentpath: &'a Path,
    /// Directories of modules.
    pub modulepath: &'a [PathBuf],
    /// `$server_facts`.
    pub server_facts: &'a Hash,
    /// See [`super::Plan::strict`].
    pub strict: bool,
    /// Another Puppet than the installed one.
    pub puppet_lib: Option<&'a Path>,
    /// Puppet's `confdir`, with its `vardir` as `data` in it, and folder for job files.
    pub scratch: &'a Path,
}

/// What it says of one node.
#[derive(Debug, Deserialize)]
pub struct Answer {
    /// Certname.
    pub node: String,
    /// Time of the compile.
    pub seconds: f64,
    /// The catalog.
    pub catalog: Option<Box<RawValue>>,
    /// Why there is none.
    pub error: Option<String>,
}

/// Compiles the cases in so many processes; calls back on this thread.
///
/// # Errors
/// A process cannot be started, or ends without having answered for all nodes.
pub fn compile(
    job: &Job<'_>,
    cases: &[Case],
    systems: &Systems,
    processes: usize,
    each: &mut dyn FnMut(Answer),
) -> anyhow::Result<()> {
    let processes = processes.clamp(1, cases.len().max(1));
    let (send, receive) = mpsc::sync_channel(16);
    std::thread::scope(|scope| {
        for number in 0..processes {
            // Neighbours share classes, which a process loads once.
            let share = cases.len().div_ceil(processes);
            let cases = cases.get(number * share..).unwrap_or_default();
            let cases = &cases[..share.min(cases.len())];
            let send = send.clone();
            scope.spawn(move || {
                if let Err(error) = one_process(job, number, cases, systems, &send) {
                    let _ = send.send(Err(error));
                }
            });
        }
        drop(send);
        for answer in receive {
            each(answer?);
        }
        Ok(())
    })
}

fn one_process(
    job: &Job<'_>,
    number: usize,
    cases: &[Case],
    systems: &Systems,
    send: &mpsc::SyncSender<anyhow::Result<Answer>>,
) -> anyhow::Result<()> {
    let modules: Vec<_> = job.modulepath.iter().map(|path| path.to_string_lossy()).collect();
    let server_facts: serde_json::Value =
        serde_json::from_str(&pcore::json::to_string(&pcore::Value::from(job.server_facts.clone())))?;
    let document = serde_json::json!({
        "confdir": job.scratch,
        "vardir": job.scratch.join("data"),
        "environmentpath": job.environmentpath,
        "basemodulepath": modules.join(":"),
        "vendormoduledir": super::VENDORED,
        "strict": job.strict,
        "server_facts": server_facts,
        "nodes": cases.iter().map(|case| serde_json::json!({ "name": case.node, "facts": systems.file(case.system) })).collect::<Vec<_>>(),
    });
    let file = job.scratch.join(format!("job{number}.json"));
    std::fs::write(&file, document.to_string())?;
    let mut command = Command::new("ruby");
    // What Ruby adds to messages for those who write it depends on its version.
    command.args(["--disable=did_you_mean", "--disable=error_highlight"]);
    if let Some(lib) = job.puppet_lib {
        command.arg("-I").arg(lib);
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("reference/compile.rb");
    let mut child = command
        .arg(script)
        .arg(&file)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .context("could not start ruby")?;
    let out = child.stdout.take().context("ruby has no output")?;
    let mut count = 0;
    for line in BufReader::new(out).lines() {
        let line = line?;
        // What manifests print goes to the same place.
        if let Ok(answer) = serde_json::from_str::<Answer>(&line) {
            count += 1;
            if send.send(Ok(answer)).is_err() {
                break;
            }
        }
    }
    let status = child.wait()?;
    if count < cases.len() {
        let next = cases.get(count).map(|case| case.node.as_str()).unwrap_or_default();
        bail!("Puppet stopped ({status}) after {count} of {} nodes, before {next}", cases.len());
    }
    Ok(())
}
