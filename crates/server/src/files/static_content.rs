//! `GET static_file_content/<path>`: a file as it was in one version of the code, for static catalogs.
//!
//! The versions of file sync are known here; of others a command of the administrator's knows. What it may be asked for is narrow: a file in one of four
//! folders of a module.

use rest::{Problem, Request, Response, StatusCode};

use super::versions;
use crate::Server;
use crate::environments::is_name;

const FOLDERS: [&str; 4] = ["files", "tasks", "scripts", "lib"];

pub(crate) async fn find(server: &Server, request: &Request, path: &str) -> Result<Response, Problem> {
    let params = request.query_params()?;
    let environment = params.text("environment").unwrap_or_default();
    let code_id = params.text("code_id").unwrap_or_default();
    if environment.is_empty() || code_id.is_empty() || path.is_empty() {
        return Err(Problem::bad_request(
            "Error: A /static_file_content request requires an environment, a code-id, and a file-path",
        ));
    }
    if !is_name(environment) {
        return Err(Problem::bad_request(format!(
            "The environment must be purely alphanumeric, not '{environment}'"
        )));
    }
    if !versions::is_code_id(code_id) {
        return Err(Problem::bad_request(versions::invalid(code_id)));
    }
    if !is_servable(path) {
        return Err(Problem::plain(
            StatusCode::FORBIDDEN,
            "Request Denied: A /static_file_content request must be a file within the files, lib, scripts, or tasks \
             directory of a module.",
        ));
    }
    if let Some(versions) = &server.settings.versions {
        let versions = versions.clone();
        let asked = (environment.to_owned(), code_id.to_owned(), path.to_owned());
        let content = tokio::task::spawn_blocking(move || versions.content(&asked.0, &asked.1, &asked.2));
        match content.await.map_err(Problem::internal)?.map_err(Problem::internal)? {
            Some(content) => return Ok(Response::bytes(StatusCode::OK, "application/octet-stream", content)),
            None if server.files.settings().code_content_command.is_none() => {
                return Err(Problem::not_found(format!("Not Found: {path} is not in the version {code_id}")));
            }
            None => {}
        }
    }
    let Some(command) = &server.files.settings().code_content_command else {
        return Err(Problem::plain(
            StatusCode::INTERNAL_SERVER_ERROR,
            "Internal Server Error: Cannot retrieve code content because the \"versioned-code.code-content-command\" \
             setting is not present in configuration.",
        ));
    };
    let content = versions::content(command, environment, code_id, path).await.map_err(Problem::internal)?;
    Ok(Response::bytes(StatusCode::OK, "application/octet-stream", content))
}

/// `<folder of modules>/<module>/(files|tasks|scripts|lib)/<rest>`, without segments that lead upwards.
fn is_servable(path: &str) -> bool {
    let mut segments = path.split('/');
    let [Some(_), Some(module), Some(folder), Some(_)] = std::array::from_fn(|_| segments.next()) else {
        return false;
    };
    // What the router of Puppet Server takes for a name.
    let is_name = module.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    is_name && FOLDERS.contains(&folder) && !path.split('/').any(|segment| matches!(segment, "" | "." | ".."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_may_be_asked_for() {
        for path in [
            "modules/a/files/x",
            "modules/a/lib/x/y",
            "mod ules/a.b-c/files/sp ace",
            "modules/a/scripts/x",
            "modules/a/tasks/b.sh",
        ] {
            assert!(is_servable(path), "{path}");
        }
        for path in [
            "modules/a/manifests/x.pp",
            "a/files/x",
            "modules/a/files",
            "modules/a/files/",
            "modules/a/files/../../x",
            "site/modules/a/files/x",
            "modules/a b/files/x",
            "",
        ] {
            assert!(!is_servable(path), "{path}");
        }
    }
}
