//! `regsubst`

use pcore::regexp::Regexp;
use pcore::{Hash, Type, Value};

use super::{Native, Overload, pattern};
use crate::context::Context;
use crate::error::Control;

/// Replaces what a regular expression matches, in a string or in each of an array.
///
/// ```puppet
/// regsubst('abcb', 'b', 'X')                 # 'aXcb'
/// regsubst('abcb', 'b', 'X', 'G')            # 'aXcX': all matches
/// regsubst('abc', '(b)(c)', '\2\1')          # 'acb': groups
/// regsubst('abcb', /[bc]/, { 'b' => 'Y' }, 'G') # 'aYY': by a table
/// ```
///
/// Flags: `G` all matches, `I` ignore case, `M` a dot matches line breaks too, `E` white space and comments in the
/// expression do not count; with a `Regexp` only `G`. Sensitive strings stay Sensitive.
pub(super) const FUNCTION: Native = Native {
    name: "regsubst",
    local_types: &[],
    overloads: &[
        Overload::new(
            "(Variant[Array[Variant[String,Sensitive[String]]],Sensitive[Array[Variant[String,Sensitive[String]]]],\
             Variant[String,Sensitive[String]]] $target, String $pattern, Variant[String,Hash[String,String]] \
             $replacement, [Optional[Pattern[/^[GEIM]*$/]] $flags], [Enum['N','E','S','U'] $encoding])",
            by_text,
        ),
        Overload::new(
            "(Variant[Array[Variant[String,Sensitive[String]]],Sensitive[Array[Variant[String,Sensitive[String]]]],\
             Variant[String,Sensitive[String]]] $target, Variant[Regexp,Type[Regexp]] $pattern, \
             Variant[String,Hash[String,String]] $replacement, [Pattern[/^G?$/] $flags])",
            by_regexp,
        ),
    ],
};

struct Substitution<'a> {
    regexp: &'a Regexp,
    replacement: &'a Value,
    all: bool,
}

fn by_text(context: &mut Context<'_, '_>, arguments: &[Value]) -> Result<Value, Control> {
    let [target, Value::Str(source), replacement, options @ ..] = arguments else { return Ok(Value::Undef) };
    if options.len() > 1 {
        context.warn_once(
"The regsubst() function's encoding argument has been ignored since Ruby 1.9 and will be removed in a \
             future release",
        );
    }
    let flags = options.first().and_then(Value::as_str).unwrap_or_default();
    let inline: String = [('E', 'x'), ('I', 'i'), ('M', 'm')]
        .iter()
        .filter(|(flag, _)| flags.contains(*flag))
        .map(|(_, c)| *c)
        .collect();
    let regexp = if inline.is_empty() {
        Regexp::cached(source)?
    } else {
        // The line break ends a comment of the extended syntax, and means nothing else there.
        let end = if inline.contains('x') { "\n" } else { "" };
        Regexp::cached(&format!("(?{inline}:{source}{end})"))?
    };
    Substitution { regexp: &regexp, replacement, all: flags.contains('G') }.apply(target)
}

fn by_regexp(_: &mut Context<'_, '_>, arguments: &[Value]) -> Result<Value, Control> {
    let [target, expression, replacement, options @ ..] = arguments else { return Ok(Value::Undef) };
    let regexp = match expression {
        // The text of a type is searched as it is.
        Value::Type(Type::Regexp(Some(regexp))) => Regexp::literal(regexp.source())?,
        other => pattern::of(other)?,
    };
    let all = options.first().and_then(Value::as_str) == Some("G");
    Substitution { regexp: &regexp, replacement, all }.apply(target)
}

impl Substitution<'_> {
    fn apply(&self, target: &Value) -> Result<Value, Control> {
        match target {
            Value::Array(items) => {
                Ok(items.iter().map(|item| self.apply(item)).collect::<Result<Vec<_>, _>>()?.into())
            }
            // The array comes out of its wrapper, as in Puppet; Sensitive items stay wrapped.
            Value::Sensitive(inner) if matches!(**inner, Value::Array(_)) => self.apply(inner),
            Value::Sensitive(inner) => Ok(Value::sensitive(self.apply(inner)?)),
            Value::Str(text) => Ok(self.replace(text)?.into()),
            other => Ok(other.clone()),
        }
    }

    fn replace(&self, text: &str) -> Result<String, Control> {
        match self.replacement {
            Value::Hash(table) => self.replace_by(text, table),
            template if self.all => {
                Ok(self.regexp.replace_all(text, template.as_str().unwrap_or_default())?)
            }
            template => Ok(self.regexp.replace_first(text, template.as_str().unwrap_or_default())?),
        }
    }

    fn replace_by(&self, text: &str, table: &Hash) -> Result<String, Control> {
        let mut out = String::with_capacity(text.len());
        let mut copied = 0;
        let mut matches = self.regexp.matches(text);
        while let Some(found) = matches.next_match()? {
            out.push_str(text.get(copied..found.start()).unwrap_or_default());
            out.push_str(found.get(0).and_then(|key| table[key].as_str()).unwrap_or_default());
            copied = found.end();
            pcore::error::check_text(out.len())?;
            if !self.all {
                break;
            }
        }
        out.push_str(text.get(copied..).unwrap_or_default());
        Ok(out)
    }
}
