//! The questions that dashboards, commands and compilers ask, and how long their answers take.

use std::time::{Duration, Instant};

use anyhow::bail;
use rest::client::ClientLimits;
use rest::{Bytes, Client, Method};
use serde_json::Value;

use crate::fleet::{Fleet, package};
use crate::servers::Server;

/// Times that a question is asked, unless that takes longer than [`SECONDS`].
const TIMES: usize = 60;
const TIMES_MIN: usize = 3;
const SECONDS: f64 = 8.0;

/// A question.
pub struct Question {
    /// What it is about.
    pub name: &'static str,
    /// Path and query.
    pub path: String,
    /// Part of what a dashboard's first page shows.
    pub is_dashboard: bool,
}

/// How long the answers of a server took.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    /// Seconds of each, sorted.
    pub seconds: Vec<f64>,
    /// Processor seconds of an answer.
    pub cpu: f64,
    /// What is in it, to compare servers.
    pub content: Content,
}

/// What an answer says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Content {
    /// Rows of a list.
    pub rows: usize,
    /// The rows in order, where they are few and hold no times of the server's own.
    pub text: String,
}

impl Answers {
    /// The time that this share of answers took at most, in milliseconds.
    pub fn percentile(&self, share: f64) -> f64 {
        let index = (self.seconds.len() as f64 * share).ceil() as usize;
        let found = self.seconds.get(index.saturating_sub(1)).or(self.seconds.last());
        found.copied().unwrap_or(f64::NAN) * 1_000.0
    }
}

/// All questions for a fleet.
pub fn all(fleet: &Fleet) -> Vec<Question> {
    let node = Fleet::certname(fleet.nodes / 2);
    let package = package(7);
    let mut questions = Vec::new();
    let mut ask = |name, is_dashboard, path: &str, parameters: &[(&str, &str)]| {
        let mut path = format!("/pdb/query/v4{path}");
        for (index, (key, value)) in parameters.iter().enumerate() {
            path.push(if index == 0 { '?' } else { '&' });
            path.push_str(&format!("{key}={}", encode(value)));
        }
        questions.push(Question { name, path, is_dashboard });
    };
    ask(
        "nodes by status",
        true,
        "/nodes",
        &[(
            "query",
            r#"["extract",[["function","count"],"latest_report_status"],["group_by","latest_report_status"]]"#,
        )],
    );
    ask("count of nodes", true, "/nodes", &[("query", r#"["extract",[["function","count"]]]"#)]);
    ask("count of resources", true, "/resources", &[("query", r#"["extract",[["function","count"]]]"#)]);
    ask(
        "operating systems",
        true,
        "/facts",
        &[(
            "query",
            r#"["extract",[["function","count"],"value"],["=","name","operatingsystem"],["group_by","value"]]"#,
        )],
    );
    ask(
        "failed nodes",
        true,
        "/nodes",
        &[
            ("query", r#"["=","latest_report_status","failed"]"#),
            ("order_by", r#"[{"field":"certname"}]"#),
            ("limit", "50"),
        ],
    );
    ask(
        "aggregate event counts",
        false,
        "/aggregate-event-counts",
        &[("query", r#"["=","latest_report?",true]"#), ("summarize_by", "resource")],
    );
    ask(
        "event counts",
        false,
        "/event-counts",
        &[("query", r#"["=","latest_report?",true]"#), ("summarize_by", "containing_class")],
    );
    ask(
        "event counts of a node",
        false,
        "/event-counts",
        &[("query", &format!(r#"["=","certname","{node}"]"#)), ("summarize_by", "resource")],
    );
    ask(
        "a page of nodes",
        false,
        "/nodes",
        &[
            ("order_by", r#"[{"field":"certname"}]"#),
            ("limit", "100"),
            ("offset", "200"),
            ("include_total", "true"),
        ],
    );
    ask("all nodes", false, "/nodes", &[]);
    ask("a node's facts", false, &format!("/nodes/{node}/facts"), &[]);
    ask("a node's factset", false, &format!("/factsets/{node}"), &[]);
    ask(
        "facts join",
        false,
        "",
        &[(
            "query",
            "inventory[certname, facts.os.name] { facts.os.family = 'RedHat' and facts.processors.count >= 2 and facts.role = 'role07' }",
        )],
    );
    ask(
        "facts of nodes with a fact",
        false,
        "",
        &[(
            "query",
            "facts[certname, value] { name = 'kernelrelease' and certname in facts[certname] { name = 'role' and value = 'role03' } }",
        )],
    );
    ask("fact names", false, "/fact-names", &[]);
    ask("resource by title", false, &format!("/resources/Sshkey/{node}"), &[]);
    ask(
        "resource by title and parameter",
        false,
        "",
        &[(
            "query",
            &format!(
                "resources[certname] {{ type = 'Package' and title = '{package}' and parameters.ensure = '1.3.7-ever' }}"
            ),
        )],
    );
    ask(
        "resources by parameter",
        false,
        "",
        &[(
            "query",
            &format!(
                "resources[certname, title] {{ type = 'Nagios_host' and parameters.hostgroups = 'role07' and certname ~ '^{}' }}",
                &node[..8]
            ),
        )],
    );
    ask(
        "exported resources",
        false,
        "/resources",
        &[
            (
                "query",
                &format!(
                    r#"["and",["=","type","Nagios_host"],["=","exported",true],["not",["=","certname","{node}"]],["=",["parameter","hostgroups"],"role07"]]"#
                ),
            ),
            ("limit", "500"),
        ],
    );
    ask("a catalog", false, &format!("/catalogs/{node}"), &[]);
    ask(
        "PQL with subquery",
        false,
        "",
        &[(
            "query",
            &format!(
                "nodes[certname] {{ resources {{ type = 'Package' and title = '{package}' }} and facts {{ name = 'kernel' and value = 'Linux' }} and latest_report_status = 'changed' }}"
            ),
        )],
    );
    ask(
        "reports of a node",
        false,
        "/reports",
        &[
            (
                "query",
                &format!(r#"["extract",["hash","status","end_time","noop"],["=","certname","{node}"]]"#),
            ),
            ("order_by", r#"[{"field":"end_time","order":"desc"}]"#),
            ("limit", "20"),
        ],
    );
    ask(
        "latest reports",
        false,
        "/reports",
        &[
            ("query", r#"["extract",["certname","status","producer_timestamp"],["~","certname","."]]"#),
            ("order_by", r#"[{"field":"producer_timestamp","order":"desc"}]"#),
            ("limit", "100"),
        ],
    );
    ask(
        "failures of a day",
        false,
        "/events",
        &[
            ("query", r#"["and",["=","status","failure"],["=","latest_report?",true]]"#),
            ("order_by", r#"[{"field":"timestamp","order":"desc"},{"field":"certname"}]"#),
            ("limit", "100"),
        ],
    );
    questions
}

/// Asks one question several times.
pub async fn measure(server: &mut Server, question: &Question) -> anyhow::Result<Answers> {
    let limits = ClientLimits {
        answer_bytes_max: 1 << 30,
        answer_timeout: Duration::from_secs(900),
        ..ClientLimits::default()
    };
    let client = Client::without_tls().with_limits(limits);
    let url = format!("{}{}", server.url, question.path);
    let ask = async || -> anyhow::Result<Bytes> {
        let answer = client.send(Method::GET, &url, [], Bytes::new()).await?;
        if answer.status != 200 {
            bail!("{}: {} {:.500}", question.path, answer.status, answer.text());
        }
        Ok(answer.body)
    };
    let content = content(&ask().await?)?;
    let mut answers = Answers { content, ..Answers::default() };
    let (cpu, started) = (server.cpu(), Instant::now());
    while answers.seconds.len() < TIMES_MIN
        || answers.seconds.len() < TIMES && started.elapsed().as_secs_f64() < SECONDS
    {
        let begin = Instant::now();
        ask().await?;
        answers.seconds.push(begin.elapsed().as_secs_f64());
    }
    answers.cpu = (server.cpu() - cpu) / answers.seconds.len() as f64;
    answers.seconds.sort_by(f64::total_cmp);
    Ok(answers)
}

fn content(body: &[u8]) -> anyhow::Result<Content> {
    let value: Value = serde_json::from_slice(body)?;
    let Value::Array(rows) = value else { return Ok(Content { rows: 1, text: String::new() }) };
    let count = rows.len();
    // A few small rows are compared word for word.
    let mut texts: Vec<String> = rows.into_iter().map(|row| canonical(row).to_string()).collect();
    texts.sort();
    let text = texts.concat();
    let is_own = text.contains("\"hash\"") || text.contains("receive_time") || text.contains("timestamp");
    Ok(Content { rows: count, text: if text.len() > 100_000 || is_own { String::new() } else { text } })
}

/// Keys and tags, which are a set, in order, and numbers in one form.
fn canonical(value: Value) -> Value {
    match value {
        Value::Object(mut map) => {
            if let Some(Value::Array(tags)) = map.get_mut("tags") {
                tags.sort_by_key(Value::to_string);
            }
            let sorted: std::collections::BTreeMap<String, Value> =
                map.into_iter().map(|(key, value)| (key, canonical(value))).collect();
            sorted.into_iter().collect()
        }
        Value::Array(items) => items.into_iter().map(canonical).collect(),
        Value::Number(number) => number.as_f64().map_or(Value::Number(number), Value::from),
        other => other,
    }
}

fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(byte.into());
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
