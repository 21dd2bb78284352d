use super::*;
use crate::time::{Timespan, Timestamp};
use crate::{Hash, Str};

fn seconds(seconds: f64) -> Value {
    Value::Timespan(Timespan { nanoseconds: (seconds * 1e9) as i64 })
}

fn stamp(seconds: i64) -> Value {
    Value::Timestamp(Timestamp { seconds, nanoseconds: 0 })
}

fn hash<const N: usize>(entries: [(&str, i64); N]) -> Value {
    Hash::from_iter(entries).into()
}

fn array<const N: usize>(items: [Value; N]) -> Value {
    Value::array(items)
}

fn error(result: Result<Value>) -> (String, Operand) {
    let error = result.unwrap_err();
    (error.message, error.at)
}

#[test]
fn integers_floor_and_overflow() {
    let compute = |operator, a: i64, b: i64| apply(operator, &a.into(), &b.into());
    assert_eq!(compute(Operator::Divide, -7, 2), Ok(Value::Int(-4)));
    assert_eq!(compute(Operator::Divide, 7, -2), Ok(Value::Int(-4)));
    assert_eq!(compute(Operator::Modulo, -7, 3), Ok(Value::Int(2)));
    assert_eq!(compute(Operator::Modulo, 7, -3), Ok(Value::Int(-2)));
    for (operator, a, b, text) in [
        (
            Operator::Add,
            i64::MAX,
            1,
            "A '+' expression resulted in a value outside of Puppet Integer max range, got '+0x8000000000000000'",
        ),
        (
            Operator::Subtract,
            -i64::MAX,
            2,
            "A '-' expression resulted in a value outside of Puppet Integer min range, got '-0x8000000000000001'",
        ),
        (
            Operator::Multiply,
            i64::MAX,
            i64::MAX,
            "A '*' expression resulted in a value outside of Puppet Integer max range, got '+0x3fffffffffffffff0000000000000001'",
        ),
        (
            Operator::ShiftLeft,
            1,
            64,
            "A '<<' expression resulted in a value outside of Puppet Integer max range, got '+0x10000000000000000'",
        ),
        (
            Operator::ShiftRight,
            8,
            -100,
            "A '>>' expression resulted in a value outside of Puppet Integer max range, got '+0x80000000000000000000000000'",
        ),
    ] {
        assert_eq!(error(compute(operator, a, b)), (text.to_owned(), Operand::Whole));
    }
    assert_eq!(error(compute(Operator::Divide, 1, 0)), ("Division by 0".to_owned(), Operand::Right));
    assert_eq!(error(compute(Operator::Modulo, 1, 0)).0, "Division by 0");
    assert!(compute(Operator::ShiftLeft, 1, i64::MAX).unwrap_err().message.len() < 200);
    assert_eq!(compute(Operator::ShiftLeft, 1, i64::MIN), Ok(Value::Int(0)));
    assert_eq!(compute(Operator::ShiftRight, -8, 1), Ok(Value::Int(-4)));
    assert_eq!(compute(Operator::ShiftRight, -1, i64::MAX), Ok(Value::Int(-1)));
    assert_eq!(compute(Operator::ShiftLeft, -1, 63), Ok(Value::Int(i64::MIN)));
    assert_eq!(compute(Operator::ShiftLeft, 1, -2), Ok(Value::Int(0)));
}

#[test]
fn floats() {
    assert_eq!(divide(&Value::Float(-7.5), &2.into()), Ok(Value::Float(-3.75)));
    assert_eq!(shift_right(&5.into(), &Value::Float(1.9)), Ok(Value::Int(2)));
    assert_eq!(
        error(divide(&1.into(), &Value::Float(0.0))),
        ("The result of the / expression is Infinity".to_owned(), Operand::Left)
    );
    assert_eq!(error(modulo(&Value::Float(1.0), &2.into())).0, "Operator '%' is not applicable to a Float.");
    assert_eq!(
        error(modulo(&1.into(), &Value::Float(2.0))).0,
        "Operator '%' is not applicable to an Integer when right side is a Float."
    );
    assert_eq!(
        error(shift_left(&Value::Float(1.5), &1.into())).0,
        "Operator '<<' is not applicable to a Float."
    );
}

#[test]
fn what_is_no_number() {
    for (left, right, text, at) in [
        (1.into(), Value::Bool(true), "The value 'true' cannot be converted to Numeric.", Operand::Right),
        (Value::Undef, 1.into(), "The value '' cannot be converted to Numeric.", Operand::Left),
        ("x".into(), 1.into(), "The value 'x' cannot be converted to Numeric.", Operand::Left),
        (
            1.into(),
            "2".into(),
            "The string '2' was automatically coerced to the numerical value 2",
            Operand::Right,
        ),
        (
            " 0x10 ".into(),
            1.into(),
            "The string ' 0x10 ' was automatically coerced to the numerical value 16",
            Operand::Left,
        ),
        (
            Value::sensitive(1.into()),
            1.into(),
            "The value 'Sensitive [value redacted]' cannot be converted to Numeric.",
            Operand::Left,
        ),
    ] {
        assert_eq!(error(add(&left, &right)), (text.to_owned(), at));
    }
    let nested = array([1.into(), hash([("a", 2)])]);
    assert_eq!(
        error(multiply(&nested, &2.into())).0,
        r#"The value '[1, {"a"=>2}]' cannot be converted to Numeric."#
    );
    assert_eq!(
        coerce(&"1.5".into(), Operand::Left).unwrap(),
        (
            Value::Float(1.5),
            Some("The string '1.5' was automatically coerced to the numerical value 1.5".to_owned())
        )
    );
}

#[test]
fn arrays_and_hashes() {
    let ab = array(["a".into(), "b".into()]);
    assert_eq!(add(&ab, &1.into()), Ok(array(["a".into(), "b".into(), 1.into()])));
    assert_eq!(add(&array([]), &hash([("a", 1)])), Ok(array([array(["a".into(), 1.into()])])));
    assert_eq!(shift_left(&ab, &ab), Ok(array(["a".into(), "b".into(), ab.clone()])));
    let numbers = array([1.into(), Value::Float(1.0), 2.into(), "a".into(), "A".into()]);
    assert_eq!(subtract(&numbers, &array([1.into(), "A".into()])), Ok(array([2.into(), "a".into()])));
    let pairs = array([array(["a".into(), 1.into()])]);
    assert_eq!(subtract(&pairs, &hash([("a", 1)])), Ok(array([])));

    let one = hash([("a", 1), ("b", 2)]);
    assert_eq!(add(&one, &hash([("b", 3), ("c", 4)])), Ok(hash([("a", 1), ("b", 3), ("c", 4)])));
    assert_eq!(add(&one, &array(["a".into(), 5.into()])), Ok(hash([("a", 5), ("b", 2)])));
    assert_eq!(add(&one, &array([array(["a".into(), 5.into()])])), Ok(hash([("a", 5), ("b", 2)])));
    assert_eq!(subtract(&one, &"a".into()), Ok(hash([("b", 2)])));
    assert_eq!(subtract(&one, &array(["b".into(), "z".into()])), Ok(hash([("a", 1)])));
    assert_eq!(subtract(&one, &hash([("a", 9)])), Ok(hash([("b", 2)])));
    assert_eq!(error(add(&one, &1.into())).0, "Can only append Array or Hash to a Hash");
    assert_eq!(error(add(&one, &array([1.into()]))).0, "odd number of arguments for Hash");
    let short = array([array(["a".into(), 1.into()]), array(["b".into()])]);
    assert_eq!(error(add(&one, &short)).0, "wrong array length at 1 (expected 2, was 1)");
    assert_eq!(error(shift_left(&one, &1.into())).0, "Operator '<<' is not applicable to a Hash.");
}

#[test]
fn times() {
    assert_eq!(add(&1.into(), &seconds(1.5)), Ok(seconds(2.5)));
    assert_eq!(subtract(&Value::Float(1.5), &seconds(1.0)), Ok(seconds(0.5)));
    assert_eq!(multiply(&2.into(), &seconds(1.5)), Ok(seconds(3.0)));
    assert_eq!(divide(&seconds(3.0), &seconds(2.0)), Ok(Value::Float(1.5)));
    assert_eq!(divide(&seconds(3.0), &Value::Float(2.5)), Ok(seconds(1.2)));
    assert_eq!(modulo(&seconds(3.5), &2.into()), Ok(Value::Int(1)));
    assert_eq!(subtract(&stamp(10), &stamp(4)), Ok(seconds(6.0)));
    assert_eq!(add(&seconds(1.0), &stamp(10)), Ok(stamp(11)));
    assert_eq!(add(&1.into(), &stamp(10)), Ok(stamp(11)));
    assert_eq!(negate(&seconds(2.0)), Ok(seconds(-2.0)));
    for (result, text) in [
        (
            divide(&1.into(), &seconds(1.0)),
            "Operator '/' is not applicable to an Integer when right side is a Timespan.",
        ),
        (divide(&seconds(1.0), &0.into()), "Division by 0"),
        (multiply(&seconds(1.0), &seconds(1.0)), "A Timestamp cannot be multiplied by a Timespan"),
        (add(&stamp(1), &stamp(1)), "A Timestamp cannot be added to a Timestamp"),
        (subtract(&seconds(1.0), &stamp(1)), "A Timestamp cannot be subtracted from a Timespan"),
        (
            subtract(&1.into(), &stamp(1)),
            "Operator '-' is not applicable to an Integer when right side is a Timestamp.",
        ),
        (multiply(&stamp(1), &1.into()), "Operator '*' is not applicable to a Timestamp."),
        (shift_left(&seconds(1.0), &1.into()), "Operator '<<' is not applicable to a Timespan."),
        (
            multiply(&seconds(9e9), &100.into()),
            "the timespan is out of range: at most 292 years can be represented",
        ),
    ] {
        assert_eq!(result.unwrap_err().message, text);
    }
}

#[test]
fn binaries_and_uris() {
    let binary = |text: &str| Value::Binary(text.as_bytes().into());
    assert_eq!(add(&binary("a"), &binary("b")), Ok(binary("ab")));
    assert_eq!(error(add(&binary("a"), &"b".into())).0, "Can only append Binary to a Binary");
    let uri = Value::Uri(std::sync::Arc::new(crate::uri::Uri::parse("http://a/b/c").unwrap()));
    let joined = add(&uri, &Value::Str(Str::from("d"))).unwrap();
    assert_eq!(to_s(&joined), "http://a/b/d");
    assert_eq!(error(add(&uri, &1.into())).0, "An URI can only be merged with an URI or String");
}
