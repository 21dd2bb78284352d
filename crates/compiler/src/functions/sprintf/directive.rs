//! Reading a format string: directives such as `%-5.2f` and `%<name>s`, and the arguments they take.

use pcore::Value;

use crate::error::Control;
use crate::functions::ruby;

/// Widths and precisions beyond this are refused; the formatting of floats takes at most twice as much.
const WIDTH_MAX: usize = 1 << 15;

/// One directive.
#[derive(Default)]
pub(super) struct Directive<'a> {
    pub(super) conversion: char,
    pub(super) left: bool,
    pub(super) zero: bool,
    pub(super) plus: bool,
    pub(super) space: bool,
    pub(super) alternate: bool,
    pub(super) width: Option<usize>,
    pub(super) precision: Option<usize>,
    /// What it formats; a percent sign formats nothing.
    pub(super) value: Option<&'a Value>,
    /// The argument's key, as `<name>` or `{name}`.
    key: Option<&'a str>,
}

/// A walk through a format string.
pub(super) struct Parser<'a> {
    rest: &'a str,
    arguments: &'a [Value],
    taken: Taken,
}

/// How arguments have been taken so far: the three ways do not mix.
#[derive(Clone, Copy)]
enum Taken {
    InOrder(usize),
    ByPosition,
    ByKey,
}

impl<'a> Parser<'a> {
    pub(super) fn new(format: &'a str, arguments: &'a [Value]) -> Parser<'a> {
        Parser { rest: format, arguments, taken: Taken::InOrder(0) }
    }

    /// Copies text up to the next directive, and reads that.
    pub(super) fn next_directive(&mut self, out: &mut String) -> Result<Option<Directive<'a>>, Control> {
        let Some((text, rest)) = self.rest.split_once('%') else {
            out.push_str(self.rest);
            self.rest = "";
            return Ok(None);
        };
        out.push_str(text);
        self.rest = rest;
        let mut directive = Directive::default();
        let mut is_plain = true;
        while !self.part(&mut directive, is_plain)? {
            is_plain = false;
        }
        Ok(Some(directive))
    }

    /// Reads a flag, a width and the like; true when the directive is complete.
    fn part(&mut self, directive: &mut Directive<'a>, is_plain: bool) -> Result<bool, Control> {
        let letter = match self.rest.chars().next() {
            Some(letter) => letter,
            None if is_plain => return Err("incomplete format specifier; use %% (double %) instead".into()),
            None => return Err("invalid format character - %".into()),
        };
        let after = self.rest.get(letter.len_utf8()..).unwrap_or_default();
        match letter {
            ' ' | '#' | '+' | '-' | '0' => {
                directive.flag(letter)?;
                self.rest = after;
            }
            '1'..='9' => self.width_or_position(directive)?,
            '*' => {
                directive.check_width()?;
                self.rest = after;
                let width = self.star()?;
                directive.left |= width < 0;
                directive.width = Some(limited(width.unsigned_abs() as usize, "width")?);
            }
            '.' => {
                if directive.precision.is_some() {
                    return Err("precision given twice".into());
                }
                self.rest = after;
                if let Some(after) = after.strip_prefix('*') {
                    self.rest = after;
                    // A negative precision is none.
                    let precision = usize::try_from(self.star()?).ok();
                    directive.precision = precision.map(|n| limited(n, "precision")).transpose()?;
                } else {
                    directive.precision = Some(self.number("precision")?);
                }
            }
            '<' | '{' => {
                self.key(directive, letter, after)?;
                if letter == '{' {
                    directive.conversion = 's';
                    return Ok(true);
                }
            }
            // A line break or NUL ends the directive without being part of it.
            '\n' | '\0' | '%' => {
                if !is_plain {
                    return Err("invalid format character - %".into());
                }
                if letter == '%' {
                    self.rest = after;
                }
                return Ok(true);
            }
            's' | 'p' | 'c' | 'd' | 'i' | 'u' | 'x' | 'X' | 'o' | 'b' | 'B' | 'f' | 'e' | 'E' | 'g' | 'G'
            | 'a' | 'A' => {
                self.rest = after;
                directive.conversion = letter;
                if directive.value.is_none() {
                    directive.value = Some(self.in_order()?);
                }
                return Ok(true);
            }
            other => return Err(format!("malformed format string - %{other}").into()),
        }
        Ok(false)
    }

    fn width_or_position(&mut self, directive: &mut Directive<'a>) -> Result<(), Control> {
        let number = self.number("width")?;
        if let Some(after) = self.rest.strip_prefix('$') {
            if directive.value.is_some() {
                return Err(format!("value given twice - {number}$").into());
            }
            directive.value = Some(self.by_position(number)?);
            self.rest = after;
            return Ok(());
        }
        directive.check_width()?;
        directive.width = Some(number);
        Ok(())
    }

    /// Reads `<name>` or `{name}`.
    fn key(&mut self, directive: &mut Directive<'a>, open: char, after: &'a str) -> Result<(), Control> {
        let close = if open == '<' { '>' } else { '}' };
        let length = after.find(close).ok_or("malformed name - unmatched parenthesis")?;
        // Both brackets are one byte long.
        let key = self.rest.get(..length + 2).unwrap_or_default();
        let name = after.get(..length).unwrap_or_default();
        if let Some(other) = directive.key {
            return Err(format!("named{key} after <{other}>").into());
        }
        match self.taken {
            Taken::InOrder(0) | Taken::ByKey => self.taken = Taken::ByKey,
            Taken::InOrder(count) => return Err(format!("named{key} after unnumbered({count})").into()),
            Taken::ByPosition => return Err(format!("named{key} after numbered").into()),
        }
        let [Value::Hash(hash)] = self.arguments else { return Err("one hash required".into()) };
        directive.key = Some(name);
        directive.value = Some(hash.get_str(name).ok_or_else(|| format!("key{key} not found"))?);
        self.rest = after.get(length + 1..).unwrap_or_default();
        Ok(())
    }

    /// Digits, of which there may be none (0). Something must follow them.
    fn number(&mut self, what: &str) -> Result<usize, Control> {
        let length = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, after) = self.rest.split_at_checked(length).unwrap_or(("", self.rest));
        self.rest = after;
        if after.is_empty() {
            return Err("malformed format string - %*[0-9]".into());
        }
        // What does not fit is too big in any case.
        limited(if digits.is_empty() { 0 } else { digits.parse().unwrap_or(usize::MAX) }, what)
    }

    /// The integer that `*` or `*1$` stands for.
    fn star(&mut self) -> Result<i64, Control> {
        let digits = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        let value = match self.rest.split_at_checked(digits) {
            Some((digits, after)) if !digits.is_empty() && after.starts_with('$') => {
                self.rest = after.get(1..).unwrap_or_default();
                self.by_position(digits.parse().unwrap_or(usize::MAX))?
            }
            _ => self.in_order()?,
        };
        int_of(value)
    }

    fn in_order(&mut self) -> Result<&'a Value, Control> {
        let count = match self.taken {
            Taken::InOrder(count) => count,
            Taken::ByPosition => return Err("unnumbered(1) mixed with numbered".into()),
            Taken::ByKey => return Err("unnumbered(1) mixed with named".into()),
        };
        self.taken = Taken::InOrder(count + 1);
        self.arguments.get(count).ok_or_else(|| "too few arguments".into())
    }

    fn by_position(&mut self, position: usize) -> Result<&'a Value, Control> {
        match self.taken {
            Taken::InOrder(0) | Taken::ByPosition => self.taken = Taken::ByPosition,
            Taken::InOrder(count) => {
                return Err(format!("numbered({position}) after unnumbered({count})").into());
            }
            Taken::ByKey => return Err(format!("numbered({position}) after named").into()),
        }
        let at = position.checked_sub(1).ok_or("invalid index - 0$")?;
        self.arguments.get(at).ok_or_else(|| "too few arguments".into())
    }
}

/// An integer of 32 bits, as C takes it.
pub(super) fn int_of(value: &Value) -> Result<i64, Control> {
    let number = match value {
        Value::Int(number) => *number,
        Value::Float(number) if (-9.2e18..9.2e18).contains(number) => *number as i64,
        Value::Float(number) => {
            return Err(format!("float {} out of range of integer", general(*number)).into());
        }
        other => {
            return Err(ruby::no_conversion(other, "Integer").replace(" of nil into", " from nil to").into());
        }
    };
    match i32::try_from(number) {
        Ok(_) => Ok(number),
        Err(_) if number > 0 => Err(format!("integer {number} too big to convert to `int'").into()),
        Err(_) => Err(format!("integer {number} too small to convert to `int'").into()),
    }
}

/// `1e+20`
fn general(number: f64) -> String {
    let text = format!("{number:e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    format!("{digits}e+{exponent:0>2}")
}

fn limited(number: usize, what: &str) -> Result<usize, Control> {
    if number > WIDTH_MAX { Err(format!("{what} too big").into()) } else { Ok(number) }
}

impl Directive<'_> {
    fn flag(&mut self, flag: char) -> Result<(), Control> {
        if self.width.is_some() {
            return Err("flag after width".into());
        }
        if self.precision.is_some() {
            return Err("flag after precision".into());
        }
        match flag {
            ' ' => self.space = true,
            '#' => self.alternate = true,
            '+' => self.plus = true,
            '-' => self.left = true,
            _ => self.zero = true,
        }
        Ok(())
    }

    fn check_width(&self) -> Result<(), Control> {
        if self.width.is_some() {
            return Err("width given twice".into());
        }
        if self.precision.is_some() {
            return Err("width after precision".into());
        }
        Ok(())
    }
}
