//! Where a symbolic link may lead.

/// Bytes of a link's target, at most.
pub const TARGET_BYTES_MAX: usize = 1024;

/// Why a link cannot be part of a version; `depth` is the number of directories between the top of the tree and the link.
///
/// A link stays inside of its tree if it is relative, climbs only at its beginning, and no higher than the top: the directories it
/// climbs through are real ones, those that hold it, and every further link on its way obeys the same rule. `a/../b` is refused, for
/// `a` may be a link itself.
pub fn objection(target: &[u8], depth: usize) -> Option<&'static str> {
    if target.is_empty() || target.contains(&0) {
        return Some("it is a link to nothing");
    }
    if target.len() > TARGET_BYTES_MAX {
        return Some("it is a link with a target longer than 1024 bytes");
    }
    if target.starts_with(b"/") {
        return Some(
            "it is a link to an absolute path, which leads out of the version; link to a relative path",
        );
    }
    let mut climbed = 0;
    let mut descended = false;
    for segment in target.split(|byte| *byte == b'/') {
        match segment {
            b"" | b"." => {}
            b".." if descended => {
                return Some("it is a link with `..` after a name; link without that detour");
            }
            b".." => climbed += 1,
            _ => descended = true,
        }
    }
    (climbed > depth).then_some("it is a link that leads out of the version")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_stay_inside() {
        let fine = |target: &str, depth| objection(target.as_bytes(), depth).is_none();
        assert!(
            fine("b", 0) && fine("./b/c", 0) && fine("../b", 1) && fine("../../b//c/", 2) && fine("..b", 0)
        );
        assert!(
            !fine("..", 0)
                && !fine("../../b", 1)
                && !fine("/etc/passwd", 5)
                && !fine("a/../b", 3)
                && !fine("", 3)
        );
        assert!(!fine(&"a".repeat(2000), 0) && !fine("a\0b", 0));
    }
}
