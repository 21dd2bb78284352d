//! Ruby's `format`: what the function `sprintf` does, and what string conversions use for single values.
//!
//! All of Ruby's directives are known, among them `%<name>d` and `%{name}` with one hash, `%1$s`, `*` for a width
//! from the arguments, and the `..f` notation of negative numbers in bases that are no 10. Widths and precisions are
//! bounded, since a manifest could otherwise ask for gigabytes.

mod digits;
mod float;
mod integer;

use crate::error::{Result, ValueError, check_text};
use crate::format::{ruby_inspect, ruby_to_s};
use crate::{Hash, Str, Value};

/// Greatest width and precision; the formatting of floats takes no more than 65,535.
const SIZE_MAX: usize = 1 << 15;

/// Formats the arguments; fails with Ruby's message.
pub fn sprintf(format: &str, arguments: &[Value]) -> Result<String> {
    let mut formatter = Formatter { rest: format, arguments, mode: Mode::Unset, next: 0, out: String::new() };
    formatter.run()?;
    Ok(formatter.out)
}

/// Flags, width and precision of a directive.
#[derive(Clone, Debug, Default)]
struct Spec {
    space: bool,
    alternate: bool,
    plus: bool,
    minus: bool,
    zero: bool,
    width: Option<usize>,
    precision: Option<usize>,
}

/// How arguments are addressed; the ways cannot be mixed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Unset,
    /// One after the other.
    Sequence,
    /// By number.
    Numbered,
    /// By name.
    Named,
}

struct Formatter<'f> {
    rest: &'f str,
    arguments: &'f [Value],
    mode: Mode,
    /// Arguments taken in sequence.
    next: usize,
    out: String,
}

impl<'f> Formatter<'f> {
    fn run(&mut self) -> Result<()> {
        while let Some((before, rest)) = self.rest.split_once('%') {
            self.out.push_str(before);
            self.rest = rest;
            self.directive()?;
            check_text(self.out.len())?;
        }
        self.out.push_str(self.rest);
        Ok(())
    }

    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn bump(&mut self) {
        let mut chars = self.rest.chars();
        chars.next();
        self.rest = chars.as_str();
    }

    /// One directive, its `%` read.
    fn directive(&mut self) -> Result<()> {
        let mut spec = Spec::default();
        let mut has_flags = false;
        // The argument, once a number or name was given, and the name.
        let mut chosen: Option<Value> = None;
        let mut name: Option<&'f str> = None;
        loop {
            let Some(c) = self.peek() else {
                if has_flags || spec.width.is_some() || spec.precision.is_some() {
                    return Err(ValueError::new("invalid format character - %"));
                }
                if chosen.is_none() {
                    return Err(ValueError::new("incomplete format specifier; use %% (double %) instead"));
                }
                self.out.push('%');
                return Ok(());
            };
            match c {
                ' ' | '#' | '+' | '-' | '0' => {
                    check_flag(&spec)?;
                    has_flags = true;
                    match c {
                        ' ' => spec.space = true,
                        '#' => spec.alternate = true,
                        '+' => spec.plus = true,
                        '-' => spec.minus = true,
                        _ => spec.zero = true,
                    }
                    self.bump();
                }
                '1'..='9' => {
                    let number = self.number("width too big")?;
                    if self.peek() == Some('$') {
                        self.bump();
                        if chosen.is_some() {
                            return Err(ValueError::new(format!("value given twice - {number}$")));
                        }
                        chosen = Some(self.numbered(number)?);
                    } else {
                        check_width(&spec)?;
                        spec.width = Some(number);
                    }
                }
                '<' | '{' => {
                    let end = if c == '<' { '>' } else { '}' };
                    let Some(length) = self.rest.find(end) else {
                        return Err(ValueError::new("malformed name - unmatched parenthesis"));
                    };
                    let found = self.rest.get(1..length).unwrap_or_default();
                    self.rest = self.rest.get(length + 1..).unwrap_or_default();
                    if let Some(name) = name {
                        return Err(ValueError::new(format!("named{c}{found}{end} after <{name}>")));
                    }
                    name = Some(found);
                    let value = self.named(found, c, end)?;
                    if c == '{' {
                        self.string(&spec, &ruby_to_s(&value));
                        return Ok(());
                    }
                    chosen = Some(value);
                }
                '*' => {
                    check_width(&spec)?;
                    self.bump();
                    let width = self.star()?;
                    spec.minus |= width < 0;
                    spec.width = Some(bounded(width.unsigned_abs(), "width too big")?);
                }
                '.' => {
                    if spec.precision.is_some() {
                        return Err(ValueError::new("precision given twice"));
                    }
                    self.bump();
                    if self.peek() == Some('*') {
                        self.bump();
                        // A negative precision counts as none.
                        let precision = self.star()?;
                        if precision >= 0 {
                            spec.precision = Some(bounded(precision.unsigned_abs(), "precision too big")?);
                        }
                    } else {
                        spec.precision = Some(self.number("precision too big")?);
                    }
                }
                '%' | '\n' | '\0' => {
                    if has_flags || spec.width.is_some() || spec.precision.is_some() {
                        return Err(ValueError::new("invalid format character - %"));
                    }
                    if c == '%' {
                        self.bump();
                    }
                    self.out.push('%');
                    return Ok(());
                }
                _ => {
                    self.bump();
                    return self.conversion(c, &spec, chosen);
                }
            }
        }
    }

    fn conversion(&mut self, c: char, spec: &Spec, chosen: Option<Value>) -> Result<()> {
        match c {
            'c' | 's' | 'p' | 'd' | 'i' | 'u' | 'o' | 'x' | 'X' | 'b' | 'B' | 'f' | 'g' | 'G' | 'e' | 'E'
            | 'a' | 'A' => {}
            c if c.is_ascii() => return Err(ValueError::new(format!("malformed format string - %{c}"))),
            _ => return Err(ValueError::new("malformed format string")),
        }
        let value = match chosen {
            Some(value) => value,
            None => self.in_sequence()?,
        };
        match c {
            's' => self.string(spec, &ruby_to_s(&value)),
            'p' => self.string(spec, &ruby_inspect(&value)),
            'c' => {
                let text = character(&value)?;
                self.string(&Spec { precision: None, ..spec.clone() }, &text);
            }
            'd' | 'i' | 'u' | 'o' | 'x' | 'X' | 'b' | 'B' => integer::write(&mut self.out, spec, c, &value)?,
            _ => float::write(&mut self.out, spec, c, &value)?,
        }
        Ok(())
    }

    /// A text cut to the precision and padded to the width, both in characters.
    fn string(&mut self, spec: &Spec, text: &str) {
        let text = match spec.precision.and_then(|precision| text.char_indices().nth(precision)) {
            Some((end, _)) => text.get(..end).unwrap_or(text),
            None => text,
        };
        pad(&mut self.out, spec, text);
    }

    /// Digits; none of them is 0, as after `.`.
    fn number(&mut self, too_big: &'static str) -> Result<usize> {
        let digits = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        let text = self.rest.get(..digits).unwrap_or_default();
        self.rest = self.rest.get(digits..).unwrap_or_default();
        if self.rest.is_empty() {
            return Err(ValueError::new("malformed format string - %*[0-9]"));
        }
        if text.is_empty() {
            return Ok(0);
        }
        bounded(text.parse().unwrap_or(u64::MAX), too_big)
    }

    /// The number for a `*`: the next argument, or the one that `*1$` names.
    fn star(&mut self) -> Result<i64> {
        let digits = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        let is_numbered = digits > 0 && self.rest.as_bytes().get(digits) == Some(&b'$');
        let value = if is_numbered {
            let number = self.rest.get(..digits).and_then(|digits| digits.parse().ok()).unwrap_or(usize::MAX);
            self.rest = self.rest.get(digits + 1..).unwrap_or_default();
            self.numbered(number)?
        } else {
            self.in_sequence()?
        };
        match value {
            Value::Int(number) => Ok(number),
            Value::Float(number) => Ok(number as i64),
            other => {
                Err(ValueError::new(format!("no implicit conversion {} Integer", implicit_source(&other))))
            }
        }
    }

    fn in_sequence(&mut self) -> Result<Value> {
        match self.mode {
            Mode::Numbered => {
                return Err(ValueError::new(format!("unnumbered({}) mixed with numbered", self.next + 1)));
            }
            Mode::Named => {
                return Err(ValueError::new(format!("unnumbered({}) mixed with named", self.next + 1)));
            }
            Mode::Unset | Mode::Sequence => self.mode = Mode::Sequence,
        }
        self.next += 1;
        self.argument(self.next)
    }

    fn numbered(&mut self, number: usize) -> Result<Value> {
        match self.mode {
            Mode::Sequence => {
                return Err(ValueError::new(format!("numbered({number}) after unnumbered({})", self.next)));
            }
            Mode::Named => return Err(ValueError::new(format!("numbered({number}) after named"))),
            Mode::Unset | Mode::Numbered => self.mode = Mode::Numbered,
        }
        if number == 0 {
            return Err(ValueError::new("invalid index - 0$"));
        }
        self.argument(number)
    }

    fn argument(&self, number: usize) -> Result<Value> {
        self.arguments.get(number - 1).cloned().ok_or_else(|| ValueError::new("too few arguments"))
    }

    fn named(&mut self, name: &str, open: char, close: char) -> Result<Value> {
        match self.mode {
            Mode::Sequence => {
                let message = format!("named{open}{name}{close} after unnumbered({})", self.next);
                return Err(ValueError::new(message));
            }
            Mode::Numbered => {
                return Err(ValueError::new(format!("named{open}{name}{close} after numbered")));
            }
            Mode::Unset | Mode::Named => self.mode = Mode::Named,
        }
        let hash: &Hash = match self.arguments {
            [Value::Hash(hash)] => hash,
            _ => return Err(ValueError::new("one hash required")),
        };
        let found = hash.get_str(name).cloned();
        found.ok_or_else(|| ValueError::new(format!("key{open}{name}{close} not found")))
    }
}

fn check_flag(spec: &Spec) -> Result<()> {
    if spec.precision.is_some() {
        return Err(ValueError::new("flag after precision"));
    }
    if spec.width.is_some() {
        return Err(ValueError::new("flag after width"));
    }
    Ok(())
}

fn check_width(spec: &Spec) -> Result<()> {
    if spec.width.is_some() {
        return Err(ValueError::new("width given twice"));
    }
    if spec.precision.is_some() {
        return Err(ValueError::new("width after precision"));
    }
    Ok(())
}

fn bounded(size: u64, too_big: &'static str) -> Result<usize> {
    usize::try_from(size).ok().filter(|size| *size <= SIZE_MAX).ok_or_else(|| ValueError::new(too_big))
}

/// Appends a text, padded with blanks to the width.
fn pad(out: &mut String, spec: &Spec, text: &str) {
    let missing = spec.width.unwrap_or(0).saturating_sub(text.chars().count());
    let blanks = || std::iter::repeat_n(' ', missing);
    if spec.minus {
        out.push_str(text);
        out.extend(blanks());
    } else {
        out.extend(blanks());
        out.push_str(text);
    }
}

/// The character for `%c`: a string of one, or a code point.
fn character(value: &Value) -> Result<String> {
    let code = match value {
        Value::Str(text) if text.chars().count() == 1 => return Ok(text.to_string()),
        Value::Str(_) => return Err(ValueError::new("%c requires a character")),
        Value::Int(code) => *code,
        Value::Float(code) if code.abs() >= 1e19 => {
            return Err(ValueError::new(format!("float {} out of range of integer", exponent_form(*code))));
        }
        Value::Float(code) => *code as i64,
        Value::Undef => return Err(ValueError::new("no implicit conversion from nil to integer")),
        other => {
            return Err(ValueError::new(format!(
                "no implicit conversion {} Integer",
                implicit_source(other)
            )));
        }
    };
    if i32::try_from(code).is_err() {
        return Err(ValueError::new(format!("integer {code} too big to convert to `int'")));
    }
    match u32::try_from(code).ok().and_then(char::from_u32) {
        Some(c) => Ok(c.to_string()),
        None => Err(ValueError::new(format!("invalid codepoint 0x{code:X} in UTF-8"))),
    }
}

/// A large float as C shows it: `1e+20`.
fn exponent_form(number: f64) -> String {
    let text = format!("{number:e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    format!("{mantissa}e+{exponent}")
}

/// What Ruby says of a value that does not convert by itself: `of true into`.
fn implicit_source(value: &Value) -> String {
    match value {
        Value::Undef => "from nil to".to_owned(),
        other => format!("of {} into", ruby_class(other)),
    }
}

/// What Ruby calls a value that it cannot convert: the class, or the value itself for `nil` and booleans.
pub(crate) fn ruby_class(value: &Value) -> Str {
    let name = match value {
        Value::Undef => "nil",
        Value::Bool(true) => "true",
        Value::Bool(false) => "false",
        Value::Default => "Symbol",
        Value::Str(_) => "String",
        Value::Int(_) => "Integer",
        Value::Float(_) => "Float",
        Value::Array(_) => "Array",
        Value::Hash(_) => "Hash",
        Value::Regexp(_) => "Regexp",
        other => return crate::parameterize::class_name(other).into(),
    };
    name.into()
}

#[cfg(test)]
mod tests;
