//! Patterns for file names: `*`, `?`, `[a-z]`, `[!a]`, `\`, as Ruby's `File.fnmatch?` reads them, quirks included: the same
//! pattern must find and leave out the same files.
//!
//! A name that begins with a dot must be asked for with a dot. Slashes have no meaning of their own: whoever walks
//! a tree matches name by name.

/// Whether a file name matches a pattern. A bracket that is never closed matches nothing.
pub fn fnmatch(pattern: &str, name: &str) -> bool {
    Pattern::new(pattern).matches(name)
}

/// Whether a text has a character that [`fnmatch`] does not take literally.
pub fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?', '['])
}

/// A pattern that is matched against many names.
#[derive(Clone, Debug)]
pub struct Pattern {
    text: String,
    /// The same in characters; nothing if each stands for itself.
    special: Option<Vec<char>>,
}

impl Pattern {
    /// Takes a pattern. There are no invalid ones.
    pub fn new(text: &str) -> Pattern {
        let special = text.contains(['*', '?', '[', '\\']).then(|| text.chars().collect());
        Pattern { text: text.to_owned(), special }
    }

    /// True if the whole name matches. The time is at most the product of both lengths, since only the last star of a pattern is
    /// ever moved.
    pub fn matches(&self, name: &str) -> bool {
        let Some(pattern) = &self.special else { return self.text == name };
        if name.starts_with('.') && unescaped(pattern).first() != Some(&'.') {
            return false;
        }
        let name: Vec<char> = name.chars().collect();
        matches_chars(pattern, &name)
    }
}

fn matches_chars<'a>(mut pattern: &'a [char], mut name: &'a [char]) -> bool {
    let mut star: Option<(&[char], &[char])> = None;
    loop {
        let step = match (pattern.first(), name.first()) {
            (Some('*'), _) => {
                while let Some(('*', rest)) = pattern.split_first() {
                    pattern = rest;
                }
                if unescaped(pattern).is_empty() {
                    return true;
                }
                if name.is_empty() {
                    return false;
                }
                star = Some((pattern, name));
                continue;
            }
            (Some('?' | '['), None) => return false,
            (Some('?'), Some(_)) => pattern.get(1..),
            (Some('['), Some(character)) => after_set(pattern.get(1..).unwrap_or_default(), *character),
            (_, character) => match (unescaped(pattern).split_first(), character) {
                (None, None) => return true,
                (Some(_), None) => return false,
                (Some((wanted, rest)), Some(character)) if wanted == character => Some(rest),
                _ => None,
            },
        };
        if let Some(rest) = step {
            pattern = rest;
            name = name.get(1..).unwrap_or_default();
            continue;
        }
        // The last star takes one character more.
        let Some((after, at)) = star else { return false };
        let at = at.get(1..).unwrap_or_default();
        star = Some((after, at));
        (pattern, name) = (after, at);
    }
}

/// Without a backslash in front; a backslash at the end stands for nothing.
fn unescaped(pattern: &[char]) -> &[char] {
    match pattern.split_first() {
        Some(('\\', rest)) => rest,
        _ => pattern,
    }
}

/// What follows a set (`[a-c]`, given without its first bracket) that the character belongs to. An empty set has no member, an empty
/// negated one has all, and the ends of a range belong to it even if they are in the wrong order.
fn after_set(mut pattern: &[char], character: char) -> Option<&[char]> {
    let negated = matches!(pattern.first(), Some('!' | '^'));
    if negated {
        pattern = pattern.get(1..)?;
    }
    let mut found = false;
    loop {
        if let Some((']', rest)) = pattern.split_first() {
            return (found != negated).then_some(rest);
        }
        let (&low, rest) = unescaped(pattern).split_first()?;
        pattern = rest;
        match pattern {
            ['-', next, ..] if *next != ']' => {
                let (&high, rest) = unescaped(pattern.get(1..)?).split_first()?;
                pattern = rest;
                found |= character == low || character == high || (low..=high).contains(&character);
            }
            [] => return None,
            _ => found |= character == low,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_ruby_matches() {
        let observed: serde_json::Value =
            serde_json::from_str(include_str!("fnmatch/observed-ruby-3.1.json")).unwrap();
        let names: Vec<&str> =
            observed["names"].as_array().unwrap().iter().filter_map(|name| name.as_str()).collect();
        for (pattern, expected) in observed["matches"].as_object().unwrap() {
            let matching = Pattern::new(pattern);
            let found: Vec<_> = names.iter().copied().filter(|name| matching.matches(name)).collect();
            assert_eq!(serde_json::json!(found), *expected, "{pattern:?}");
        }
    }

    #[test]
    fn hostile_patterns_end() {
        assert!(!fnmatch(&"*a".repeat(2000), &"a".repeat(255)));
        assert!(!fnmatch(&"[".repeat(5000), "["));
    }

    proptest::proptest! {
        #[test]
        fn an_escaped_name_matches_only_itself(name in "\\PC{0,12}", other in "\\PC{0,12}") {
            let escaped: String = name.chars().flat_map(|c| ['\\', c]).collect();
            proptest::prop_assert!(fnmatch(&escaped, &name));
            proptest::prop_assert_eq!(fnmatch(&escaped, &other), name == other);
        }

        #[test]
        fn no_pattern_panics(pattern in "[\\[\\]!^*?\\\\a-c.-]{0,12}", name in "[a-c.*\\]-]{0,8}") {
            let _ = fnmatch(&pattern, &name);
        }
    }
}
