//! Dotted paths: segments between dots, in quotes if they contain dots or quotes themselves.

use pcore::Value;

use crate::functions::ruby;

/// The segments of a path; those that are integers become indexes. `None` if the path is malformed.
pub(super) fn segments(path: &str) -> Option<Vec<Value>> {
    let mut segments = Vec::new();
    let mut rest = path;
    loop {
        let (segment, after) = segment(rest)?;
        segments.push(segment);
        match after.strip_prefix('.') {
            Some(after) => rest = after,
            None => return after.is_empty().then_some(segments),
        }
    }
}

/// The segment at the start of a text, and the text behind.
fn segment(text: &str) -> Option<(Value, &str)> {
    let is_space = |c: char| matches!(c, ' ' | '\t'..='\r');
    let trimmed = text.trim_start_matches(is_space);
    if let Some(quote) = trimmed.chars().next().filter(|&c| matches!(c, '"' | '\'')) {
        let (quoted, after) = trimmed.get(1..)?.split_once(quote)?;
        return (!quoted.is_empty()).then(|| (quoted.into(), after.trim_start_matches(is_space)));
    }
    let length = text.find(['\'', '"', '.']).unwrap_or(text.len());
    let (plain, after) = text.split_at_checked(length).filter(|(plain, _)| !plain.is_empty())?;
    let plain = plain.trim_matches(|c| is_space(c) || c == '\0');
    let digits = plain.strip_prefix(':').unwrap_or(plain);
    let digits = digits.strip_prefix(['+', '-']).unwrap_or(digits);
    let is_index = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let segment = if is_index { Value::Int(ruby::to_i(plain)?) } else { plain.into() };
    Some((segment, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        use pcore::format::ruby_inspect;

        let read = |path| segments(path).map(|segments| ruby_inspect(&segments.into()));
        assert_eq!(read("a.b.1").as_deref(), Some(r#"["a", "b", 1]"#));
        assert_eq!(read("-1. 'x.y' .\"it's\"").as_deref(), Some(r#"[-1, "x.y", "it's"]"#));
        assert_eq!(read(" a . b-c ").as_deref(), Some(r#"["a", "b-c"]"#));
        for malformed in ["", ".", "a.", ".a", "a..b", "'a", "''", "a'b'", "'a'b"] {
            assert_eq!(read(malformed), None, "{malformed}");
        }
    }
}
