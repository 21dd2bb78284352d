//! Sets of characters as `tr`, `delete`, `count` and `squeeze` read them: `a-z`, `^0-9`, `\-`.

/// Longest set, so that a range over all of Unicode stays a range of this program's memory.
const CHARS_MAX: usize = 0x11_0000;

/// A set, and whether what is not in it is meant.
#[derive(Debug)]
pub(super) struct CharSet {
    ranges: Vec<(char, char)>,
    negated: bool,
}

impl CharSet {
    /// Reads a set; fails with Ruby's message.
    pub(super) fn new(source: &str) -> Result<CharSet, String> {
        let negated = source.chars().count() > 1 && source.starts_with('^');
        let ranges = ranges(if negated { &source[1..] } else { source })?;
        Ok(CharSet { ranges, negated })
    }

    pub(super) fn contains(&self, c: char) -> bool {
        self.ranges.iter().any(|&(from, to)| (from..=to).contains(&c)) != self.negated
    }
}

fn ranges(source: &str) -> Result<Vec<(char, char)>, String> {
    let mut ranges = Vec::new();
    let mut chars = source.chars().peekable();
    while let Some(c) = chars.next() {
        let c = if c == '\\' { chars.next().unwrap_or('\\') } else { c };
        if chars.peek() != Some(&'-') {
            ranges.push((c, c));
            continue;
        }
        chars.next();
        match chars.next() {
            None => ranges.extend([(c, c), ('-', '-')]),
            Some(end) => {
                let end = if end == '\\' { chars.next().unwrap_or('\\') } else { end };
                if c > end {
                    return Err(format!("invalid range \"{c}-{end}\" in string transliteration"));
                }
                ranges.push((c, end));
            }
        }
    }
    Ok(ranges)
}

/// The characters of a set one by one, as `tr` pairs them.
fn expand(source: &str) -> Result<Vec<char>, String> {
    let mut chars = Vec::new();
    for (from, to) in ranges(source)? {
        chars.extend(from..=to);
        if chars.len() > CHARS_MAX {
            return Err("character set is too large".to_owned());
        }
    }
    Ok(chars)
}

/// `tr` and `tr_s`.
pub(super) fn translate(text: &str, from: &str, to: &str, squeeze: bool) -> Result<String, String> {
    let set = CharSet::new(from)?;
    let to = if to.is_empty() { None } else { Some(expand(to)?) };
    let from = if set.negated { Vec::new() } else { expand(from)? };
    let mut out = String::with_capacity(text.len());
    let mut last = None;
    for c in text.chars() {
        if !set.contains(c) {
            out.push(c);
            last = None;
            continue;
        }
        let Some(to) = &to else { continue };
        let position =
            if set.negated { usize::MAX } else { from.iter().rposition(|&other| other == c).unwrap_or(0) };
        let replacement = to.get(position).or(to.last()).copied().unwrap_or(c);
        if !(squeeze && last == Some(replacement)) {
            out.push(replacement);
        }
        last = Some(replacement);
    }
    Ok(out)
}
