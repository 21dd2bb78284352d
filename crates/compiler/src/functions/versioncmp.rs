//! `versioncmp`

use std::cmp::Ordering;

use pcore::Value;

use super::{Native, Overload};

/// Compares two versions as package managers do: -1, 0 or 1.
///
/// ```puppet
/// versioncmp('1.2', '1.10')          # -1
/// versioncmp('2.0', '2.0.0')         # -1
/// versioncmp('2.0', '2.0.0', true)   # 0: zeroes at the end are ignored
/// ```
///
/// Versions are cut into numbers, dots, dashes and other text. A dash is below a dot, and both are below
/// everything else; numbers compare by value unless one starts with a zero, other text without regard to case.
pub(super) const FUNCTION: Native = Native {
    name: "versioncmp",
    local_types: &[],
    overloads: &[Overload::new(
        "(String $a, String $b, [Boolean $ignore_trailing_zeroes])",
        |_, arguments| {
            let text = |index: usize| arguments.get(index).and_then(Value::as_str).unwrap_or_default();
            let ignore = matches!(arguments.get(2), Some(Value::Bool(true)));
            Ok(Value::Int(versioncmp(text(0), text(1), ignore) as i64))
        },
    )],
};

/// The order of two versions.
pub(crate) fn versioncmp(a: &str, b: &str, ignore_trailing_zeroes: bool) -> Ordering {
    if ignore_trailing_zeroes {
        return compare(&without_zeroes(a), &without_zeroes(b));
    }
    compare(a, b)
}

fn compare(a: &str, b: &str) -> Ordering {
    let (mut rest_a, mut rest_b) = (a, b);
    while let (Some(part_a), Some(part_b)) = (next_part(&mut rest_a), next_part(&mut rest_b)) {
        if part_a == part_b {
            continue;
        }
        for separator in ["-", "."] {
            if part_a == separator {
                return Ordering::Less;
            }
            if part_b == separator {
                return Ordering::Greater;
            }
        }
        let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if is_number(part_a) && is_number(part_b) && !part_a.starts_with('0') && !part_b.starts_with('0') {
            return part_a.len().cmp(&part_b.len()).then_with(|| part_a.cmp(part_b));
        }
        return part_a.to_uppercase().cmp(&part_b.to_uppercase());
    }
    a.cmp(b)
}

/// Cuts off a separator, a run of digits, or a run of neither.
fn next_part<'a>(rest: &mut &'a str) -> Option<&'a str> {
    let first = rest.chars().next()?;
    let kind = |c: char| match c {
        '-' | '.' => 0,
        c if c.is_ascii_digit() => 1,
        _ => 2,
    };
    let length = match kind(first) {
        0 => 1,
        run => rest.find(|c| kind(c) != run).unwrap_or(rest.len()),
    };
    let (part, after) = rest.split_at_checked(length)?;
    *rest = after;
    Some(part)
}

/// The version with the zeroes and dots at the end of what stands before the first dash cut off.
fn without_zeroes(version: &str) -> String {
    let version = version.trim_end_matches('-');
    let (upstream, revision) = version.split_once('-').unwrap_or((version, ""));
    let upstream = upstream.trim_end_matches(['.', '0']);
    if revision.is_empty() { upstream.to_owned() } else { format!("{upstream}-{revision}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn swapping_reverses(a in "[-.a-c0-2]{0,8}", b in "[-.a-c0-2]{0,8}") {
            prop_assert_eq!(versioncmp(&a, &b, false), versioncmp(&b, &a, false).reverse());
        }
    }
}
