//! What stands behind `\` outside of brackets, and the escapes of single characters everywhere.

use super::{Charset, Parser};
use crate::regexp::syntax::{Assertion, Class, Node, Set, posix};

impl Parser<'_> {
    /// An escape, its `\` read.
    pub(super) fn escape(&mut self) -> Result<Node, String> {
        let Some(c) = self.peek() else { return Err("too short escape sequence".to_owned()) };
        let ascii = self.options.charset == Charset::Ascii;
        let assertion = match c {
            'A' => Some(Assertion::TextStart),
            'z' => Some(Assertion::TextEnd),
            'Z' => Some(Assertion::TextEndOrNewline),
            'b' => Some(Assertion::WordBoundary { negated: false, ascii }),
            'B' => Some(Assertion::WordBoundary { negated: true, ascii }),
            'G' => Some(Assertion::SearchStart),
            'K' => Some(Assertion::Keep),
            _ => None,
        };
        if let Some(assertion) = assertion {
            self.bump();
            return Ok(Node::Assertion(assertion));
        }
        if let Some(class) = self.class_escape()? {
            // Shorthands know no case, properties do.
            let ignore_case = self.options.ignore_case && matches!(c, 'p' | 'P');
            return Ok(Node::Class { class, ignore_case });
        }
        match c {
            'R' => {
                self.bump();
                Ok(Node::LineBreak)
            }
            'X' => {
                self.bump();
                Ok(Node::Grapheme)
            }
            'k' if matches!(self.rest().as_bytes().get(1), Some(b'<' | b'\'')) => {
                self.bump();
                let name = self.delimited()?;
                let groups = self.reference(&name)?;
                Ok(Node::Backreference { groups, ignore_case: self.options.ignore_case })
            }
            'g' if matches!(self.rest().as_bytes().get(1), Some(b'<' | b'\'')) => {
                self.bump();
                let name = self.delimited()?;
                if name == "0" {
                    return Ok(Node::Call(0));
                }
                Ok(Node::Call(self.reference(&name)?.last().copied().unwrap_or_default()))
            }
            '1'..='9' => self.number(),
            'u' if self.rest().starts_with("u{") => {
                self.bump();
                let nodes: Vec<Node> = self.unicode_list()?.into_iter().map(|c| self.literal(c)).collect();
                Ok(Node::Concat(nodes))
            }
            _ => {
                let c = self.character()?;
                Ok(self.literal(c))
            }
        }
    }

    /// `\1` is a reference if there are so many groups or it has one digit, otherwise an octal escape.
    fn number(&mut self) -> Result<Node, String> {
        let digits: String = self.rest().chars().take_while(char::is_ascii_digit).take(4).collect();
        let number: usize = digits.parse().unwrap_or(usize::MAX);
        let count = self.groups.as_ref().map_or(usize::MAX, Vec::len);
        if number <= count || number <= 9 {
            if self.named && self.groups.is_some() {
                return Err("numbered backref/call is not allowed. (use name)".to_owned());
            }
            if self.groups.is_some() && number > count {
                return Err("invalid backref number/name".to_owned());
            }
            self.at += digits.len();
            return Ok(Node::Backreference { groups: vec![number], ignore_case: self.options.ignore_case });
        }
        if digits.starts_with(['8', '9']) {
            // No octal digit: the backslash is dropped.
            let c = self.bump().unwrap_or('8');
            return Ok(self.literal(c));
        }
        let c = self.octal()?;
        Ok(self.literal(c))
    }

    fn octal(&mut self) -> Result<char, String> {
        let digits: String = self.rest().chars().take_while(|c| matches!(c, '0'..='7')).take(3).collect();
        self.at += digits.len();
        let code = u32::from_str_radix(&digits, 8).unwrap_or(0);
        if code > 0x7f {
            self.at -= digits.len();
            return self.bytes(code as u8, digits.len());
        }
        Ok(char::from_u32(code).unwrap_or('\0'))
    }

    /// A name between `<>` or quotes.
    fn delimited(&mut self) -> Result<String, String> {
        let end = if self.bump() == Some('\'') { '\'' } else { '>' };
        let Some((name, _)) = self.rest().split_once(end) else {
            return Err(format!("invalid group name <{}>", self.rest()));
        };
        if name.is_empty() {
            return Err("group name is empty".to_owned());
        }
        self.at += name.len() + 1;
        Ok(name.to_owned())
    }

    /// The groups a reference by name or number means. Before all groups are known, none.
    pub(super) fn reference(&mut self, name: &str) -> Result<Vec<usize>, String> {
        let Some(groups) = &self.groups else { return Ok(Vec::new()) };
        if name.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+')) {
            if self.named {
                return Err("numbered backref/call is not allowed. (use name)".to_owned());
            }
            let number: i64 = name.parse().map_err(|_| format!("invalid group name <{name}>"))?;
            let open = self.names.len() as i64;
            let index = match name.as_bytes().first() {
                Some(b'-') => open + 1 + number,
                Some(b'+') => open + number,
                _ => number,
            };
            return match usize::try_from(index) {
                Ok(index) if index >= 1 && index <= groups.len() => Ok(vec![index]),
                _ => Err("invalid backref number/name".to_owned()),
            };
        }
        let found: Vec<usize> = groups
            .iter()
            .enumerate()
            .filter(|(_, group)| group.as_deref() == Some(name))
            .map(|(index, _)| index + 1)
            .collect();
        if found.is_empty() { Err(format!("undefined name <{name}> reference")) } else { Ok(found) }
    }

    /// `\w`, `\p{...}` and so on, its `\` read; `None` if this is no set.
    pub(super) fn class_escape(&mut self) -> Result<Option<Class>, String> {
        let name = match self.peek() {
            Some('w' | 'W') => "word",
            Some('d' | 'D') => "digit",
            Some('s' | 'S') => "space",
            Some('h' | 'H') => "xdigit",
            Some('p' | 'P') if self.rest().as_bytes().get(1) == Some(&b'{') => {
                return self.property().map(Some);
            }
            _ => return Ok(None),
        };
        let negated = self.bump().is_some_and(char::is_uppercase);
        let mut class = self.shorthand(name);
        class.negated = negated;
        Ok(Some(class))
    }

    fn property(&mut self) -> Result<Class, String> {
        let mut negated = self.bump() == Some('P');
        self.bump();
        let Some((name, _)) = self.rest().split_once('}') else {
            return Err(format!("invalid character property name {{{}}}", self.rest()));
        };
        self.at += name.len() + 1;
        let bare = name.strip_prefix('^').unwrap_or(name);
        negated ^= bare.len() != name.len();
        let normalized: String =
            bare.chars().filter(|c| !matches!(c, ' ' | '_' | '-')).collect::<String>().to_lowercase();
        let set = match posix(&normalized, false) {
            Some(set) => set,
            None if is_property(&normalized) => Set::Property(normalized),
            None => return Err(format!("invalid character property name {{{name}}}")),
        };
        Ok(Class { negated, ..Class::of(set, false) })
    }

    /// One character written as an escape (`\n`, `\x41`, `\cA`, `\.`), its `\` read.
    pub(super) fn character(&mut self) -> Result<char, String> {
        let Some(c) = self.bump() else { return Err("too short escape sequence".to_owned()) };
        Ok(match c {
            't' => '\t',
            'n' => '\n',
            'r' => '\r',
            'f' => '\u{c}',
            'v' => '\u{b}',
            'a' => '\u{7}',
            'e' => '\u{1b}',
            '0'..='7' => {
                self.at -= 1;
                self.octal()?
            }
            'x' => {
                let digits: String =
                    self.rest().chars().take_while(char::is_ascii_hexdigit).take(2).collect();
                if digits.is_empty() {
                    return Err("invalid hex escape".to_owned());
                }
                let code = u8::from_str_radix(&digits, 16).unwrap_or(0);
                if code > 0x7f {
                    return self.bytes(code, digits.len());
                }
                self.at += digits.len();
                char::from(code)
            }
            'u' if self.rest().starts_with('{') => {
                let list = self.unicode_list()?;
                match list.as_slice() {
                    [only] => *only,
                    _ => return Err("invalid Unicode list".to_owned()),
                }
            }
            'u' => {
                let digits =
                    self.rest().get(..4).filter(|text| text.bytes().all(|byte| byte.is_ascii_hexdigit()));
                let Some(digits) = digits else { return Err("invalid Unicode escape".to_owned()) };
                self.at += 4;
                let code = u32::from_str_radix(digits, 16).unwrap_or(u32::MAX);
                char::from_u32(code).ok_or_else(|| "invalid Unicode range".to_owned())?
            }
            'c' => self.control()?,
            'C' => {
                if !self.eat("-") {
                    return Err("too short control escape".to_owned());
                }
                self.control()?
            }
            'M' => return Err("too short escaped multibyte character".to_owned()),
            c => c,
        })
    }

    fn control(&mut self) -> Result<char, String> {
        let c = match self.bump() {
            None => return Err("too short control escape".to_owned()),
            Some('?') => return Ok('\u{7f}'),
            Some('\\') => self.character()?,
            Some(c) => c,
        };
        let code = u8::try_from(c).map_err(|_| "too short control escape".to_owned())?;
        Ok(char::from(code & 0x1f))
    }

    /// A character given byte by byte as `\xC3\xA9`; the escape letter of the first byte is read, its digits are not.
    fn bytes(&mut self, first: u8, digits: usize) -> Result<char, String> {
        self.at += digits;
        let length = match first {
            0xc2..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xf4 => 4,
            _ => return Err("invalid multibyte escape".to_owned()),
        };
        let mut bytes = vec![first];
        while bytes.len() < length {
            let hex = self.rest().strip_prefix("\\x").and_then(|rest| rest.get(..2));
            match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
                Some(byte) => bytes.push(byte),
                None => return Err("too short escaped multibyte character".to_owned()),
            }
            self.at += 4;
        }
        let text = String::from_utf8(bytes).map_err(|_| "invalid multibyte escape".to_owned())?;
        text.chars().next().ok_or_else(|| "invalid multibyte escape".to_owned())
    }

    /// `{61 62}` behind `\u`.
    fn unicode_list(&mut self) -> Result<Vec<char>, String> {
        let invalid = || "invalid Unicode list".to_owned();
        let (list, _) =
            self.rest().strip_prefix('{').and_then(|rest| rest.split_once('}')).ok_or_else(invalid)?;
        self.at += list.len() + 2;
        let mut chars = Vec::new();
        for digits in list.split_ascii_whitespace() {
            if digits.len() > 6 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                return Err(invalid());
            }
            let code = u32::from_str_radix(digits, 16).map_err(|_| invalid())?;
            chars.push(char::from_u32(code).ok_or_else(|| "invalid Unicode range".to_owned())?);
        }
        if chars.is_empty() { Err(invalid()) } else { Ok(chars) }
    }
}

/// True if the engines know a property of this name.
fn is_property(name: &str) -> bool {
    !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && regex::Regex::new(&format!("\\p{{{name}}}")).is_ok()
}
