//! SQL as a list of fixed pieces and parameters.
//!
//! A piece of text is `&'static str`, so it stands in this program's source. Whatever comes from a query is a parameter; there is no
//! way to turn it into text. The list is written out at the end, for one database or the other.

use db::{Dialect, Value};

/// A text that is not the same in both databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Per {
    pub sqlite: &'static str,
    pub postgres: &'static str,
}

/// The same text for both databases.
pub(crate) const fn same(text: &'static str) -> Per {
    Per { sqlite: text, postgres: text }
}

/// A text for each database.
pub(crate) const fn per(sqlite: &'static str, postgres: &'static str) -> Per {
    Per { sqlite, postgres }
}

#[derive(Clone, Debug, PartialEq)]
enum Piece {
    Text(&'static str),
    Per(Per),
    Bind(Value),
    /// One for SQLite, one for PostgreSQL.
    Either(Sql, Sql),
}

/// A piece of SQL.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Sql(Vec<Piece>);

impl Sql {
    /// A fixed text.
    pub fn text(text: &'static str) -> Sql {
        Sql(vec![Piece::Text(text)])
    }

    /// A fixed text for each database.
    pub fn per(text: Per) -> Sql {
        Sql(vec![Piece::Per(text)])
    }

    /// A parameter.
    pub fn bind(value: impl Into<Value>) -> Sql {
        Sql(vec![Piece::Bind(value.into())])
    }

    /// A piece for each database, with parameters of its own.
    pub fn either(sqlite: Sql, postgres: Sql) -> Sql {
        Sql(vec![Piece::Either(sqlite, postgres)])
    }

    /// A fixed text whose `{}` are replaced by pieces.
    pub fn of<const N: usize>(template: &'static str, pieces: [Sql; N]) -> Sql {
        Sql::of_per(same(template), pieces)
    }

    /// The same with a text for each database. Both have as many `{}` as there are pieces, in the same order.
    pub fn of_per<const N: usize>(template: Per, pieces: [Sql; N]) -> Sql {
        let mut out = Sql::default();
        let mut texts = template.sqlite.split("{}").zip(template.postgres.split("{}"));
        debug_assert_eq!(template.sqlite.matches("{}").count(), N, "{}", template.sqlite);
        debug_assert_eq!(template.postgres.matches("{}").count(), N, "{}", template.postgres);
        let mut add = |out: &mut Sql| {
            if let Some((sqlite, postgres)) = texts.next() {
                out.0.push(if sqlite == postgres {
                    Piece::Text(sqlite)
                } else {
                    Piece::Per(Per { sqlite, postgres })
                });
            }
        };
        add(&mut out);
        for piece in pieces {
            out.0.extend(piece.0);
            add(&mut out);
        }
        out
    }

    /// Adds a piece.
    pub fn push(&mut self, piece: Sql) {
        self.0.extend(piece.0);
    }

    /// Adds a fixed text.
    pub fn push_text(&mut self, text: &'static str) {
        self.0.push(Piece::Text(text));
    }

    /// Pieces with a separator between.
    pub fn join(pieces: impl IntoIterator<Item = Sql>, separator: &'static str) -> Sql {
        let mut out = Sql::default();
        for (index, piece) in pieces.into_iter().enumerate() {
            if index > 0 {
                out.push_text(separator);
            }
            out.push(piece);
        }
        out
    }

    /// Text and parameters for a database.
    pub fn render(&self, dialect: Dialect) -> (String, Vec<Value>) {
        let (mut text, mut values) = (String::new(), Vec::new());
        self.write(dialect, &mut text, &mut values);
        (text, values)
    }

    fn write(&self, dialect: Dialect, text: &mut String, values: &mut Vec<Value>) {
        for piece in &self.0 {
            match piece {
                Piece::Either(sqlite, postgres) => match dialect {
                    Dialect::Sqlite => sqlite.write(dialect, text, values),
                    Dialect::Postgres => postgres.write(dialect, text, values),
                },
                Piece::Text(piece) => text.push_str(piece),
                Piece::Per(piece) => text.push_str(match dialect {
                    Dialect::Sqlite => piece.sqlite,
                    Dialect::Postgres => piece.postgres,
                }),
                Piece::Bind(value) => {
                    values.push(value.clone());
                    text.push_str(&format!("${}", values.len()));
                    // The type of a parameter is what it is cast to.
                    if dialect == Dialect::Postgres {
                        text.push_str(match value {
                            Value::Int(_) => "::bigint",
                            Value::Real(_) => "::double precision",
                            Value::Blob(_) => "::bytea",
                            // No query has a list for a parameter.
                            Value::Text(_) | Value::Null | Value::List(_) => "::text",
                        });
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_numbered_in_order_and_never_text() {
        let inner = Sql::of("b IN ({}, {})", [Sql::bind("x'; --"), Sql::bind(2)]);
        let sql = Sql::of_per(per("a REGEXP {} AND {}", "a ~ {} AND {}"), [Sql::bind("y"), inner]);
        let (text, values) = sql.render(Dialect::Sqlite);
        assert_eq!(text, "a REGEXP $1 AND b IN ($2, $3)");
        assert_eq!(values, ["y".into(), "x'; --".into(), 2.into()]);
        assert_eq!(sql.render(Dialect::Postgres).0, "a ~ $1::text AND b IN ($2::text, $3::bigint)");
    }
}
