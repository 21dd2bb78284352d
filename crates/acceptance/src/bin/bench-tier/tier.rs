//! The servers: each with a folder, on free ports of this machine, enrolled as on any.

use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use acceptance::process::{Process, free_port};
use anyhow::{Context as _, bail};
use rest::{Bytes, Client, ClientTls, Method};
use serde_json::Value;

use crate::workload;

/// A primary, compilers and a balancer.
pub struct Tier {
    root: PathBuf,
    primary: Process,
    primary_port: u16,
    store_port: u16,
    compilers: Vec<Compiler>,
    running: Vec<Process>,
    balancer: Option<Process>,
    balancer_port: u16,
    /// `https://localhost:PORT` of the balancer.
    pub balanced: String,
}

struct Compiler {
    certname: String,
    port: u16,
}

impl Tier {
    /// Starts a primary with the code, and so many compilers behind a balancer.
    pub async fn new(root: &Path, compilers: usize) -> anyhow::Result<Tier> {
        let here = root.join("primary");
        std::fs::create_dir_all(here.join("conf"))?;
        workload::write(&here.join("staging"));
        let (primary_port, store_port, balancer_port) = (free_port(), free_port(), free_port());
        std::fs::write(
            here.join("conf/puppet.conf"),
            "[main]\ndns_alt_names = localhost\nca_server = localhost\n",
        )?;
        let text = format!(
            "certname = 'primary.example.com'\nconfdir = '{here}/conf'\ndata-dir = '{here}/data'\n\
             [listen]\naddress = '127.0.0.1:{primary_port}'\n[puppetdb]\nlisten = '127.0.0.1:{store_port}'\n\
             [ca]\ndir = '{here}/ca'\nautosign = 'true'\nkey-type = 'ec'\nallow-subject-alt-names = true\n\
             allow-authorization-extensions = true\n\
             [file-sync]\nenabled = true\nstaging-dir = '{here}/staging'\n[log]\nlevel = 'warn'\n",
            here = here.display()
        );
        std::fs::write(here.join("bunraku.toml"), text)?;
        let primary = start(&here, "primary")?;
        let mut tier = Tier {
            root: root.to_owned(),
            primary,
            primary_port,
            store_port,
            compilers: Vec::new(),
            running: Vec::new(),
            balancer: None,
            balancer_port,
            balanced: format!("https://localhost:{balancer_port}"),
        };
        tier.answers(primary_port).await?;
        tier.commit("production").await?;
        for number in 1..=compilers {
            let compiler = Compiler { certname: format!("c{number}.example.com"), port: free_port() };
            std::fs::create_dir_all(tier.folder(&compiler))?;
            tier.configure(&compiler, 0)?;
            let primary = format!("localhost:{primary_port}");
            let arguments =
                ["compiler", "join", &primary, "--yes", "--wait", "1m", "--dns-alt-names", "localhost"];
            run(&tier.folder(&compiler), &[&arguments[..], &["--certname", &compiler.certname]].concat())?;
            tier.compilers.push(compiler);
        }
        tier.serve(compilers, 0).await?;
        Ok(tier)
    }

    fn folder(&self, compiler: &Compiler) -> PathBuf {
        self.root.join(&compiler.certname)
    }

    fn configure(&self, compiler: &Compiler, memo_bytes: u64) -> anyhow::Result<()> {
        let here = self.folder(compiler);
        let text = format!(
            "certname = '{certname}'\nconfdir = '{here}/conf'\ndata-dir = '{here}/data'\n[listen]\naddress = '127.0.0.1:{port}'\n\
             drain-time = '0s'\n[ca]\nkey-type = 'ec'\n[compile]\nmemo-bytes = {memo_bytes}\n[file-sync]\nenabled = true\n\
             [compiler]\nprimary = 'localhost:{primary}'\nstore-url = 'https://localhost:{store}'\n[log]\nlevel = 'warn'\n",
            certname = compiler.certname,
            here = here.display(),
            port = compiler.port,
            primary = self.primary_port,
            store = self.store_port
        );
        Ok(std::fs::write(here.join("bunraku.toml"), text)?)
    }

    /// Starts so many compilers anew, with a balancer for them.
    pub async fn serve(&mut self, count: usize, memo_bytes: u64) -> anyhow::Result<()> {
        self.balancer = None;
        self.running.clear();
        let mut arguments = vec!["config".to_owned(), "haproxy".to_owned(), "--agents-only".to_owned()];
        arguments.extend(["--listen".to_owned(), format!("127.0.0.1:{}", self.balancer_port)]);
        arguments
            .extend(["--ca-file".to_owned(), self.root.join("primary/ca/ca_crt.pem").display().to_string()]);
        for compiler in self.compilers.iter().take(count) {
            self.configure(compiler, memo_bytes)?;
            self.running.push(start(&self.folder(compiler), "compiler")?);
            arguments.extend([
                "--compiler".to_owned(),
                format!("{}=127.0.0.1:{}", compiler.certname, compiler.port),
            ]);
        }
        for compiler in self.compilers.iter().take(count) {
            self.answers(compiler.port).await?;
        }
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let config = self.root.join("haproxy.cfg");
        std::fs::write(&config, run(&self.root.join("primary"), &arguments)?)?;
        let mut command = Command::new("/usr/sbin/haproxy");
        command.arg("-db").arg("-f").arg(&config);
        self.balancer = Some(Process::start("haproxy", &mut command, &self.root.join("haproxy.log"))?);
        // The first checks of all servers; before them it takes every server for good.
        tokio::time::sleep(Duration::from_secs(5)).await;
        self.answers(self.balancer_port).await
    }

    /// PEM of the authority's certificates.
    pub fn authority(&self) -> anyhow::Result<Vec<u8>> {
        std::fs::read(self.root.join("primary/ca/ca_crt.pem")).context("the authority's certificates")
    }

    fn client(&self) -> anyhow::Result<Client> {
        Ok(Client::new(&ClientTls::anonymous(&self.authority()?, b"")?))
    }

    async fn answers(&self, port: u16) -> anyhow::Result<()> {
        let url = format!("https://localhost:{port}/status/v1/simple");
        let end = Instant::now() + Duration::from_secs(120);
        while Instant::now() < end {
            if let Ok(client) = self.client() {
                let answer = client.send(Method::GET, &url, [], Bytes::new()).await;
                if answer.is_ok_and(|answer| answer.status == 200) {
                    return Ok(());
                }
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        bail!("{url} does not answer:\n{}", self.primary.output())
    }

    /// Addresses of the compilers that run.
    pub fn urls(&self) -> Vec<String> {
        let running = self.compilers.iter().take(self.running.len());
        running.map(|compiler| format!("https://localhost:{}", compiler.port)).collect()
    }

    /// Processor seconds of the primary, of all compilers, and of the balancer.
    pub fn cpu(&self) -> [f64; 3] {
        let compilers = self.running.iter().map(Process::cpu).sum();
        [self.primary.cpu(), compilers, self.balancer.as_ref().map_or(0.0, Process::cpu)]
    }

    /// Waits until nothing waits for the store on any compiler.
    pub async fn settled(&self) -> anyhow::Result<()> {
        let client = self.client()?;
        let end = Instant::now() + Duration::from_secs(300);
        for url in self.urls() {
            loop {
                let status: Value =
                    client.get_json(&format!("{url}/status/v1/services/puppetdb-proxy")).await?;
                if status["status"]["queue_depth"] == 0 {
                    break;
                }
                if Instant::now() > end {
                    bail!("the store does not keep up");
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
        Ok(())
    }

    /// Writes a version of an environment with so many files, all of which differ from version to version.
    pub fn stage(&self, environment: &str, files: usize, version: u32) -> anyhow::Result<()> {
        let folder = self.root.join("primary/staging/environments").join(environment);
        std::fs::create_dir_all(folder.join("manifests"))?;
        std::fs::write(folder.join("manifests/site.pp"), format!("notify {{ 'version {version}.': }}\n"))?;
        // As modules have them: some hundred files each, a tenth of them manifests.
        for number in 0..files.saturating_sub(1) {
            let module = folder.join(format!("modules/m{}", number / 200));
            let (kind, text) = match number % 10 {
                0 => (
                    "manifests",
                    format!("class m{}::c{number} {{ notify {{ '{version}': }} }}\n", number / 200),
                ),
                _ => ("files", format!("version {version} of file {number}\n").repeat(40)),
            };
            std::fs::create_dir_all(module.join(kind))?;
            let name = if kind == "manifests" { format!("c{number}.pp") } else { format!("f{number}") };
            std::fs::write(module.join(kind).join(name), text)?;
        }
        Ok(())
    }

    /// Commits an environment.
    pub async fn commit(&self, environment: &str) -> anyhow::Result<()> {
        let (folder, environment) = (self.root.join("primary"), environment.to_owned());
        let url = format!("https://localhost:{}", self.primary_port);
        let committing = move || run(&folder, &["code", "commit", &environment, "--url", &url]);
        tokio::task::spawn_blocking(committing).await??;
        Ok(())
    }
}

fn bunraku(folder: &Path) -> anyhow::Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg0("bunraku").env("BUNRAKU_CONFIG", folder.join("bunraku.toml"));
    Ok(command)
}

fn start(folder: &Path, role: &str) -> anyhow::Result<Process> {
    Process::start("bunraku", bunraku(folder)?.args(["server", "--role", role]), &folder.join("log"))
}

/// Runs a command to its end; what it printed.
fn run(folder: &Path, arguments: &[&str]) -> anyhow::Result<String> {
    let output = bunraku(folder)?.args(arguments).output()?;
    if !output.status.success() {
        let said = [output.stdout, output.stderr].concat();
        bail!("bunraku {}: {}", arguments.join(" "), String::from_utf8_lossy(&said));
    }
    Ok(String::from_utf8(output.stdout)?)
}
