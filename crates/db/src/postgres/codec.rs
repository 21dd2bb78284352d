//! Our values in PostgreSQL's binary form.
//!
//! A parameter takes the type that the statement gives it: a number may stand for a flag, a text for JSON. Columns become the nearest
//! of our five kinds; time stamps become microseconds since 1970.

use std::error::Error;

use bytes::{BufMut as _, BytesMut};
use tokio_postgres::types::{FromSql, IsNull, Kind, ToSql, Type, to_sql_checked};

use crate::Value;

type Boxed = Box<dyn Error + Sync + Send>;

/// Microseconds from 1970 to 2000, where PostgreSQL's time begins.
const EPOCH: i64 = 946_684_800_000_000;

impl ToSql for Value {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Boxed> {
        match (self, ty) {
            (Value::Null, _) => return Ok(IsNull::Yes),
            (Value::Int(number), &Type::BOOL) => out.put_u8((*number != 0).into()),
            (Value::Int(number), &Type::INT2) => out.put_i16((*number).try_into()?),
            (Value::Int(number), &Type::INT4) => out.put_i32((*number).try_into()?),
            (Value::Int(number), &Type::INT8) => out.put_i64(*number),
            (Value::Int(number), &Type::FLOAT4) => out.put_f32(*number as f32),
            (Value::Int(number), &Type::FLOAT8) => out.put_f64(*number as f64),
            (Value::Int(number), &Type::TIMESTAMPTZ | &Type::TIMESTAMP) => {
                out.put_i64(number.checked_sub(EPOCH).ok_or("a time before all times")?);
            }
            (Value::Int(number), &Type::NUMERIC) => numeric(&number.to_string(), out)?,
            (Value::Real(number), &Type::FLOAT4) => out.put_f32(*number as f32),
            (Value::Real(number), &Type::FLOAT8) => out.put_f64(*number),
            (Value::Real(number), &Type::NUMERIC) if number.is_finite() => numeric(&number.to_string(), out)?,
            (Value::Int(number), &Type::JSON | &Type::JSONB) => json(&number.to_string(), ty, out),
            (Value::Real(number), &Type::JSON | &Type::JSONB) => json(&number.to_string(), ty, out),
            (Value::Text(text), &Type::JSON | &Type::JSONB) => json(text, ty, out),
            (Value::Blob(bytes), &Type::BYTEA) => out.extend_from_slice(bytes),
            (Value::List(values), ty) => match ty.kind() {
                Kind::Array(element) => array(values, element, out)?,
                _ => return Err(format!("a list cannot be given as {ty}").into()),
            },
            (Value::Text(text), _) if <&str as ToSql>::accepts(ty) => out.extend_from_slice(text.as_bytes()),
            (value, ty) => return Err(format!("{} cannot be given as {ty}", value.kind()).into()),
        }
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// An array of one dimension.
fn array(values: &[Value], element: &Type, out: &mut BytesMut) -> Result<(), Boxed> {
    out.put_i32(if values.is_empty() { 0 } else { 1 });
    out.put_i32(values.contains(&Value::Null).into());
    out.put_u32(element.oid());
    if values.is_empty() {
        return Ok(());
    }
    out.put_i32(values.len().try_into()?);
    out.put_i32(1);
    for value in values {
        let start = out.len();
        out.put_i32(-1);
        if let IsNull::No = value.to_sql(element, out)? {
            let length = i32::try_from(out.len() - start - 4)?;
            if let Some(place) = out.get_mut(start..start + 4) {
                place.copy_from_slice(&length.to_be_bytes());
            }
        }
    }
    Ok(())
}

fn json(text: &str, ty: &Type, out: &mut BytesMut) {
    if *ty == Type::JSONB {
        out.put_u8(1);
    }
    out.extend_from_slice(text.as_bytes());
}

/// Digits in groups of four around the decimal point.
fn numeric(text: &str, out: &mut BytesMut) -> Result<(), Boxed> {
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |text| (true, text));
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let whole = format!("{whole:0>width$}", width = whole.len().div_ceil(4) * 4);
    let scale = fraction.len();
    let fraction = format!("{fraction:0<width$}", width = scale.div_ceil(4) * 4);
    let digits: Vec<i16> = whole
        .as_bytes()
        .chunks(4)
        .chain(fraction.as_bytes().chunks(4))
        .map(|group| Ok(std::str::from_utf8(group)?.parse()?))
        .collect::<Result<_, Boxed>>()?;
    out.put_i16(digits.len().try_into()?);
    out.put_i16(i16::try_from(whole.len() / 4)? - 1);
    out.put_u16(if negative { 0x4000 } else { 0 });
    out.put_u16(scale.try_into()?);
    digits.iter().for_each(|digit| out.put_i16(*digit));
    Ok(())
}

impl<'a> FromSql<'a> for Value {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Value, Boxed> {
        Ok(match *ty {
            Type::BOOL => Value::Int(bool::from_sql(ty, raw)?.into()),
            Type::INT2 => Value::Int(i16::from_sql(ty, raw)?.into()),
            Type::INT4 => Value::Int(i32::from_sql(ty, raw)?.into()),
            Type::INT8 => Value::Int(i64::from_sql(ty, raw)?),
            Type::OID => Value::Int(u32::from_sql(ty, raw)?.into()),
            Type::FLOAT4 => Value::Real(f32::from_sql(ty, raw)?.into()),
            Type::FLOAT8 => Value::Real(f64::from_sql(ty, raw)?),
            Type::NUMERIC => from_numeric(raw).ok_or("a damaged number")?,
            Type::BYTEA => Value::Blob(raw.to_vec()),
            Type::JSON => Value::Text(std::str::from_utf8(raw)?.to_owned()),
            Type::JSONB => Value::Text(std::str::from_utf8(raw.get(1..).unwrap_or_default())?.to_owned()),
            Type::TIMESTAMPTZ | Type::TIMESTAMP => {
                let time = i64::from_be_bytes(raw.try_into()?);
                Value::Int(time.saturating_add(EPOCH))
            }
            _ => Value::Text(std::str::from_utf8(raw)?.to_owned()),
        })
    }

    fn from_sql_null(_: &Type) -> Result<Value, Boxed> {
        Ok(Value::Null)
    }

    fn accepts(ty: &Type) -> bool {
        matches!(
            *ty,
            Type::BOOL
                | Type::INT2
                | Type::INT4
                | Type::INT8
                | Type::OID
                | Type::FLOAT4
                | Type::FLOAT8
                | Type::NUMERIC
                | Type::BYTEA
                | Type::JSON
                | Type::JSONB
                | Type::TIMESTAMPTZ
                | Type::TIMESTAMP
        ) || <&str as FromSql>::accepts(ty)
    }
}

/// An integer where it is one that fits, else the nearest real number.
fn from_numeric(raw: &[u8]) -> Option<Value> {
    let mut words =
        raw.chunks_exact(2).map(|word| word.try_into().map(i16::from_be_bytes).unwrap_or_default());
    let (count, weight, sign, _scale) = (words.next()?, words.next()?, words.next()? as u16, words.next()?);
    if sign != 0 && sign != 0x4000 {
        return Some(Value::Real(f64::NAN));
    }
    let digits: Vec<i16> = words.take(usize::try_from(count).ok()?).collect();
    let mut text = String::from(if sign == 0 { "0" } else { "-0" });
    for place in 0..=i32::from(weight) {
        let digit =
            usize::try_from(place).ok().and_then(|place| digits.get(place)).copied().unwrap_or_default();
        text.push_str(&format!("{digit:04}"));
    }
    if let Ok(whole) = usize::try_from(i32::from(weight) + 1)
        && digits.len() <= whole
        && let Ok(number) = text.parse()
    {
        return Some(Value::Int(number));
    }
    text.push('.');
    for _ in i32::from(weight)..-1 {
        text.push_str("0000");
    }
    let behind = usize::try_from(i32::from(weight) + 1).unwrap_or_default();
    digits.iter().skip(behind).for_each(|digit| text.push_str(&format!("{digit:04}")));
    text.parse().ok().map(Value::Real)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn there_and_back(value: Value, ty: &Type) -> Value {
        let mut out = BytesMut::new();
        value.to_sql(ty, &mut out).unwrap();
        Value::from_sql(ty, &out).unwrap()
    }

    #[test]
    fn numbers_come_back() {
        for number in [0, 1, -1, 9_999, 10_000, -123_456_789, i64::MAX, i64::MIN + 1] {
            assert_eq!(there_and_back(Value::Int(number), &Type::NUMERIC), Value::Int(number));
            assert_eq!(there_and_back(Value::Int(number), &Type::INT8), Value::Int(number));
        }
        for number in [0.5, -0.25, 1234.5, 0.000_012_5, 98_765.432_1] {
            assert_eq!(there_and_back(Value::Real(number), &Type::NUMERIC), Value::Real(number));
        }
        assert_eq!(there_and_back(Value::Int(7), &Type::TIMESTAMPTZ), Value::Int(7));
        assert_eq!(there_and_back(Value::Int(5), &Type::BOOL), Value::Int(1));
    }

    #[test]
    fn lists_are_arrays() {
        let mut out = BytesMut::new();
        let list = Value::List(vec![Value::Int(7), Value::Null, Value::Int(-1)]);
        list.to_sql(&Type::INT8_ARRAY, &mut out).unwrap();
        let read = Vec::<Option<i64>>::from_sql(&Type::INT8_ARRAY, &out).unwrap();
        assert_eq!(read, [Some(7), None, Some(-1)]);
        let mut out = BytesMut::new();
        Value::List(vec![]).to_sql(&Type::TEXT_ARRAY, &mut out).unwrap();
        assert_eq!(Vec::<String>::from_sql(&Type::TEXT_ARRAY, &out).unwrap(), Vec::<String>::new());
        assert!(list.to_sql(&Type::INT8, &mut out).is_err());
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        let mut out = BytesMut::new();
        assert!(Value::Int(40_000).to_sql(&Type::INT2, &mut out).is_err());
        assert!(Value::Blob(vec![1]).to_sql(&Type::TEXT, &mut out).is_err());
        assert!(Value::Text("1".into()).to_sql(&Type::INT8, &mut out).is_err());
    }
}
