//! Versions of code: commands of the administrator's that say which version an environment has now (`code-id-command`), and how a
//! file was in a version (`code-content-command`).

use std::path::Path;
use std::process::ExitStatus;
use std::time::Duration;

use super::command::{self, Output};

/// Longest time a command may take.
const COMMAND_TIME_MAX: Duration = Duration::from_secs(60);
/// Largest file that is served so.
const CONTENT_BYTES_MAX: u64 = 256 * 1024 * 1024;
const CODE_ID_BYTES_MAX: u64 = 4096;

/// The version of an environment's code; nothing if no command is set.
///
/// # Errors
/// The command fails, or prints no name of a version.
pub(crate) async fn code_id(program: Option<&Path>, environment: &str) -> Result<Option<String>, String> {
    let Some(program) = program else { return Ok(None) };
    let output = run(program, &[environment], CODE_ID_BYTES_MAX).await?;
    let text = String::from_utf8_lossy(&output);
    let code_id = text.trim_end_matches(['\r', '\n']);
    if !is_code_id(code_id) {
        return Err(invalid(code_id));
    }
    Ok(Some(code_id.to_owned()))
}

/// A file of a version.
///
/// # Errors
/// The command fails.
pub(super) async fn content(
    program: &Path,
    environment: &str,
    code_id: &str,
    path: &str,
) -> Result<Vec<u8>, String> {
    run(program, &[environment, code_id, path], CONTENT_BYTES_MAX).await
}

/// What Puppet Server takes for the name of a version.
pub(crate) fn is_code_id(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ';' | ':'))
}

/// Why a text is no name of a version.
pub(super) fn invalid(code_id: &str) -> String {
    let code_id: String = code_id.chars().take(200).collect();
    format!("Invalid code-id '{code_id}'. Must contain only alpha-numerics and '-', '_', ';', or ':'")
}

async fn run(program: &Path, arguments: &[&str], bytes_max: u64) -> Result<Vec<u8>, String> {
    let shown = program.display();
    let mut command = tokio::process::Command::new(program);
    command.args(arguments);
    let Output { status, stdout, complaint } =
        command::run(command, COMMAND_TIME_MAX, bytes_max).await.map_err(|error| {
            format!(
                "Running script generated an error. Command executed: '{shown}', error generated: '{error}'"
            )
        })?;
    if !status.success() {
        return Err(format!(
            "Non-zero exit code returned while running '{shown}'. exit-code: '{}', stdout: '{}', stderr: '{complaint}'",
            code(status),
            String::from_utf8_lossy(stdout.get(..200).unwrap_or(&stdout))
        ));
    }
    if !complaint.trim().is_empty() {
        tracing::error!("Error output generated while running '{shown}'. stderr: '{complaint}'");
    }
    Ok(stdout)
}

fn code(status: ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt as _;
    status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_ids() {
        assert!(is_code_id("urn:code-id:1;a_b"));
        assert!(!is_code_id("a b") && !is_code_id("a$b"));
    }

    #[tokio::test]
    async fn the_version_is_what_the_command_prints() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("id");
        let run = async |script: &str| {
            std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
            use std::os::unix::fs::PermissionsExt as _;
            std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
            code_id(Some(&program), "production").await
        };
        assert_eq!(run("echo \"$1-1\"; echo note >&2").await, Ok(Some("production-1".to_owned())));
        assert_eq!(
            run("echo out; echo bad >&2; exit 3").await.unwrap_err(),
            format!(
                "Non-zero exit code returned while running '{}'. exit-code: '3', stdout: 'out\n', stderr: 'bad'",
                program.display()
            )
        );
        assert!(run("echo 'a b'").await.unwrap_err().starts_with("Invalid code-id 'a b'."));
        assert_eq!(code_id(None, "production").await, Ok(None));
    }
}
