//! `Init[T, args...].new(value)`: what `T.new(value, args...)` gives, or `T.new` of the items of an array.

use super::{Outside, new, parameters, unsupported};
use crate::error::{Result, ValueError};
use crate::matches::Init;
use crate::{Type, Value, mismatch};

pub(super) fn create(
    ty: &Type,
    init: &Init,
    arguments: &[Value],
    outside: &mut dyn Outside,
) -> Result<Value> {
    if parameters(&init.ty).is_none() {
        return Err(unsupported(&init.ty));
    }
    if !init.is_possible() {
        let name = mismatch::simple_name(&init.ty);
        return Err(ValueError::new(format!(
            "The type '{ty}' does not represent a valid set of parameters for {name}.new()"
        )));
    }
    let [value] = arguments else {
        let got = match arguments.len() {
            0 => "none".to_owned(),
            count => count.to_string(),
        };
        return Err(ValueError::new(format!("'new_Init' expects 1 argument, got {got}")));
    };
    match value {
        Value::Array(items) if init.arguments.is_empty() && !init.is_single(value) => {
            new(&init.ty, items, outside)
        }
        value => {
            let all: Vec<Value> = std::iter::once(value).chain(&init.arguments).cloned().collect();
            new(&init.ty, &all, outside)
        }
    }
}
