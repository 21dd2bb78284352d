//! Git objects as values, and their bytes.
//!
//! Trees come from other machines and are laid out as files, so they are read strictly: what git itself would not have written, or
//! what could name a file outside of its directory, is refused. A directory or file called `.git` is not: modules are cloned
//! with theirs, and everything of a module travels. Nothing here ever treats such a directory as a repository.

use std::fmt;
use std::str::FromStr;

/// Bytes of one name inside a directory, at most: the limit of the file systems.
pub const NAME_BYTES_MAX: usize = 255;
/// Entries of one directory, at most.
pub const TREE_ENTRIES_MAX: usize = 1_000_000;

/// Why bytes are no object.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ObjectError {
    /// Not the form that git writes.
    #[error("not a valid {kind} object: {reason}")]
    Malformed {
        /// `tree` or `commit`
        kind: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// A name that no file in a directory may have.
    #[error("a tree has an entry that no file may be called: {0:?}")]
    Name(String),
    /// Text that is no id.
    #[error("`{0}` is not the id of an object, which is 40 digits 0-9a-f")]
    Id(String),
}

/// The name of an object: the SHA-1 of its kind, size and bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id([u8; 20]);

impl Id {
    /// Takes 20 bytes as an id.
    pub const fn new(bytes: [u8; 20]) -> Id {
        Id(bytes)
    }

    /// The id at the beginning of bytes.
    pub fn from_slice(bytes: &[u8]) -> Option<Id> {
        bytes.first_chunk::<20>().map(|bytes| Id(*bytes))
    }

    /// The 20 bytes.
    pub const fn as_bytes(&self) -> &[u8; 20] {
        &self.0
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Id {
    type Err = ObjectError;

    fn from_str(text: &str) -> Result<Id, ObjectError> {
        let refuse = || ObjectError::Id(text.chars().take(80).collect());
        let digits = text.as_bytes();
        if digits.len() != 40 {
            return Err(refuse());
        }
        let mut id = [0; 20];
        for (byte, pair) in id.iter_mut().zip(digits.chunks_exact(2)) {
            for digit in pair {
                let value = match digit {
                    b'0'..=b'9' => digit - b'0',
                    b'a'..=b'f' => digit - b'a' + 10,
                    _ => return Err(refuse()),
                };
                *byte = *byte << 4 | value;
            }
        }
        Ok(Id(id))
    }
}

impl serde::Serialize for Id {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Id {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Id, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// What an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A version: a tree, where it came from, who, when and why.
    Commit,
    /// A directory.
    Tree,
    /// The bytes of a file, or the target of a link.
    Blob,
}

impl Kind {
    /// Git's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Commit => "commit",
            Kind::Tree => "tree",
            Kind::Blob => "blob",
        }
    }
}

/// What an entry of a tree is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// A directory.
    Directory,
    /// A file.
    File,
    /// A file that may be executed.
    Executable,
    /// A symbolic link.
    Link,
    /// A commit of another repository.
    Submodule,
}

impl Mode {
    fn as_octal(self) -> &'static [u8] {
        match self {
            Mode::Directory => b"40000",
            Mode::File => b"100644",
            Mode::Executable => b"100755",
            Mode::Link => b"120000",
            Mode::Submodule => b"160000",
        }
    }

    fn from_octal(text: &[u8]) -> Option<Mode> {
        let modes = [Mode::Directory, Mode::File, Mode::Executable, Mode::Link, Mode::Submodule];
        modes.into_iter().find(|mode| mode.as_octal() == text)
    }
}

/// One entry of a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeEntry {
    /// The name, as the file system has it: any bytes but `/` and 0.
    pub name: Vec<u8>,
    /// What it is.
    pub mode: Mode,
    /// The object.
    pub id: Id,
}

impl TreeEntry {
    /// Git sorts directories as if their names ended in a slash.
    fn sort_key(&self) -> impl Iterator<Item = u8> + '_ {
        self.name.iter().copied().chain((self.mode == Mode::Directory).then_some(b'/'))
    }
}

/// True if a file or directory inside another may be called so.
pub fn is_entry_name(name: &[u8]) -> bool {
    !matches!(name, b"" | b"." | b"..")
        && name.len() <= NAME_BYTES_MAX
        && !name.iter().any(|b| matches!(b, b'/' | 0))
}

/// The bytes of a tree; sorts the entries as git wants them.
pub fn encode_tree(entries: &mut [TreeEntry]) -> Vec<u8> {
    entries.sort_by(|a, b| a.sort_key().cmp(b.sort_key()));
    let mut out = Vec::with_capacity(entries.iter().map(|entry| entry.name.len() + 28).sum());
    for entry in entries {
        out.extend_from_slice(entry.mode.as_octal());
        out.push(b' ');
        out.extend_from_slice(&entry.name);
        out.push(0);
        out.extend_from_slice(entry.id.as_bytes());
    }
    out
}

/// Reads a tree.
///
/// # Errors
/// Not in git's form and order, a name that no file may have, or two entries of one name.
pub fn decode_tree(mut bytes: &[u8]) -> Result<Vec<TreeEntry>, ObjectError> {
    let malformed = |reason: &str| ObjectError::Malformed { kind: "tree", reason: reason.to_owned() };
    let mut entries: Vec<TreeEntry> = Vec::new();
    let mut names = std::collections::HashSet::new();
    while !bytes.is_empty() {
        let space =
            bytes.iter().take(7).position(|b| *b == b' ').ok_or_else(|| malformed("an entry has no mode"))?;
        let (mode, rest) = bytes.split_at(space);
        let mode = Mode::from_octal(mode).ok_or_else(|| {
            malformed(&format!("`{}` is no mode that git writes", String::from_utf8_lossy(mode)))
        })?;
        let rest = rest.get(1..).unwrap_or_default();
        let end = rest.iter().take(NAME_BYTES_MAX + 1).position(|b| *b == 0);
        let end = end.ok_or_else(|| malformed("the name of an entry has no end"))?;
        let (name, rest) = rest.split_at(end);
        if !is_entry_name(name) {
            return Err(ObjectError::Name(String::from_utf8_lossy(name).into_owned()));
        }
        let rest = rest.get(1..).unwrap_or_default();
        let id = Id::from_slice(rest).ok_or_else(|| malformed("it ends inside of an id"))?;
        bytes = rest.get(20..).unwrap_or_default();
        let entry = TreeEntry { name: name.to_vec(), mode, id };
        if entries.last().is_some_and(|last| last.sort_key().cmp(entry.sort_key()).is_ge()) {
            return Err(malformed("its entries are not in order"));
        }
        // A file and a directory of one name need not stand beside each other.
        if !names.insert(name) {
            return Err(malformed("two entries have one name"));
        }
        if entries.len() == TREE_ENTRIES_MAX {
            return Err(malformed("it has too many entries"));
        }
        entries.push(entry);
    }
    Ok(entries)
}

/// Who and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// Name.
    pub name: String,
    /// Mail address; may be empty.
    pub email: String,
    /// Seconds since 1970.
    pub seconds: i64,
}

/// A version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// The top directory.
    pub tree: Id,
    /// The versions before it.
    pub parents: Vec<Id>,
    /// Who made it.
    pub author: Signature,
    /// Why.
    pub message: String,
}

/// The bytes of a commit. Author and committer are the same; times are in UTC.
pub fn encode_commit(commit: &Commit) -> Vec<u8> {
    let clean = |text: &str| -> String {
        // What would end the field, and what git strips from both ends.
        let text: String = text.chars().filter(|c| !matches!(c, '<' | '>') && !c.is_control()).collect();
        text.trim_matches(|c: char| c.is_whitespace() || ".,:;\"'\\".contains(c)).to_owned()
    };
    let mut out = format!("tree {}\n", commit.tree);
    for parent in &commit.parents {
        out.push_str(&format!("parent {parent}\n"));
    }
    let Signature { name, email, seconds } = &commit.author;
    let (name, email) = (clean(name), clean(email));
    let name = if name.is_empty() { "unknown" } else { &name };
    for role in ["author", "committer"] {
        out.push_str(&format!("{role} {name} <{email}> {} +0000\n", (*seconds).max(0)));
    }
    out.push('\n');
    out.extend(commit.message.chars().filter(|c| *c != '\0'));
    if !out.ends_with('\n') {
        out.push('\n');
    }
    out.into_bytes()
}

/// Reads a commit. Headers that are of no use here (signatures, encodings) are passed over.
///
/// # Errors
/// Not in git's form.
pub fn decode_commit(bytes: &[u8]) -> Result<Commit, ObjectError> {
    let malformed = |reason: &str| ObjectError::Malformed { kind: "commit", reason: reason.to_owned() };
    let text = String::from_utf8_lossy(bytes);
    let (head, message) = text.split_once("\n\n").ok_or_else(|| malformed("it has no end of its headers"))?;
    let mut lines = head.lines();
    let tree = lines
        .next()
        .and_then(|line| line.strip_prefix("tree "))
        .ok_or_else(|| malformed("it has no tree"))?;
    let tree = tree.parse()?;
    let mut parents = Vec::new();
    let mut author = None;
    for line in lines {
        if let Some(parent) = line.strip_prefix("parent ") {
            parents.push(parent.parse()?);
        } else if let Some(text) = line.strip_prefix("author ") {
            author = Some(signature(text).ok_or_else(|| malformed("its author cannot be read"))?);
        }
    }
    let author = author.ok_or_else(|| malformed("it has no author"))?;
    Ok(Commit { tree, parents, author, message: message.to_owned() })
}

fn signature(text: &str) -> Option<Signature> {
    let (name, rest) = text.split_once('<')?;
    let (email, time) = rest.split_once('>')?;
    let seconds = time.split_whitespace().next()?.parse().ok()?;
    Some(Signature { name: name.trim_end().to_owned(), email: email.to_owned(), seconds })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(name: &str, mode: Mode) -> TreeEntry {
        TreeEntry { name: name.as_bytes().to_vec(), mode, id: Id::new([7; 20]) }
    }

    fn raw(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let mut out = Vec::new();
        for (mode, name) in entries {
            out.extend_from_slice(mode.as_bytes());
            out.push(b' ');
            out.extend_from_slice(name);
            out.push(0);
            out.extend_from_slice(&[7; 20]);
        }
        out
    }

    #[test]
    fn trees_are_sorted_as_git_does() {
        let mut entries = [
            entry("a", Mode::Directory),
            entry("a.b", Mode::File),
            entry("a0", Mode::Link),
            entry("B", Mode::Executable),
        ];
        let bytes = encode_tree(&mut entries);
        let names: Vec<_> =
            decode_tree(&bytes).unwrap().into_iter().map(|e| String::from_utf8(e.name).unwrap()).collect();
        assert_eq!(names, ["B", "a.b", "a", "a0"]);
    }

    #[test]
    fn names_that_lead_elsewhere_are_refused() {
        let long = vec![b'a'; 256];
        for name in [&b""[..], b".", b"..", b"../x", b"/etc/passwd", b"a/b", &long] {
            assert!(decode_tree(&raw(&[("100644", name)])).is_err(), "{name:?}");
        }
        assert!(decode_tree(&raw(&[("40000", b".git")])).is_ok());
    }

    #[test]
    fn trees_that_git_would_not_write_are_refused() {
        for (entries, reason) in [
            (&[("100644", &b"b"[..]), ("100644", b"a")][..], "not in order"),
            (&[("100644", b"a"), ("100644", b"a")], "not in order"),
            (&[("100644", b"a"), ("100644", b"a.b"), ("40000", b"a")], "two entries have one name"),
            (&[("120000", b"a"), ("40000", b"a")], "two entries have one name"),
            (&[("100664", b"a")], "no mode"),
            (&[("040000", b"a")], "no mode"),
        ] {
            let error = decode_tree(&raw(entries)).unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
        }
        assert!(decode_tree(&raw(&[("100644", b"a")])[..20]).is_err());
    }

    #[test]
    fn commits_are_read_as_written() {
        let commit = Commit {
            tree: Id::new([1; 20]),
            parents: vec![Id::new([2; 20])],
            author: Signature {
                name: "PE File Sync Service".into(),
                email: String::new(),
                seconds: 1_700_000_000,
            },
            message: "code-manager deploy signature: 'abc'\n".into(),
        };
        assert_eq!(decode_commit(&encode_commit(&commit)).unwrap(), commit);
        let forged = Signature { name: "x> 0 +0000\nparent y <".into(), email: "a\nb".into(), seconds: -4 };
        let text = String::from_utf8(encode_commit(&Commit { author: forged, ..commit })).unwrap();
        assert!(text.contains("\nauthor x 0 +0000parent y <ab> 0 +0000\n"), "{text}");
    }

    #[test]
    fn ids_are_forty_small_digits() {
        let text = "00ff".repeat(10);
        assert_eq!(text.parse::<Id>().unwrap().to_string(), text);
        assert!(text.to_uppercase().parse::<Id>().is_err());
        assert!("é".repeat(20).parse::<Id>().is_err());
    }
}
