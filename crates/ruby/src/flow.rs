//! Why an expression has no value: an exception, a jump, or the end of everything.

use std::any::Any;
use std::rc::Rc;

use crate::value::{Exception, Value};

/// What leaves an expression instead of a value.
pub(crate) enum Flow {
    /// An exception on its way to a `rescue`.
    Raise(Rc<Exception>),
    /// `break` on its way out of the loop or block it stands in.
    Break(Value),
    /// `break` on its way to the call that the block with this number was given to.
    BreakFrom(u64, Value),
    /// `next` on its way out of the loop or block it stands in.
    Next(Value),
    /// `retry` on its way to its `begin`.
    Retry,
    /// `return` on its way out of the method with this number.
    Return(u64, Value),
    /// `throw` with tag and value.
    Throw(Value, Value),
    /// Something that the interpreter does not know.
    Unsupported(String),
    /// A limit.
    Limit(String),
    /// What the world around the template says.
    Stop(Box<dyn Any>),
}

/// The value of an expression, or why there is none.
pub(crate) type Eval<T = Value> = Result<T, Box<Flow>>;

/// Something that the interpreter does not know, by its name in Ruby.
pub(crate) fn unsupported(construct: impl Into<String>) -> Box<Flow> {
    Box::new(Flow::Unsupported(construct.into()))
}

/// A limit that is exceeded.
pub(crate) fn limit(message: impl Into<String>) -> Box<Flow> {
    Box::new(Flow::Limit(message.into()))
}
