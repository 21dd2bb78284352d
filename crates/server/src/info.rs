//! What tools ask of the code of environments: classes with their parameters, modules, tasks, plans
//! (`environment_classes`, `environment_modules`, `tasks`, `plans` of `/puppet/v3`).
//!
//! Puppet Server answers these itself and not by way of the indirector, so errors are plain text. Everything is looked up at the time
//! of the request, but for the classes, which are read from the environment's image.

mod classes;
mod modules;
mod plans;
mod tasks;

use std::sync::Arc;

use rest::{Method, Params, Problem, Request, Response};

pub use classes::Classes;

use crate::Server;
use crate::environments::{EnvironmentConf, EnvironmentError, Environments, is_name};
use crate::files::{Module, module_list};

/// Answers a request, if it is one of these.
pub(crate) async fn find(
    server: &Server,
    request: &Request,
    path: &str,
) -> Option<Result<Response, Problem>> {
    let segments: Vec<&str> = path.split('/').collect();
    let is_known = matches!(
        segments.as_slice(),
        ["environment_classes" | "environment_modules", ..] | ["tasks" | "plans"] | ["tasks" | "plans", _, _]
    );
    if is_known && request.method != Method::GET {
        return Some(Err(Problem::method_not_allowed("GET")));
    }
    Some(match segments.as_slice() {
        ["environment_classes", ..] => classes::find(server, request).await,
        ["environment_modules", ..] => modules::find(server, request).await,
        ["tasks"] => tasks::list(server, request).await,
        ["tasks", module, task] => tasks::find(server, request, module, task).await,
        ["plans"] => plans::list(server, request).await,
        ["plans", module, plan] => plans::find(server, request, module, plan).await,
        _ => return None,
    })
}

/// The environment that a request must name.
fn environment(params: &Params) -> Result<String, Problem> {
    match params.text("environment") {
        None => Err(Problem::bad_request("An environment parameter must be specified")),
        Some(name) => checked(name),
    }
}

fn checked(name: &str) -> Result<String, Problem> {
    if is_name(name) {
        return Ok(name.to_owned());
    }
    let name: String = name.chars().take(100).collect();
    Err(Problem::bad_request(format!("The environment must be purely alphanumeric, not '{name}'")))
}

fn unusable(error: EnvironmentError) -> Problem {
    match error {
        EnvironmentError::NotFound(_) => Problem::not_found(error.to_string()),
        error => Problem::internal(error),
    }
}

/// An environment with its modules, on a thread that may read the disk.
async fn with_modules<T: Send + 'static>(
    server: &Server,
    name: String,
    work: impl FnOnce(&EnvironmentConf, &[Module]) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let environments = server.environments.clone();
    blocking(move || {
        let (conf, modules) = modules_of(&environments, &name)?;
        work(&conf, &modules)
    })
    .await
}

fn modules_of(
    environments: &Arc<Environments>,
    name: &str,
) -> Result<(EnvironmentConf, Vec<Module>), Problem> {
    let conf = environments.conf(name).map_err(unusable)?;
    let modules = module_list(&conf.modulepath).map_err(Problem::internal)?;
    Ok((conf, modules))
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(Problem::internal(error)))
}

/// The name of a task or plan: `init` is the module's own.
fn full_name(module: &str, short: &str) -> String {
    if short == "init" { module.to_owned() } else { format!("{module}::{short}") }
}

/// Names of tasks and plans: `[a-z][a-z0-9_]*`.
fn is_short_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// A file's name without its last ending, and the ending with its dot.
fn split_ending(name: &str) -> (&str, &str) {
    match name.rfind('.') {
        Some(dot) if dot > 0 && dot + 1 < name.len() => name.split_at(dot),
        _ => (name, ""),
    }
}

/// The names in a directory that do not begin with a dot, sorted; none if there is no such directory.
fn names_in(directory: &std::path::Path) -> std::io::Result<Vec<String>> {
    let entries = match std::fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if is_absent(&error) => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut names = Vec::new();
    for entry in entries {
        if let Ok(name) = entry?.file_name().into_string()
            && !name.starts_with('.')
        {
            names.push(name);
        }
    }
    names.sort_unstable();
    Ok(names)
}

fn is_absent(error: &std::io::Error) -> bool {
    matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory)
}
