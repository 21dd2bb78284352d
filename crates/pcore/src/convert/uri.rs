//! `URI(text)` and `URI({parts})`

use std::sync::Arc;

use super::creator::Creator;
use super::types::structure;
use crate::uri::Uri;
use crate::{Type, Value};

pub(super) fn creator() -> Creator {
    let text = |name| (name, true, Type::non_empty_string());
    let parts = structure(&[
        text("scheme"),
        text("userinfo"),
        text("host"),
        ("port", true, Type::Integer(0, i64::MAX)),
        text("path"),
        text("query"),
        text("fragment"),
        text("opaque"),
    ]);
    Creator::new("new_error")
        .takes(1, &[("uri", Type::non_empty_string())], |arguments, _| match arguments {
            [Value::Str(text)] => Ok(Value::Uri(Arc::new(Uri::parse(text)?))),
            _ => Ok(Value::Undef),
        })
        .takes(1, &[("hash", parts)], |arguments, _| match arguments {
            [Value::Hash(parts)] => Ok(Value::Uri(Arc::new(Uri::from_parts(parts)?))),
            _ => Ok(Value::Undef),
        })
}
