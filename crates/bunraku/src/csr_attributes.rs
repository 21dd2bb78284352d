//! `csr_attributes.yaml`: what a machine's own request carries beyond its name.
//!
//! `custom_attributes` are for whoever decides about the request and never reach the certificate; `extension_requests` become
//! extensions of the certificate, and in the end `$trusted['extensions']`.

use std::path::Path;

use anyhow::{Context as _, bail};
use pcore::Value;
use pki::Extension;
use pki::oid::{
    CHALLENGE_PASSWORD, EXTENSION_REQUEST, MS_EXTENSION_REQUEST, Oid, OidNames, SUBJECT_ALT_NAME,
};

/// The file's contents; empty if there is no file.
#[derive(Debug, Default)]
pub struct CsrAttributes {
    /// Attributes with their texts.
    pub custom: Vec<(Oid, String)>,
    /// Extensions.
    pub extensions: Vec<Extension>,
}

impl CsrAttributes {
    /// Reads the file.
    pub fn load(file: &Path) -> anyhow::Result<CsrAttributes> {
        if !file.exists() {
            return Ok(CsrAttributes::default());
        }
        let text =
            std::fs::read_to_string(file).with_context(|| format!("could not read {}", file.display()))?;
        CsrAttributes::parse(&text).with_context(|| format!("{} is not valid", file.display()))
    }

    fn parse(text: &str) -> anyhow::Result<CsrAttributes> {
        let value =
            pcore::yaml::load(text, "csr_attributes.yaml").map_err(|error| anyhow::anyhow!("{error}"))?;
        let Some(top) = value.as_hash() else {
            bail!("Invalid CSR attributes, expected a hash");
        };
        let section = |name: &str| -> anyhow::Result<Vec<(Oid, String)>> {
            match top.get_str(name) {
                None | Some(Value::Undef) => Ok(Vec::new()),
                Some(section) => {
                    let section = section.as_hash().with_context(|| format!("{name}: expected a hash"))?;
                    section.iter().map(|(key, value)| pair(name, key, value)).collect()
                }
            }
        };
        let custom = section("custom_attributes")?;
        if let Some((oid, _)) =
            custom.iter().find(|(oid, _)| [EXTENSION_REQUEST, MS_EXTENSION_REQUEST].contains(oid))
        {
            bail!("Cannot specify CSR attribute {oid}: conflicts with internally used CSR attribute");
        }
        let mut extensions = Vec::new();
        for (oid, text) in section("extension_requests")? {
            if oid == SUBJECT_ALT_NAME {
                bail!(
                    "Cannot specify CSR extension request {oid}: conflicts with internally used extension request"
                );
            }
            extensions.push(Extension::text(oid, &text)?);
        }
        Ok(CsrAttributes { custom, extensions })
    }
}

fn pair(section: &str, key: &Value, value: &Value) -> anyhow::Result<(Oid, String)> {
    let name = pcore::format::to_s(key);
    let oid = match name.as_str() {
        "challengePassword" => Some(CHALLENGE_PASSWORD),
        "subjectAltName" => Some(SUBJECT_ALT_NAME),
        "extReq" => Some(EXTENSION_REQUEST),
        "msExtReq" => Some(MS_EXTENSION_REQUEST),
        name => OidNames::default().oid(name),
    };
    let oid =
        oid.with_context(|| format!("{section}: `{name}` is neither a known name nor an object identifier"))?;
    Ok((oid, pcore::format::to_s(value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sections() {
        let read = CsrAttributes::parse(
            "custom_attributes:\n  challengePassword: 1234\n  1.2.3.4: x\nextension_requests:\n  pp_role: web\n  1.3.6.1.4.1.34380.1.2.1: true\n",
        )
        .unwrap();
        let dotted = |oid: &str| Oid::new(oid).unwrap();
        assert_eq!(
            read.custom,
            [(CHALLENGE_PASSWORD, "1234".to_owned()), (dotted("1.2.3.4"), "x".to_owned())]
        );
        let texts: Vec<(Oid, String)> = read.extensions.iter().map(|e| (e.oid, e.as_text())).collect();
        assert_eq!(
            texts,
            [
                (dotted("1.3.6.1.4.1.34380.1.1.13"), "web".to_owned()),
                (dotted("1.3.6.1.4.1.34380.1.2.1"), "true".to_owned())
            ]
        );
    }

    #[test]
    fn what_is_ours_cannot_be_asked_for() {
        let error = |text: &str| CsrAttributes::parse(text).unwrap_err().to_string();
        assert!(
            error("custom_attributes:\n  extReq: x\n")
                .contains("conflicts with internally used CSR attribute")
        );
        assert!(
            error("extension_requests:\n  subjectAltName: x\n")
                .contains("conflicts with internally used extension")
        );
        assert!(error("extension_requests:\n  pp_rolle: x\n").contains("`pp_rolle` is neither"));
        assert!(error("- a\n").contains("expected a hash"));
    }
}
