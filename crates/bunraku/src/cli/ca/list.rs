//! `bunraku ca list`

use std::process::ExitCode;

use serde_json::{Map, Value};

use super::fail;
use super::online::Api;
use crate::config::Site;

/// List certificates and requests
///
/// Without options: the requests that wait to be signed. Exit code 1 if one that was named is not there.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// List signed and revoked certificates too
    #[arg(long)]
    all: bool,
    /// List the named ones, whatever their state
    #[arg(long, value_name = "NAME[,NAME]", value_delimiter = ',')]
    certname: Vec<String>,
    /// How to print: text or json
    #[arg(long, value_name = "text|json", default_value = "text")]
    format: String,
}

/// Certificates by state.
#[derive(Debug, Default)]
struct Listing {
    requested: Vec<Value>,
    signed: Vec<Value>,
    revoked: Vec<Value>,
    missing: Vec<String>,
}

pub(super) async fn run(args: Args, site: &Site) -> anyhow::Result<ExitCode> {
    if !["text", "json"].contains(&args.format.as_str()) {
        return fail([format!("Unknown format flag '{}'. Valid formats are 'text', 'json'.", args.format)]);
    }
    if args.all && !args.certname.is_empty() {
        return fail(["Cannot combine use of --all and --certname."]);
    }
    let pending_only = !args.all && args.certname.is_empty();
    let statuses = match Api::new(site)?.statuses(pending_only).await? {
        Ok(statuses) => statuses,
        Err(answer) => {
            let what = if pending_only { "certificate requests" } else { "certificates" };
            eprintln!("Error:\n    code: {}\n    body: {}", answer.status.as_u16(), answer.body);
            eprintln!("Error while getting {what}");
            return Ok(ExitCode::FAILURE);
        }
    };
    let listing = Listing::new(statuses, &args.certname);
    match args.format.as_str() {
        "json" => println!("{}", listing.json(args.all)),
        _ => print!("{}", listing.text()),
    }
    Ok(if listing.missing.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

impl Listing {
    fn new(statuses: Vec<Value>, certnames: &[String]) -> Listing {
        let mut listing = Listing::default();
        let mut found = Vec::new();
        for status in statuses {
            let name = status["name"].as_str().unwrap_or_default().to_owned();
            if !certnames.is_empty() && !certnames.contains(&name) {
                continue;
            }
            match status["state"].as_str() {
                Some("requested") => listing.requested.push(status),
                Some("signed") => listing.signed.push(status),
                Some("revoked") => listing.revoked.push(status),
                _ => {}
            }
            found.push(name);
        }
        listing.missing = certnames.iter().filter(|name| !found.contains(name)).cloned().collect();
        listing
    }

    fn text(&self) -> String {
        let mut text = String::new();
        for (title, statuses) in
            [("Requested", &self.requested), ("Signed", &self.signed), ("Revoked", &self.revoked)]
        {
            if statuses.is_empty() {
                continue;
            }
            text += &format!("{title} Certificates:\n");
            let width = statuses.iter().filter_map(|status| status["name"].as_str()).map(str::len).max();
            for status in statuses {
                text += &row(status, width.unwrap_or(0));
                text.push('\n');
            }
        }
        if !self.missing.is_empty() {
            text += "Missing Certificates:\n";
            for name in &self.missing {
                text += &format!("    {name}\n");
            }
        }
        if text.is_empty() {
            text += "No certificates to list\n";
        }
        text
    }

    fn json(&self, all: bool) -> Value {
        let missing: Vec<Value> = self.missing.iter().cloned().map(Value::from).collect();
        let groups = [
            ("requested", self.requested.clone()),
            ("signed", self.signed.clone()),
            ("revoked", self.revoked.clone()),
            ("missing", missing),
        ];
        let mut document = Map::new();
        for (name, group) in groups {
            let always = all && name != "missing";
            if always || !group.is_empty() {
                document.insert(name.into(), Value::Array(group));
            }
        }
        if document.is_empty() {
            document.insert("requested".into(), Value::Array(Vec::new()));
        }
        Value::Object(document)
    }
}

fn row(status: &Value, width: usize) -> String {
    let name = status["name"].as_str().unwrap_or_default();
    let print = status["fingerprints"]["SHA256"].as_str().unwrap_or_default();
    let mut columns = vec![format!("    {name:<width$} (SHA256)  {print}", width = width + 6)];
    // Servers before 6.0 know host names only.
    let names = status["subject_alt_names"].as_array().or_else(|| status["dns_alt_names"].as_array());
    if let Some(names) = names.filter(|names| !names.is_empty()) {
        let shown: Vec<String> = names.iter().map(Value::to_string).collect();
        columns.push(format!("alt names: [{}]", shown.join(", ")));
    }
    if let Some(extensions) = status["authorization_extensions"].as_object().filter(|e| !e.is_empty()) {
        let shown: Vec<String> = extensions
            .iter()
            .map(|(name, value)| format!("{name}: {}", value.as_str().unwrap_or_default()))
            .collect();
        columns.push(format!("authorization extensions: [{}]", shown.join(", ")));
    }
    columns.join("\t")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn statuses() -> Vec<Value> {
        let status = |name: &str, state: &str, names: Value, extensions: Value| {
            json!({"name": name, "state": state, "fingerprints": {"SHA256": "AB:CD"},
                   "subject_alt_names": names, "authorization_extensions": extensions})
        };
        vec![
            status("new.example.com", "requested", json!([]), json!({})),
            status("a.example.com", "signed", json!(["DNS:a.example.com"]), json!({})),
            status("puppet", "signed", json!(["DNS:puppet", "IP:10.0.0.1"]), json!({"pp_cli_auth": "true"})),
            status("old", "revoked", json!(["DNS:old"]), json!({})),
        ]
    }

    #[test]
    fn text_is_that_of_puppetserver_ca() {
        insta::assert_snapshot!(Listing::new(statuses(), &[]).text());
        insta::assert_snapshot!(Listing::new(statuses(), &["old".into(), "nobody".into()]).text());
        assert_eq!(Listing::new(vec![], &[]).text(), "No certificates to list\n");
    }

    #[test]
    fn json_has_the_groups_that_were_asked_for() {
        let keys = |listing: Listing, all: bool| -> Vec<String> {
            listing.json(all).as_object().unwrap().keys().cloned().collect()
        };
        assert_eq!(keys(Listing::default(), false), ["requested"]);
        assert_eq!(keys(Listing::default(), true), ["requested", "signed", "revoked"]);
        assert_eq!(
            keys(Listing::new(statuses(), &["old".into(), "x".into()]), false),
            ["revoked", "missing"]
        );
    }
}
