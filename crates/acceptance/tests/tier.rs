//! A primary, three compilers, a balancer and twenty stock agents, each server on a machine of its own: enrolment, a compiler that is
//! killed, one that is drained, a primary that is cut off; and in the end every report is in the store.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use acceptance::lan::Lan;
use acceptance::peers;
use acceptance::process::Process;
use serde_json::Value;

const MACHINES: &[&str] = &["primary", "c1", "c2", "c3", "puppet", "agents"];
const COMPILERS: [&str; 3] = ["c1", "c2", "c3"];
const AGENTS: usize = 20;
/// A run takes a processor for seconds.
const AT_ONCE: usize = 3;
/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(180);

fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_bunraku-under-test"))
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn until(what: &str, mut done: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !done() {
        assert!(Instant::now() < end, "{what}");
        std::thread::sleep(Duration::from_millis(300));
    }
}

/// How long the primary is cut off. The guides' two minutes with `BUNRAKU_CUT_SECONDS=120`.
fn cut() -> Duration {
    let seconds = std::env::var("BUNRAKU_CUT_SECONDS").ok().and_then(|text| text.parse().ok());
    Duration::from_secs(seconds.unwrap_or(20))
}

/// Everything on its machines, with a folder for the files of each.
struct Tier {
    lan: Lan,
    folder: tempfile::TempDir,
}

/// A run of an agent that went as it should, or what was wrong with it.
struct Run {
    good: bool,
    output: String,
    took: Duration,
}

impl Tier {
    fn new() -> Tier {
        let folder = tempfile::Builder::new().prefix("bunraku-tier-").tempdir().unwrap();
        let tier = Tier { lan: Lan::new(MACHINES), folder };
        let here = tier.path("primary");
        let staged = here.join("staging/environments/production");
        std::fs::create_dir_all(staged.join("manifests")).unwrap();
        std::fs::create_dir_all(staged.join("modules/m/files")).unwrap();
        std::fs::create_dir_all(here.join("conf")).unwrap();
        std::fs::write(staged.join("modules/m/files/f"), "from a module\n").unwrap();
        std::fs::create_dir(tier.path("managed")).unwrap();
        let manifest = format!(
            "notify {{ \"run of ${{trusted['certname']}}\": }}\n\
             file {{ \"{managed}/${{trusted['certname']}}\": content => file('m/f') }}\n\
             file {{ \"{managed}/${{trusted['certname']}}.fetched\": source => 'puppet:///modules/m/f' }}\n",
            managed = tier.path("managed").display()
        );
        std::fs::write(staged.join("manifests/site.pp"), manifest).unwrap();
        let text = format!(
            "certname = 'primary.example.com'\nconfdir = '{here}/conf'\ndata-dir = '{here}/data'\n\
             [listen]\naddress = '0.0.0.0:8140'\n[puppetdb]\nlisten = '0.0.0.0:8081'\nhttp-listen = '127.0.0.1:8080'\n\
             [ca]\ndir = '{here}/ca'\nautosign = 'true'\nkey-type = 'ec'\n\
             [file-sync]\nenabled = true\nstaging-dir = '{here}/staging'\n[log]\nlevel = 'warn'\n",
            here = here.display()
        );
        std::fs::write(here.join("bunraku.toml"), text).unwrap();
        for name in COMPILERS {
            let here = tier.path(name);
            std::fs::create_dir_all(&here).unwrap();
            let text = format!(
                "confdir = '{here}/conf'\ndata-dir = '{here}/data'\n[listen]\naddress = '0.0.0.0:8140'\n[ca]\nkey-type = 'ec'\n\
                 [log]\nlevel = 'warn'\n",
                here = here.display()
            );
            std::fs::write(here.join("bunraku.toml"), text).unwrap();
        }
        tier
    }

    fn path(&self, machine: &str) -> PathBuf {
        self.folder.path().join(machine)
    }

    /// `bunraku` on a machine, with its configuration.
    fn bunraku(&self, machine: &str, arguments: &[&str]) -> Output {
        let mut command = self.lan.command(machine, program());
        command.args(arguments).arg("--config").arg(self.path(machine).join("bunraku.toml"));
        command.stdin(std::process::Stdio::null()).output().unwrap()
    }

    fn serve(&self, machine: &'static str, role: &str) -> Process {
        let mut command = self.lan.command(machine, program());
        command.args(["server", "--role", role, "--config"]).arg(self.path(machine).join("bunraku.toml"));
        let log = self.path(machine).join("log");
        let process = Process::start(machine, &mut command, &log).unwrap();
        let url = format!("https://{machine}.example.com:8140/status/v1/simple");
        until("a server does not answer", || self.curl(machine, &["-f", &url]).status.success());
        process
    }

    /// An HTTP client that asks for no certificate.
    fn curl(&self, machine: &str, arguments: &[&str]) -> Output {
        let mut all = vec!["-sk", "-m", "10"];
        all.extend(arguments);
        self.lan.run(machine, Path::new("/usr/bin/curl"), &all)
    }

    /// Makes a machine a compiler, as a person does it.
    fn enrol(&self, name: &'static str) {
        let shown = self.bunraku("primary", &["ca", "fingerprint"]);
        let shown = said(&shown);
        let fingerprint = shown.split_whitespace().nth(2).unwrap();
        let certname = format!("{name}.example.com");
        let join = || {
            let more = ["--certname", &certname, "--dns-alt-names", "puppet.example.com", "--wait", "0s"];
            let first = ["compiler", "join", "primary.example.com", "--ca-fingerprint", fingerprint];
            self.bunraku(name, &[&first[..], &more[..]].concat())
        };
        let waits = join();
        assert_eq!(waits.status.code(), Some(24), "{}", said(&waits));
        let signed = self.bunraku("primary", &["ca", "sign", "--certname", &certname, "--compiler"]);
        assert!(signed.status.success(), "{}", said(&signed));
        let joined = join();
        assert!(joined.status.success(), "{}", said(&joined));
    }

    fn balancer(&self) -> Process {
        let here = self.path("puppet");
        std::fs::create_dir_all(&here).unwrap();
        let authority = here.join("ca.pem");
        std::fs::copy(self.path("primary").join("ca/ca_crt.pem"), &authority).unwrap();
        let ca_file = authority.display().to_string();
        let text = self.bunraku("primary", &["config", "haproxy", "--agents-only", "--ca-file", &ca_file]);
        assert!(text.status.success(), "{}", said(&text));
        let config = here.join("haproxy.cfg");
        std::fs::write(&config, &text.stdout).unwrap();
        let mut command = self.lan.command("puppet", Path::new("/usr/sbin/haproxy"));
        command.arg("-db").arg("-f").arg(&config);
        let process = Process::start("haproxy", &mut command, &here.join("log")).unwrap();
        let url = "https://puppet.example.com:8140/status/v1/simple";
        until("the balancer finds nobody", || self.curl("agents", &["-f", url]).status.success());
        process
    }

    /// What `bunraku compiler list` says: certname, state and code of each.
    fn compilers(&self) -> Vec<(String, String, Value)> {
        let output = self.bunraku("primary", &["compiler", "list", "--json"]);
        let rows: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        rows.iter().map(|row| (text(&row["certname"]), text(&row["state"]), row["code"].clone())).collect()
    }

    /// One run of a stock agent through the balancer.
    fn run(&self, number: usize) -> Run {
        let here = self.path(&format!("agent-{number}"));
        std::fs::create_dir_all(here.join("facts.d")).unwrap();
        std::fs::write(here.join("facts.d/place.txt"), format!("place={}/managed\n", here.display()))
            .unwrap();
        let under = |name: &str| here.join(name).display().to_string();
        let mut command: Command = self.lan.command("agents", Path::new("/usr/bin/puppet"));
        command
            .args([
                "agent",
                "--test",
                "--color",
                "false",
                "--server",
                "puppet.example.com",
                "--waitforcert",
                "0",
            ])
            .args(["--certname", &certname(number), "--no-usecacheonfailure"])
            .args(["--confdir", &under("conf"), "--vardir", &under("var"), "--rundir", &under("run")])
            .args(["--logdir", &under("log"), "--ssldir", &under("ssl"), "--publicdir", &under("public")])
            .env("LC_ALL", "C.UTF-8")
            .env_remove("http_proxy")
            .env_remove("https_proxy");
        let started = Instant::now();
        let output = command.output().unwrap();
        let text = said(&output);
        // Facter also complains of what a sandbox hides from it.
        let bad =
            ["Could not", "Error 5", "Connection", "Not using cache"].iter().any(|word| text.contains(word));
        Run { good: output.status.code() == Some(2) && !bad, took: started.elapsed(), output: text }
    }

    /// The run that an agent reported last, as it knows it.
    fn reported(&self, number: usize) -> Option<String> {
        let file = self.path(&format!("agent-{number}")).join("var/state/last_run_report.yaml");
        let text = std::fs::read_to_string(file).ok()?;
        let line = text.lines().find_map(|line| line.strip_prefix("transaction_uuid: "))?;
        Some(line.trim_matches(|c| c == '\'' || c == '"').to_owned())
    }

    /// Certname and run of all reports in the store.
    fn stored(&self) -> Vec<(String, String)> {
        let query = ["query", "--url", "http://127.0.0.1:8080", "--format", "json"];
        let query = [&query[..], &["reports[certname, transaction_uuid] {}"]].concat();
        let output = self.bunraku("primary", &query);
        let rows: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        rows.iter().map(|row| (text(&row["certname"]), text(&row["transaction_uuid"]))).collect()
    }
}

fn certname(number: usize) -> String {
    format!("n{number}.example.com")
}

/// What was done, for the count in the end.
#[derive(Default)]
struct Done {
    /// Runs that went as they should: agent and run.
    reported: Mutex<Vec<(String, String)>>,
    /// First attempts that failed, with what the agent said.
    failed: Mutex<Vec<String>>,
    finished: AtomicUsize,
    is_broken: AtomicBool,
}

impl Done {
    /// Runs agents, a few at a time; one whose run fails runs again at once, and then it must do.
    fn run(&self, tier: &Tier, numbers: &[usize], meanwhile: impl FnOnce(&dyn Fn(usize))) {
        let next = AtomicUsize::new(0);
        let began = self.finished.load(Ordering::SeqCst);
        std::thread::scope(|scope| {
            for _ in 0..AT_ONCE {
                scope.spawn(|| {
                    while let Some(number) = numbers.get(next.fetch_add(1, Ordering::SeqCst)) {
                        let mut run = tier.run(*number);
                        if !run.good {
                            self.failed.lock().unwrap().push(run.output);
                            run = tier.run(*number);
                        }
                        self.is_broken.fetch_or(!run.good, Ordering::SeqCst);
                        assert!(run.good && run.took < PATIENCE, "{:?}: {}", run.took, run.output);
                        let reported = tier.reported(*number).unwrap();
                        self.reported.lock().unwrap().push((certname(*number), reported));
                        self.finished.fetch_add(1, Ordering::SeqCst);
                    }
                });
            }
            meanwhile(&|count| {
                let goal = began + count;
                until("the runs do not go on", || {
                    assert!(!self.is_broken.load(Ordering::SeqCst), "a run has failed");
                    self.finished.load(Ordering::SeqCst) >= goal
                });
            });
        });
    }

    fn failures(&self) -> Vec<String> {
        std::mem::take(&mut self.failed.lock().unwrap())
    }
}

#[test]
fn three_compilers_a_balancer_and_twenty_agents() {
    let what = "a tier of servers on machines of their own";
    let programs = ["/usr/bin/puppet", "/usr/sbin/haproxy", "/usr/bin/curl"];
    if !programs.iter().all(|program| peers::find(program, what).is_some()) || !Lan::possible(what) {
        return;
    }
    let tier = Tier::new();
    let _primary = tier.serve("primary", "primary");
    let committed = tier.bunraku("primary", &["code", "commit", "--message", "first"]);
    assert!(committed.status.success(), "{}", said(&committed));
    let [c1, c2, c3] = COMPILERS.map(|name| {
        tier.enrol(name);
        tier.serve(name, "compiler")
    });
    until("not all compilers have the code", || {
        let listed = tier.compilers();
        listed.len() == 3
            && listed.iter().all(|(_, state, code)| {
                state == "running"
                    && code["behind"].as_array().is_some_and(Vec::is_empty)
                    && code["environments"]["production"].is_string()
            })
    });
    let balancer = tier.balancer();
    let done = Done::default();

    // One is killed while agents enrol and run: whose run that hits has a good one at the next attempt.
    let began = Instant::now();
    let first: Vec<usize> = (0..12).collect();
    let mut killed = Some(c1);
    done.run(&tier, &first, |finished| {
        finished(3);
        killed.take().unwrap().kill();
        let listed = tier.bunraku("primary", &["compiler", "list"]);
        let text = said(&listed);
        assert!(listed.status.code() == Some(1) && text.contains("unreachable"), "{text}");
    });
    let failures = done.failures();
    eprintln!(
        "runs that a killed compiler failed: {} of {}, in {} s",
        failures.len(),
        first.len(),
        began.elapsed().as_secs()
    );
    assert!(failures.len() <= AT_ONCE, "{}", failures.join("\n"));
    let _c1 = tier.serve("c1", "compiler");

    // One is drained: no run fails.
    let second: Vec<usize> = (12..AGENTS).collect();
    let mut drained = Some(c2);
    done.run(&tier, &second, |finished| {
        finished(1);
        let ended = drained.take().unwrap().stop();
        assert!(ended, "the drained compiler did not end well");
    });
    let failures = done.failures();
    assert!(failures.is_empty(), "{}", failures.join("\n"));

    // The primary is cut off: catalogs go on.
    tier.lan.cable("primary", false);
    let began = Instant::now();
    let mut runs = 0;
    while runs < 2 * AT_ONCE || began.elapsed() < cut() {
        let some: Vec<usize> = (0..AT_ONCE).map(|at| (runs + at) % AGENTS).collect();
        done.run(&tier, &some, |_| {});
        runs += AT_ONCE;
    }
    let failures = done.failures();
    eprintln!("runs while the primary was away for {} s: {runs}", began.elapsed().as_secs());
    tier.lan.cable("primary", true);
    assert!(failures.is_empty(), "{}", failures.join("\n"));

    // Every report that an agent sent is in the store, once.
    let expected = std::mem::take(&mut *done.reported.lock().unwrap());
    assert_eq!(expected.len(), AGENTS + runs);
    let mut stored = Vec::new();
    until("a report is missing", || {
        stored = tier.stored();
        expected.iter().all(|run| stored.contains(run))
    });
    for run in &expected {
        assert_eq!(stored.iter().filter(|other| *other == run).count(), 1, "{run:?}");
    }
    eprintln!("reports in the store: {}, runs: {}", stored.len(), expected.len());
    drop((balancer, c3));
}
