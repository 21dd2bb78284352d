//! `GET tasks` and `GET tasks/:module/:task`: which tasks there are, and of which files they consist.
//!
//! A task is the files of one name in a module's `tasks`: one to run, or several that the metadata (`.json`) chooses from, and further
//! files that the metadata names. What is wrong with a task has Puppet's words and kinds; a list leaves such tasks out.

use std::path::{Path, PathBuf};

use rest::{Problem, Request, Response, StatusCode};
use serde_json::{Map, Value as Json, json};

use super::{environment, full_name, is_short_name, names_in, split_ending, with_modules};
use crate::Server;
use crate::files::{Module, TaskFile, versions};

/// Folders of a module that a task may name files of.
const MOUNTS: [&str; 4] = ["files", "lib", "scripts", "tasks"];
/// Folders within each other that are searched for a task's files.
const DEPTH_MAX: usize = 32;
const INVALID_METADATA: &str = "puppet.tasks/invalid-metadata";

/// What is wrong with a task.
#[derive(Debug, PartialEq)]
struct TaskError {
    kind: &'static str,
    message: String,
    details: Json,
}

impl TaskError {
    fn new(kind: &'static str, message: impl Into<String>) -> TaskError {
        TaskError { kind, message: message.into(), details: json!({}) }
    }
}

type Result<T, E = TaskError> = std::result::Result<T, E>;

/// A task's files, by what is in their directory.
#[derive(Debug, Default)]
struct Task {
    short_name: String,
    metadata_file: Option<PathBuf>,
}

/// `GET tasks?environment=E`
pub(super) async fn list(server: &Server, request: &Request) -> Result<Response, Problem> {
    let name = environment(&request.query_params()?)?;
    let document = with_modules(server, name.clone(), move |_, modules| {
        let mut listed = Vec::new();
        for module in modules {
            let (tasks, programs) = tasks_of(module).map_err(Problem::internal)?;
            for task in tasks {
                let full = full_name(&module.name, &task.short_name);
                let described = task.metadata().and_then(|metadata| {
                    task.files(module, modules, metadata.as_ref(), &programs).map(|_| metadata)
                });
                let metadata = match described {
                    Ok(metadata) => metadata.unwrap_or_default(),
                    Err(error) => {
                        tracing::error!(task = full, kind = error.kind, "{}", error.message);
                        continue;
                    }
                };
                listed.push(json!({
                    "name": full,
                    "private": metadata.get("private").cloned().unwrap_or(Json::Bool(false)),
                    "description": metadata.get("description").cloned().unwrap_or_else(|| "".into()),
                    "environment": [{"name": name, "code_id": null}],
                }));
            }
        }
        Ok(Json::Array(listed))
    })
    .await?;
    Ok(Response::json(StatusCode::OK, &document))
}

/// `GET tasks/:module/:task?environment=E`
pub(super) async fn find(
    server: &Server,
    request: &Request,
    module: &str,
    task: &str,
) -> Result<Response, Problem> {
    let name = environment(&request.query_params()?)?;
    let full = full_name(module, task);
    let (module, task) = (module.to_owned(), task.to_owned());
    let files = server.files.clone();
    let found = with_modules(server, name.clone(), move |_, modules| {
        let Some(found) = modules.iter().find(|known| known.name == module) else {
            return Err(Problem::not_found(format!("Could not find module '{module}'")));
        };
        let (tasks, programs) = tasks_of(found).map_err(Problem::internal)?;
        let Some(known) = tasks.into_iter().find(|known| known.short_name == task) else {
            return Err(Problem::not_found(format!("Could not find task '{task}'")));
        };
        let described = known.metadata().and_then(|metadata| {
            let files = known.files(found, modules, metadata.as_ref(), &programs)?;
            Ok((metadata.unwrap_or_default(), files))
        });
        let (metadata, parts) = match described {
            Ok(described) => described,
            Err(error) => return Ok(Err(error)),
        };
        let parts: Result<Vec<TaskFile>, Problem> =
            parts.iter().map(|(id, path)| files.task_file(id, path).map_err(Problem::internal)).collect();
        Ok(Ok((metadata, parts?)))
    })
    .await?;
    let (metadata, parts) = match found {
        Ok(found) => found,
        Err(TaskError { kind, message, details }) => {
            let document = json!({"kind": kind, "msg": message, "details": details});
            return Ok(Response::json(StatusCode::INTERNAL_SERVER_ERROR, &document));
        }
    };
    let code_id = versions::code_id(server.settings.code_id_command.as_deref(), &name)
        .await
        .map_err(Problem::internal)?;
    let mut files = Vec::with_capacity(parts.len());
    for part in parts {
        files.push(part.describe(&server.settings.files, &name, code_id.as_deref()).await);
    }
    let document = json!({"metadata": sorted(Json::Object(metadata)), "name": full, "files": files});
    Ok(Response::json(StatusCode::OK, &document))
}

/// The tasks of a module, and the files in it that can be run.
fn tasks_of(module: &Module) -> std::io::Result<(Vec<Task>, Vec<PathBuf>)> {
    let directory = module.path.join("tasks");
    let mut tasks: Vec<Task> = Vec::new();
    let mut programs = Vec::new();
    for file in names_in(&directory)? {
        let (short_name, _) = split_ending(&file);
        let path = directory.join(&file);
        if !is_short_name(short_name) || file.ends_with(".conf") || file.ends_with(".md") || !path.is_file() {
            continue;
        }
        let known = tasks.iter().position(|task| task.short_name == short_name);
        let at = known.unwrap_or(tasks.len());
        if known.is_none() {
            tasks.push(Task { short_name: short_name.to_owned(), metadata_file: None });
        }
        if file.ends_with(".json") {
            if let Some(task) = tasks.get_mut(at) {
                task.metadata_file.get_or_insert(path);
            }
        } else {
            programs.push(path);
        }
    }
    Ok((tasks, programs))
}

impl Task {
    fn metadata(&self) -> Result<Option<Map<String, Json>>> {
        let Some(file) = &self.metadata_file else { return Ok(None) };
        let text = std::fs::read(file).map_err(|error| {
            let message = format!("Error reading metadata: {error}");
            TaskError::new("puppet.tasks/unreadable-metadata", message)
        })?;
        if text.is_empty() {
            return Ok(Some(Map::new()));
        }
        let invalid = |reason: String| TaskError::new("puppet.tasks/unparseable-metadata", reason);
        match serde_json::from_slice(&text).map_err(|error| invalid(error.to_string()))? {
            Json::Object(metadata) => Ok(Some(metadata)),
            _ => Err(invalid(format!("the metadata in {} is no hash", file.display()))),
        }
    }

    /// Ids and paths of all files: those to run first.
    fn files(
        &self,
        module: &Module,
        modules: &[Module],
        metadata: Option<&Map<String, Json>>,
        programs: &[PathBuf],
    ) -> Result<Vec<(String, PathBuf)>> {
        let mut files = self.implementations(module, metadata, programs)?;
        if let Some(metadata) = metadata {
            files.extend(further_files(metadata, modules)?);
        }
        Ok(files)
    }

    fn implementations(
        &self,
        module: &Module,
        metadata: Option<&Map<String, Json>>,
        programs: &[PathBuf],
    ) -> Result<Vec<(String, PathBuf)>> {
        let name = full_name(&module.name, &self.short_name);
        let named = |path: &Path| file_name(path).to_owned();
        if let Some(listed) = metadata.and_then(|metadata| metadata.get("implementations")) {
            let invalid = |what: &str| {
                let message = format!("Task metadata for task {name} does not specify {what} as an array");
                TaskError::new(INVALID_METADATA, message)
            };
            let listed = listed.as_array().ok_or_else(|| invalid("implementations"))?;
            return listed
                .iter()
                .map(|implementation| {
                    let requirements = &implementation["requirements"];
                    if !requirements.is_array() && !requirements.is_null() {
                        return Err(invalid("requirements"));
                    }
                    let wanted = implementation["name"].as_str().unwrap_or_default();
                    match programs.iter().find(|path| file_name(path) == wanted) {
                        Some(path) => Ok((wanted.to_owned(), path.clone())),
                        None => Err(TaskError {
                            kind: "puppet.tasks/missing-implementation",
                            message: format!(
                                "Task metadata for task {name} specifies missing implementation {wanted}"
                            ),
                            details: json!({"missing": [wanted]}),
                        }),
                    }
                })
                .collect();
        }
        let mut fitting = programs.iter().filter(|path| split_ending(file_name(path)).0 == self.short_name);
        match (fitting.next(), fitting.next()) {
            (None, _) => Err(TaskError::new(
                "puppet.tasks/no-implementation",
                format!(
                    "No source besides task metadata was found in directory {} for task {name}",
                    module.path.join("tasks").display()
                ),
            )),
            (Some(only), None) => Ok(vec![(named(only), only.clone())]),
            (Some(first), Some(_)) => Err(TaskError::new(
                "puppet.tasks/multiple-implementations",
                format!(
                    "Multiple executables were found in directory {} for task {name}; define 'implementations' in metadata \
                     to differentiate between them",
                    first.display()
                ),
            )),
        }
    }
}

/// The files that metadata names, of this module or others: `module/folder/path`, or a directory with a slash at its end.
fn further_files(metadata: &Map<String, Json>, modules: &[Module]) -> Result<Vec<(String, PathBuf)>> {
    let invalid = |message: String| TaskError::new(INVALID_METADATA, message);
    let list = |value: Option<&Json>| -> Result<Vec<String>> {
        let Some(value) = value else { return Ok(Vec::new()) };
        let items = value
            .as_array()
            .ok_or_else(|| invalid(format!("The 'files' task metadata expects an array, got {value}.")))?;
        Ok(items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect())
    };
    let mut names = list(metadata.get("files"))?;
    for implementation in metadata.get("implementations").and_then(Json::as_array).into_iter().flatten() {
        names.extend(list(implementation.get("files"))?);
    }
    let mut found = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for name in names.iter().filter(|name| seen.insert(name.as_str())) {
        let mut parts = name.splitn(3, '/');
        let [module, mount, rest] = std::array::from_fn(|_| parts.next().unwrap_or_default());
        let Some(module) = modules.iter().find(|known| known.name == module) else {
            return Err(invalid(format!("Could not find module {module} containing task file {rest}")));
        };
        if !MOUNTS.contains(&mount) {
            return Err(invalid(format!(
                "Files must be saved in module directories that Puppet makes available via mount points: {}",
                MOUNTS.join(", ")
            )));
        }
        let is_directory_name = name.ends_with('/');
        let inner = rest.strip_suffix('/').unwrap_or(rest);
        if !inner.is_empty() && inner.split('/').any(|part| matches!(part, "" | "." | "..")) {
            return Err(invalid("File pathnames cannot include relative paths".to_owned()));
        }
        let path = module.path.join(mount).join(inner);
        if !path.exists() {
            let shown = module.path.join(mount).join(rest);
            let message = format!("Could not find {} on disk", shown.display());
            return Err(TaskError::new("puppet.tasks/invalid-file", message));
        }
        match (path.is_dir(), is_directory_name) {
            (true, true) => {
                let mut files = Vec::new();
                below(&path, DEPTH_MAX, &mut files).map_err(|error| invalid(error.to_string()))?;
                found.extend(files.into_iter().map(|file| (id(module, &file), file)));
            }
            (true, false) => {
                let text = "Directories specified in task metadata must include a trailing slash";
                return Err(invalid(format!("{text}: {name}")));
            }
            (false, true) => {
                let text = "Files specified in task metadata cannot include a trailing slash";
                return Err(TaskError::new("puppet.task/invalid-metadata", format!("{text}: {name}")));
            }
            (false, false) => found.push((id(module, &path), path)),
        }
    }
    Ok(found)
}

/// `module/folder/path`
fn id(module: &Module, path: &Path) -> String {
    let inside = path.strip_prefix(&module.path).unwrap_or(path);
    format!("{}/{}", module.name, inside.display())
}

/// All files below a directory; links to directories are not followed.
fn below(directory: &Path, depth_left: usize, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for name in names_in(directory)? {
        let path = directory.join(name);
        if path.symlink_metadata()?.is_dir() {
            if depth_left > 0 {
                below(&path, depth_left - 1, found)?;
            }
        } else if path.is_file() {
            found.push(path);
        }
    }
    Ok(())
}

fn file_name(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
}

/// With the keys of all hashes sorted.
fn sorted(value: Json) -> Json {
    match value {
        Json::Array(items) => Json::Array(items.into_iter().map(sorted).collect()),
        Json::Object(map) => {
            let mut entries: Vec<(String, Json)> = map.into_iter().collect();
            entries.sort_by(|(one, _), (other, _)| one.cmp(other));
            Json::Object(entries.into_iter().map(|(key, value)| (key, sorted(value))).collect())
        }
        other => other,
    }
}
