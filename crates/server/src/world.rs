//! The compiler's window to this machine.

use std::io::{self, Read as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use compiler::World;
use compiler::world::{ExportQuery, ExportedResource};
use pcore::time::Timestamp;

/// Output of a command beyond this is an error: it becomes a string in a catalog.
const OUTPUT_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// Files, clock and commands of this machine. Exported resources of other nodes are not stored here.
pub struct Machine;

impl World for Machine {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp { seconds: since.as_secs() as i64, nanoseconds: since.subsec_nanos() }
    }

    fn random(&self) -> u128 {
        uuid::Uuid::new_v4().as_u128()
    }

    fn read_file(&self, path: &Path) -> io::Result<Vec<u8>> {
        std::fs::read(path)
    }

    fn exists(&self, path: &Path) -> bool {
        path.exists()
    }

    fn run(&self, command: &[String], time_max: Duration) -> Result<Vec<u8>, String> {
        let Some((program, arguments)) = command.split_first() else {
            return Err("no command was given".into());
        };
        let text = command.join(" ");
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("Failed to execute generator {program}: {error}"))?;
        // Read beside the wait, so that a command that writes much is not stuck on a full pipe.
        let reader = child.stdout.take().map(|stdout| {
            std::thread::spawn(move || {
                let mut output = Vec::new();
                stdout.take(OUTPUT_BYTES_MAX + 1).read_to_end(&mut output).map(|_| output)
            })
        });
        let deadline = Instant::now() + time_max;
        let status = loop {
            match child.try_wait() {
                Ok(Some(status)) => break status,
                Ok(None) if Instant::now() < deadline => std::thread::sleep(Duration::from_millis(5)),
                Ok(None) => {
                    // It may have ended meanwhile; either way it is gone after this.
                    let _ = child.kill();
                    let _ = child.wait();
                    return Err(format!(
                        "Execution of '{text}' took longer than {} seconds",
                        time_max.as_secs()
                    ));
                }
                Err(error) => return Err(format!("Failed to execute generator {program}: {error}")),
            }
        };
        let output = match reader.map(std::thread::JoinHandle::join) {
            Some(Ok(Ok(output))) => output,
            _ => return Err(format!("could not read the output of '{text}'")),
        };
        if !status.success() {
            let code = status.code().map_or_else(|| "a signal".to_owned(), |code| code.to_string());
            return Err(format!("Execution of '{text}' returned {code}"));
        }
        if output.len() as u64 > OUTPUT_BYTES_MAX {
            return Err(format!("the output of '{text}' is larger than {OUTPUT_BYTES_MAX} bytes"));
        }
        Ok(output)
    }

    fn stores_exports(&self) -> bool {
        false
    }

    fn exported_resources(&self, _: &ExportQuery<'_>) -> Result<Vec<ExportedResource>, String> {
        Ok(Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(command: &[&str], time_max: Duration) -> Result<Vec<u8>, String> {
        let command: Vec<String> = command.iter().map(|part| (*part).to_owned()).collect();
        Machine.run(&command, time_max)
    }

    #[test]
    fn commands_have_an_output_an_end_and_an_error() {
        let long = Duration::from_secs(20);
        assert_eq!(run(&["/bin/echo", "x"], long).unwrap(), b"x\n");
        assert_eq!(
            run(&["/bin/sh", "-c", "exit 3"], long).unwrap_err(),
            "Execution of '/bin/sh -c exit 3' returned 3"
        );
        assert!(
            run(&["/nonexistent"], long).unwrap_err().starts_with("Failed to execute generator /nonexistent")
        );
        assert!(run(&["/bin/sleep", "30"], Duration::from_millis(50)).unwrap_err().contains("took longer"));
    }
}
