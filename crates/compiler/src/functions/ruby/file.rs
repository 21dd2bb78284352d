//! Names of files taken apart as Ruby's `File` does.

/// `File.basename(path)`: the last part, `/` if there are only slashes.
pub(in crate::functions) fn basename(path: &str) -> &str {
    let trimmed = path.trim_end_matches('/');
    if trimmed.is_empty() {
        return if path.is_empty() { "" } else { "/" };
    }
    trimmed.rsplit('/').next().unwrap_or(trimmed)
}

/// `File.basename(path, suffix)`: without the suffix, unless that is all there is; `.*` stands for any extension.
pub(in crate::functions) fn basename_without<'p>(path: &'p str, suffix: &str) -> &'p str {
    let base = basename(path);
    if suffix == ".*" {
        // A name that only begins with a dot has no extension.
        return match base.rfind('.') {
            Some(at) if at > 0 && !base.bytes().take(at).all(|byte| byte == b'.') => {
                base.get(..at).unwrap_or(base)
            }
            _ => base,
        };
    }
    match base.strip_suffix(suffix) {
        Some(rest) if !rest.is_empty() => rest,
        _ => base,
    }
}

/// `File.dirname(path)`
pub(in crate::functions) fn dirname(path: &str) -> String {
    // Several slashes at the start count as one.
    let root = if path.starts_with('/') { "/" } else { "" };
    let rest = path.trim_start_matches('/').trim_end_matches('/');
    match rest.rfind('/') {
        Some(at) => format!("{root}{}", rest.get(..at).unwrap_or_default().trim_end_matches('/')),
        None if root.is_empty() => ".".to_owned(),
        None => root.to_owned(),
    }
}

/// `File.extname(path)`: from the last dot on, if it is neither at the start nor after a dot at the start.
pub(in crate::functions) fn extname(path: &str) -> &str {
    let base = basename(path);
    let name = base.trim_start_matches('.');
    match name.rfind('.') {
        Some(at) => name.get(at..).unwrap_or_default(),
        None => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_apart() {
        assert_eq!(basename("/a/b.c//"), "b.c");
        assert_eq!(basename("//"), "/");
        assert_eq!(basename_without("a.tar.gz", ".*"), "a.tar");
        assert_eq!(basename_without(".bashrc", ".*"), ".bashrc");
        assert_eq!(basename_without("a/.c", ".c"), ".c");
        assert_eq!(dirname("//a//b//"), "/a");
        assert_eq!(dirname("a"), ".");
        assert_eq!(dirname("/"), "/");
        assert_eq!(extname(".profile.sh"), ".sh");
        assert_eq!(extname("..a"), "");
        assert_eq!(extname("a.."), ".");
    }
}
