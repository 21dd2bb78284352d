//! Documents of an archive without what tells whose they are, for somebody who is to look into a problem.
//!
//! The profiles are those of PuppetDB. Shapes stay: the same value becomes the same other value everywhere in one archive, so that
//! relations of nodes and resources can be followed, and references and tags still fit types and titles. A replacement is a hash with a
//! key that is made for the archive and forgotten, so that nobody can find a value by guessing it.

use serde_json::{Map, Value as Json, json};
use sha1::{Digest as _, Sha1};

/// How much is replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Profile {
    /// Nothing.
    None,
    /// Names of nodes, and what looks like a secret.
    Low,
    /// Also titles, values and messages, but for what is known to be harmless.
    Moderate,
    /// Everything.
    Full,
}

impl Profile {
    /// A profile by its name.
    pub fn parse(name: &str) -> Option<Profile> {
        Some(match name {
            "none" => Profile::None,
            "low" => Profile::Low,
            "moderate" => Profile::Moderate,
            "full" => Profile::Full,
            _ => return None,
        })
    }
}

/// Parts of names of what may be secret.
const SECRETS: &[&str] = &["password", "pwd", "secret", "key", "private", "token"];
/// Types whose names say nothing about a site.
const TYPES: &[&str] = &[
    "Anchor",
    "Augeas",
    "Class",
    "Computer",
    "Cron",
    "Exec",
    "File",
    "File_line",
    "Filebucket",
    "Filesystem",
    "Firewall",
    "Group",
    "Host",
    "Interface",
    "Java_ks",
    "K5login",
    "Logical_volume",
    "Macauthorization",
    "Mailalias",
    "Mcx",
    "Mount",
    "Notify",
    "Package",
    "Physical_volume",
    "Resources",
    "Router",
    "Schedule",
    "Schedule_task",
    "Selboolean",
    "Selmodule",
    "Service",
    "Ssh_authorized_key",
    "Sshkey",
    "Stage",
    "Tidy",
    "User",
    "Vcsrepo",
    "Vlan",
    "Volume_group",
    "Yumrepo",
    "Zfs",
    "Zone",
    "Zpool",
];
const TYPE_PREFIXES: &[&str] =
    &["Apache", "Apt", "Concat", "Mysql", "Nagios_", "Pe_", "Postgresql", "Puppetdb", "Rabbitmq", "Registry"];
/// Types whose titles are those of software, not of a site.
const PUBLIC_TITLES: &[&str] = &["Filebucket", "Package", "Service", "Stage"];
const PUBLIC_PARAMETERS: &[&str] = &["provider", "ensure", "noop", "loglevel", "audit", "schedule"];
/// Beginnings of names of facts that Facter itself has.
const FACT_NAMES: &[&str] = &[
    "architecture",
    "augeas",
    "bios_",
    "blockdevice",
    "board",
    "chassis",
    "dhcp_servers",
    "disks",
    "dmi",
    "domain",
    "facterversion",
    "filesystems",
    "fips_enabled",
    "fqdn",
    "hardware",
    "hostname",
    "hypervisors",
    "id",
    "interfaces",
    "ip6tables",
    "ipaddress",
    "iptables",
    "is_",
    "kernel",
    "load_averages",
    "lsb",
    "macaddress",
    "macosx",
    "memory",
    "mountpoints",
    "mtu_",
    "netmask",
    "network",
    "operatingsystem",
    "os",
    "osfamily",
    "partitions",
    "path",
    "physicalprocessorcount",
    "processor",
    "productname",
    "ps",
    "puppetversion",
    "ruby",
    "selinux",
    "sp_",
    "ssh",
    "swap",
    "system_uptime",
    "timezone",
    "trusted",
    "uptime",
    "uuid",
    "virtual",
];
/// Those whose values say nothing about a site.
const FACT_VALUES: &[&str] = &[
    "architecture",
    "augeas",
    "bios_",
    "blockdevice",
    "board",
    "facterversion",
    "filesystems",
    "fips_enabled",
    "hardware",
    "is_",
    "kernel",
    "load_averages",
    "lsb",
    "macosx",
    "memory",
    "mtu_",
    "operatingsystem",
    "os",
    "osfamily",
    "physicalprocessorcount",
    "processor",
    "productname",
    "puppetversion",
    "ruby",
    "selinux",
    "swap",
    "system_uptime",
    "timezone",
    "uptime",
    "virtual",
];

/// What a value is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Leaf {
    Node,
    Type,
    Title,
    Parameter,
    Value,
    Message,
    File,
    Line,
    Run,
    FactName,
    FactValue,
    Environment,
    Input,
}

/// Replaces values for one archive.
pub(crate) struct Anonymizer {
    profile: Profile,
    key: [u8; 32],
}

fn is_secret(name: &str) -> bool {
    let name = name.to_lowercase();
    SECRETS.iter().any(|part| name.contains(part))
}

fn begins(names: &[&str], name: &str) -> bool {
    names.iter().any(|known| name.starts_with(known))
}

impl Anonymizer {
    pub(crate) fn new(profile: Profile) -> Anonymizer {
        let mut key = [0; 32];
        let (left, right) = key.split_at_mut(16);
        left.copy_from_slice(uuid::Uuid::new_v4().as_bytes());
        right.copy_from_slice(uuid::Uuid::new_v4().as_bytes());
        Anonymizer { profile, key }
    }

    /// The name of a node.
    pub(crate) fn certname(&self, certname: &str) -> String {
        self.text(Leaf::Node, certname, "")
    }

    /// A document of a folder of the archive.
    pub(crate) fn document(&self, folder: &str, mut document: Json) -> Json {
        if self.profile == Profile::None {
            return document;
        }
        for (field, leaf) in [
            ("certname", Leaf::Node),
            ("producer", Leaf::Node),
            ("environment", Leaf::Environment),
            ("transaction_uuid", Leaf::Run),
            ("catalog_uuid", Leaf::Run),
            ("code_id", Leaf::Run),
            ("job_id", Leaf::Run),
        ] {
            self.replace(&mut document, field, leaf, "");
        }
        match folder {
            "facts" => self.facts(&mut document),
            "catalogs" => self.catalog(&mut document),
            "catalog_inputs" => {
                for input in items(&mut document, "inputs").iter_mut().filter_map(Json::as_array_mut) {
                    for (part, leaf) in input.iter_mut().zip([Leaf::Input, Leaf::Value]) {
                        *part = self.leaf(leaf, part.take(), "");
                    }
                }
            }
            "reports" => self.report(&mut document),
            _ => {}
        }
        document
    }

    fn facts(&self, document: &mut Json) {
        if let Some(Json::Object(values)) = document.get_mut("values") {
            *values = self.fact_values(std::mem::take(values), "");
        }
        for package in items(document, "package_inventory") {
            for part in package.as_array_mut().into_iter().flatten() {
                *part = self.leaf(Leaf::Title, part.take(), "Package");
            }
        }
    }

    /// `top` is the name of the fact that the values are part of, if they are. The decoder bounds the depth.
    fn fact_values(&self, values: Map<String, Json>, top: &str) -> Map<String, Json> {
        let pairs = values.into_iter().map(|(name, value)| {
            // Parts of a fact that is harmless are, too, unless their names say otherwise.
            let context = if top.is_empty() || is_secret(&name) { name.as_str() } else { top };
            let value = match value {
                Json::Object(inner) => Json::Object(self.fact_values(inner, context)),
                other => self.leaf(Leaf::FactValue, other, context),
            };
            (self.text(Leaf::FactName, &name, context), value)
        });
        pairs.collect()
    }

    fn catalog(&self, document: &mut Json) {
        // An automatic version is a time; others come from the site.
        if document["version"].as_str().is_some_and(|version| version.parse::<i64>().is_err()) {
            self.replace(document, "version", Leaf::Run, "");
        }
        for resource in items(document, "resources") {
            let kind = text(resource, "type");
            if let Some(Json::Object(parameters)) = resource.get_mut("parameters") {
                let pairs = std::mem::take(parameters).into_iter();
                *parameters = pairs.map(|(name, value)| self.parameter(name, value)).collect();
            }
            self.replace(resource, "file", Leaf::File, "");
            self.replace(resource, "line", Leaf::Line, "");
            self.tags(resource);
            self.replace(resource, "title", Leaf::Title, &kind);
            self.replace(resource, "type", Leaf::Type, "");
        }
        for edge in items(document, "edges") {
            for end in ["source", "target"] {
                let kind = text(&edge[end], "type");
                self.replace(&mut edge[end], "title", Leaf::Title, &kind);
                self.replace(&mut edge[end], "type", Leaf::Type, "");
            }
        }
    }

    fn parameter(&self, name: String, value: Json) -> (String, Json) {
        let value = match name.as_str() {
            "stage" | "tag" | "alias" => self.leaf(Leaf::Title, value, ""),
            "require" | "before" | "notify" | "subscribe" => self.references(value),
            _ => self.leaf(Leaf::Value, value, &name),
        };
        (self.text(Leaf::Parameter, &name, ""), value)
    }

    fn references(&self, value: Json) -> Json {
        match value {
            Json::Array(all) => all.into_iter().map(|one| self.references(one)).collect(),
            Json::String(text) => self.reference(&text).into(),
            other => other,
        }
    }

    /// `Type[title]`, or else a title.
    fn reference(&self, reference: &str) -> String {
        match reference.strip_suffix(']').and_then(|rest| rest.split_once('[')) {
            Some((kind, title)) => {
                format!("{}[{}]", self.text(Leaf::Type, kind, ""), self.text(Leaf::Title, title, kind))
            }
            None => self.text(Leaf::Title, reference, "Class"),
        }
    }

    fn tags(&self, of: &mut Json) {
        for tag in items(of, "tags") {
            if let Json::String(name) = tag {
                *name = self.small(name);
            }
        }
    }

    /// A name that stands for a type, in small letters.
    fn small(&self, name: &str) -> String {
        let capital = |part: &str| {
            let mut letters = part.chars();
            letters
                .next()
                .map(|first| first.to_uppercase().chain(letters).collect::<String>())
                .unwrap_or_default()
        };
        let kind = name.split("::").map(capital).collect::<Vec<_>>().join("::");
        self.text(Leaf::Type, &kind, "").to_lowercase()
    }

    fn report(&self, document: &mut Json) {
        self.replace(document, "configuration_version", Leaf::Run, "");
        for resource in items(document, "resources") {
            let kind = text(resource, "resource_type");
            for event in items(resource, "events") {
                let property = text(event, "property");
                self.replace(event, "message", Leaf::Message, &property);
                self.replace(event, "new_value", Leaf::Value, &property);
                self.replace(event, "old_value", Leaf::Value, &property);
                self.replace(event, "property", Leaf::Parameter, "");
                self.replace(event, "name", Leaf::Parameter, "");
            }
            for part in items(resource, "containment_path") {
                if let Json::String(path) = part
                    && !path.is_empty()
                {
                    *path = self.reference(path);
                }
            }
            self.replace(resource, "file", Leaf::File, "");
            self.replace(resource, "line", Leaf::Line, "");
            self.replace(resource, "resource_title", Leaf::Title, &kind);
            self.replace(resource, "resource_type", Leaf::Type, "");
        }
        for metric in items(document, "metrics") {
            if metric["category"] == "time" && metric["name"] != "total" {
                let name = self.small(metric["name"].as_str().unwrap_or_default());
                metric["name"] = name.into();
            }
        }
        for log in items(document, "logs") {
            // Whatever it says may name anything.
            let size = log["message"].as_str().map_or(0, |message| message.chars().count());
            log["message"] = "?".repeat(size).into();
            if self.profile > Profile::Low {
                self.replace(log, "source", Leaf::Message, "");
            }
            self.tags(log);
            self.replace(log, "file", Leaf::File, "");
            self.replace(log, "line", Leaf::Line, "");
        }
    }

    fn replace(&self, of: &mut Json, field: &str, leaf: Leaf, context: &str) {
        if let Some(value) = of.get_mut(field) {
            *value = self.leaf(leaf, value.take(), context);
        }
    }

    /// Whether it has to go. The context is the name of a parameter or fact, or the type of a title.
    fn hides(&self, leaf: Leaf, name: &str, context: &str) -> bool {
        match (self.profile, leaf) {
            (Profile::None, _) => false,
            (Profile::Full, _) | (_, Leaf::Node) => true,
            (_, Leaf::Value | Leaf::FactValue | Leaf::Message) if is_secret(context) => true,
            (Profile::Low, _) | (_, Leaf::Line | Leaf::Run | Leaf::Parameter | Leaf::Input) => false,
            (_, Leaf::Type) => !TYPES.contains(&name) && !begins(TYPE_PREFIXES, name),
            (_, Leaf::Title) => !PUBLIC_TITLES.contains(&context),
            (_, Leaf::Value) => !PUBLIC_PARAMETERS.contains(&context),
            (_, Leaf::FactName) => !begins(FACT_NAMES, context),
            (_, Leaf::FactValue) => !begins(FACT_VALUES, context),
            (_, Leaf::Message | Leaf::File | Leaf::Environment) => true,
        }
    }

    fn leaf(&self, leaf: Leaf, value: Json, context: &str) -> Json {
        match value {
            Json::Null => Json::Null,
            Json::String(text) => self.text(leaf, &text, context).into(),
            Json::Array(all) => all.into_iter().map(|one| self.leaf(leaf, one, context)).collect(),
            Json::Object(map) => {
                let pairs = map.into_iter().map(|(name, value)| {
                    let context = if is_secret(&name) { name.as_str() } else { context };
                    let value = self.leaf(leaf, value, context);
                    let hidden = self.hides(leaf, "", context);
                    (if hidden { self.letters(leaf, &name, name.chars().count()) } else { name }, value)
                });
                Json::Object(pairs.collect())
            }
            other if !self.hides(leaf, "", context) => other,
            Json::Bool(flag) => self.number(leaf, &flag.to_string()).is_multiple_of(2).into(),
            Json::Number(number) => match (number.as_u64(), number.as_f64()) {
                (Some(whole), _) => json!(self.number(leaf, &number.to_string()) % whole.max(20)),
                (None, Some(float)) => {
                    json!((self.number(leaf, &number.to_string()) % 1_000) as f64 / 1_000.0 * float)
                }
                _ => json!(0),
            },
        }
    }

    fn text(&self, leaf: Leaf, value: &str, context: &str) -> String {
        if value.is_empty() || !self.hides(leaf, value, context) {
            return value.to_owned();
        }
        let size = value.chars().count().max(10);
        match leaf {
            Leaf::Node => format!("{}.example.com", self.letters(leaf, value, 12)),
            Leaf::Type => {
                let name = self.letters(leaf, value, size.min(20));
                name.get(..1).unwrap_or_default().to_uppercase() + name.get(1..).unwrap_or_default()
            }
            Leaf::File => format!("/etc/puppetlabs/{}.pp", self.letters(leaf, value, 16)),
            _ => self.letters(leaf, value, size),
        }
    }

    fn digest(&self, leaf: Leaf, value: &str, round: u32) -> [u8; 20] {
        // Titles and inputs of the same text are not known to be the same thing.
        let mut hash = Sha1::new();
        hash.update(self.key);
        hash.update([leaf as u8]);
        hash.update(round.to_be_bytes());
        hash.update(value.as_bytes());
        hash.finalize().into()
    }

    fn number(&self, leaf: Leaf, value: &str) -> u64 {
        self.digest(leaf, value, 0).iter().take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte))
    }

    /// Small letters instead of a text.
    fn letters(&self, leaf: Leaf, value: &str, size: usize) -> String {
        let mut out = String::with_capacity(size);
        let mut round = 0;
        while out.len() < size {
            let digest = self.digest(leaf, value, round);
            out.extend(digest.iter().take(size - out.len()).map(|byte| char::from(b'a' + byte % 26)));
            round += 1;
        }
        out
    }
}

fn items<'a>(of: &'a mut Json, field: &str) -> &'a mut [Json] {
    match of.get_mut(field) {
        Some(Json::Array(items)) => items,
        _ => &mut [],
    }
}

fn text(of: &Json, field: &str) -> String {
    of.get(field).and_then(Json::as_str).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn catalog() -> Json {
        json!({
            "certname": "web.corp", "environment": "production", "version": "1700000000", "producer": "puppet.corp",
            "resources": [
                {"type": "File", "title": "/etc/corp", "tags": ["file", "corp_app"], "file": "/code/corp.pp", "line": 7, "exported": false,
                 "parameters": {"ensure": "file", "content": "corp", "require": "Corp_app[main]"}},
                {"type": "Corp_app", "title": "main", "tags": [], "exported": false, "parameters": {"db_password": "hunter2", "port": 80}},
            ],
            "edges": [{"source": {"type": "Corp_app", "title": "main"}, "target": {"type": "File", "title": "/etc/corp"},
                       "relationship": "required-by"}],
        })
    }

    #[test]
    fn what_each_profile_hides() {
        let of = |profile| Anonymizer::new(profile).document("catalogs", catalog());
        assert_eq!(of(Profile::None), catalog());
        let low = of(Profile::Low).to_string();
        assert!(
            !low.contains("hunter2") && !low.contains("web.corp") && !low.contains("puppet.corp"),
            "{low}"
        );
        assert!(low.contains("/etc/corp") && low.contains("\"port\":80"), "{low}");
        let moderate = of(Profile::Moderate);
        let text = moderate.to_string();
        assert!(!text.contains("corp") && !text.contains("Corp") && !text.contains("production"), "{text}");
        assert_eq!(moderate["resources"][0]["parameters"]["ensure"], "file");
        assert_eq!(moderate["resources"][0]["type"], "File");
        assert_eq!(moderate["resources"][0]["line"], 7);
        let full = of(Profile::Full).to_string();
        for word in ["corp", "ensure", "\"File\"", "db_password", "hunter2", "production"] {
            assert!(!full.contains(word), "{word}: {full}");
        }
    }

    #[test]
    fn relations_stay() {
        let document = Anonymizer::new(Profile::Full).document("catalogs", catalog());
        let (file, app) = (&document["resources"][0], &document["resources"][1]);
        let edge = &document["edges"][0];
        assert_eq!((&edge["source"]["type"], &edge["source"]["title"]), (&app["type"], &app["title"]));
        assert_eq!((&edge["target"]["type"], &edge["target"]["title"]), (&file["type"], &file["title"]));
        let reference = format!("{}[{}]", app["type"].as_str().unwrap(), app["title"].as_str().unwrap());
        assert!(file["parameters"].as_object().unwrap().values().any(|value| *value == reference.as_str()));
        assert_eq!(file["tags"][1], app["type"].as_str().unwrap().to_lowercase());
        crate::payload::Catalog::read(with_times(document), 9).unwrap();
    }

    fn with_times(mut document: Json) -> Json {
        document["producer_timestamp"] = "2024-01-01T00:00:00Z".into();
        document
    }

    #[test]
    fn facts_and_reports() {
        let facts = json!({
            "certname": "a", "environment": "e", "producer": null,
            "values": {"os": {"family": "Debian"}, "corp_site": {"rack": "r1"}, "fqdn": "a.corp", "ssh_host_key": "AAAA"},
        });
        let moderate = Anonymizer::new(Profile::Moderate).document("facts", facts);
        assert_eq!(moderate["values"]["os"]["family"], "Debian");
        let text = moderate.to_string();
        assert!(
            text.contains("fqdn") && !text.contains("corp") && !text.contains("AAAA") && !text.contains("r1"),
            "{text}"
        );
        let report = json!({
            "certname": "a", "configuration_version": "corp-7", "resources": [{"resource_type": "User", "resource_title": "corp", "events": [
                {"property": "password", "message": "changed corp", "new_value": "x", "old_value": "y", "status": "success"}],
                "containment_path": ["Stage[main]", "Corp", "User[corp]"]}],
            "metrics": [{"category": "time", "name": "corp_app", "value": 1}, {"category": "events", "name": "total", "value": 1}],
            "logs": [{"message": "corp", "source": "/Stage[main]/Corp", "tags": ["corp"], "file": "/corp.pp", "line": 1}],
        });
        let moderate = Anonymizer::new(Profile::Moderate).document("reports", report).to_string();
        assert!(!moderate.replace("corp-7", "").contains("corp"), "{moderate}");
        assert!(moderate.contains("Stage[main]") && moderate.contains("\"message\":\"????\""), "{moderate}");
    }
}
