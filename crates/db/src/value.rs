//! Values that go in and rows that come out.

use crate::{Error, Result};

/// A value of a parameter or column.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "the kinds of SQL")]
pub enum Value {
    Null,
    Int(i64),
    Real(f64),
    Text(String),
    Blob(Vec<u8>),
    /// Many values of one type for one parameter, which PostgreSQL takes as an array. SQLite has nothing like it, and no column is one.
    List(Vec<Value>),
}

impl Value {
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Int(_) => "an integer",
            Value::Real(_) => "a real number",
            Value::Text(_) => "text",
            Value::Blob(_) => "bytes",
            Value::List(_) => "a list",
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::Text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Value {
        Value::Int(number)
    }
}

impl From<i32> for Value {
    fn from(number: i32) -> Value {
        Value::Int(number.into())
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Value {
        Value::Int(flag.into())
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Value {
        Value::Real(number)
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Value {
        Value::Blob(bytes.to_vec())
    }
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Value {
        Value::Blob(bytes)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Value {
        value.map_or(Value::Null, Into::into)
    }
}

/// A row: its columns in order.
#[derive(Clone, Debug, PartialEq)]
pub struct Row(pub(crate) Vec<Value>);

impl Row {
    /// The column at a position from 0, as the type asked for.
    pub fn get<T: FromValue>(&self, column: usize) -> Result<T> {
        let value = self.value(column);
        T::from_value(value).ok_or(Error::Column { column, found: value.kind(), wanted: T::WANTED })
    }

    /// The column at a position from 0; null behind the last one.
    pub fn value(&self, column: usize) -> &Value {
        self.0.get(column).unwrap_or(&Value::Null)
    }

    /// The columns in order.
    pub fn into_values(self) -> Vec<Value> {
        self.0
    }
}

/// Types that a column can be read as.
pub trait FromValue: Sized {
    /// What the column must hold, for messages.
    const WANTED: &'static str;
    /// The value, if it is of this kind.
    fn from_value(value: &Value) -> Option<Self>;
}

macro_rules! from_value {
    ($ty:ty, $wanted:literal, $pattern:pat => $result:expr) => {
        impl FromValue for $ty {
            const WANTED: &'static str = $wanted;
            fn from_value(value: &Value) -> Option<Self> {
                match value {
                    $pattern => Some($result),
                    _ => None,
                }
            }
        }
    };
}

from_value!(i64, "an integer", Value::Int(number) => *number);
from_value!(bool, "an integer", Value::Int(number) => *number != 0);
from_value!(f64, "a real number", Value::Real(number) => *number);
from_value!(String, "text", Value::Text(text) => text.clone());
from_value!(Vec<u8>, "bytes", Value::Blob(bytes) => bytes.clone());

impl<T: FromValue> FromValue for Option<T> {
    const WANTED: &'static str = T::WANTED;
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            value => T::from_value(value).map(Some),
        }
    }
}

impl FromValue for Value {
    const WANTED: &'static str = "a value";
    fn from_value(value: &Value) -> Option<Self> {
        Some(value.clone())
    }
}
