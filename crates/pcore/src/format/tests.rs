use std::sync::Arc;

use super::*;
use crate::value::Deferred;
use crate::{Hash, iter};

#[test]
fn interpolation() {
    let hash = Hash::from_iter([("a", Value::array(vec![1.into(), Value::Undef, "x".into(), 1.5.into()]))]);
    let lazy = |source, walk| Value::Iterator(Arc::new(iter::Iterator { source, walk }));
    for (value, text) in [
        (Value::Undef, ""),
        (Value::Default, "default"),
        (true.into(), "true"),
        (i64::MIN.into(), "-9223372036854775808"),
        (1e15.into(), "1.0e+15"),
        (hash.into(), "{a => [1, , x, 1.5]}"),
        (Value::Regexp(regexp::Regexp::new("a/b").unwrap()), r"/a\/b/"),
        (Type::array_of(Type::INTEGER).into(), "Array[Integer]"),
        (Value::sensitive("secret".into()), "Sensitive [value redacted]"),
        (Value::Binary(b"abc".as_slice().into()), "YWJj"),
        (
            Value::Deferred(Arc::new(Deferred { name: "f".into(), arguments: Some(vec![1.into()].into()) })),
            "Deferred({'name' => 'f', 'arguments' => [1]})",
        ),
        (lazy(Value::array(vec![1.into(), 2.into()]), iter::Walk::Reverse), "Iterator[Integer]-Value"),
        (lazy(3.into(), iter::Walk::Step(2)), "Iterator[Integer]-Value"),
    ] {
        assert_eq!(to_s(&value), text);
    }
}
