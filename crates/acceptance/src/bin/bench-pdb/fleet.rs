//! A fleet whose nodes send what real ones send: documents are made from a node's number and the number of its run, so that every
//! server under measurement gets the same bytes, and none of them is kept in memory.
//!
//! A node has a role and a site. Classes and resources come from these, so that nodes of a role share most of what they have, with the
//! tags of their role as compilers give them; a few resources are the node's own, and two of them are exported. Facts are trees
//! recorded from real systems. In every run a machine's uptime, load and free memory are others; in one of ten runs of a node a
//! resource is another one, too, and the report has events. All other runs change nothing.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context as _, bail};
use rest::Bytes;
use serde_json::{Value, json};

use crate::pack::{self, Piece};

/// Where Debian's `facterdb` has what was recorded.
const FACTERDB: &str = "/usr/share/rubygems-integration/all/gems/facterdb-1.12.1/facts";
const ROLES: usize = 20;
const SITES: usize = 10;
const CLASSES: usize = 30;
/// Resources of each class beside itself.
const MEMBERS: usize = 18;
/// Classes whose members are others at each site.
const SITE_CLASSES: usize = 2;
/// Resources that only one node has.
const OWN: usize = 28;
/// One of so many runs of a node changes something.
const CHANGES_ONE_IN: u64 = 10;
/// Seconds between two runs of a node.
const INTERVAL: i64 = 1_800;

/// A command with its document.
pub struct Document {
    /// Its name with underscores.
    pub command: &'static str,
    /// Its version.
    pub version: u8,
    /// Its node.
    pub certname: String,
    /// When it was made.
    pub time: String,
    /// Bytes before compression.
    pub bytes: usize,
    /// The gzip.
    pub body: Bytes,
}

/// All nodes.
pub struct Fleet {
    /// How many.
    pub nodes: usize,
    /// Seconds since 1970 of the first run.
    begin: i64,
    facts: Vec<Value>,
    /// By role and site.
    shared: Vec<Shared>,
}

/// What nodes of a role and site have in common.
#[derive(Default)]
struct Shared {
    resources: Piece,
    edges: Piece,
}

impl Fleet {
    /// A fleet whose last run, of so many, is now.
    pub fn new(nodes: usize, runs: usize) -> anyhow::Result<Fleet> {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_secs() as i64;
        let shared = (0..ROLES * SITES)
            .map(|both| shared(both / SITES, both % SITES))
            .collect::<std::io::Result<_>>()?;
        Ok(Fleet { nodes, begin: now - runs as i64 * INTERVAL - 600, facts: recorded()?, shared })
    }

    /// A node's name.
    pub fn certname(node: usize) -> String {
        format!("node{node:06}.example.com")
    }

    /// Whether a node's run changes something; the first one does.
    pub fn changes(node: usize, run: usize) -> bool {
        run == 0 || mix(node as u64, run as u64).is_multiple_of(CHANGES_ONE_IN)
    }

    /// What a node sends in a run, in this order: facts, catalog, report.
    pub fn documents(&self, node: usize, run: usize) -> anyhow::Result<[Document; 3]> {
        let certname = Fleet::certname(node);
        let seconds = self.begin + run as i64 * INTERVAL + (node % 600) as i64;
        let time = |later: i64| timestamp(seconds + later);
        let uuid = uuid_for(mix(node as u64, run as u64), 0);
        let pack = |command, version, time: String, pieces: &[&Piece]| {
            let ((body, bytes), certname) = (pack::gzip(pieces), certname.clone());
            Document { command, version, certname, time, bytes, body }
        };
        let facts = Piece::new(&self.facts(node, run, &certname, &time(0)).to_string())?;
        let report = Piece::new(&report(node, run, &certname, &time, &uuid).to_string())?;
        let none = Shared::default();
        let shared = self.shared.get(node % ROLES * SITES + site(node)).unwrap_or(&none);
        let [head, between, end] = catalog(node, run, &certname, &time(5), &uuid);
        let (head, between, end) = (Piece::new(&head)?, Piece::new(&between)?, Piece::new(&end)?);
        let catalog = [&head, &shared.edges, &between, &shared.resources, &end];
        Ok([
            pack("replace_facts", 5, time(0), &[&facts]),
            pack("replace_catalog", 9, time(5), &catalog),
            pack("store_report", 8, time(30), &[&report]),
        ])
    }

    fn facts(&self, node: usize, run: usize, certname: &str, time: &str) -> Value {
        let mut values = self.facts.get(node % self.facts.len()).cloned().unwrap_or_default();
        let [_, a, b, c] = (node as u32 + 0x0a00_0001).to_be_bytes();
        let (ip, mac) = (format!("10.{a}.{b}.{c}"), format!("52:54:00:{a:02x}:{b:02x}:{c:02x}"));
        let short = certname.split('.').next().unwrap_or_default();
        values["networking"]["ip"] = json!(ip);
        values["networking"]["mac"] = json!(mac);
        values["networking"]["hostname"] = json!(short);
        values["networking"]["fqdn"] = json!(certname);
        for (name, value) in [
            ("ipaddress", ip.as_str()),
            ("macaddress", &mac),
            ("hostname", short),
            ("fqdn", certname),
            ("clientcert", certname),
            ("uuid", &uuid_for(node as u64, 7)),
            ("role", &format!("role{:02}", node % ROLES)),
            ("site", &format!("site{}", site(node))),
        ] {
            values[name] = json!(value);
        }
        values["trusted"] = json!({
            "authenticated": "remote", "certname": certname, "domain": "example.com", "hostname": short,
            "extensions": {"pp_role": format!("role{:02}", node % ROLES)}, "external": {},
        });
        // What is another in every run.
        let random = mix(node as u64, 1_000 + run as u64);
        let uptime = 86_400 * (node as u64 % 100) + run as u64 * INTERVAL as u64;
        let free = 400_000_000 + random % 200_000_000;
        values["system_uptime"] = json!({
            "seconds": uptime, "hours": uptime / 3_600, "days": uptime / 86_400, "uptime": format!("{} days", uptime / 86_400),
        });
        values["uptime_seconds"] = json!(uptime);
        values["load_averages"] =
            json!({"1m": load(random), "5m": load(random / 7), "15m": load(random / 49)});
        values["memory"]["system"]["available_bytes"] = json!(free);
        values["memory"]["system"]["available"] = json!(format!("{:.2} MiB", free as f64 / 1_048_576.0));
        values["memoryfree_mb"] = json!(free as f64 / 1_048_576.0);
        json!({
            "certname": certname, "environment": "production", "producer_timestamp": time,
            "producer": producer(node), "values": values,
        })
    }
}

/// A catalog's text before, between and after the edges and resources that it shares.
fn catalog(node: usize, run: usize, certname: &str, time: &str, uuid: &str) -> [String; 3] {
    let (role, class) = (node % ROLES, "Profile::Node");
    let (mut resources, mut edges) = (String::with_capacity(32_768), String::with_capacity(8_192));
    let root = json!({"type": "Class", "title": format!("Role::Role{role:02}")});
    let own = json!({"type": "Class", "title": class});
    add(&mut resources, &resource("Class", class, role, "node", 1, false, json!({"name": class})));
    edge(&mut edges, &root, &own, "contains");
    // The run that changed the resource last.
    let changed = (0..=run).rev().find(|run| Fleet::changes(node, *run)).unwrap_or_default();
    for number in 0..OWN {
        let generation = if number == 0 { changed } else { 0 };
        let (kind, title, parameters) = match number {
            1 => (
                "Sshkey",
                certname.to_owned(),
                json!({"type": "ssh-ed25519", "key": uuid_key(node), "host_aliases": [certname]}),
            ),
            2 => (
                "Nagios_host",
                certname.to_owned(),
                json!({"ensure": "present", "alias": certname, "use": "generic-host", "hostgroups": format!("role{role:02}")}),
            ),
            _ => (
                "File",
                format!("/etc/node.d/{number:02}.conf"),
                json!({
                    "ensure": "file", "owner": "root", "group": "root", "mode": "0640",
                    "content": format!("# {certname} {number} {generation}\n{}", text(node * OWN + number, 200)),
                }),
            ),
        };
        let exported = number == 1 || number == 2;
        add(&mut resources, &resource(kind, &title, role, "node", number + 10, exported, parameters));
        edge(&mut edges, &own, &json!({"type": kind, "title": title}), "contains");
    }
    let head = format!(
        "{{\"certname\":\"{certname}\",\"version\":\"{time}\",\"environment\":\"production\",\"transaction_uuid\":\"{uuid}\",\
             \"catalog_uuid\":\"{}\",\"code_id\":null,\"job_id\":null,\"producer_timestamp\":\"{time}\",\"producer\":\"{}\",\
             \"edges\":[",
        uuid_for(mix(node as u64, run as u64), 1),
        producer(node),
    );
    [head, format!(",{edges}],\"resources\":["), format!(",{resources}]}}")]
}

/// The resource of every role whose parameters dashboards ask for.
pub fn package(role: usize) -> String {
    format!("package-{role:02}-03-00")
}

fn shared(role: usize, site: usize) -> std::io::Result<Shared> {
    let (mut resources, mut edges) = (String::new(), String::new());
    let (stage, main) =
        (json!({"type": "Stage", "title": "main"}), json!({"type": "Class", "title": "main"}));
    let top = json!({"type": "Class", "title": format!("Role::Role{role:02}")});
    for (of, name) in [(&stage, "main"), (&main, "main"), (&top, "role")] {
        let (kind, title) =
            (of["type"].as_str().unwrap_or_default(), of["title"].as_str().unwrap_or_default());
        add(&mut resources, &resource(kind, title, role, name, 1, false, json!({"name": title})));
    }
    edge(&mut edges, &stage, &main, "contains");
    edge(&mut edges, &main, &top, "contains");
    for class in 0..CLASSES {
        let module = format!("profile{class:02}");
        let title = format!("Profile{class:02}");
        let own = json!({"type": "Class", "title": title});
        add(
            &mut resources,
            &resource("Class", &title, role, &module, 1, false, json!({"name": title, "manage": true})),
        );
        edge(&mut edges, &top, &own, "contains");
        let where_ = if class < SITE_CLASSES { format!("site{site}") } else { "everywhere".to_owned() };
        let package = json!({"type": "Package", "title": format!("package-{role:02}-{class:02}-00")});
        for number in 0..MEMBERS {
            let place = format!("{role:02}-{class:02}-{number:02}");
            let seed = (role * CLASSES + class) * MEMBERS + number;
            let (kind, title, parameters) = match number {
                0..=2 => (
                    "Package",
                    format!("package-{place}"),
                    json!({"ensure": format!("1.{class}.{role}-{}", &where_[..4]), "provider": "apt"}),
                ),
                3..=4 => (
                    "Service",
                    format!("service-{place}"),
                    json!({"ensure": "running", "enable": true, "hasstatus": true, "subscribe": [format!("Package[package-{role:02}-{class:02}-00]")]}),
                ),
                5..=6 => (
                    "Exec",
                    format!("refresh-{place}"),
                    json!({"command": format!("/usr/bin/refresh {where_}"), "refreshonly": true}),
                ),
                7 => (
                    "User",
                    format!("user-{place}"),
                    json!({"ensure": "present", "uid": 1_000 + seed, "shell": "/bin/sh", "home": format!("/home/{place}")}),
                ),
                8..=11 => (
                    "File",
                    format!("/etc/{module}/{place}.conf"),
                    json!({"ensure": "file", "owner": "root", "mode": "0644", "content": format!("# {where_}\n{}", text(seed, 600))}),
                ),
                _ => (
                    "File",
                    format!("/srv/{module}/{place}"),
                    json!({"ensure": "file", "owner": "root", "group": "root", "mode": "0644", "source": format!("puppet:///modules/{module}/{where_}")}),
                ),
            };
            add(&mut resources, &resource(kind, &title, role, &module, number * 7 + 3, false, parameters));
            let this = json!({"type": kind, "title": title});
            edge(&mut edges, &own, &this, "contains");
            match number {
                3..=4 => edge(&mut edges, &package, &this, "subscription-of"),
                8..=11 => edge(&mut edges, &package, &this, "required-by"),
                _ => {}
            }
        }
    }
    Ok(Shared { resources: Piece::new(&resources)?, edges: Piece::new(&edges)? })
}

fn resource(
    kind: &str,
    title: &str,
    role: usize,
    module: &str,
    line: usize,
    exported: bool,
    parameters: Value,
) -> Value {
    let role = format!("role{role:02}");
    let mut tags = vec![
        kind.to_lowercase(),
        "class".into(),
        "role".into(),
        format!("role::{role}"),
        role,
        module.to_owned(),
    ];
    tags.dedup();
    json!({
        "type": kind, "title": title, "exported": exported, "tags": tags, "parameters": parameters, "line": line,
        "file": format!("/etc/puppetlabs/code/environments/production/modules/{module}/manifests/init.pp"),
    })
}

fn add(list: &mut String, item: &Value) {
    if !list.is_empty() {
        list.push(',');
    }
    let _ = write!(list, "{item}");
}

fn edge(edges: &mut String, source: &Value, target: &Value, relationship: &str) {
    add(edges, &json!({"source": source, "target": target, "relationship": relationship}));
}

fn report(node: usize, run: usize, certname: &str, time: &dyn Fn(i64) -> String, uuid: &str) -> Value {
    let changes = Fleet::changes(node, run);
    let is_failed = changes && mix(node as u64, 77 + run as u64).is_multiple_of(10);
    let status = if is_failed {
        "failed"
    } else if changes {
        "changed"
    } else {
        "unchanged"
    };
    let role = node % ROLES;
    let event = |kind: &str, title: String, status: &str, property: &str| {
        json!({
            "timestamp": time(20), "resource_type": kind, "resource_title": title, "skipped": false,
            "file": "/etc/puppetlabs/code/environments/production/modules/node/manifests/init.pp", "line": 10,
            "containment_path": ["Stage[main]", format!("Role::Role{role:02}"), "Profile::Node", format!("{kind}[{title}]")],
            "corrective_change": false,
            "events": [{
                "status": status, "timestamp": time(20), "property": property, "name": format!("{property}_changed"),
                "new_value": format!("{{sha256}}{run:064}"), "old_value": format!("{{sha256}}{node:064}"),
                "message": format!("{property} changed in run {run}"), "corrective_change": false,
            }],
        })
    };
    let mut resources = Vec::new();
    let mut logs = vec![json!({
        "file": null, "line": null, "level": "notice", "message": "Applied catalog in 12.41 seconds", "source": "Puppet",
        "tags": ["notice"], "time": time(29),
    })];
    if changes {
        resources.push(event("File", "/etc/node.d/00.conf".into(), "success", "content"));
        for class in 3..6 {
            resources.push(event("Service", format!("service-{role:02}-{class:02}-03"), "success", "ensure"));
        }
        let last = if is_failed { "failure" } else { "success" };
        resources.push(event("Exec", format!("refresh-{role:02}-03-05"), last, "returns"));
        for resource in &resources {
            logs.push(json!({
                "file": resource["file"], "line": 10, "level": "notice", "message": resource["events"][0]["message"],
                "source": format!("/{}", resource["containment_path"][3].as_str().unwrap_or_default()),
                "tags": ["notice", "file", "class", "node", format!("role{role:02}")], "time": time(20),
            }));
        }
    }
    let mut metrics = Vec::new();
    let mut metric = |category: &str, name: &str, value: f64| {
        metrics.push(json!({"category": category, "name": name, "value": value}));
    };
    let events = resources.len() as f64;
    for (name, value) in
        [("total", 602.0), ("changed", events), ("failed", f64::from(is_failed)), ("skipped", 0.0)]
    {
        metric("resources", name, value);
    }
    for name in ["restarted", "failed_to_restart", "out_of_sync", "scheduled", "corrective_change"] {
        metric("resources", name, 0.0);
    }
    let kinds =
        ["file", "package", "service", "exec", "user", "sshkey", "filebucket", "schedule", "anchor", "cron"];
    for (number, name) in kinds
        .iter()
        .chain(&["config_retrieval", "fact_generation", "node_retrieval", "plugin_sync"])
        .enumerate()
    {
        metric("time", name, load(mix(node as u64 + number as u64, run as u64)));
    }
    metric("time", "total", 12.0 + load(mix(node as u64, run as u64)));
    metric("changes", "total", events);
    for (name, value) in
        [("total", events), ("success", events - f64::from(is_failed)), ("failure", f64::from(is_failed))]
    {
        metric("events", name, value);
    }
    json!({
        "certname": certname, "environment": "production", "puppet_version": "8.10.0", "report_format": 12,
        "configuration_version": time(5), "start_time": time(0), "end_time": time(29), "producer_timestamp": time(30),
        "producer": producer(node), "transaction_uuid": uuid, "catalog_uuid": uuid_for(mix(node as u64, run as u64), 1),
        "code_id": null, "job_id": null, "cached_catalog_status": "not_used", "status": status, "noop": false,
        "noop_pending": false, "corrective_change": false, "type": "agent", "resources": resources, "metrics": metrics, "logs": logs,
    })
}

/// Facts of systems as they were recorded; those of the examples where `facterdb` is not installed.
fn recorded() -> anyhow::Result<Vec<Value>> {
    let mut files = Vec::new();
    for version in ["4.0", "4.1", "4.2"] {
        let there = std::fs::read_dir(Path::new(FACTERDB).join(version)).into_iter().flatten();
        files.extend(there.filter_map(Result::ok).map(|entry| entry.path()));
    }
    files.sort();
    let is_plain = files.is_empty();
    if is_plain {
        let folder = acceptance::examples::directory().join("facts");
        files.extend(std::fs::read_dir(folder)?.filter_map(Result::ok).map(|entry| entry.path()));
    }
    let read = |file: &std::path::PathBuf| -> anyhow::Result<Value> {
        let mut value: Value = serde_json::from_slice(&std::fs::read(file)?)
            .with_context(|| format!("could not read {}", file.display()))?;
        Ok(if is_plain { value["values"].take() } else { value })
    };
    let facts = files.iter().map(read).collect::<anyhow::Result<Vec<_>>>()?;
    if facts.is_empty() {
        bail!("there are no recorded facts");
    }
    Ok(facts)
}

fn site(node: usize) -> usize {
    node / ROLES % SITES
}

fn producer(node: usize) -> String {
    format!("compiler{}.example.com", node % 3)
}

fn load(random: u64) -> f64 {
    (random % 400) as f64 / 100.0
}

/// Numbers without an order (splitmix64).
fn mix(a: u64, b: u64) -> u64 {
    let mut z = a.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ b.wrapping_add(1).wrapping_mul(0xd1b5_4a32_d192_ed03);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn uuid_for(random: u64, kind: u64) -> String {
    let more = mix(random, kind);
    format!(
        "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
        random >> 32,
        random & 0xffff,
        random >> 20 & 0xfff,
        more & 0xfff,
        more >> 16
    )
}

fn uuid_key(node: usize) -> String {
    format!("AAAAC3NzaC1lZDI1NTE5{:016x}{:016x}", mix(node as u64, 3), mix(node as u64, 4))
}

/// Some lines of configuration.
fn text(seed: usize, bytes: usize) -> String {
    let mut text = String::with_capacity(bytes + 40);
    let mut line = 0;
    while text.len() < bytes {
        let _ = writeln!(text, "option_{line} = {:x}", mix(seed as u64, line) >> 40);
        line += 1;
    }
    text
}

fn timestamp(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).unwrap_or_default().strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string()
}
