//! File patterns, as Ruby's `Dir.glob` understands them: `*`, `?`, `[a-z]`, `{x,y}`, `**/`, `\`.
//!
//! Matches come in the order of names, folder by folder, each alternative of a brace after the other. Names that
//! begin with a dot must be asked for with a dot; `**/` does not enter linked folders.

use stdx::fnmatch::{fnmatch, is_pattern};

use crate::source::Source;

/// How many alternatives braces may make, and how deep `**/` may go: patterns come from files that users write.
const ALTERNATIVES_MAX: usize = 1_000;
const DEPTH_MAX: usize = 64;

/// The existing paths that match an absolute pattern; folders only, with a slash behind them, if the pattern ends with
/// one.
pub fn glob(source: &dyn Source, pattern: &str) -> Vec<String> {
    let mut found = Vec::new();
    for pattern in expand_braces(pattern) {
        let mut parts: Vec<&str> = pattern.split('/').filter(|part| !part.is_empty()).collect();
        if pattern.is_empty() {
            continue;
        }
        if pattern.ends_with('/') {
            parts.push("");
        }
        let start = if pattern.starts_with('/') { "/" } else { "" };
        walk(source, start.to_owned(), &parts, 0, &mut found);
    }
    found
}

fn walk(source: &dyn Source, folder: String, parts: &[&str], depth: usize, found: &mut Vec<String>) {
    let Some((&part, rest)) = parts.split_first() else {
        found.push(folder);
        return;
    };
    if depth > DEPTH_MAX {
        return;
    }
    if part.is_empty() {
        if source.stat(&folder).is_some_and(|stat| stat.is_dir) {
            found.push(if folder.ends_with('/') { folder } else { folder + "/" });
        }
        return;
    }
    let child = |name: &str| match folder.as_str() {
        "" | "/" => format!("{folder}{name}"),
        _ => format!("{folder}/{name}"),
    };
    if part == "**" && !rest.is_empty() {
        return walk_deep(source, &folder, rest, depth, found);
    }
    if !is_pattern(part) {
        let path = child(&unescape(part));
        if source.stat(&path).is_some() {
            walk(source, path, rest, depth + 1, found);
        }
        return;
    }
    // A folder is a name of its own, if one asks for names with a dot.
    if part.starts_with('.') && fnmatch(part, ".") && source.stat(&folder).is_some_and(|stat| stat.is_dir) {
        walk(source, child("."), rest, depth + 1, found);
    }
    for name in names(source, &folder) {
        if fnmatch(part, &name.0) {
            walk(source, child(&name.0), rest, depth + 1, found);
        }
    }
}

/// `**/rest`: `rest` here, and below each folder. Both are woven in the order of names.
fn walk_deep(source: &dyn Source, folder: &str, rest: &[&str], depth: usize, found: &mut Vec<String>) {
    if depth > DEPTH_MAX {
        return;
    }
    let rest_first = rest.first().copied().unwrap_or_default();
    if rest_first.is_empty() {
        walk(source, folder.to_owned(), rest, depth + 1, found);
    }
    for (name, is_real_dir) in names(source, folder) {
        let path = if folder == "/" { format!("/{name}") } else { format!("{folder}/{name}") };
        let here = if rest_first.is_empty() {
            false
        } else if is_pattern(rest_first) {
            fnmatch(rest_first, &name)
        } else {
            unescape(rest_first) == name
        };
        if here {
            walk(source, path.clone(), rest.get(1..).unwrap_or_default(), depth + 1, found);
        }
        if is_real_dir && !name.starts_with('.') {
            walk_deep(source, &path, rest, depth + 1, found);
        }
    }
}

fn names(source: &dyn Source, folder: &str) -> Vec<(String, bool)> {
    let mut names: Vec<_> =
        source.list(folder).into_iter().map(|entry| (entry.name, entry.is_real_dir)).collect();
    names.sort();
    names
}

fn unescape(part: &str) -> String {
    let mut text = String::with_capacity(part.len());
    let mut chars = part.chars();
    while let Some(c) = chars.next() {
        text.push(if c == '\\' { chars.next().unwrap_or(c) } else { c });
    }
    text
}

/// `a{b,c}d` becomes `abd` and `acd`; braces may nest.
fn expand_braces(pattern: &str) -> Vec<String> {
    let mut done = Vec::new();
    let mut open = vec![pattern.to_owned()];
    while let Some(pattern) = open.pop() {
        if done.len() + open.len() >= ALTERNATIVES_MAX {
            break;
        }
        match split_brace(&pattern) {
            None => done.push(pattern),
            Some((before, alternatives, after)) => {
                open.extend(alternatives.iter().rev().map(|choice| format!("{before}{choice}{after}")));
            }
        }
    }
    done
}

/// The first complete brace: what stands before it, its alternatives, what follows.
fn split_brace(pattern: &str) -> Option<(&str, Vec<&str>, &str)> {
    let (mut depth, mut open, mut start) = (0_usize, 0, 0);
    let mut alternatives = Vec::new();
    let mut escaped = false;
    for (at, c) in pattern.char_indices() {
        if std::mem::take(&mut escaped) {
            continue;
        }
        match c {
            '\\' => escaped = true,
            '{' => {
                depth += 1;
                if depth == 1 {
                    (open, start) = (at, at + 1);
                }
            }
            ',' if depth == 1 => {
                alternatives.push(pattern.get(start..at)?);
                start = at + 1;
            }
            '}' if depth > 0 => {
                depth -= 1;
                if depth == 0 {
                    alternatives.push(pattern.get(start..at)?);
                    return Some((pattern.get(..open)?, alternatives, pattern.get(at + 1..)?));
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Disk;

    #[test]
    fn braces() {
        assert_eq!(expand_braces("a{b,c{d,e}}f"), ["abf", "acdf", "acef"]);
        assert_eq!(expand_braces("{a,b}{1,2}"), ["a1", "a2", "b1", "b2"]);
        assert_eq!(expand_braces("a{b"), ["a{b"]);
        assert_eq!(expand_braces("a\\{b,c}"), ["a\\{b,c}"]);
        assert_eq!(expand_braces("x{,y}"), ["x", "xy"]);
    }

    #[test]
    fn order_of_matches() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().to_str().unwrap();
        for file in
            ["b.yaml", "a.yaml", "sub/x.yaml", "sub/deep/y.yaml", "z.yaml", ".hidden/q.yaml", "sub/.h.yaml"]
        {
            let path = folder.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        std::os::unix::fs::symlink(folder.path().join("sub"), folder.path().join("link")).unwrap();
        let found = |pattern: &str| {
            glob(&Disk, &format!("{root}/{pattern}"))
                .into_iter()
                .map(|path| path[root.len() + 1..].to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(found("*.yaml"), ["a.yaml", "b.yaml", "z.yaml"]);
        assert_eq!(found("**/*.yaml"), ["a.yaml", "b.yaml", "sub/deep/y.yaml", "sub/x.yaml", "z.yaml"]);
        assert_eq!(found("*/x.yaml"), ["link/x.yaml", "sub/x.yaml"]);
        assert_eq!(found("{z,a}.yaml"), ["z.yaml", "a.yaml"]);
        assert_eq!(found("nope/*.yaml"), Vec::<String>::new());
        assert_eq!(found("sub"), ["sub"]);
        assert_eq!(found("sub/"), ["sub/"]);
        assert_eq!(found("a.yaml/"), Vec::<String>::new());
        assert_eq!(found("sub/**/"), ["sub/", "sub/deep/"]);
        assert_eq!(found("sub/.*"), ["sub/.", "sub/.h.yaml"]);
    }
}
