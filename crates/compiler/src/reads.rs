//! What a compile has read.
//!
//! A catalog is a function of the environment image, the node's name and these reads; comparing them with new facts tells
//! whether an old catalog still holds, and which nodes a change can touch. A read that cannot be told exactly is recorded as a
//! wider one: all facts rather than a path that might not be the one, impure rather than pure.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use hiera::source::Source as _;
pub use hiera::source::Stat;
use pcore::{Hash, Value};

/// Stands between the names of a path. A name that holds it is not told apart from what contains it.
const SEPARATOR: char = '\0';

/// The reads of one compile.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReadSet {
    /// Paths into the facts.
    pub facts: BTreeSet<Path>,
    /// Paths into `$trusted`.
    pub trusted: BTreeSet<Path>,
    /// Files and folders outside of the image, data and configuration of Hiera among them, in the state in which they were
    /// found; `None` where nothing was.
    pub files: BTreeMap<String, Option<Stat>>,
    /// Searches for exported resources, as text.
    pub queries: Vec<String>,
    /// True if the result depends on the time, on chance, or on a command's output.
    pub impure: bool,
    /// True if files may have been read that are not in `files`: by code in other processes, or by looking for names.
    pub opaque: bool,
}

/// A place in facts or trusted data; the empty path stands for all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Path(String);

impl Path {
    /// The path of some names.
    pub fn new<'n>(names: impl IntoIterator<Item = &'n str>) -> Path {
        let mut path = String::new();
        for name in names {
            if name.is_empty() || name.contains(SEPARATOR) {
                break;
            }
            if !path.is_empty() {
                path.push(SEPARATOR);
            }
            path.push_str(name);
        }
        Path(path)
    }

    /// The names on the way.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.split(SEPARATOR).filter(|name| !name.is_empty())
    }

    /// What stands at this path.
    pub fn seen(&self, root: &Arc<Hash>) -> Seen {
        let mut names = self.names().peekable();
        if names.peek().is_none() {
            return Seen { depth: 0, value: Some(Value::Hash(root.clone())) };
        }
        let mut hash: &Hash = root;
        let mut depth = 0;
        loop {
            let Some(name) = names.next() else { return Seen { depth, value: None } };
            depth += 1;
            match hash.get_str(name) {
                Some(Value::Hash(below)) if names.peek().is_some() => hash = below,
                found => return Seen { depth, value: found.cloned() },
            }
        }
    }
}

/// What a compile saw at a path. Where the path leads into something that is no hash, that thing as a whole counts.
#[derive(Clone, Debug)]
pub struct Seen {
    /// How many names of the path led to it.
    depth: usize,
    /// Nothing where a name is not there.
    value: Option<Value>,
}

impl Seen {
    /// Whether a compile could not tell the two apart; the order of a hash's entries counts.
    pub fn is_same(&self, other: &Seen) -> bool {
        match (&self.value, &other.value) {
            (None, None) => true,
            (Some(one), Some(other_value)) => self.depth == other.depth && same(one, other_value),
            _ => false,
        }
    }
}

impl fmt::Display for Path {
    /// `os.family`; names with dots or blanks in quotes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, name) in self.names().enumerate() {
            if index > 0 {
                f.write_str(".")?;
            }
            match name.contains(['.', ' ', '\'']) {
                true => write!(f, "'{name}'")?,
                false => f.write_str(name)?,
            }
        }
        Ok(())
    }
}

/// Equal as a compile can tell: hashes that list the same entries in another order are not.
pub fn same(old: &Value, new: &Value) -> bool {
    match (old, new) {
        (Value::Hash(old), Value::Hash(new)) => same_entries(old, new),
        (Value::Array(old), Value::Array(new)) => {
            old.len() == new.len() && old.iter().zip(new.iter()).all(|(old, new)| same(old, new))
        }
        (Value::Float(old), Value::Float(new)) => old.to_bits() == new.to_bits(),
        (Value::Sensitive(old), Value::Sensitive(new)) => same(old, new),
        _ => old == new,
    }
}

/// [`same`] of whole hashes.
pub fn same_entries(old: &Hash, new: &Hash) -> bool {
    let entry = |(old, new): ((&Value, &Value), (&Value, &Value))| same(old.0, new.0) && same(old.1, new.1);
    old.len() == new.len() && old.iter().zip(new.iter()).all(entry)
}

impl ReadSet {
    /// Whether a compile of the same image can come to another result only by these reads: nothing in it was left to chance, time
    /// or other nodes.
    pub fn is_pure(&self) -> bool {
        !self.impure && self.queries.is_empty()
    }

    /// The first file that is not in the state any more in which it was read.
    pub fn changed_file(&self) -> Option<&str> {
        let is_changed = |(path, stat): &(&String, &Option<Stat>)| hiera::source::Disk.stat(path) != **stat;
        self.files.iter().find(is_changed).map(|(path, _)| path.as_str())
    }

    pub(crate) fn fact<'n>(&mut self, names: impl IntoIterator<Item = &'n str>) {
        self.facts.insert(Path::new(names));
    }

    pub(crate) fn trusted<'n>(&mut self, names: impl IntoIterator<Item = &'n str>) {
        self.trusted.insert(Path::new(names));
    }

    /// Notes a file or folder, and gives the state in which it was found first. To be called before it is read: then a later
    /// change cannot be missed.
    pub fn file(&mut self, path: &str) -> Option<Stat> {
        if let Some(stat) = self.files.get(path) {
            return *stat;
        }
        let stat = hiera::source::Disk.stat(path);
        self.files.insert(path.to_owned(), stat);
        stat
    }

    /// Notes that a module was looked for that is not there.
    pub(crate) fn no_module(&mut self, image: &crate::Image, name: &str) {
        if name.is_empty() || name.contains(['/', '\0']) {
            return;
        }
        for folder in &image.options.modulepath {
            self.file(&folder.join(name).to_string_lossy());
        }
    }

    pub(crate) fn query(&mut self, text: String) {
        self.queries.push(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(json: &str) -> Arc<Hash> {
        Arc::new(pcore::json::parse(json.as_bytes()).unwrap().as_hash().unwrap().clone())
    }

    fn is_same(path: &Path, old: &Arc<Hash>, new: &Arc<Hash>) -> bool {
        path.seen(old).is_same(&path.seen(new))
    }

    #[test]
    fn a_path_sees_only_what_is_below_it() {
        let old = hash(r#"{"os": {"family": "Debian", "release": {"major": "12"}}, "uptime": 1}"#);
        let new = hash(r#"{"os": {"family": "Debian", "release": {"major": "13"}}, "uptime": 2}"#);
        let is_same = |names: &[&str]| is_same(&Path::new(names.iter().copied()), &old, &new);
        assert!(is_same(&["os", "family"]) && is_same(&["os", "none"]) && is_same(&["none", "x"]));
        assert!(
            !is_same(&["os"])
                && !is_same(&["os", "release", "major"])
                && !is_same(&["uptime"])
                && !is_same(&[])
        );
        // What is no hash is compared whole: the path could mean anything inside it.
        assert!(is_same(&["os", "family", "0"]));
        assert!(!is_same(&["uptime", "x"]));
    }

    #[test]
    fn appearing_vanishing_and_reordering_are_changes() {
        let (old, new) = (hash(r#"{"a": 1, "b": 2}"#), hash(r#"{"b": 2, "a": 1, "c": 3}"#));
        assert!(!is_same(&Path::new(["c"]), &old, &new));
        assert!(!is_same(&Path::new(["c"]), &new, &old));
        assert!(!is_same(&Path::default(), &old, &hash(r#"{"b": 2, "a": 1}"#)));
        assert!(is_same(&Path::new(["a"]), &old, &new));
    }

    #[test]
    fn the_same_value_higher_up_is_not_the_same() {
        let (old, new) = (hash(r#"{"os": {"family": "Debian"}}"#), hash(r#"{"os": "Debian"}"#));
        assert!(!is_same(&Path::new(["os", "family"]), &old, &new));
    }

    #[test]
    fn names_that_cannot_be_told_apart_widen_the_path() {
        assert_eq!(Path::new(["a", "x\0y", "b"]), Path::new(["a"]));
        assert_eq!(Path::new(["", "b"]), Path::default());
        assert_eq!(Path::new(["ec2.metadata", "id"]).to_string(), "'ec2.metadata'.id");
    }
}
