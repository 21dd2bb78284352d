//! Methods of Ruby's `String` that have no twin in Rust.

/// `text.succ`: the next text in the order in which names are counted (`a9` → `b0`, `Zz` → `AAa`, `1.9` → `2.0`).
pub(in crate::functions) fn succ(text: &str) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    let mut carry: Option<(usize, char)> = None;
    let mut last: Option<char> = None;
    let mut gap = false;
    for at in (0..chars.len()).rev() {
        let Some(slot) = chars.get_mut(at) else { break };
        // A digit does not carry into a letter beyond other characters, nor the other way round.
        if let (true, Some(last)) = (gap, last) {
            let differs =
                if last.is_ascii_digit() { slot.is_ascii_alphabetic() } else { slot.is_ascii_digit() };
            if differs {
                break;
            }
        }
        gap = false;
        let (next, carried) = match *slot {
            '9' => ('0', '1'),
            'z' => ('a', 'a'),
            'Z' => ('A', 'A'),
            c if c.is_ascii_alphanumeric() => {
                *slot = following(c);
                return chars.into_iter().collect();
            }
            _ => {
                gap = true;
                continue;
            }
        };
        last = Some(*slot);
        *slot = next;
        carry = Some((at, carried));
    }
    if let Some((at, carried)) = carry {
        chars.insert(at, carried);
    } else if let Some(slot) = chars.last_mut() {
        // Without letters and digits the last character counts.
        *slot = following(*slot);
    }
    chars.into_iter().collect()
}

fn following(c: char) -> char {
    ((u32::from(c) + 1)..=0x10ffff).find_map(char::from_u32).unwrap_or(c)
}

/// The texts from one to another, as a range of strings gives them.
pub(in crate::functions) struct Upto {
    current: Option<String>,
    end: String,
    exclusive: bool,
    after_end: String,
    /// Single characters go by their codes.
    by_code: bool,
}

impl Upto {
    pub(in crate::functions) fn new(start: &str, end: &str, exclusive: bool) -> Upto {
        let by_code = start.len() == 1 && end.len() == 1;
        let is_empty = start > end || (exclusive && start == end);
        Upto {
            current: (!is_empty).then(|| start.to_owned()),
            end: end.to_owned(),
            exclusive,
            after_end: succ(end),
            by_code,
        }
    }
}

impl Iterator for Upto {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        let current = self.current.take()?;
        if !self.by_code && current == self.after_end {
            return None;
        }
        if current != self.end {
            let next = if self.by_code { current.chars().map(following).collect() } else { succ(&current) };
            let is_over =
                (self.exclusive && next == self.end) || next.len() > self.end.len() || next.is_empty();
            self.current = (!is_over).then_some(next);
        }
        Some(current)
    }
}

/// `text.capitalize`
pub(in crate::functions) fn capitalize(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().into_iter().flat_map(char::to_uppercase);
    first.chain(chars.as_str().chars().flat_map(char::to_lowercase)).collect()
}

/// `ERB::Util.url_encode(text)`
pub(in crate::functions) fn url_encode(text: &str) -> String {
    percent_encoded(text, |byte| byte.is_ascii_alphanumeric() || b"_-.~".contains(&byte))
}

/// `CGI.escape(text)`
pub(in crate::functions) fn cgi_escape(text: &str) -> String {
    let is_kept = |byte: u8| byte.is_ascii_alphanumeric() || b"*_-. ".contains(&byte);
    percent_encoded(text, is_kept).replace(' ', "+")
}

/// The text with all other bytes as `%` and two hexadecimal digits.
pub(in crate::functions) fn percent_encoded(text: &str, is_kept: impl Fn(u8) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii() && is_kept(byte) {
            out.push(byte.into());
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// `text.swapcase`
pub(in crate::functions) fn swapcase(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_uppercase() {
            out.extend(c.to_lowercase());
        } else {
            out.extend(c.to_uppercase());
        }
    }
    out
}

/// Characters named as `tr` and `squeeze` take them: single ones, ranges (`a-z`), `^` in front for all others.
pub(in crate::functions) struct CharSet {
    negated: bool,
    ranges: Vec<(char, char)>,
}

impl CharSet {
    /// # Errors
    /// The text of Ruby's error for a range that goes backwards.
    pub(in crate::functions) fn new(spec: &str) -> Result<CharSet, String> {
        let negated = spec.starts_with('^') && spec.chars().nth(1).is_some();
        let mut chars = spec.chars().skip(usize::from(negated)).peekable();
        let mut ranges = Vec::new();
        while let Some(c) = chars.next() {
            let c = if c == '\\' { chars.next().unwrap_or('\\') } else { c };
            let mut ahead = chars.clone();
            if ahead.next() == Some('-')
                && let Some(mut end) = ahead.next()
            {
                if end == '\\' {
                    end = ahead.next().unwrap_or('\\');
                }
                if c > end {
                    return Err(format!("invalid range \"{c}-{end}\" in string transliteration"));
                }
                chars = ahead;
                ranges.push((c, end));
            } else {
                ranges.push((c, c));
            }
        }
        Ok(CharSet { negated, ranges })
    }

    pub(in crate::functions) fn contains(&self, c: char) -> bool {
        self.ranges.iter().any(|&(from, to)| (from..=to).contains(&c)) != self.negated
    }
}

/// `text.squeeze`: runs of a character become one, of all or of those in the set.
pub(in crate::functions) fn squeeze(text: &str, set: Option<&CharSet>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut last = None;
    for c in text.chars() {
        if last == Some(c) && set.is_none_or(|set| set.contains(c)) {
            continue;
        }
        out.push(c);
        last = Some(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_counted_as_in_ruby() {
        for (text, next) in [
            ("a", "b"),
            ("az", "ba"),
            ("zz", "aaa"),
            ("a9", "b0"),
            ("Az", "Ba"),
            ("Zz", "AAa"),
            ("zZ9", "aaA0"),
            ("-9", "-10"),
            ("1.9", "2.0"),
            ("1.9.9", "2.0.0"),
            ("host-9", "host-10"),
            ("<<koala>>", "<<koalb>>"),
            ("***", "**+"),
            ("", ""),
        ] {
            assert_eq!(succ(text), next, "{text}");
        }
    }

    #[test]
    fn ranges_of_texts() {
        let range = |start, end| Upto::new(start, end, false).collect::<Vec<_>>().join(" ");
        assert_eq!(range("08", "11"), "08 09 10 11");
        assert_eq!(range("a", "e"), "a b c d e");
        assert_eq!(range("9", "<"), "9 : ; <");
        assert_eq!(range("az", "bb"), "az ba bb");
        assert_eq!(range("b", "a"), "");
        assert_eq!(Upto::new("a", "c", true).collect::<Vec<_>>(), ["a", "b"]);
    }

    #[test]
    fn runs_are_squeezed() {
        assert_eq!(squeeze("aabbcc", None), "abc");
        let squeezed = |text, set| squeeze(text, Some(&CharSet::new(set).unwrap()));
        assert_eq!(squeezed("aabbcc", "a-b"), "abcc");
        assert_eq!(squeezed("aabbcc", "^a"), "aabc");
        assert_eq!(squeezed("a--b^^", "^"), "a--b^");
        assert_eq!(squeezed("aabbcc--", "a\\-c"), "abbc-");
        assert!(CharSet::new("b-a").is_err());
        assert_eq!(swapcase("äÖß"), "ÄöSS");
    }
}
