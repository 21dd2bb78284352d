//! One conversion of a format: what it matches, and the value it makes of that.

use pcore::Value;
use pcore::regexp::Regexp;

use crate::error::Control;
use crate::functions::ruby;

/// A conversion such as `%5d`, or text to be skipped.
pub(super) struct Specifier {
    /// Source of the expression with one group.
    pattern: String,
    kind: Kind,
    skips: bool,
    counts_space: bool,
}

#[derive(Clone, Copy)]
enum Kind {
    Nothing,
    Text,
    Decimal,
    Integer,
    Hexadecimal,
    Octal,
    Float,
}

const FLOAT: &str =
    r"[-+]?(?:0[xX](?:\.\h+|\h+(?:\.\h*)?)[pP][-+]?\d+|\d+(?![\d.])|\d*\.\d*(?:[eE][-+]?\d+)?)";

impl Specifier {
    /// Reads a conversion with the blanks before it, or plain text.
    pub(super) fn new(text: &str) -> Specifier {
        let conversion = text.trim_start();
        let blank_before = conversion.len() < text.len();
        let Some(conversion) = conversion.strip_prefix('%') else { return Specifier::literal(text) };
        let skips = conversion.starts_with('*');
        let conversion = conversion.strip_prefix('*').unwrap_or(conversion);
        let digits = conversion.len() - conversion.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (width, conversion) = conversion.split_at_checked(digits).unwrap_or(("", conversion));
        let width: Option<u32> = width.parse().ok();
        let Some((pattern, kind)) = expression(conversion, width, blank_before) else {
            return Specifier::literal(text);
        };
        let is_plain_set = conversion.starts_with('[');
        Specifier {
            pattern,
            kind,
            skips,
            counts_space: (conversion == "c" && !blank_before) || (is_plain_set && !skips),
        }
    }

    fn literal(text: &str) -> Specifier {
        let pattern = format!("({})", pcore::regexp::escape(text));
        Specifier { pattern, kind: Kind::Nothing, skips: false, counts_space: false }
    }

    /// The value at the start of a text, if there is to be one, and the text behind; `None` if the text does not fit.
    pub(super) fn take<'t>(&self, text: &'t str) -> Result<Option<(Option<Value>, &'t str)>, Control> {
        let is_space = |c: char| matches!(c, ' ' | '\t'..='\r');
        let text = if self.counts_space { text } else { text.trim_start_matches(is_space) };
        let regexp = Regexp::cached(&format!(r"(?m:\A{})", self.pattern))?;
        let Some(found) = regexp.try_captures(text)? else { return Ok(None) };
        let rest = text.get(found.end()..).unwrap_or_default();
        let part = found.get(1).unwrap_or_default();
        let value = if self.skips { None } else { self.convert(part)? };
        Ok(Some((value, rest)))
    }

    fn convert(&self, part: &str) -> Result<Option<Value>, Control> {
        Ok(Some(match self.kind {
            Kind::Nothing => return Ok(None),
            Kind::Text => part.into(),
            Kind::Decimal => integer(part, 10)?,
            Kind::Hexadecimal => integer(part, 16)?,
            Kind::Octal => integer(part, 8)?,
            Kind::Integer => {
                let digits = part.trim_start_matches(['-', '+']);
                let radix = match digits.as_bytes() {
                    [b'0', b'x' | b'X', ..] => 16,
                    [b'0', ..] => 8,
                    _ => 10,
                };
                integer(part, radix)?
            }
            Kind::Float => ruby::float(part).unwrap_or_else(|| ruby::to_f(part)).into(),
        }))
    }
}

/// Source of the expression for a conversion, with the kind of value it gives.
fn expression(conversion: &str, width: Option<u32>, blank_before: bool) -> Option<(String, Kind)> {
    let n = width.unwrap_or(0);
    let less = |by: u32| n.saturating_sub(by);
    if let Some(set) = conversion.strip_prefix('[') {
        let pattern = match width {
            Some(n) if set.starts_with("[:") => format!("({conversion}{{1,{n}}})"),
            None if set.starts_with("[:") => format!("({conversion}+)"),
            Some(n) => format!("([{set}{{1,{n}}})"),
            None => {
                let other = match set.strip_prefix('^') {
                    Some(set) => set.to_owned(),
                    None => format!("^{set}"),
                };
                format!(r"([{set}+)(?=[{other}|\z)")
            }
        };
        return Some((pattern, Kind::Text));
    }
    Some(match (conversion, width) {
        ("i", None) => (r"([-+]?(?:(?:0[0-7]+)|(?:0[Xx]\h+)|(?:[1-9]\d*)))".into(), Kind::Integer),
        ("i", Some(_)) => {
            let mut forms = String::new();
            for (least, form, taken) in [
                (1, r"[1-9]\d", 1),
                (1, "0[0-7]", 1),
                (2, "[-+]0[0-7]", 2),
                (2, r"[-+][1-9]\d", 2),
                (2, r"0[Xx]\h", 2),
                (3, r"[-+]0[Xx]\h", 3),
            ] {
                if n > least {
                    forms.push_str(&format!("{form}{{1,{}}}|", less(taken)));
                }
            }
            (format!(r"({forms}\d)"), Kind::Integer)
        }
        ("d" | "u", None) => (r"([-+]?\d+)".into(), Kind::Decimal),
        ("d" | "u", Some(_)) => {
            let signed = if n > 1 { format!(r"[-+]\d{{1,{}}}|", less(1)) } else { String::new() };
            (format!(r"({signed}\d{{1,{n}}})"), Kind::Decimal)
        }
        ("x" | "X", None) => (r"([-+]?(?:0[Xx])?\h+)".into(), Kind::Hexadecimal),
        ("x" | "X", Some(_)) => {
            let mut forms = String::new();
            for (least, form, taken) in [(3, r"[-+]0[Xx]\h", 3), (2, r"0[Xx]\h", 2), (1, r"[-+]\h", 1)] {
                if n > least {
                    forms.push_str(&format!("{form}{{1,{}}}|", less(taken)));
                }
            }
            (format!(r"({forms}\h{{1,{n}}})"), Kind::Hexadecimal)
        }
        ("o", None) => ("([-+]?[0-7]+)".into(), Kind::Octal),
        ("o", Some(_)) => (format!("([-+][0-7]{{1,{}}}|[0-7]{{1,{n}}})", less(1)), Kind::Octal),
        ("a" | "e" | "f" | "g" | "A" | "E" | "F" | "G", None) => (format!("({FLOAT})"), Kind::Float),
        ("a" | "e" | "f" | "g" | "A" | "E" | "F" | "G", Some(_)) => {
            (format!(r"(?={FLOAT})(\S{{1,{n}}})"), Kind::Float)
        }
        ("s", Some(_)) => (format!(r"(\S{{1,{n}}})"), Kind::Text),
        ("s", None) => (r"(\S+)".into(), Kind::Text),
        ("c", None) if blank_before => (r"\s*(.)".into(), Kind::Text),
        ("c", None) => ("(.)".into(), Kind::Text),
        ("c", Some(_)) => (format!("(.{{1,{n}}})"), Kind::Text),
        ("%", None) => (r"(\s*%)".into(), Kind::Nothing),
        _ => return None,
    })
}

fn integer(text: &str, radix: u32) -> Result<Value, Control> {
    let (negative, digits) = match text.strip_prefix(['-', '+']) {
        Some(digits) => (text.starts_with('-'), digits),
        None => (false, text),
    };
    let digits = if radix == 16 { digits.trim_start_matches("0x").trim_start_matches("0X") } else { digits };
    // Octal numbers in Ruby may hold digits that are none; they end the number.
    let length = digits.bytes().take_while(|&byte| char::from(byte).is_digit(radix)).count();
    let digits = digits.get(..length).filter(|digits| !digits.is_empty()).unwrap_or("0");
    let number = i128::from_str_radix(digits, radix).unwrap_or(i128::MAX);
    match i64::try_from(if negative { -number } else { number }) {
        Ok(number) => Ok(Value::Int(number)),
        Err(_) => Err(format!("scanf(): {text} is outside of Puppet Integer range").into()),
    }
}
