//! Arrays, hashes and instances under a map of formats.

use std::sync::Arc;

use super::format::{Format, illegal};
use super::map::{FormatMap, default_inner};
use super::scalar;
use crate::error::{Result, ValueError, check_text};
use crate::{Value, render};

/// Nesting of what is indented: each level is copied into the one above it.
const LEVELS_MAX: usize = 500;

/// How deep a collection stands, and whether it starts a line.
#[derive(Clone, Copy, Default)]
struct Indent {
    level: usize,
    /// True for what follows its opening delimiter or key directly.
    follows: bool,
    active: bool,
}

impl Indent {
    fn active_if(self, active: bool) -> Indent {
        Indent { active: active || self.active, ..self }
    }

    fn start(self, out: &mut String) {
        if self.active && self.level > 0 && !self.follows {
            out.push('\n');
            self.pad(out);
        }
    }

    fn pad(self, out: &mut String) {
        out.extend(std::iter::repeat_n("  ", self.level));
    }
}

impl FormatMap {
    /// The text of a value.
    pub(super) fn convert(&self, value: &Value) -> Result<String> {
        convert(value, self, Indent { follows: true, ..Indent::default() })
    }
}

fn convert(value: &Value, map: &FormatMap, indent: Indent) -> Result<String> {
    if indent.active && indent.level > LEVELS_MAX {
        let text = format!("a value with more than {LEVELS_MAX} levels cannot be indented");
        return Err(ValueError::new(text));
    }
    match value {
        Value::Array(items) => array(value, items, map, indent),
        Value::Hash(hash) => {
            let format = map.of_value(value);
            if format.letter == 'a' {
                let pair = |(key, value): (&Value, &Value)| Value::array([key.clone(), value.clone()]);
                return convert(&Value::array(hash.iter().map(pair).collect::<Vec<_>>()), map, indent);
            }
            self::hash(hash, &format, map, indent)
        }
        Value::Iterator(_) => {
            let items = crate::convert::array::items(value)?.unwrap_or_default();
            convert(&Value::array(items), map, indent)
        }
        Value::Object(_) | Value::Deferred(_) => {
            let format = map.of_value(value);
            match format.letter {
                'p' => {
                    let indent = indent.active_if(format.alternate);
                    Ok(if indent.active {
                        render::indented(value, indent.level)
                    } else {
                        render::value(value).to_string()
                    })
                }
                's' | 'q' => Ok(render::value(value).to_string()),
                letter => Err(illegal("Object", letter, "spq")),
            }
        }
        Value::Uri(_) => {
            let format = map.of_value(value);
            scalar::convert(value, &format)
        }
        scalar => scalar::convert(scalar, &map.of_value(scalar)),
    }
}

/// The formats of an item: those of the whole for collections, those of the collection for others.
fn formats_of<'m>(item: &Value, map: &'m FormatMap, inner: &'m FormatMap) -> &'m FormatMap {
    match item {
        Value::Array(_) | Value::Hash(_) | Value::Object(_) | Value::Deferred(_) => map,
        _ => inner,
    }
}

fn inner(format: &Format) -> Arc<FormatMap> {
    format.inner.clone().unwrap_or_else(default_inner)
}

fn array(value: &Value, items: &[Value], map: &FormatMap, indent: Indent) -> Result<String> {
    let format = map.of_value(value);
    if !matches!(format.letter, 'a' | 's' | 'p') {
        return Err(illegal("Array", format.letter, "asp"));
    }
    let separator = format.separator.as_deref().unwrap_or(", ");
    let inner = inner(&format);
    let (open, close) = format.delimiters(("[", "]"));
    let indent = indent.active_if(format.alternate);
    let child = Indent { level: indent.level + 1, follows: false, active: format.alternate };
    let mut texts = Vec::with_capacity(items.len());
    let mut length = 0;
    for item in items {
        let text = convert(item, formats_of(item, map, &inner), child)?;
        length += text.len() + separator.len();
        check_text(length)?;
        texts.push(text);
    }
    let too_wide = match format.width.filter(|_| format.alternate) {
        Some(width) => widest(items, &texts) > width,
        None => false,
    };
    let mut out = String::new();
    indent.start(&mut out);
    out.push_str(open);
    for (index, (item, text)) in items.iter().zip(&texts).enumerate() {
        let breaks = too_wide && !is_collection(item);
        match index.checked_sub(1).and_then(|before| items.get(before)) {
            None if breaks => out.push(' '),
            None => {}
            Some(before) => {
                out.push_str(separator);
                if breaks || format.alternate && is_collection(before) && !is_collection(item) {
                    if !out.ends_with('\n') {
                        trim_end(&mut out);
                    }
                    out.push('\n');
                    child.pad(&mut out);
                }
            }
        }
        if out.ends_with(' ') && text.starts_with('\n') {
            trim_end(&mut out);
        }
        out.push_str(text);
    }
    out.push_str(close);
    Ok(out)
}

/// The length of the longest run of items between collections.
fn widest(items: &[Value], texts: &[String]) -> usize {
    let (mut widest, mut run) = (0, 0);
    for (item, text) in items.iter().zip(texts) {
        run = if is_collection(item) { 0 } else { run + text.chars().count() };
        widest = widest.max(run);
    }
    widest
}

fn is_collection(value: &Value) -> bool {
    matches!(value, Value::Array(_) | Value::Hash(_))
}

/// Ruby's `rstrip`.
fn trim_end(out: &mut String) {
    out.truncate(out.trim_end_matches(|c| matches!(c, '\0' | '\t'..='\r' | ' ')).len());
}

fn hash(hash: &crate::Hash, format: &Format, map: &FormatMap, indent: Indent) -> Result<String> {
    if !matches!(format.letter, 'h' | 's' | 'p') {
        return Err(illegal("Hash", format.letter, "hasp"));
    }
    let separator = format.separator.as_deref().unwrap_or(", ");
    let assignment = format.separator2.as_deref().unwrap_or(" => ");
    let inner = inner(format);
    let (open, close) = format.delimiters(("{", "}"));
    let indent = indent.active_if(format.alternate);
    let child = Indent { level: indent.level + 1, follows: true, active: false };
    let mut out = String::new();
    indent.start(&mut out);
    out.push_str(open);
    if format.alternate {
        out.push('\n');
    }
    for (index, (key, value)) in hash.iter().enumerate() {
        if index > 0 && !format.alternate {
            out.push_str(separator);
        } else if index > 0 {
            let mut separator = separator.to_owned();
            if !separator.ends_with('\n') {
                trim_end(&mut separator);
            }
            out.push_str(&separator);
            out.push('\n');
        }
        if format.alternate {
            child.pad(&mut out);
        }
        out.push_str(&convert(key, formats_of(key, map, &inner), child)?);
        out.push_str(assignment);
        out.push_str(&convert(value, formats_of(value, map, &inner), child)?);
        check_text(out.len())?;
    }
    if format.alternate {
        out.push('\n');
        indent.pad(&mut out);
    }
    out.push_str(close);
    Ok(out)
}
