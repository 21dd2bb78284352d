//! Source files of people: found below directories, read, and replaced as a whole.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

/// Folders whose code is someone else's, or made: dependencies of tests, vendored modules, built packages.
const FOREIGN: [&str; 3] = ["spec/fixtures", "vendor", "pkg"];

/// The files among and below some paths, those below directories in the order of names. Files that are named are taken whatever they
/// are called.
///
/// Hidden folders and those of other people's code are not searched, and links to folders not followed; folders that are named are.
pub fn find(paths: &[PathBuf], extensions: &[&str]) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            search(path, extensions, &mut found)?;
        } else {
            found.push(path.clone());
        }
    }
    Ok(found)
}

fn search(directory: &Path, extensions: &[&str], found: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let entries =
        std::fs::read_dir(directory).with_context(|| format!("cannot read {}", directory.display()))?;
    let mut entries = entries.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            if !FOREIGN.iter().any(|folder| path.ends_with(folder)) {
                search(&path, extensions, found)?;
            }
        } else if path.extension().is_some_and(|own| extensions.iter().any(|extension| own == *extension)) {
            found.push(path);
        }
    }
    Ok(())
}

/// A file's text.
pub fn read(path: &Path) -> anyhow::Result<String> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    String::from_utf8(bytes)
        .map_err(|_| anyhow::anyhow!("{}: invalid byte sequence in UTF-8", path.display()))
}

/// Replaces a file as a whole: whoever reads it sees the old text or the new one. It keeps its mode; where it is a link, the file that
/// the link leads to is replaced.
pub fn replace(path: &Path, text: &str) -> anyhow::Result<()> {
    let attempt = || -> std::io::Result<()> {
        let target = std::fs::canonicalize(path)?;
        let permissions = std::fs::metadata(&target)?.permissions();
        let mut file = tempfile::Builder::new()
            .prefix(".")
            .suffix(".tmp")
            .tempfile_in(target.parent().unwrap_or(Path::new(".")))?;
        file.write_all(text.as_bytes())?;
        file.as_file().set_permissions(permissions)?;
        file.persist(&target).map_err(|error| error.error)?;
        Ok(())
    };
    attempt().with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_own_code_only() {
        let root = tempfile::tempdir().unwrap();
        for file in [
            "b.pp",
            "a/c.pp",
            "a/d.txt",
            ".git/x.pp",
            "spec/fixtures/y.pp",
            "spec/z.pp",
            "vendor/v.pp",
            "pkg/p.pp",
        ] {
            let path = root.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        let found = find(&[root.path().to_owned(), root.path().join("a/d.txt")], &["pp"]).unwrap();
        let found: Vec<_> = found.iter().map(|path| path.strip_prefix(root.path()).unwrap()).collect();
        assert_eq!(found, ["a/c.pp", "b.pp", "spec/z.pp", "a/d.txt"].map(Path::new));
        let named = find(&[root.path().join("vendor")], &["pp"]).unwrap();
        assert_eq!(named, [root.path().join("vendor/v.pp")]);
    }

    #[test]
    fn replaces_what_a_link_leads_to_and_keeps_the_mode() {
        use std::os::unix::fs::PermissionsExt as _;
        let root = tempfile::tempdir().unwrap();
        let (file, link) = (root.path().join("file"), root.path().join("link"));
        std::fs::write(&file, "old").unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink("file", &link).unwrap();
        replace(&link, "new").unwrap();
        assert_eq!(read(&file).unwrap(), "new");
        assert!(link.is_symlink());
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
        assert_eq!(std::fs::read_dir(root.path()).unwrap().count(), 2);
    }
}
