//! The code that workers load, read for them: their user may not be able to.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use pcore::{Hash, Value};

/// The largest file with code that is handed to a worker, in bytes.
const FILE_MAX: u64 = 4 << 20;

/// The text of a file; `None` if it cannot be read or is too large.
pub(crate) fn read(path: &Path) -> Option<String> {
    let mut text = String::new();
    let length = File::open(path).ok()?.take(FILE_MAX + 1).read_to_string(&mut text).ok()?;
    (length as u64 <= FILE_MAX).then_some(text)
}

/// The answer to `require name`: `{path, text}` of a Ruby file in one of the folders, undef if there is none. Nothing outside of the folders
/// is found, whatever links or dots say.
pub(crate) fn find(folders: &[PathBuf], name: &str) -> Value {
    let file = if name.ends_with(".rb") { name.to_owned() } else { format!("{name}.rb") };
    for folder in folders {
        let (Ok(path), Ok(inside)) = (folder.join(&file).canonicalize(), folder.canonicalize()) else {
            continue;
        };
        if !path.starts_with(&inside) {
            continue;
        }
        if let Some(text) = read(&path) {
            let mut found = Hash::new();
            found.insert("path", path.to_string_lossy().as_ref());
            found.insert("text", text);
            return Value::hash(found);
        }
    }
    Value::Undef
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]
    fn only_ruby_files_within_the_folders_are_found() {
        let folder = tempfile::tempdir().unwrap();
        let lib = folder.path().join("lib");
        std::fs::create_dir_all(lib.join("puppet_x")).unwrap();
        std::fs::write(lib.join("puppet_x/helper.rb"), "1").unwrap();
        std::fs::write(folder.path().join("secret.rb"), "2").unwrap();
        std::os::unix::fs::symlink(folder.path().join("secret.rb"), lib.join("link.rb")).unwrap();
        let find = |name: &str| match find(std::slice::from_ref(&lib), name) {
            Value::Hash(found) => found["text"].as_str().map(str::to_owned),
            _ => None,
        };
        assert_eq!(find("puppet_x/helper").as_deref(), Some("1"));
        assert_eq!(find("puppet_x/helper.rb").as_deref(), Some("1"));
        assert_eq!(find(&lib.join("puppet_x/helper").to_string_lossy()).as_deref(), Some("1"));
        for outside in ["../secret", "link", "puppet_x", "/etc/passwd", "nothing"] {
            assert_eq!(find(outside), None, "{outside}");
        }
    }
}
