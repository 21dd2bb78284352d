//! What joining writes: files of keys and certificates, durable and with modes of their own, and the keys of `bunraku.toml` that a
//! compiler needs. A file that somebody wrote is kept as it is, with what is missing added.

use std::path::Path;

use anyhow::{Context as _, bail};

use crate::config::Config;

/// Writes a file that everybody may read.
pub(super) fn public(file: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    write(file, bytes, 0o755, 0o644)
}

/// Writes a file that only its owner may read, in a directory that others may not list.
pub(super) fn private(file: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    write(file, bytes, 0o750, 0o600)
}

fn write(file: &Path, bytes: &[u8], directory_mode: u32, mode: u32) -> anyhow::Result<()> {
    let failed = || format!("could not write {}", file.display());
    if let Some(directory) = file.parent() {
        stdx::fs::create_directory(directory, directory_mode).with_context(failed)?;
    }
    stdx::fs::write_atomic(file, bytes, mode).with_context(failed)
}

/// What a compiler's `bunraku.toml` must say.
#[derive(Debug)]
pub(super) struct Wanted<'a> {
    pub(super) certname: &'a str,
    pub(super) confdir: &'a Path,
    /// NAME or NAME:PORT
    pub(super) primary: &'a str,
    /// The primary has versions of code.
    pub(super) file_sync: bool,
}

/// Sees to it that the configuration says what is wanted. True if something was written.
pub(super) fn configuration(file: &Path, wanted: &Wanted<'_>) -> anyhow::Result<bool> {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error).with_context(|| format!("could not read {}", file.display())),
    };
    let added = with_wanted(&text, wanted).with_context(|| format!("{}", file.display()))?;
    if added == text {
        return Ok(false);
    }
    Config::parse(&added).with_context(|| format!("{} would not be valid", file.display()))?;
    public(file, added.as_bytes())?;
    Ok(true)
}

fn with_wanted(text: &str, wanted: &Wanted<'_>) -> anyhow::Result<String> {
    let config = Config::parse(text)?;
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let mut top = String::new();
    match &config.certname {
        None => top = format!("certname = {}\n", quoted(wanted.certname)),
        Some(other) if other == wanted.certname => {}
        Some(other) => bail!("certname is {other} there, and not {}", wanted.certname),
    }
    if config.confdir.is_none() {
        // Found out today; another file on this machine must not move the keys elsewhere tomorrow.
        top.push_str(&format!("confdir = {}\n", quoted(&wanted.confdir.to_string_lossy())));
    }
    let mut end = String::new();
    match &config.compiler.primary {
        Some(other) if other == wanted.primary => {}
        Some(other) => bail!(
            "compiler.primary is {other} there, and not {}; change it if this machine shall go to another primary",
            wanted.primary
        ),
        None if has_section(text, "compiler") => {
            bail!(
                "the section [compiler] has no `primary`; write `primary = {}` there",
                quoted(wanted.primary)
            )
        }
        None => end.push_str(&format!("\n[compiler]\nprimary = {}\n", quoted(wanted.primary))),
    }
    if wanted.file_sync && config.file_sync.enabled.is_none() && !has_section(text, "file-sync") {
        end.push_str("\n[file-sync]\nenabled = true\n");
    }
    let gap = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    Ok(format!("{top}{text}{gap}{end}"))
}

fn has_section(text: &str, name: &str) -> bool {
    text.parse::<toml::Table>().is_ok_and(|table| table.contains_key(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted() -> Wanted<'static> {
        Wanted {
            certname: "c1.example.com",
            confdir: Path::new("/etc/bunraku"),
            primary: "primary.example.com",
            file_sync: true,
        }
    }

    #[test]
    fn a_new_configuration_is_complete_and_written_once() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("deep/bunraku.toml");
        assert!(configuration(&file, &wanted()).unwrap());
        let config = Config::load(Some(&file)).unwrap();
        assert_eq!(config.certname.as_deref(), Some("c1.example.com"));
        assert_eq!(config.confdir.as_deref(), Some(Path::new("/etc/bunraku")));
        assert_eq!(config.compiler.primary.as_deref(), Some("primary.example.com"));
        assert_eq!(config.file_sync.enabled, Some(true));
        assert!(!configuration(&file, &wanted()).unwrap());
    }

    #[test]
    fn what_somebody_wrote_stays() {
        let own = "# mine\n[listen]\naddress = '[::]:9140'";
        let text = with_wanted(own, &wanted()).unwrap();
        assert!(text.contains(own), "{text}");
        assert_eq!(Config::parse(&text).unwrap().listen.address, "[::]:9140");
        let off = "[file-sync]\nenabled = false\n";
        assert_eq!(
            Config::parse(&with_wanted(off, &wanted()).unwrap()).unwrap().file_sync.enabled,
            Some(false)
        );
        for (contrary, why) in [
            ("certname = 'other'\n", "certname is other"),
            ("[compiler]\nprimary = 'other'\n", "compiler.primary is other"),
            ("[compiler]\ncrl-interval = '1s'\n", "write `primary = "),
        ] {
            let error = with_wanted(contrary, &wanted()).unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
        }
    }

    #[test]
    fn keys_are_for_their_owner_only() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let mode =
            |name: &str| std::fs::metadata(folder.path().join(name)).unwrap().permissions().mode() & 0o777;
        private(&folder.path().join("keys/k"), b"x").unwrap();
        public(&folder.path().join("certs/c"), b"x").unwrap();
        assert_eq!((mode("keys"), mode("keys/k"), mode("certs/c")), (0o750, 0o600, 0o644));
    }
}
