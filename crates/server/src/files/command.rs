//! Commands of the machine whose output is part of an answer: with a limit of time and of size.

use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::Command;

/// How much of a command's complaint is kept.
const COMPLAINT_BYTES_MAX: u64 = 8 * 1024;

/// What a command gave.
pub(super) struct Output {
    pub(super) status: ExitStatus,
    pub(super) stdout: Vec<u8>,
    /// The beginning of what it wrote to its standard error.
    pub(super) complaint: String,
}

/// Runs a command to its end. One that takes too long or says too much is killed.
pub(super) async fn run(mut command: Command, time_max: Duration, bytes_max: u64) -> Result<Output, String> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn().map_err(|error| error.to_string())?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let work = async {
        // An error of one ends the other: a command that says too much is not waited for.
        let (stdout, complaint) = tokio::try_join!(read_all(stdout, bytes_max), read_beginning(stderr))?;
        let status = child.wait().await.map_err(|error| error.to_string())?;
        let complaint = String::from_utf8_lossy(&complaint).trim_end().to_owned();
        Ok(Output { status, stdout, complaint })
    };
    match tokio::time::timeout(time_max, work).await {
        Ok(result) => result,
        Err(_) => Err(format!("it took longer than {} s", time_max.as_secs())),
    }
}

async fn read(source: Option<impl AsyncRead + Unpin>, bytes_max: u64) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    if let Some(source) = source {
        source.take(bytes_max).read_to_end(&mut bytes).await.map_err(|error| error.to_string())?;
    }
    Ok(bytes)
}

async fn read_all(source: Option<impl AsyncRead + Unpin>, bytes_max: u64) -> Result<Vec<u8>, String> {
    let bytes = read(source, bytes_max.saturating_add(1)).await?;
    if bytes.len() as u64 > bytes_max {
        return Err(format!("its output is larger than {bytes_max} bytes"));
    }
    Ok(bytes)
}

/// Keeps the beginning and takes the rest away, so that the command can go on.
async fn read_beginning(source: Option<impl AsyncRead + Unpin>) -> Result<Vec<u8>, String> {
    let Some(mut source) = source else { return Ok(Vec::new()) };
    let beginning = read(Some(&mut source), COMPLAINT_BYTES_MAX).await?;
    tokio::io::copy(&mut source, &mut tokio::io::sink()).await.map_err(|error| error.to_string())?;
    Ok(beginning)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script]);
        command
    }

    #[tokio::test]
    async fn output_and_complaint() {
        let long = Duration::from_secs(60);
        let output = run(shell("echo out; echo bad >&2; exit 3"), long, 100).await.unwrap();
        assert_eq!((&output.stdout[..], &*output.complaint), (&b"out\n"[..], "bad"));
        assert_eq!(output.status.code(), Some(3));
        let much = run(shell("head -c 100000 /dev/zero >&2; echo out"), long, 100).await.unwrap();
        assert_eq!(&much.stdout[..], b"out\n");
        assert!(much.complaint.len() as u64 <= COMPLAINT_BYTES_MAX);
    }

    #[tokio::test]
    async fn limits() {
        let endless = run(shell("yes"), Duration::from_secs(60), 1000).await;
        assert_eq!(endless.err().unwrap(), "its output is larger than 1000 bytes");
        let slow = run(shell("sleep 60"), Duration::from_millis(20), 1000).await;
        assert_eq!(slow.err().unwrap(), "it took longer than 0 s");
        assert!(run(Command::new("/does/not/exist"), Duration::from_secs(60), 1).await.is_err());
    }
}
