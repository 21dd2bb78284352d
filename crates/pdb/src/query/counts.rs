//! Counts of events: by certname, resource or class, and how many of those there are.

use db::Value;
use serde_json::{Value as Json, json};

use super::check::{clause, printed, shown};
use super::comparison::inequality;
use super::counted::{self, Nodes};
use super::entity;
use super::error::{QueryError, Result, invalid};
use super::filter;
use super::paging::{Paging, push_paging};
use super::params::Asked;
use super::plan::Plan;
use super::rows::{Shape, Subject};
use super::scope::Scope;
use super::select::{Column, Out};
use super::sql::Sql;
use super::time;

const COUNTS: [&str; 4] = ["failures", "skips", "successes", "noops"];

/// Columns of events that are counted or grouped by.
const EVENT_COLUMNS: &str = "n.certname AS certname, ev.status AS status, ev.resource_type AS resource_type,
     ev.resource_title AS resource_title, ev.containing_class AS containing_class";

/// `event-counts`
pub(super) fn counts(query: &Json, asked: &Asked, paging: &Paging, by_counts: bool) -> Result<Plan> {
    let by = required(asked)?;
    let subject = subject(&by)?;
    let orderable: Vec<&str> = COUNTS.iter().chain(columns_of(subject)).copied().collect();
    let grouped = grouped(query, asked, subject, by_counts)?;
    let mut order = Vec::new();
    for (name, descending) in &paging.order_by {
        let Some(column) = orderable.iter().find(|known| **known == name.as_str()) else {
            return invalid(format!(
                "Unrecognized column '{name}' specified in :order_by; Supported columns are '{}'",
                orderable.join("', '")
            ));
        };
        let direction = if *descending { "{} DESC NULLS FIRST" } else { "{} ASC NULLS LAST" };
        order.push(Sql::of(direction, [Sql::text(column)]));
    }
    let names = COUNTS.iter().chain(columns_of(subject));
    let columns = names
        .map(|name| Column {
            name: (*name).to_owned(),
            out: if COUNTS.contains(name) { Out::Number } else { Out::Text },
        })
        .collect();
    let mut sql = grouped.clone();
    if !order.is_empty() {
        sql.push(Sql::of(" ORDER BY {}", [Sql::join(order, ", ")]));
    }
    push_paging(&mut sql, paging.limit, paging.offset);
    let count = Sql::of("SELECT count(*) FROM ({}) results_to_count", [grouped]);
    Ok(Plan { sql, count: asked.include_total.then_some(count), columns, shape: Shape::Count(subject) })
}

/// `aggregate-event-counts`: of each subject, whether it has events of a status at all.
pub(super) fn totals(query: &Json, asked: &Asked, by_counts: bool) -> Result<Plan> {
    let by = required(asked)?;
    let mut parts = Vec::new();
    for name in by.split(',') {
        let grouped = grouped(query, asked, subject(name)?, by_counts)?;
        parts.push(Sql::of(
            "SELECT {} AS summarize_by, coalesce(sum(CASE WHEN failures > 0 THEN 1 ELSE 0 END), 0) AS failures,
             coalesce(sum(CASE WHEN skips > 0 THEN 1 ELSE 0 END), 0) AS skips,
             coalesce(sum(CASE WHEN successes > 0 THEN 1 ELSE 0 END), 0) AS successes,
             coalesce(sum(CASE WHEN noops > 0 THEN 1 ELSE 0 END), 0) AS noops, count(*) AS total FROM ({}) event_counts",
            [Sql::bind(name), grouped],
        ));
    }
    let column = |name: &str| Column {
        name: name.to_owned(),
        out: if name == "summarize_by" { Out::Text } else { Out::Number },
    };
    let columns = ["summarize_by", "failures", "skips", "successes", "noops", "total"].map(column).to_vec();
    Ok(Plan { sql: Sql::join(parts, " UNION ALL "), count: None, columns, shape: Shape::Object })
}

/// Events with the parameter `distinct_resources`: of each resource of a node the latest in a time.
pub(super) fn distinct(query: &Json, asked: &Asked, paging: &Paging) -> Result<Plan> {
    let compiled = super::select::compile(entity_of_events()?, &Json::Null, paging)?;
    let mut scope = Scope::new(entity_of_events()?);
    for field in scope.entity.fields.iter().filter(|field| field.projectable) {
        scope.note(field);
    }
    let condition = event_condition(&mut scope, query)?;
    let latest = latest(asked)?;
    let condition =
        condition.map_or(latest.clone(), |condition| Sql::of("({}) AND ({})", [latest, condition]));
    let (sql, count) = compiled.restricted(&scope, &condition, paging)?;
    Ok(Plan {
        sql,
        count: asked.include_total.then_some(count),
        columns: compiled.columns,
        shape: Shape::Object,
    })
}

fn required(asked: &Asked) -> Result<String> {
    match &asked.summarize_by {
        Some(by) => Ok(by.clone()),
        None => invalid("Missing required query parameter 'summarize_by'"),
    }
}

fn subject(name: &str) -> Result<Subject> {
    match name {
        "certname" => Ok(Subject::Certname),
        "resource" => Ok(Subject::Resource),
        "containing_class" => Ok(Subject::ContainingClass),
        other => invalid(format!("Unsupported value for 'summarize_by': '{other}'")),
    }
}

fn columns_of(subject: Subject) -> &'static [&'static str] {
    match subject {
        Subject::Certname => &["certname"],
        Subject::Resource => &["resource_type", "resource_title"],
        Subject::ContainingClass => &["containing_class"],
    }
}

fn columns_text(subject: Subject) -> &'static str {
    match subject {
        Subject::Certname => "certname",
        Subject::Resource => "resource_type, resource_title",
        Subject::ContainingClass => "containing_class",
    }
}

fn entity_of_events() -> Result<&'static entity::Entity> {
    entity::find("events").map_or_else(|| invalid("Invalid entity 'events' in query"), Ok)
}

fn event_condition(scope: &mut Scope, query: &Json) -> Result<Option<Sql>> {
    super::check::fields(scope.entity, query)?;
    super::check::operators(scope.entity, query)?;
    filter::condition(scope, query)
}

/// A statement of the counts of each subject.
fn grouped(query: &Json, asked: &Asked, subject: Subject, by_counts: bool) -> Result<Sql> {
    let mut scope = Scope::new(entity_of_events()?);
    let mut condition = event_condition(&mut scope, query)?;
    if by_counts
        && subject != Subject::Certname
        && asked.distinct_resources != Some(true)
        && asked.count_by.as_deref().is_none_or(|by| by == "resource")
        && let Some(counted) = of_latest_reports(query, subject)?
    {
        return restricted(counted, asked);
    }
    if asked.distinct_resources == Some(true) {
        let latest = latest(asked)?;
        condition =
            Some(condition.map_or(latest.clone(), |condition| Sql::of("({}) AND ({})", [latest, condition])));
    }
    let condition = condition.unwrap_or_else(|| Sql::text("TRUE"));
    let events = Sql::of("SELECT {} FROM {} WHERE {}", [Sql::text(EVENT_COLUMNS), scope.from(), condition]);
    let columns = columns_text(subject);
    let events = match asked.count_by.as_deref().unwrap_or("resource") {
        "resource" => events,
        "certname" => {
            let distinct = match subject {
                Subject::Certname => Sql::default(),
                _ => Sql::of(", {}", [Sql::text(columns)]),
            };
            Sql::of("SELECT DISTINCT certname, status{} FROM ({}) distinct_events", [distinct, events])
        }
        other => return invalid(format!("Unsupported value for 'count_by': '{other}'")),
    };
    let counted = Sql::of(
        "SELECT sum(CASE WHEN status = 'failure' THEN 1 ELSE 0 END) AS failures,
                sum(CASE WHEN status = 'skipped' THEN 1 ELSE 0 END) AS skips,
                sum(CASE WHEN status = 'success' THEN 1 ELSE 0 END) AS successes,
                sum(CASE WHEN status = 'noop' THEN 1 ELSE 0 END) AS noops, {}
         FROM ({}) events GROUP BY {}",
        [Sql::text(columns), events, Sql::text(columns)],
    );
    restricted(counted, asked)
}

/// Columns of events that are counted for the latest reports.
const COUNTED: [&str; 6] =
    ["status", "corrective_change", "resource_type", "resource_title", "containing_class", "environment"];

/// The counts of each subject by those that are kept of events of latest reports; nothing if the query is about other events, or about
/// what is not counted by.
fn of_latest_reports(query: &Json, subject: Subject) -> Result<Option<Sql>> {
    let Some(conditions) = counted::conditions(Some(query)) else { return Ok(None) };
    let is_latest = |node: &Json| *node == json!(["=", "latest_report?", true]);
    let others: Vec<&Json> = conditions.others.iter().copied().filter(|node| !is_latest(node)).collect();
    if conditions.nodes != Nodes::Any
        || others.len() == conditions.others.len()
        || !others.iter().all(|node| counted::is_about(node, &COUNTED))
    {
        return Ok(None);
    }
    let mut scope = Scope::new(entity_of_events()?);
    let condition = filter::condition(&mut scope, &counted::all_of(&others))?.unwrap_or(Sql::text("TRUE"));
    let columns = columns_text(subject);
    Ok(Some(Sql::of(
        "SELECT sum(CASE WHEN status = 'failure' THEN events ELSE 0 END) AS failures,
                sum(CASE WHEN status = 'skipped' THEN events ELSE 0 END) AS skips,
                sum(CASE WHEN status = 'success' THEN events ELSE 0 END) AS successes,
                sum(CASE WHEN status = 'noop' THEN events ELSE 0 END) AS noops, {}
         FROM latest_events ev LEFT JOIN environments e ON e.id = ev.environment_id WHERE {}
         GROUP BY {} HAVING sum(events) > 0",
        [Sql::text(columns), condition, Sql::text(columns)],
    )))
}

fn restricted(counted: Sql, asked: &Asked) -> Result<Sql> {
    match &asked.counts_filter {
        Json::Null => Ok(counted),
        filter => {
            Ok(Sql::of("SELECT * FROM ({}) count_results WHERE {}", [counted, counts_condition(filter)?]))
        }
    }
}

/// The filter of counts has operators of its own.
fn counts_condition(node: &Json) -> Result<Sql> {
    let Some((operator, arguments)) = clause(node) else {
        return invalid(format!(
            "{} is not well-formed: queries must contain at least one operator",
            printed(node)
        ));
    };
    let supplied = arguments.len();
    let joined = |separator| -> Result<Sql> {
        if arguments.is_empty() {
            return invalid(format!("{operator} requires at least one term"));
        }
        let parts: Result<Vec<Sql>> =
            arguments.iter().map(|argument| Ok(Sql::of("({})", [counts_condition(argument)?]))).collect();
        Ok(Sql::join(parts?, separator))
    };
    match operator.as_str() {
        "and" => joined(" AND "),
        "or" => joined(" OR "),
        "not" => match arguments {
            [inner] => Ok(Sql::of("NOT ({})", [counts_condition(inner)?])),
            _ => invalid(format!("'not' takes exactly one argument, but {supplied} were supplied")),
        },
        "=" | ">" | "<" | ">=" | "<=" => {
            let [name, value] = arguments else {
                return invalid(format!(
                    "{operator} requires exactly two arguments, but {supplied} were supplied"
                ));
            };
            let name = shown(name);
            let Some(column) = COUNTS.iter().find(|known| **known == name) else {
                return invalid(if operator == "=" {
                    format!("{name} is not a queryable object for event counts")
                } else {
                    format!("{operator} operator does not support object '{name}' for event counts")
                });
            };
            let value: Value = match value {
                Json::Number(number) => match number.as_i64() {
                    Some(number) => number.into(),
                    None => number.as_f64().unwrap_or_default().into(),
                },
                other => {
                    return Err(QueryError::Failed(format!(
                        "ERROR: operator does not exist: bigint {operator} {}",
                        printed(other)
                    )));
                }
            };
            Ok(inequality(&operator, Sql::text(column), Sql::bind(value)))
        }
        other => {
            invalid(format!("{} is not well-formed: query operator '{other}' is unknown", printed(node)))
        }
    }
}

/// Only the latest event of each property of each resource of a node between two times.
fn latest(asked: &Asked) -> Result<Sql> {
    let (Some(from), Some(to)) = (&asked.distinct_start_time, &asked.distinct_end_time) else {
        return invalid(
            "'distinct_resources' query parameter requires accompanying parameters 'distinct_start_time' and 'distinct_end_time'",
        );
    };
    let (Some(start), Some(end)) = (time::parse(from), time::parse(to)) else {
        return invalid(format!(
            "query parameters 'distinct_start_time' and 'distinct_end_time' must be valid datetime strings: {from} {to}"
        ));
    };
    Ok(Sql::of(
        "ev.timestamp >= {} AND ev.timestamp <= {} AND NOT EXISTS (SELECT 1 FROM resource_events later
         WHERE later.node_id = ev.node_id AND later.resource_type = ev.resource_type
         AND later.resource_title = ev.resource_title AND coalesce(later.property, '') = coalesce(ev.property, '')
         AND coalesce(later.name, '') = coalesce(ev.name, '') AND later.timestamp > ev.timestamp AND later.timestamp <= {})",
        [Sql::bind(start), Sql::bind(end), Sql::bind(end)],
    ))
}

/// Checks that the three parameters of distinct resources come together.
pub(super) fn check_distinct(asked: &Asked) -> Result<()> {
    let given = (
        asked.distinct_resources.is_some(),
        asked.distinct_start_time.is_some(),
        asked.distinct_end_time.is_some(),
    );
    match given {
        (false, false, false) => Ok(()),
        (true, true, true) => latest(asked).map(drop),
        (false, true, true) => invalid(
            "'distinct_resources' query parameter must accompany parameters 'distinct_start_time' and 'distinct_end_time'",
        ),
        _ => invalid(
            "'distinct_resources' query parameter requires accompanying parameters 'distinct_start_time' and 'distinct_end_time'",
        ),
    }
}
