//! `replace facts`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

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

    /// Identity of everything but the time and the producer.
    pub fn hash(&self) -> Hash {
        let mut whole = serde_json::json!({"certname": self.certname, "environment": self.environment});
        whole["values"] = Json::Object(self.values.clone());
        if !self.packages.is_empty() {
            let mut packages: Vec<_> = self.packages.iter().collect();
            packages.sort();
            whole["package_inventory"] = serde_json::json!(packages);
        }
        hash::json(&whole)
    }
}
