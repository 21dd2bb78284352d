//! `strftime`

use pcore::Value;
use pcore::time::{Timestamp, display_offset};

use super::{Native, Overload};
use crate::context::Context;
use crate::error::Control;

/// Formats a time or a duration.
///
/// ```puppet
/// strftime(Timestamp('2015-03-01 11:12:13'), '%d %B %Y')           # '01 March 2015'
/// strftime(Timestamp('2015-03-01 11:12:13'), '%H:%M', 'PST')       # '03:12'
/// strftime(Timespan({ 'hours' => 26, 'minutes' => 3 }), '%D-%H:%M') # '1-02:03'
/// strftime(Timespan({ 'hours' => 26, 'minutes' => 3 }), '%H:%M')    # '26:03'
/// ```
///
/// Times take the directives of Ruby's `strftime`, and a timezone: an offset, an abbreviation, or `current` for that of
/// the server. Durations take `%D`, `%H`, `%M`, `%S`, `%L` and `%N`; the greatest unit of a format takes in all above it.
/// With a format alone the present time is shown, which is deprecated.
pub(super) const FUNCTION: Native = Native {
    name: "strftime",
    local_types: &[],
    overloads: &[
        Overload::new("(Timespan $time_object, String $format)", |_, arguments| match arguments {
            [Value::Timespan(span), Value::Str(format)] => Ok(span.format(format)?.into()),
            _ => Ok(Value::Undef),
        }),
        Overload::new(
            "(Timestamp $time_object, String $format, [String $timezone])",
            |context, arguments| match arguments {
                [Value::Timestamp(at), Value::Str(format), zone @ ..] => {
                    shown(context, *at, format, zone.first())
                }
                _ => Ok(Value::Undef),
            },
        ),
        Overload::new("(String $format, [String $timezone])", |context, arguments| match arguments {
            [Value::Str(format), zone @ ..] => {
                context.warn_once_here(DEPRECATED);
                let now = context.now();
                shown(context, now, format, zone.first())
            }
            _ => Ok(Value::Undef),
        }),
    ],
};

const DEPRECATED: &str = "The argument signature (String format, [String timezone]) is deprecated for #strftime. \
                          See #strftime documentation and Timespan type for more info";

fn shown(
    context: &mut Context<'_, '_>,
    at: Timestamp,
    format: &str,
    zone: Option<&Value>,
) -> Result<Value, Control> {
    let offset = match zone.and_then(Value::as_str) {
        None | Some("") => None,
        Some(zone) => Some(display_offset(zone, &mut || context.utc_offset())?),
    };
    Ok(at.strftime(format, offset)?.into())
}
