//! `GET node/:certname` and `GET environments`.

use rest::{IssueKind, Problem, Request, Response, StatusCode};
use serde_json::json;

use crate::environments::EnvironmentError;
use crate::indirection::{environment, failed, key, no_environment};
use crate::negotiate::{DATA, accepted};
use crate::{Server, VERSION_HEADER};

/// The node's definition, as the classifier has it. Agents use its environment only.
pub(crate) async fn find(server: &Server, request: &Request, certname: &str) -> Result<Response, Problem> {
    let name = environment(&request.query_params()?)?;
    let certname = key(request, certname)?;
    let format = accepted(request, DATA)?;
    match server.environments.conf(&name) {
        Ok(_) => {}
        Err(EnvironmentError::NotFound(_)) => return Err(no_environment(&name)),
        Err(error) => return Err(failed(error)),
    }
    let known = server.classify.ask(certname, None).await?;
    let Some(definition) = known.definition.map_err(failed)? else {
        let text = format!("Could not find node {certname}");
        return Err(Problem::ruby(StatusCode::NOT_FOUND, text, IssueKind::ResourceNotFound));
    };
    let mut document = Vec::new();
    let node = wire::node::Node {
        name: certname.into(),
        environment: definition.environment.unwrap_or(name).into(),
        classes: definition.classes,
        parameters: definition.parameters,
    };
    node.write_json(&mut document);
    Ok(Response::bytes(StatusCode::OK, format.content_type(), document))
}

/// All environments with their settings.
pub(crate) fn environments(server: &Server) -> Result<Response, Problem> {
    let mut environments = serde_json::Map::new();
    for name in server.environments.names() {
        let Ok(conf) = server.environments.conf(&name) else {
            tracing::warn!(
                environment = name,
                "left out of the list, since its environment.conf cannot be read"
            );
            continue;
        };
        let settings = json!({
            "modulepath": conf.modulepath,
            "manifest": conf.manifest,
            "environment_timeout": 0,
            "config_version": conf.config_version.unwrap_or_default(),
        });
        environments.insert(name, json!({ "settings": settings }));
    }
    let paths: Vec<_> =
        server.settings.environmentpath.iter().map(|path| format!("file://{}", path.display())).collect();
    let body = json!({ "search_paths": paths, "environments": environments });
    Ok(Response::json(StatusCode::OK, &body).with_text_header(VERSION_HEADER, crate::PUPPET_VERSION))
}
