//! The small commands: deactivate node, configure expiration, replace catalog inputs.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::{Fields, Invalid};

/// `deactivate node`.
#[derive(Clone, Debug, PartialEq)]
pub struct Deactivate {
    /// Node.
    pub certname: String,
    /// When, microseconds since 1970.
    pub producer_timestamp: i64,
}

impl Deactivate {
    /// Reads version 3. `received` stands in for a missing time stamp.
    pub fn read(value: Json, received: i64) -> Result<Deactivate, Invalid> {
        // Versions 1 and 2 were the bare name, which old tools still send.
        if let Json::String(certname) = value {
            return Ok(Deactivate { certname, producer_timestamp: received });
        }
        let mut fields = Fields::new("deactivate node", value)?;
        let producer_timestamp = fields.time_if_any("producer_timestamp")?.unwrap_or(received);
        Ok(Deactivate { certname: fields.name("certname")?, producer_timestamp })
    }
}

/// `configure expiration`.
#[derive(Clone, Debug, PartialEq)]
pub struct ConfigureExpiration {
    /// Node.
    pub certname: String,
    /// Whether the node expires when its facts are old; `None` says nothing.
    pub facts: Option<bool>,
    /// When, microseconds since 1970.
    pub producer_timestamp: i64,
}

impl ConfigureExpiration {
    /// Reads version 1. `received` stands in for a missing time stamp.
    pub fn read(value: Json, received: i64) -> Result<ConfigureExpiration, Invalid> {
        let mut fields = Fields::new("configure expiration", value)?;
        let expire = fields.take("expire");
        let facts = Fields::new("configure expiration: expire", expire)?.flag_if_any("facts")?;
        Ok(ConfigureExpiration {
            certname: fields.name("certname")?,
            facts,
            producer_timestamp: fields.time_if_any("producer_timestamp")?.unwrap_or(received),
        })
    }
}

/// `replace catalog inputs`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CatalogInputs {
    /// Node.
    pub certname: String,
    /// Catalog that was made of them.
    pub catalog_uuid: String,
    /// Type and name, such as `hiera` and a key.
    pub inputs: Vec<(String, String)>,
    /// When, microseconds since 1970.
    pub producer_timestamp: i64,
}

impl CatalogInputs {
    /// Reads version 1. `received` stands in for a missing time stamp.
    pub fn read(value: Json, received: i64) -> Result<CatalogInputs, Invalid> {
        let mut fields = Fields::new("replace catalog inputs", value)?;
        let inputs = fields.list("inputs")?.into_iter().map(|item| match serde_json::from_value(item) {
            Ok((kind, name)) => Ok((kind, name)),
            Err(_) => {
                Err(Invalid("replace catalog inputs: an input must be an array of type and name".into()))
            }
        });
        Ok(CatalogInputs {
            inputs: inputs.collect::<Result<_, _>>()?,
            certname: fields.name("certname")?,
            catalog_uuid: fields.text("catalog_uuid")?,
            producer_timestamp: fields.time_if_any("producer_timestamp")?.unwrap_or(received),
        })
    }
}
