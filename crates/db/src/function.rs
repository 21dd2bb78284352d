//! Functions of our own in the SQL of SQLite, for what PostgreSQL brings along.

use crate::Value;

/// A scalar function. It gives the same for the same arguments, always.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    /// Its name in SQL.
    pub name: &'static str,
    /// How many arguments it takes.
    pub arguments: i32,
    /// What it does. An error fails the statement.
    pub call: fn(&[Value]) -> Result<Value, String>,
}
