//! `GET environment_modules`: names and versions of the modules of one environment, or of all.

use rest::{Problem, Request, Response, StatusCode};
use serde_json::{Value as Json, json};

use super::{blocking, checked, modules_of, with_modules};
use crate::Server;
use crate::files::Module;

/// Keys that `metadata.json` must have.
const REQUIRED: [&str; 5] = ["source", "author", "version", "license", "dependencies"];

/// `GET environment_modules[?environment=E]`
pub(super) async fn find(server: &Server, request: &Request) -> Result<Response, Problem> {
    let document = match request.query_params()?.text("environment") {
        Some(name) => {
            let name = checked(name)?;
            with_modules(server, name.clone(), move |_, modules| Ok(document(&name, modules))).await?
        }
        None => {
            let environments = server.environments.clone();
            blocking(move || {
                let of_all = environments.names().into_iter().filter_map(|name| {
                    match modules_of(&environments, &name) {
                        Ok((_, modules)) => Some(document(&name, &modules)),
                        Err(error) => {
                            tracing::error!(
                                environment = name,
                                error = error.message(),
                                "left out of the list"
                            );
                            None
                        }
                    }
                });
                Ok(Json::Array(of_all.collect()))
            })
            .await?
        }
    };
    Ok(Response::json(StatusCode::OK, &document))
}

fn document(environment: &str, modules: &[Module]) -> Json {
    let listed = modules.iter().filter_map(|module| match name_and_version(module) {
        Ok((name, version)) => Some(json!({"name": name, "version": version})),
        Err(error) => {
            tracing::error!(environment, module = module.name, "{error}");
            None
        }
    });
    let listed: Vec<Json> = listed.collect();
    json!({"modules": listed, "name": environment})
}

/// By `metadata.json`. Puppet takes a module whose file is there and not right for none, with these words.
fn name_and_version(module: &Module) -> Result<(String, Json), String> {
    let Module { name, path } = module;
    let plain = || Ok((name.clone(), Json::Null));
    let text = match std::fs::read(path.join("metadata.json")) {
        Ok(text) if !text.is_empty() => text,
        Ok(_) => return plain(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return plain(),
        Err(error) => {
            return Err(format!("could not read {}: {error}", path.join("metadata.json").display()));
        }
    };
    let invalid = |reason: String| {
        format!("{name} has an invalid and unparsable metadata.json file. The parse error: {reason}")
    };
    let data: Json = serde_json::from_slice(&text).map_err(|error| invalid(error.to_string()))?;
    let Json::Object(data) = data else { return Err(invalid("it holds no hash".to_owned())) };
    if data.is_empty() {
        return plain();
    }
    for key in REQUIRED {
        if data.get(key).is_none_or(Json::is_null) {
            return Err(format!("No {key} module metadata provided for {name}"));
        }
    }
    if let Some(wrong) = data.get("dependencies").filter(|value| !value.is_array()) {
        return Err(format!(
            "The value for the key dependencies in the file metadata.json of the module {name} must be an array, not: '{wrong}'"
        ));
    }
    let full = data.get("name").and_then(Json::as_str).map(|full| full.replace('-', "/"));
    Ok((full.unwrap_or_else(|| name.clone()), data.get("version").cloned().unwrap_or_default()))
}
