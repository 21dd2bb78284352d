//! Character classes of the language, as Ruby's regular expressions define them.

const WORD: u8 = 1;
const LOWER: u8 = 2;
const UPPER: u8 = 4;
const DIGIT: u8 = 8;
const BLANK: u8 = 16;

static CLASSES: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let b = byte as u8;
        table[byte] = if b.is_ascii_lowercase() {
            WORD | LOWER
        } else if b.is_ascii_uppercase() {
            WORD | UPPER
        } else if b.is_ascii_digit() {
            WORD | DIGIT
        } else if b == b'_' {
            WORD
        } else if b == b' ' || b == b'\t' || b == b'\r' {
            BLANK
        } else {
            0
        };
        byte += 1;
    }
    table
}

/// `\w`, which is ASCII only.
#[inline]
pub(crate) fn is_word(byte: u8) -> bool {
    CLASSES[byte as usize] & WORD != 0
}

/// `[a-z]`
#[inline]
pub(crate) fn is_lower(byte: u8) -> bool {
    CLASSES[byte as usize] & LOWER != 0
}

/// `[A-Z]`
#[inline]
pub(crate) fn is_upper(byte: u8) -> bool {
    CLASSES[byte as usize] & UPPER != 0
}

/// `\d`
#[inline]
pub(crate) fn is_digit(byte: u8) -> bool {
    CLASSES[byte as usize] & DIGIT != 0
}

/// White space within a line: ASCII blanks and carriage returns.
#[inline]
pub(crate) fn is_ascii_blank(byte: u8) -> bool {
    CLASSES[byte as usize] & BLANK != 0
}

/// `[[:blank:]]`: tab and every Unicode space separator.
pub(crate) fn is_blank(c: char) -> bool {
    matches!(
        c,
        ' ' | '\t' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}'
    )
}

/// The first index at or after `from` whose byte is not `\w`.
#[inline]
pub(crate) fn word_end(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    while at < bytes.len() && is_word(bytes[at]) {
        at += 1;
    }
    at
}

/// End of `(::)?(\w+::)*\w+` at `from`: the part of a variable after its `$`.
pub(crate) fn variable_end(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    if bytes[at..].starts_with(b"::") {
        at += 2;
    }
    let mut end = word_end(bytes, at);
    if end == at {
        return None;
    }
    while bytes[end..].starts_with(b"::") {
        let next = word_end(bytes, end + 2);
        if next == end + 2 {
            break;
        }
        end = next;
    }
    Some(end)
}
