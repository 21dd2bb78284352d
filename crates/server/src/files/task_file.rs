//! A file of a task, as `tasks/:module/:task` describes it: its digest, and from where it can be fetched.

use std::path::Path;

use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

use super::checksum::Algorithm;
use super::{FileServer, FileSettings, versions};

/// A file of a task.
pub(crate) struct TaskFile {
    id: String,
    sha256: String,
    bytes: u64,
    /// Directory of modules, module, folder of the module, path below it.
    place: [String; 4],
}

impl FileServer {
    /// Looks at a file of a task; `id` is its name in the module's `tasks`, or `module/folder/path`.
    pub(crate) fn task_file(&self, id: &str, path: &Path) -> std::io::Result<TaskFile> {
        let meta = std::fs::metadata(path)?;
        let sha256 = self.checksums.of_file(path, &meta, Algorithm::Sha256)?;
        let text = path.to_string_lossy();
        // An id without a folder is one in `tasks`, so the last parts of the path are as many in both cases.
        let depth = if id.contains('/') { id.split('/').count() } else { 3 };
        let segments: Vec<&str> = text.split('/').collect();
        let tail = segments.get(segments.len().saturating_sub(depth + 1)..).unwrap_or_default();
        let mut parts = tail.iter().map(|part| (*part).to_owned());
        let [root, module, folder] = std::array::from_fn(|_| parts.next().unwrap_or_default());
        let place = [root, module, folder, parts.collect::<Vec<_>>().join("/")];
        Ok(TaskFile { id: id.to_owned(), sha256, bytes: meta.len(), place })
    }
}

impl TaskFile {
    /// The description. If the file is the same in the present version of the code, it is fetched by that version.
    pub(crate) async fn describe(
        &self,
        settings: &FileSettings,
        environment: &str,
        code_id: Option<&str>,
    ) -> Json {
        let place = self.place.join("/");
        let [_, module, folder, path] = &self.place;
        let uri = match (code_id, &settings.code_content_command) {
            (Some(code_id), Some(program)) if self.is_in(program, environment, code_id, &place).await => {
                json!({
                    "path": format!("/puppet/v3/static_file_content/{place}"),
                    "params": {"environment": environment, "code_id": code_id},
                })
            }
            _ => {
                let below = match folder.as_str() {
                    "lib" => format!("plugins/{path}"),
                    "files" => format!("modules/{module}/{path}"),
                    folder => format!("{folder}/{module}/{path}"),
                };
                json!({
                    "path": format!("/puppet/v3/file_content/{below}"),
                    "params": {"environment": environment},
                })
            }
        };
        json!({"filename": self.id, "sha256": self.sha256, "size_bytes": self.bytes, "uri": uri})
    }

    async fn is_in(&self, program: &Path, environment: &str, code_id: &str, place: &str) -> bool {
        match versions::content(program, environment, code_id, place).await {
            Ok(content) => hex::encode(Sha256::digest(&content)) == self.sha256,
            Err(error) => {
                tracing::debug!("Static file unavailable for {place}: {error}");
                false
            }
        }
    }
}
