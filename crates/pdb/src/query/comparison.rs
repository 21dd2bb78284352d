//! Comparisons: a value that is stored, of a field or of a fact, with one that a query has.

use serde_json::Value as Json;

use super::check::{printed, shown};
use super::dotted;
use super::entity::Field;
use super::error::{QueryError, Result, invalid};
use super::json::canonical;
use super::sql::{Sql, per};
use super::time;

/// `value` of the fact that a node is looked up by.
pub(super) const FACT_VALUE: Value =
    Value { json: "xv.value", number: "xv.number", kind: "xv.kind", hash: "xv.hash" };

/// A stored value with the columns beside it that say its kind and number.
pub(super) struct Value {
    pub json: &'static str,
    pub number: &'static str,
    pub kind: &'static str,
    pub hash: &'static str,
}

/// A value as conditions need it.
pub(super) trait Comparable {
    fn json(&self) -> Sql;
    fn number(&self) -> Sql;
    /// The hash of the value, by which it is found, if there is one beside it.
    fn hash(&self) -> Option<Sql>;
    /// Whether it is `'string'`, `'number'`, `'boolean'` or `'null'`.
    fn is(&self, kind: &'static str) -> Sql;

    /// Equality with a value that has a hash, if there is one beside it.
    fn equal(&self, value: &Json) -> Option<Sql> {
        self.hash().and_then(|hash| by_hash(hash, value))
    }
}

impl Comparable for Value {
    fn json(&self) -> Sql {
        Sql::text(self.json)
    }

    fn number(&self) -> Sql {
        Sql::text(self.number)
    }

    fn hash(&self) -> Option<Sql> {
        Some(Sql::text(self.hash))
    }

    fn is(&self, kind: &'static str) -> Sql {
        is_kind(Sql::text(self.kind), kind)
    }
}

/// The field `value` of facts or of their leaves.
pub(super) struct Of(pub &'static Field);

impl Of {
    /// Facts have columns for kind and number; leaves have not.
    fn is_stored(&self) -> bool {
        self.0.sql.sqlite == "v.value"
    }
}

impl Comparable for Of {
    fn json(&self) -> Sql {
        self.0.sql()
    }

    fn number(&self) -> Sql {
        if self.is_stored() { Sql::text("v.number") } else { dotted::number(self.json()) }
    }

    fn hash(&self) -> Option<Sql> {
        self.is_stored().then(|| Sql::text("v.hash"))
    }

    fn equal(&self, value: &Json) -> Option<Sql> {
        let equal = self.hash().and_then(|hash| by_hash(hash, value))?;
        // Without the name PostgreSQL goes through the whole index. Told so without the sum, it would look for facts by both.
        Some(Sql::of_per(per("{}", "({} AND v.name_id = fn.id + 0)"), [equal]))
    }

    fn is(&self, kind: &'static str) -> Sql {
        if self.is_stored() { is_kind(Sql::text("v.kind"), kind) } else { dotted::is(self.json(), kind) }
    }
}

/// The kinds as the column `kind` has them.
fn is_kind(column: Sql, kind: &'static str) -> Sql {
    Sql::of(
        match kind {
            "null" => "{} = 0",
            "boolean" => "{} = 1",
            "number" => "{} IN (2, 3)",
            "string" => "{} = 4",
            "array" => "{} = 5",
            _ => "{} = 6",
        },
        [column],
    )
}

/// The number of a field `value`, for functions over it.
pub(super) fn number_of(field: &'static Field) -> Sql {
    Of(field).number()
}

pub(super) fn value_text(of: &impl Comparable) -> Sql {
    dotted::text(of.json())
}

/// Values are equal if kind and value are.
pub(super) fn equal_value(of: &impl Comparable, value: &Json) -> Result<Sql> {
    Ok(match value {
        Json::Number(number) => Sql::of("({} AND {} = {})", [of.is("number"), of.number(), numeric(number)]),
        other => match of.equal(other) {
            Some(sql) => sql,
            None => dotted::same_text(of.json(), other),
        },
    })
}

/// Equality of a value by its hash, which leads to it without a look at others. Not of what may hold numbers: these can be equal and
/// written in more than one way.
pub(super) fn by_hash(hash: Sql, value: &Json) -> Option<Sql> {
    let is_plain = matches!(value, Json::String(_) | Json::Bool(_) | Json::Null);
    is_plain.then(|| Sql::of("{} = {}", [hash, Sql::bind(crate::hash::bytes(canonical(value).as_bytes()))]))
}

pub(super) fn ordered_value(of: &impl Comparable, operator: &str, value: &Json) -> Result<Sql> {
    let Json::Number(number) = value else {
        return invalid(format!(
            "Argument \"{}\" and operator \"{operator}\" have incompatible types.",
            shown(value)
        ));
    };
    Ok(Sql::of("({} AND {})", [of.is("number"), inequality(operator, of.number(), numeric(number))]))
}

pub(super) fn any_value(of: &impl Comparable, values: &[Json]) -> Result<Sql> {
    let (numbers, others): (Vec<&Json>, Vec<&Json>) = values.iter().partition(|value| value.is_number());
    let mut parts = vec![];
    if !others.is_empty() {
        let texts: Vec<Json> = others.into_iter().map(|value| Json::from(canonical(value))).collect();
        parts.push(Sql::of_per(
            per(
                "{} IN (SELECT value FROM json_each({}))",
                "{} IN (SELECT value::jsonb FROM jsonb_array_elements_text({}::jsonb))",
            ),
            [of.json(), Sql::bind(Json::Array(texts).to_string())],
        ));
    }
    if !numbers.is_empty() {
        let numbers = Json::Array(numbers.into_iter().cloned().collect()).to_string();
        parts.push(Sql::of_per(
            per(
                "({} AND {} IN (SELECT value FROM json_each({})))",
                "({} AND {} IN (SELECT value::double precision FROM jsonb_array_elements_text({}::jsonb)))",
            ),
            [of.is("number"), of.number(), Sql::bind(numbers)],
        ));
    }
    Ok(if parts.is_empty() { Sql::text("FALSE") } else { Sql::of("({})", [Sql::join(parts, " OR ")]) })
}

/// One parameter, however many values.
pub(super) fn any_text(sql: Sql, texts: Vec<Json>) -> Sql {
    Sql::of_per(
        per("{} IN (SELECT value FROM json_each({}))", "{} IN (SELECT jsonb_array_elements_text({}::jsonb))"),
        [sql, Sql::bind(Json::Array(texts).to_string())],
    )
}

/// `a < b` and its like.
pub(super) fn inequality(operator: &str, left: Sql, right: Sql) -> Sql {
    Sql::of(
        match operator {
            "<" => "{} < {}",
            "<=" => "{} <= {}",
            ">" => "{} > {}",
            ">=" => "{} >= {}",
            _ => "{} = {}",
        },
        [left, right],
    )
}

/// Whether a text matches a pattern of PostgreSQL.
pub(super) fn matches(text: Sql, pattern: &Json) -> Result<Sql> {
    let Json::String(pattern) = pattern else { return mismatch("text", "~", pattern) };
    super::regex::check(pattern)?;
    Ok(Sql::of_per(per("pdb_regexp({}, {})", "({} ~ {})"), [text, Sql::bind(pattern.as_str())]))
}

/// An element of a list (as `t.value`) for which a condition holds; null for no list.
pub(super) fn list(field: &Field, inner: Sql) -> Result<Sql> {
    Ok(Sql::of_per(
        per(
            "CASE WHEN {} IS NOT NULL THEN EXISTS (SELECT 1 FROM json_each({}) t WHERE {}) END",
            "CASE WHEN {} IS NOT NULL THEN EXISTS (SELECT 1 FROM jsonb_array_elements_text({}) t (value) WHERE {}) END",
        ),
        [field.sql(), field.sql(), inner],
    ))
}

/// An argument whose type the field's is not compared with.
pub(super) fn mismatch<T>(field: &str, operator: &str, value: &Json) -> Result<T> {
    let found = match value {
        Json::Bool(_) => "boolean",
        Json::Number(number) if number.is_f64() => "double precision",
        Json::Number(_) => "bigint",
        Json::String(_) => "character varying",
        _ => "unknown",
    };
    Err(QueryError::Failed(format!(
        "ERROR: operator does not exist: {field} {operator} {found}
  Hint: No operator matches the given name and argument types. You might need to add explicit type casts."
    )))
}

/// A path of a query as stored ones are written.
pub(super) fn path_text(path: &[Json]) -> Result<String> {
    if path.iter().all(|part| part.is_string() || part.is_i64()) {
        return Ok(canonical(&Json::Array(path.to_vec())));
    }
    invalid(format!(
        "Path array element wasn't string or integer in {}",
        printed(&Json::Array(path.to_vec()))
    ))
}

/// What a hexadecimal text stands for; for any other text something that no hash is.
pub(super) fn bytes(text: &str) -> Vec<u8> {
    let lower = text.bytes().all(|byte| !byte.is_ascii_uppercase());
    hex::decode(text).ok().filter(|_| lower).unwrap_or_default()
}

pub(super) fn instant(value: &Json) -> Result<Sql> {
    match value.as_str().and_then(time::parse) {
        Some(microseconds) => Ok(Sql::bind(microseconds)),
        None => invalid(format!("'{}' is not a valid timestamp value", shown(value))),
    }
}

pub(super) fn numeric(number: &serde_json::Number) -> Sql {
    match number.as_i64() {
        Some(number) => Sql::bind(number),
        None => Sql::bind(number.as_f64().unwrap_or_default()),
    }
}
