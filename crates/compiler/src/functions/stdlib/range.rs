//! `range`

use pcore::Value;

use super::arguments::fits;
use crate::context::Context;
use crate::error::Control;
use crate::functions::ruby::string::Upto;
use crate::functions::{Legacy, ruby};
use pcore::format::ruby_to_s;
use pcore::regexp::Regexp;

/// Items beyond this are left out.
const ITEMS_MAX: usize = 1_000_000;

/// Numbers or names from one to another, maybe with a step.
///
/// ```puppet
/// range(0, 9, 3)             # [0, 3, 6, 9]
/// range('a', 'c')            # ['a', 'b', 'c']
/// range('host01', 'host10')  # ['host01', ... 'host10']
/// range('0-3')               # [0, 1, 2, 3]
/// ```
///
/// Texts of digits count as numbers. There are never more than a million items.
pub(super) const RANGE: Legacy = Legacy::value("range", -1, |context, arguments| match arguments {
    [] => Err("range(): Wrong number of arguments given (0 for 1)".into()),
    [Value::Str(text)] => {
        let found = Regexp::cached(r"^(\w+)(\.\.\.?|-)(\w+)$")?.try_captures(text)?;
        let Some(found) = found else {
            let kind = if fits("^.+$", text) {
                "Unable to compute range from the value"
            } else {
                "Unknown range format"
            };
            return Err(format!("range(): {kind}: {text}").into());
        };
        let part = |at| Value::from(found.get(at).unwrap_or_default());
        range(context, &part(1), &part(3), 1, found.get(2) == Some("..."))
    }
    [other] => Err(ruby::no_method("match", other).into()),
    [start, stop, rest @ ..] => {
        let step = match rest.first() {
            None => 1,
            Some(step) => ruby::value_to_i(step)?.unsigned_abs(),
        };
        if step == 0 {
            let text = "range(): 3rd arg (step size) must be a non zero integer (e.g. 1 or -1)";
            return Err(text.into());
        }
        range(context, start, stop, step, false)
    }
});

fn range(
    context: &mut Context<'_, '_>,
    start: &Value,
    stop: &Value,
    step: u64,
    exclusive: bool,
) -> Result<Value, Control> {
    let text = ruby_to_s(start);
    let step = usize::try_from(step).unwrap_or(usize::MAX);
    if !fits(r"^\d+$", &text) {
        let mut names = Vec::new();
        // A step may be longer than anybody waits for.
        for (at, name) in Upto::new(&text, &ruby_to_s(stop), exclusive).enumerate() {
            context.step()?;
            if at % step == 0 {
                names.push(Value::from(name));
                if names.len() == ITEMS_MAX {
                    break;
                }
            }
        }
        return Ok(names.into());
    }
    let (first, last) = (ruby::value_to_i(start)?, ruby::value_to_i(stop)?);
    let last = if exclusive { last.saturating_sub(1) } else { last };
    Ok((first..=last).step_by(step).take(ITEMS_MAX).map(Value::Int).collect::<Vec<_>>().into())
}
