//! `replace facts`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::canonical::quote;
use super::{Fields, Invalid, NAME_BYTES_MAX};
use crate::hash::{self, Hash};

/// The facts of a node.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// Node.
    pub certname: String,
    /// Environment the agent asked for.
    pub environment: String,
    /// When, microseconds since 1970.
    pub producer_timestamp: i64,
    /// Server that sent them.
    pub producer: Option<String>,
    /// Fact values by name.
    pub values: Map<String, Json>,
    /// Name, version, provider.
    pub packages: Vec<(String, String, String)>,
}

impl Facts {
    /// Reads versions 4 and 5.
    pub fn read(value: Json) -> Result<Facts, Invalid> {
        let mut fields = Fields::new("replace facts", value)?;
        let values = fields.map("values")?;
        if let Some(name) = values.keys().find(|name| name.len() > NAME_BYTES_MAX) {
            let bytes = name.len();
            return Err(Invalid(format!(
                "replace facts: the name of a fact has {bytes} bytes; {NAME_BYTES_MAX} are allowed"
            )));
        }
        let packages =
            fields.list("package_inventory")?.into_iter().map(|item| match serde_json::from_value(item) {
                Ok(package) => Ok(package),
                Err(_) => Err(Invalid(
                    "replace facts: a package must be an array of name, version and provider".into(),
                )),
            });
        Ok(Facts {
            packages: packages.collect::<Result<_, _>>()?,
            certname: fields.name("certname")?,
            environment: fields.name("environment")?,
            producer_timestamp: fields.time("producer_timestamp")?,
            producer: fields.name_if_any("producer")?,
            values,
        })
    }
}

/// Identity of everything but the time and the producer. `values` are the names in their order with the canonical texts.
pub(crate) fn hash<'a>(
    certname: &str,
    environment: &str,
    packages: &[(String, String, String)],
    values: impl Iterator<Item = (&'a str, &'a str)>,
) -> Hash {
    // Written part by part in the order of the keys: the values are not copied more than once for it.
    let mut whole = b"{\"certname\":".to_vec();
    quote(certname, &mut whole);
    whole.extend_from_slice(b",\"environment\":");
    quote(environment, &mut whole);
    if !packages.is_empty() {
        let mut packages: Vec<_> = packages.iter().collect();
        packages.sort();
        whole.extend_from_slice(b",\"package_inventory\":");
        whole.extend_from_slice(hash::canonical(&serde_json::json!(packages)).as_bytes());
    }
    whole.extend_from_slice(b",\"values\":{");
    for (index, (name, value)) in values.enumerate() {
        if index > 0 {
            whole.push(b',');
        }
        quote(name, &mut whole);
        whole.push(b':');
        whole.extend_from_slice(value.as_bytes());
    }
    whole.extend_from_slice(b"}}");
    hash::bytes(&whole)
}
