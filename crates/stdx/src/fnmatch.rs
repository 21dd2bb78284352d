//! Patterns for file names: `*`, `?`, `[a-z]`, `[!a]`, `\`, as Ruby's `File.fnmatch` reads them.
//!
//! A name that begins with a dot must be asked for with a dot. Slashes have no meaning of their own: whoever walks
//! a tree matches name by name.

/// Whether a file name matches a pattern. A bracket that is never closed matches nothing.
pub fn fnmatch(pattern: &str, name: &str) -> bool {
    if name.starts_with('.') && !pattern.starts_with('.') && !pattern.starts_with("\\.") {
        return false;
    }
    let pattern: Vec<char> = pattern.chars().collect();
    let name: Vec<char> = name.chars().collect();
    matches_chars(&pattern, &name)
}

/// Whether a text has a character that [`fnmatch`] does not take literally.
pub fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?', '['])
}

/// The usual two-pointer match: on a mismatch the last `*` takes one more character.
fn matches_chars(pattern: &[char], name: &[char]) -> bool {
    let (mut p, mut n) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    loop {
        let step = match (pattern.get(p), name.get(n)) {
            (None, None) => return true,
            (Some('*'), _) => {
                retry = Some((p + 1, n));
                Some((p + 1, n))
            }
            (Some(_), Some(&c)) => matches_one(pattern, p, c).map(|next| (next, n + 1)),
            _ => None,
        };
        (p, n) = match (step, retry) {
            (Some(next), _) => next,
            (None, Some((star, taken))) if taken < name.len() => {
                retry = Some((star, taken + 1));
                (star, taken + 1)
            }
            _ => return false,
        };
    }
}

/// Matches one character; the position in the pattern after it.
fn matches_one(pattern: &[char], at: usize, c: char) -> Option<usize> {
    match pattern.get(at)? {
        '?' => Some(at + 1),
        '\\' => pattern.get(at + 1).filter(|&&escaped| escaped == c).map(|_| at + 2),
        '[' => matches_set(pattern, at + 1, c),
        &literal => (literal == c).then_some(at + 1),
    }
}

fn matches_set(pattern: &[char], mut at: usize, c: char) -> Option<usize> {
    let negated = matches!(pattern.get(at), Some('!' | '^'));
    at += usize::from(negated);
    let mut hit = false;
    while *pattern.get(at)? != ']' {
        let low = set_char(pattern, &mut at)?;
        if pattern.get(at) == Some(&'-') && pattern.get(at + 1).is_some_and(|&next| next != ']') {
            at += 1;
            let high = set_char(pattern, &mut at)?;
            hit |= (low..=high).contains(&c);
        } else {
            hit |= low == c;
        }
    }
    (hit != negated).then_some(at + 1)
}

fn set_char(pattern: &[char], at: &mut usize) -> Option<char> {
    if pattern.get(*at) == Some(&'\\') {
        *at += 1;
    }
    let c = *pattern.get(*at)?;
    *at += 1;
    Some(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_and_names() {
        let yes = [
            ("*", "abc"),
            ("a*c", "abbc"),
            ("*.yaml", "x.yaml"),
            ("a?c", "abc"),
            ("[a-c]x", "bx"),
            ("[!a]x", "bx"),
            ("[^a-b]x", "cx"),
            ("\\*x", "*x"),
            (".*", ".x"),
            ("*a*b*", "xaxb"),
            ("[\\]]", "]"),
            ("[a-]", "-"),
            ("", ""),
            ("*", ""),
        ];
        let no = [
            ("*", ".x"),
            ("a?c", "ac"),
            ("[a-c]x", "dx"),
            ("*.yaml", "x.yml"),
            ("\\*x", "ax"),
            ("[a", "a"),
            ("?", ""),
            ("[.]x", ".x"),
        ];
        for (pattern, name) in yes {
            assert!(fnmatch(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in no {
            assert!(!fnmatch(pattern, name), "{pattern} {name}");
        }
    }
}
