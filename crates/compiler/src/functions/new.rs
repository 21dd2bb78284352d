//! `new`

use pcore::convert::{self, Outside};
use pcore::error::ValueError;
use pcore::time::Timestamp;
use pcore::{Type, Value};

use super::{Native, Overload};
use crate::context::Context;
use crate::error::Control;

/// A new value of a type, made from other values. A call of the type itself is the same.
///
/// ```puppet
/// new(Integer, '0x1F')                        # 31
/// Integer('1F', 16)                           # 31
/// Float('1.5'), Numeric('10'), Boolean('yes') # 1.5, 10, true
/// String(255, '%#x')                          # '0xff'
/// Array({ 'a' => 1 }), Hash(['a', 1])         # [['a', 1]], { 'a' => 1 }
/// Array('x', true)                            # ['x']
/// Optional[Integer].new('3')                  # 3
/// Timespan({ 'hours' => 2 }), SemVer('1.2.3'), Binary('YWJj'), Sensitive('secret')
/// ```
///
/// A value that is of the type already is the result. What is made must fit the whole type: `Integer[1, 9].new('10')`
/// is an error. A block gets the new value, and its result is the result.
pub(super) const FUNCTION: Native = Native {
    name: "new",
    local_types: &[],
    overloads: &[Overload::new(
        "(Type $type, Any *$args, [&Callable])",
        |context, arguments| match arguments {
            [Value::Type(ty), only] if convert::is_made(ty, only) => Ok(only.clone()),
            [made_of @ Value::Type(ty), arguments @ ..] => {
                if let Some(made) = context.new_lookup_context(made_of, arguments) {
                    return made;
                }
                let mut window = Window { context, raised: None };
                let made = convert::make(ty, arguments, &mut window);
                let raised = window.raised;
                match made {
                    Ok(made) if context.has_block() => context.call_block(&[made]),
                    Ok(made) => Ok(made),
                    Err(error) => Err(raised.unwrap_or_else(|| error.into())),
                }
            }
            _ => Ok(Value::Undef),
        },
    )],
};

/// What a conversion sees of the compile.
struct Window<'w, 'a, 'i> {
    context: &'w mut Context<'a, 'i>,
    /// An error with more than a text.
    raised: Option<Control>,
}

impl Outside for Window<'_, '_, '_> {
    fn now(&mut self) -> Timestamp {
        self.context.now()
    }

    fn utc_offset(&mut self) -> i32 {
        self.context.utc_offset()
    }

    fn parse_type(&mut self, text: &str) -> Result<Type, ValueError> {
        crate::image::parse_own_type(text).map_err(|error| {
            let message = error.message().to_owned();
            self.raised = Some(error.into());
            ValueError::new(message)
        })
    }
}
