//! Projections: what a query shows, of which rows, in which order; as one statement.

use serde_json::Value as Json;

use super::check::{clause, listed, printed, shown};
use super::comparison::number_of;
use super::dotted;
use super::entity::{Entity, Field, Kind};
use super::error::{QueryError, Result, invalid};
use super::field;
use super::filter;
use super::paging::{Paging, push_paging};
use super::scope::Scope;
use super::sql::{Sql, per};

/// How a column of an answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Out {
    /// Text.
    Text,
    /// A number.
    Number,
    /// `true` or `false`.
    Flag,
    /// A time, in microseconds.
    Time,
    /// JSON as it is.
    Json,
    /// Metrics of a report's document, which takes three columns: format, bytes, and the report's hash.
    Metrics,
    /// Logs of a report's document, likewise.
    Logs,
}

impl Out {
    /// Columns of the statement that it is made of.
    pub fn width(self) -> usize {
        if matches!(self, Out::Metrics | Out::Logs) { 3 } else { 1 }
    }
}

/// A member of each object of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    pub name: String,
    pub out: Out,
}

/// A query as statements.
#[derive(Debug)]
pub(crate) struct Compiled {
    pub sql: Sql,
    /// Counts all rows, whatever the part that is asked for.
    pub count: Sql,
    pub columns: Vec<Column>,
}

impl Compiled {
    /// The same columns of rows that a condition of its own restricts.
    pub fn restricted(&self, scope: &Scope, condition: &Sql, paging: &Paging) -> Result<(Sql, Sql)> {
        let mut scope_of_order = Scope::new(scope.entity);
        let order = order(&mut scope_of_order, &paging.order_by)?;
        let shown: Vec<Sql> = scope
            .entity
            .fields
            .iter()
            .filter(|field| field.projectable)
            .map(|field| presented(&of_field(field)))
            .collect();
        let mut sql = Sql::of("SELECT {}", [Sql::join(shown, ", ")]);
        sql.push(body(scope, Some(condition.clone()), None));
        let count = Sql::of("SELECT count(*) FROM ({}) results_to_count", [sql.clone()]);
        if let Some(order) = order {
            sql.push(Sql::of(" ORDER BY {}", [order]));
        }
        push_paging(&mut sql, paging.limit, paging.offset);
        Ok((sql, count))
    }
}

/// The parts of `["extract", columns, filter?, ["group_by", …]?]`, or of a filter alone.
pub(super) struct Parts<'a> {
    pub columns: Vec<&'a Json>,
    pub filter: Option<&'a Json>,
    pub group_by: Option<&'a [Json]>,
}

pub(super) fn parts(query: &Json) -> Result<Parts<'_>> {
    let Some((operator, arguments)) = clause(query).filter(|(operator, _)| operator == "extract") else {
        return Ok(Parts { columns: Vec::new(), filter: Some(query), group_by: None });
    };
    let grouping = |node: &Json| clause(node).is_some_and(|(operator, _)| operator == "group_by");
    let (columns, filter, group_by) = match arguments {
        [columns] => (columns, None, None),
        [columns, group] if grouping(group) => (columns, None, Some(group)),
        [columns, filter] => (columns, Some(filter), None),
        [columns, filter, group] if grouping(group) => (columns, Some(filter), Some(group)),
        _ => return invalid(format!("{} is not a valid expression for \"{operator}\"", printed(query))),
    };
    let one = std::slice::from_ref(columns);
    Ok(Parts {
        columns: columns.as_array().map_or(one, Vec::as_slice).iter().collect(),
        filter,
        group_by: group_by.and_then(Json::as_array).and_then(|items| items.get(1..)),
    })
}

/// A column as the statement computes it.
struct Item {
    name: String,
    /// What it is, before it is made ready to be shown.
    sql: Sql,
    kind: Shape,
    /// Whether it takes many rows together.
    is_aggregate: bool,
}

enum Shape {
    Field(&'static Field),
    Json,
    Number,
    Text,
}

/// Translates a query of an entity. The query is a filter, an extract, or nothing.
pub(crate) fn compile(entity: &'static Entity, query: &Json, paging: &Paging) -> Result<Compiled> {
    let orderable = entity.orderable();
    if let Some((name, _)) = paging.order_by.iter().find(|(name, _)| !orderable.contains(&name.as_str())) {
        let supported = orderable.join("', '");
        return invalid(format!(
            "Unrecognized column '{name}' specified in :order_by; Supported columns are '{supported}'"
        ));
    }
    super::check::fields(entity, query)?;
    super::check::operators(entity, query)?;
    let parts = parts(query)?;
    let mut scope = Scope::new(entity);
    let items = items(&mut scope, &parts)?;
    let mut filter = filter::rows(&mut scope, parts.filter)?;
    let numeric = |item: &&Json| {
        clause(item).is_some_and(|(_, arguments)| {
            matches!(arguments.first().and_then(Json::as_str), Some("sum" | "avg" | "min" | "max"))
        })
    };
    // Functions over values of facts are over those that are numbers.
    if entity.name == "facts"
        && parts.filter.is_some()
        && parts.group_by.is_none()
        && parts.columns.iter().any(numeric)
    {
        let number = Sql::text("v.kind IN (2, 3)");
        filter = Some(filter.map_or(number.clone(), |filter| Sql::of("({}) AND {}", [filter, number])));
    }
    let groups = groups(&mut scope, &parts, &items)?;
    let order = order(&mut scope, &paging.order_by)?;

    let columns = items
        .iter()
        .map(|item| Column {
            name: item.name.clone(),
            out: match item.kind {
                Shape::Field(field) => out(field),
                Shape::Json => Out::Json,
                Shape::Number => Out::Number,
                Shape::Text => Out::Text,
            },
        })
        .collect();
    let mut sql = Sql::text("SELECT ");
    sql.push(Sql::join(items.iter().map(presented), ", "));
    sql.push(body(&scope, filter, groups));
    let count = if parts.group_by.is_none() && items.iter().all(|item| !item.is_aggregate) {
        // What is only shown is not joined to be counted.
        let mut bare = Scope::new(entity);
        let filter = filter::rows(&mut bare, parts.filter)?;
        Sql::of("SELECT count(*){}", [body(&bare, filter, None)])
    } else {
        Sql::of("SELECT count(*) FROM ({}) results_to_count", [sql.clone()])
    };
    if let Some(order) = order {
        sql.push(Sql::of(" ORDER BY {}", [order]));
    }
    push_paging(&mut sql, paging.limit, paging.offset);
    Ok(Compiled { sql, count, columns })
}

/// ` FROM … WHERE … GROUP BY …`
pub(super) fn body(scope: &Scope, filter: Option<Sql>, groups: Option<Sql>) -> Sql {
    let mut sql = Sql::of(" FROM {}", [scope.from()]);
    let always = scope.entity.filter.map(Sql::per);
    let conditions: Vec<Sql> =
        always.into_iter().chain(filter.map(|filter| Sql::of("({})", [filter]))).collect();
    if !conditions.is_empty() {
        sql.push(Sql::of(" WHERE {}", [Sql::join(conditions, " AND ")]));
    }
    if let Some(groups) = groups {
        sql.push(Sql::of(" GROUP BY {}", [groups]));
    }
    sql
}

fn items(scope: &mut Scope, parts: &Parts<'_>) -> Result<Vec<Item>> {
    let mut items = Vec::new();
    if parts.columns.is_empty() {
        for field in scope.entity.fields.iter().filter(|field| field.projectable) {
            scope.note(field);
            items.push(of_field(field));
        }
        return Ok(items);
    }
    for column in &parts.columns {
        items.push(match column {
            Json::String(name) if field::is_dotted(name) => Item {
                name: name.clone(),
                sql: dotted::projected(scope, name)?,
                kind: Shape::Json,
                is_aggregate: false,
            },
            Json::String(name) => of_field(scope.field(name)?),
            Json::Array(call) => function(scope, call)?,
            other => return invalid(format!("{} is not a field", printed(other))),
        });
    }
    Ok(items)
}

fn of_field(field: &'static Field) -> Item {
    Item { name: field.name.to_owned(), sql: field.sql(), kind: Shape::Field(field), is_aggregate: false }
}

/// `["function", name, argument…]` as a column.
fn function(scope: &mut Scope, call: &[Json]) -> Result<Item> {
    let [_, Json::String(name), arguments @ ..] = call else {
        return invalid(format!("{} is not a function", printed(&Json::Array(call.to_vec()))));
    };
    let wanted: &[usize] = match name.as_str() {
        "count" => &[0, 1],
        "to_string" => &[2],
        _ => &[1],
    };
    if !wanted.contains(&arguments.len()) {
        return invalid(format!(
            "wrong number of arguments ({}) provided for function {name}",
            arguments.len()
        ));
    }
    let item = |sql, kind, is_aggregate| Ok(Item { name: name.clone(), sql, kind, is_aggregate });
    let Some(argument) = arguments.first() else {
        return item(Sql::text("count(*)"), Shape::Number, true);
    };
    let field = match argument {
        Json::String(name) if scope.entity.projectable().contains(&name.as_str()) => scope.field(name)?,
        other => {
            let known = listed(&scope.entity.projectable());
            let alias = scope.entity.alias;
            return invalid(format!(
                "Can't extract unknown '{alias}' field '{}'. Acceptable fields are {known}",
                shown(other)
            ));
        }
    };
    let numeric = || match field.kind {
        Kind::Int => Ok(field.sql()),
        Kind::Value => Ok(number_of(field)),
        _ => {
            Err(QueryError::Failed(format!("ERROR: function {name} does not exist for field {}", field.name)))
        }
    };
    match (name.as_str(), field.kind) {
        ("count", Kind::Metrics | Kind::Logs) => item(Sql::text("count(*)"), Shape::Number, true),
        ("count", _) => item(Sql::of("count({})", [field.sql()]), Shape::Number, true),
        ("sum", Kind::Int) => item(Sql::of("CAST(sum({}) AS BIGINT)", [field.sql()]), Shape::Number, true),
        ("sum", _) => {
            item(Sql::of_per(per("sum({})", "sum({})::double precision"), [numeric()?]), Shape::Number, true)
        }
        ("avg", _) => {
            item(Sql::of_per(per("avg({})", "avg({})::double precision"), [numeric()?]), Shape::Number, true)
        }
        ("min", Kind::Text | Kind::Time) => {
            item(Sql::of("min({})", [collated(field)]), Shape::Field(field), true)
        }
        ("max", Kind::Text | Kind::Time) => {
            item(Sql::of("max({})", [collated(field)]), Shape::Field(field), true)
        }
        ("min", _) => {
            item(Sql::of_per(per("min({})", "min({})::double precision"), [numeric()?]), Shape::Number, true)
        }
        ("max", _) => {
            item(Sql::of_per(per("max({})", "max({})::double precision"), [numeric()?]), Shape::Number, true)
        }
        ("to_string", Kind::Time) => item(to_char(field.sql(), arguments.get(1))?, Shape::Text, false),
        ("jsonb_typeof", Kind::Value | Kind::Map(_)) => item(dotted::kind(field.sql()), Shape::Text, false),
        _ => {
            Err(QueryError::Failed(format!("ERROR: function {name} does not exist for field {}", field.name)))
        }
    }
}

/// `to_char` of a time with a mask.
pub(super) fn to_char(time: Sql, mask: Option<&Json>) -> Result<Sql> {
    let Some(Json::String(mask)) = mask else { return invalid("to_string takes a field and a format") };
    Ok(Sql::of_per(
        per("pdb_to_char({}, {})", "to_char(to_timestamp({} / 1e6) AT TIME ZONE 'UTC', {})"),
        [time, Sql::bind(mask.as_str())],
    ))
}

/// Texts are ordered by their bytes, whatever the language of the database.
fn collated(field: &Field) -> Sql {
    collated_by(field.kind, field.sql())
}

/// The same of a field that lies elsewhere.
pub(super) fn collated_by(kind: Kind, sql: Sql) -> Sql {
    match kind {
        Kind::Text | Kind::Encoded => Sql::of_per(per("{}", "{} COLLATE \"C\""), [sql]),
        Kind::Value | Kind::Map(_) => Sql::of_per(per("pdb_order({})", "{}"), [sql]),
        _ => sql,
    }
}

pub(super) fn order(scope: &mut Scope, terms: &[(String, bool)]) -> Result<Option<Sql>> {
    let mut out = Vec::with_capacity(terms.len());
    for (name, descending) in terms {
        let field = scope.field(name)?;
        // Where PostgreSQL puts what is null.
        let template = if *descending { "{} DESC NULLS FIRST" } else { "{} ASC NULLS LAST" };
        out.push(Sql::of(template, [collated(field)]));
    }
    Ok((!out.is_empty()).then(|| Sql::join(out, ", ")))
}

/// Positions of columns, as `GROUP BY` names them.
pub(super) const ORDINALS: [&str; 30] = [
    "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16", "17", "18", "19",
    "20", "21", "22", "23", "24", "25", "26", "27", "28", "29", "30",
];

fn groups(scope: &mut Scope, parts: &Parts<'_>, items: &[Item]) -> Result<Option<Sql>> {
    let aggregates = items.iter().any(|item| item.is_aggregate);
    let Some(entries) = parts.group_by else {
        return match items.iter().find(|item| aggregates && !item.is_aggregate) {
            Some(item) => ungrouped(item),
            None => Ok(None),
        };
    };
    let mut names = Vec::new();
    let mut terms = Vec::new();
    for entry in entries {
        let name = match entry {
            Json::Array(call) => call.get(1).map(shown).unwrap_or_default(),
            other => shown(other),
        };
        // A function is named by what it is called, as a column of the answer is.
        let item = items.iter().position(|item| item.name == name && !item.is_aggregate);
        terms.push(match (item, scope.entity.field(&name)) {
            // By its position, since the same expression with another parameter is another one to PostgreSQL.
            (Some(index), _) => match ORDINALS.get(index) {
                Some(ordinal) => Sql::text(ordinal),
                None => return invalid("A grouped query shows too many columns"),
            },
            (None, Some(field)) => {
                scope.note(field);
                field.sql()
            }
            (None, None) if field::is_dotted(&name) => dotted::projected(scope, &name)?,
            (None, None) => {
                return invalid(format!(
                    "{} is niether a valid column name nor function name",
                    printed(&Json::from(name))
                ));
            }
        });
        names.push(name);
    }
    let document = |item: &&Item| matches!(item.kind, Shape::Field(field) if out(field).width() > 1);
    if let Some(item) = items.iter().find(document) {
        return invalid(format!("Field '{}' cannot be part of a grouped query", item.name));
    }
    if let Some(item) = items.iter().find(|item| !item.is_aggregate && !names.contains(&item.name)) {
        return ungrouped(item);
    }
    Ok((!terms.is_empty()).then(|| Sql::join(terms, ", ")))
}

fn ungrouped<T>(item: &Item) -> Result<T> {
    Err(QueryError::Failed(format!(
        "ERROR: column \"{}\" must appear in the GROUP BY clause or be used in an aggregate function",
        item.name
    )))
}

fn out(field: &Field) -> Out {
    match field.kind {
        Kind::Text | Kind::Hash => Out::Text,
        Kind::Time => Out::Time,
        Kind::Flag => Out::Flag,
        Kind::Int => Out::Number,
        Kind::Encoded | Kind::List | Kind::Value | Kind::Path | Kind::Map(_) | Kind::Document => Out::Json,
        Kind::Metrics => Out::Metrics,
        Kind::Logs => Out::Logs,
    }
}

/// JSON as it is read.
pub(super) fn json_text(sql: Sql) -> Sql {
    Sql::of_per(per("{}", "({})::text"), [sql])
}

/// A column as it is read: hashes as hexadecimal text, JSON as text.
fn presented(item: &Item) -> Sql {
    let json = |sql: &Sql| json_text(sql.clone());
    match &item.kind {
        Shape::Field(field) => match field.kind {
            Kind::Hash => hexadecimal(item.sql.clone()),
            Kind::List | Kind::Value | Kind::Path | Kind::Map(_) | Kind::Document => json(&item.sql),
            _ => item.sql.clone(),
        },
        Shape::Json => json(&item.sql),
        Shape::Number | Shape::Text => item.sql.clone(),
    }
}

pub(super) fn hexadecimal(sql: Sql) -> Sql {
    // Of null SQLite makes an empty text.
    Sql::of_per(per("nullif(lower(hex({})), '')", "encode({}, 'hex')"), [sql])
}
