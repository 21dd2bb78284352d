//! The same catalogs without the server: processor time of each step, in this process, where a profiler can look.
//!
//! `perf record bench-compile inside=SECONDS roles=fivethousand`

use std::path::Path;
use std::sync::Arc;

use bunraku::config::{Config, Site};
use compiler::NodeInput;
use server::environments::Environments;
use server::local;
use server::memo::{Key, Memo, Sent};

use crate::workload::{self, ROLES, nodes};

/// Compiles the roles' catalogs for so many seconds each, on a thread with the stack of a compile.
pub fn run(root: &Path, roles: &[String], seconds: f64) -> anyhow::Result<()> {
    let toml = format!(
        "certname = 'primary.example.com'\nconfdir = '{0}'\ndata-dir = '{0}'\n[code]\nenvironmentpath = ['{1}']\nbasemodulepath = ['{0}/modules']\ncheck-interval = '1d'\n",
        root.display(),
        workload::write(root).display()
    );
    let settings = Arc::new(bunraku::serve::settings::server(&Site::from_config(Config::parse(&toml)?)?)?);
    let begin = processor_seconds();
    let environments = Environments::new(settings.clone());
    environments.get("production")?;
    println!("environment: {:.2} ms", (processor_seconds() - begin) * 1e3);
    // A catalog whose files have just been written is not kept.
    std::thread::sleep(std::time::Duration::from_secs(3));
    println!(
        "{:<16}{:>10}{:>14}{:>14}{:>14}{:>14}",
        "role", "catalogs", "compile ms", "JSON ms", "forget ms", "kept ms"
    );
    for role in ROLES.iter().filter(|role| roles.is_empty() || roles.contains(&role.name.to_owned())) {
        let inputs: Vec<NodeInput> = nodes(role)
            .into_iter()
            .map(|node| {
                let limits = wire::json::Limits::default();
                let facts =
                    wire::facts::Facts::from_json(&node.facts, wire::facts::FactsFormat::Json, &limits)?;
                anyhow::Ok(local::node(&settings, &node.certname, "production", facts.values))
            })
            .collect::<Result<_, _>>()?;
        let (mut steps, mut rounds, mut out) = ([0.0; 4], 0_u32, Vec::new());
        for round in 0.. {
            let times = one(&environments, &inputs[round % inputs.len()], &mut out)?;
            if round > inputs.len() {
                steps.iter_mut().zip(times).for_each(|(sum, time)| *sum += time);
                rounds += 1;
            }
            if steps.iter().sum::<f64>() > seconds {
                break;
            }
        }
        let [compile, json, forget, kept] = steps.map(|sum| sum * 1e3 / f64::from(rounds.max(1)));
        println!("{:<16}{rounds:>10}{compile:>14.3}{json:>14.3}{forget:>14.3}{kept:>14.3}", role.name);
    }
    Ok(())
}

/// Seconds of compiling, encoding and dropping one catalog, and of what is done in their stead if it is kept: finding that it still
/// holds, and its bytes.
fn one(environments: &Environments, node: &NodeInput, out: &mut Vec<u8>) -> anyhow::Result<[f64; 4]> {
    let begin = processor_seconds();
    let (compilation, _) = local::compile(environments, "production", node)?;
    let compiled = processor_seconds();
    out.clear();
    let marks = compilation.catalog.write_json_marked(out, true);
    let encoded = processor_seconds();
    let key = Key {
        certname: node.certname.to_string(),
        environment: "production".into(),
        rich: true,
        inlined: None,
    };
    let environment = environments.get("production")?;
    let memo = Memo::new(1 << 30, 0);
    let sent = Sent { body: out, marks: &marks, content: &compilation.catalog.catalog_uuid };
    memo.keep(key.clone(), &environment.image, node, &compilation, sent);
    let kept = processor_seconds();
    let version = || Some(pcore::Value::Int(1));
    let hit =
        memo.find(&key, &environment.image, node, None, version, "c7b1f3e2-0000-4000-8000-000000000000");
    anyhow::ensure!(hit.is_some(), "the catalog was not kept");
    drop(hit);
    let found = processor_seconds();
    drop(compilation);
    Ok([compiled - begin, encoded - compiled, processor_seconds() - found, found - kept])
}

/// Seconds that processors have worked for this process.
fn processor_seconds() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}
