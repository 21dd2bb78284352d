//! Figures of the store under the names of PuppetDB's beans.

mod instruments;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::{Duration, SystemTime};

use serde_json::{Map, Value as Json, json};

use crate::command::Name;
use crate::payload::microseconds;
use instruments::{Counter, Histogram, Meter};

/// Counters of commands and requests.
#[derive(Default)]
pub struct Metrics {
    global: Commands,
    by_name: [Commands; 6],
    requests: Mutex<BTreeMap<String, Histogram>>,
}

/// What happened to commands.
#[derive(Default)]
struct Commands {
    seen: Meter,
    processed: Meter,
    retried: Meter,
    discarded: Meter,
    fatal: Meter,
    ignored: Counter,
    obsolete: Counter,
    processing_time: Histogram,
    queue_time: Histogram,
    size: Histogram,
}

/// Figures that others know.
#[derive(Clone, Copy, Debug, Default)]
pub struct Gauges {
    /// Commands in the queue.
    pub depth: usize,
    /// Commands that wait for another try.
    pub awaiting_retry: usize,
    /// Active nodes.
    pub nodes: i64,
    /// Nodes that are deactivated or expired.
    pub inactive_nodes: i64,
    /// Resources of all catalogs of active nodes.
    pub resources: i64,
    /// Distinct resources.
    pub distinct_resources: i64,
}

impl Metrics {
    fn both(&self, name: Name, act: impl Fn(&Commands)) {
        act(&self.global);
        let index = Name::ALL.iter().position(|other| *other == name);
        if let Some(own) = index.and_then(|index| self.by_name.get(index)) {
            act(own);
        }
    }

    pub(crate) fn seen(&self, name: Name, bytes: u64) {
        self.both(name, |commands| {
            commands.seen.mark();
            commands.size.update(bytes as f64);
        });
    }

    pub(crate) fn processed(&self, name: Name, took: Duration, received: i64) {
        let waited = microseconds(SystemTime::now()).saturating_sub(received) as f64 / 1_000.0;
        self.both(name, |commands| {
            commands.processed.mark();
            commands.processing_time.update(took.as_secs_f64() * 1_000.0);
            commands.queue_time.update(waited);
        });
    }

    pub(crate) fn retried(&self, name: Name) {
        self.both(name, |commands| commands.retried.mark());
    }

    pub(crate) fn discarded(&self, name: Name) {
        self.both(name, |commands| {
            commands.discarded.mark();
            commands.fatal.mark();
        });
    }

    pub(crate) fn ignored(&self, name: Name) {
        self.both(name, |commands| commands.ignored.add(1));
    }

    pub(crate) fn obsolete(&self, name: Name) {
        self.both(name, |commands| commands.obsolete.add(1));
    }

    /// Counts a request under its path, such as `/pdb/query/v4/nodes`. Only paths that the service knows may come here.
    pub fn request(&self, path: &str, took: Duration) {
        let mut requests = self.requests.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        requests.entry(path.to_owned()).or_default().update(took.as_secs_f64() * 1_000.0);
    }

    /// Commands that were brought into the store since the start.
    pub fn processed_count(&self) -> u64 {
        self.global.processed.count()
    }

    /// What happened to commands, by command and word.
    pub(crate) fn outcomes(&self) -> impl Iterator<Item = (Name, &'static str, u64)> + '_ {
        let outcomes = |(name, commands): (Name, &Commands)| {
            [
                (name, "received", commands.seen.count()),
                (name, "processed", commands.processed.count()),
                (name, "retried", commands.retried.count()),
                (name, "failed", commands.discarded.count()),
                (name, "ignored", commands.ignored.value()),
                (name, "obsolete", commands.obsolete.value()),
            ]
        };
        Name::ALL.into_iter().zip(&self.by_name).flat_map(outcomes)
    }

    /// All beans by name, each a map of its attributes.
    pub fn beans(&self, gauges: &Gauges) -> BTreeMap<String, Json> {
        let mut beans = BTreeMap::new();
        let gauge = |value: Json| json!({"Value": value});
        let ratio = |part: f64, whole: i64| if whole == 0 { 0.0 } else { part / whole as f64 };
        for (name, value) in [
            ("num-nodes", json!(gauges.nodes)),
            ("num-active-nodes", json!(gauges.nodes)),
            ("num-inactive-nodes", json!(gauges.inactive_nodes)),
            ("num-resources", json!(gauges.resources)),
            ("avg-resources-per-node", json!(ratio(gauges.resources as f64, gauges.nodes))),
            (
                "pct-resource-dupes",
                json!(ratio((gauges.resources - gauges.distinct_resources).max(0) as f64, gauges.resources)),
            ),
        ] {
            beans.insert(format!("puppetlabs.puppetdb.population:name={name}"), gauge(value));
        }
        self.global.beans("global", &mut beans);
        let count = |count: usize| json!({"Count": count});
        beans.insert("puppetlabs.puppetdb.mq:name=global.depth".into(), count(gauges.depth));
        beans
            .insert("puppetlabs.puppetdb.mq:name=global.awaiting-retry".into(), count(gauges.awaiting_retry));
        for (name, commands) in Name::ALL.iter().zip(&self.by_name) {
            let (_, version) = name.versions();
            commands.beans(&format!("{name}.{version}"), &mut beans);
        }
        for (name, version) in Name::ALL.iter().zip(&self.by_name) {
            let bean = format!("puppetlabs.puppetdb.storage:name={}-time", name.as_str().replace(' ', "-"));
            beans.insert(bean, version.processing_time.timer());
        }
        let requests = self.requests.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        for (path, times) in requests.iter() {
            beans.insert(format!("puppetlabs.puppetdb.http:name={path}.service-time"), times.timer());
        }
        beans.insert("java.lang:type=Memory".into(), memory());
        beans
    }
}

impl Commands {
    fn beans(&self, prefix: &str, beans: &mut BTreeMap<String, Json>) {
        let mut put = |name: &str, value: Json| {
            beans.insert(format!("puppetlabs.puppetdb.mq:name={prefix}.{name}"), value);
        };
        put("seen", self.seen.bean());
        put("processed", self.processed.bean());
        put("retried", self.retried.bean());
        put("discarded", self.discarded.bean());
        put("fatal", self.fatal.bean());
        put("ignored", self.ignored.bean());
        put("invalidated", self.obsolete.bean());
        put("processing-time", self.processing_time.timer());
        put("queue-time", self.queue_time.bean());
        put("size", self.size.bean());
    }
}

/// The memory of this process, under the name that dashboards ask for.
fn memory() -> Json {
    let pages = |index: usize| {
        let text = std::fs::read_to_string("/proc/self/statm").ok()?;
        text.split_whitespace().nth(index)?.parse::<u64>().ok()
    };
    let used = pages(1).unwrap_or_default() * 4_096;
    let mut usage = Map::new();
    for key in ["init", "committed", "max", "used"] {
        usage.insert(key.into(), used.into());
    }
    json!({"HeapMemoryUsage": usage.clone(), "NonHeapMemoryUsage": {"init": 0, "committed": 0, "max": 0, "used": 0}, "Verbose": false})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beans_have_the_names_that_dashboards_ask_for() {
        let metrics = Metrics::default();
        metrics.seen(Name::StoreReport, 100);
        metrics.processed(Name::StoreReport, Duration::from_millis(5), microseconds(SystemTime::now()));
        metrics.request("/pdb/query/v4/nodes", Duration::from_millis(1));
        let gauges = Gauges { depth: 3, nodes: 2, resources: 10, distinct_resources: 5, ..Gauges::default() };
        let beans = metrics.beans(&gauges);
        assert_eq!(beans["puppetlabs.puppetdb.mq:name=global.processed"]["Count"], 1);
        assert_eq!(beans["puppetlabs.puppetdb.mq:name=store report.8.processed"]["Count"], 1);
        assert_eq!(beans["puppetlabs.puppetdb.mq:name=global.depth"]["Count"], 3);
        assert_eq!(beans["puppetlabs.puppetdb.population:name=avg-resources-per-node"]["Value"], 5.0);
        assert_eq!(beans["puppetlabs.puppetdb.population:name=pct-resource-dupes"]["Value"], 0.5);
        assert_eq!(beans["puppetlabs.puppetdb.http:name=/pdb/query/v4/nodes.service-time"]["Count"], 1);
    }
}
