//! `.r10k-deploy.json`: what scripts (`config_version`, monitoring) read of a deploy, with r10k's fields.
//!
//! A deploy that brings nothing new leaves the file as it is. It is part of the environment; with new times each deploy would make a new
//! version of it, and every node's catalog would be compiled again for nothing.

use std::path::Path;

use jiff::Zoned;
use serde_json::{Value as Json, json};

use crate::engine::ModuleDeploy;
use crate::error::{DeployError, Result};
use crate::tree;

/// The name of the file.
pub(crate) const NAME: &str = ".r10k-deploy.json";
const BYTES_MAX: u64 = 16 << 20;

/// Writes the file into an environment if it says something new; whether it did.
pub(crate) fn write(
    environment: &Path,
    name: &str,
    signature: &str,
    started_at: &Zoned,
    modules: &[ModuleDeploy],
) -> Result<bool> {
    let file = environment.join(NAME);
    let modules: Vec<Json> = modules
        .iter()
        .map(|module| json!({"name": module.name, "version": module.version, "sha": module.sha}))
        .collect();
    if let Ok(Some(bytes)) = stdx::fs::read_limited(&file, BYTES_MAX)
        && let Ok(before) = serde_json::from_slice::<Json>(&bytes)
        && before.get("name") == Some(&name.into())
        && before.get("signature") == Some(&signature.into())
        && before.get("deploy_success") == Some(&true.into())
        && before.get("module_deploys").and_then(Json::as_array) == Some(&modules)
    {
        return Ok(false);
    }
    let document = json!({
        "name": name,
        "signature": signature,
        "started_at": time(started_at),
        "finished_at": time(&Zoned::now()),
        "deploy_success": true,
        "module_deploys": modules,
    });
    let mut text = serde_json::to_string_pretty(&document)
        .map_err(|error| DeployError::failed(format!("could not write {}: {error}", file.display())))?;
    text.push('\n');
    // Something else of this name may be part of the branch.
    if tree::is_directory(&file) {
        tree::remove(&file)?;
    }
    stdx::fs::write_atomic(&file, text.as_bytes(), 0o644).map_err(DeployError::io("write", &file))?;
    Ok(true)
}

/// A time as Ruby shows it.
fn time(time: &Zoned) -> String {
    time.strftime("%Y-%m-%d %H:%M:%S %z").to_string()
}
