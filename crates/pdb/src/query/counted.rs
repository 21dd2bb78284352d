//! Questions that what is counted on writing answers, so that they take as long with a hundred thousand nodes as with one.
//!
//! A question is recognised by its shape, however it is written: an aggregate without anything that only single nodes could tell.
//! Anything else goes over the rows, and so does the first translation of every question, since errors and columns are its. What is
//! counted, and how that is kept: [`crate::schema`].

use serde_json::Value as Json;

use super::check::clause;
use super::entity::{self, Entity, Kind};
use super::error::Result;
use super::field::{self, Part};
use super::filter;
use super::paging::{Paging, push_paging};
use super::scope::Scope;
use super::select::{self, Parts, collated_by, json_text};
use super::sql::{Sql, per};

/// Which nodes count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nodes {
    Active,
    Any,
}

/// A filter taken apart: which nodes, and the other conditions that have to hold.
pub(super) struct Conditions<'a> {
    pub nodes: Nodes,
    pub others: Vec<&'a Json>,
}

/// Takes a filter apart; nothing if it is about nodes in another way.
pub(super) fn conditions(filter: Option<&Json>) -> Option<Conditions<'_>> {
    let mut found = Conditions { nodes: Nodes::Any, others: Vec::new() };
    filter.map_or(Some(()), |filter| add(filter, &mut found))?;
    Some(found)
}

fn add<'a>(node: &'a Json, found: &mut Conditions<'a>) -> Option<()> {
    let Some((operator, arguments)) = clause(node) else {
        // A filter without anything in it; what is wrong was said by the first translation.
        return (node.is_null() || node.as_array().is_some_and(Vec::is_empty)).then_some(());
    };
    match (operator.as_str(), arguments) {
        ("and", all) => all.iter().try_for_each(|node| add(node, found)),
        ("=", [Json::String(name), state]) if name == "node_state" => match state.as_str()? {
            "active" => {
                found.nodes = Nodes::Active;
                Some(())
            }
            "any" => Some(()),
            _ => None,
        },
        _ => {
            found.others.push(node);
            Some(())
        }
    }
}

/// Whether a condition is about some fields and nothing else.
pub(super) fn is_about(node: &Json, names: &[&str]) -> bool {
    let is_one = |name: &Json| name.as_str().is_some_and(|name| names.contains(&name));
    let Some((operator, arguments)) = clause(node) else { return false };
    match (operator.as_str(), arguments) {
        ("and" | "or", all) => all.iter().all(|node| is_about(node, names)),
        ("not", [inner]) => is_about(inner, names),
        ("=" | "~" | "~>" | "<" | "<=" | ">" | ">=" | "null?", [name, _]) => is_one(name),
        ("in", [name, members]) => {
            let name = match name.as_array().map(Vec::as_slice) {
                Some([one]) => one,
                _ => name,
            };
            is_one(name) && clause(members).is_some_and(|(operator, _)| operator == "array")
        }
        _ => false,
    }
}

/// One condition out of several.
pub(super) fn all_of(conditions: &[&Json]) -> Json {
    match conditions {
        [] => Json::Null,
        [one] => (*one).clone(),
        several => {
            std::iter::once(Json::from("and")).chain(several.iter().map(|&node| node.clone())).collect()
        }
    }
}

/// What a question becomes.
pub(super) struct Counted {
    pub sql: Sql,
    /// Counts all rows, whatever the part that is asked for.
    pub count: Sql,
}

/// The statement that answers a question by what is counted; nothing if it goes over the rows. The question makes sense.
pub(super) fn statement(entity: &'static Entity, query: &Json, paging: &Paging) -> Result<Option<Counted>> {
    let Ok(parts) = select::parts(query) else { return Ok(None) };
    if !parts.columns.iter().any(|column| is_count(column)) {
        return Ok(None);
    }
    let Some(conditions) = conditions(parts.filter) else { return Ok(None) };
    match entity.name {
        "resources" => Ok(of_catalogs("n.resources_count", &parts, &conditions, paging)),
        "edges" => Ok(of_catalogs("n.edges_count", &parts, &conditions, paging)),
        "facts" => by_value(&FACTS, &parts, &conditions, paging),
        "fact_contents" => by_value(&CONTENTS, &parts, &conditions, paging),
        "inventory" => by_path(&parts, &conditions, paging),
        _ => Ok(None),
    }
}

/// `["function", "count"]`
fn is_count(column: &Json) -> bool {
    matches!(column.as_array().map(Vec::as_slice), Some([function, count]) if function == "function" && count == "count")
}

const ACTIVE: &str = "n.deactivated IS NULL AND n.expired IS NULL";
const INACTIVE: &str = "(n.deactivated IS NOT NULL OR n.expired IS NOT NULL)";

/// How many resources or edges there are: that is counted when catalogs are written.
fn of_catalogs(
    column: &'static str,
    parts: &Parts<'_>,
    conditions: &Conditions<'_>,
    paging: &Paging,
) -> Option<Counted> {
    if parts.columns.len() != 1 || parts.group_by.is_some() || !conditions.others.is_empty() {
        return None;
    }
    let nodes = match conditions.nodes {
        Nodes::Active => ACTIVE,
        Nodes::Any => "TRUE",
    };
    let mut sql = Sql::of(
        "SELECT CAST(coalesce(sum({}), 0) AS BIGINT) FROM nodes n WHERE {}",
        [Sql::text(column), Sql::text(nodes)],
    );
    push_paging(&mut sql, paging.limit, paging.offset);
    Some(Counted { sql, count: Sql::text("SELECT 1") })
}

/// Rows of which nodes only say how many have them.
struct Source {
    entity: &'static str,
    /// Fields that do not tell nodes apart, and what they are called in a list of counts.
    fields: &'static [(&'static str, &'static str)],
    /// `name, value, path` with `nodes`, of all nodes.
    all: (&'static str, super::sql::Per),
    /// The same rows of nodes that are not active, each for itself.
    inactive: (&'static str, super::sql::Per),
}

const FACTS: Source = Source {
    entity: "facts",
    fields: &[("name", "x.name"), ("value", "x.value")],
    all: (
        "fn.name AS name, v.value AS value",
        per(
            "fact_names fn JOIN counted_values v ON v.name_id = fn.id",
            "fact_names fn JOIN counted_values v ON v.name_id = fn.id",
        ),
    ),
    inactive: (
        "fn.name AS name, v.value AS value",
        per(
            "nodes n CROSS JOIN fact_names fn CROSS JOIN facts f ON f.node_id = n.id AND f.name_id = fn.id
             CROSS JOIN fact_values v ON v.id = f.value_id",
            "nodes n JOIN facts f ON f.node_id = n.id JOIN fact_names fn ON fn.id = f.name_id
             JOIN fact_values v ON v.id = f.value_id",
        ),
    ),
};

const CONTENTS: Source = Source {
    entity: "fact_contents",
    fields: &[("name", "x.name"), ("value", "x.value"), ("path", "x.path")],
    all: (
        "fn.name AS name",
        per(
            "fact_names fn JOIN counted_values v ON v.name_id = fn.id JOIN json_each(pdb_leaves(fn.name, v.value)) t",
            "fact_names fn JOIN counted_values v ON v.name_id = fn.id CROSS JOIN LATERAL fact_leaves(v.value) t",
        ),
    ),
    inactive: (
        "fn.name AS name",
        per(
            "nodes n CROSS JOIN fact_names fn CROSS JOIN facts f ON f.node_id = n.id AND f.name_id = fn.id
             CROSS JOIN fact_values v ON v.id = f.value_id JOIN json_each(pdb_leaves(fn.name, v.value)) t",
            "nodes n JOIN facts f ON f.node_id = n.id JOIN fact_names fn ON fn.id = f.name_id
             JOIN fact_values v ON v.id = f.value_id CROSS JOIN LATERAL fact_leaves(v.value) t",
        ),
    ),
};

impl Source {
    fn field(&self, name: &Json) -> Option<&'static str> {
        let name = name.as_str()?;
        self.fields.iter().find(|(known, _)| *known == name).map(|(_, sql)| *sql)
    }

    /// `SELECT name, value…, nodes` of the rows that satisfy some conditions.
    fn rows(&self, conditions: &[&Json], nodes: Nodes) -> Result<Option<Sql>> {
        let Some(entity) = entity::find(self.entity) else { return Ok(None) };
        let mut scope = Scope::new(entity);
        let condition = filter::condition(&mut scope, &all_of(conditions))?.unwrap_or(Sql::text("TRUE"));
        let columns = |shown: &'static str| {
            let mut columns = Sql::text(shown);
            if self.entity == "fact_contents" {
                for name in ["value", "path"] {
                    if let Some(field) = entity.field(name) {
                        columns.push(Sql::of(", {} AS ", [field.sql()]));
                        columns.push_text(name);
                    }
                }
            }
            columns
        };
        let mut sql = Sql::of(
            "SELECT {}, v.nodes AS nodes FROM {} WHERE ({})",
            [columns(self.all.0), Sql::per(self.all.1), condition.clone()],
        );
        if nodes == Nodes::Active {
            sql.push(Sql::of(
                " UNION ALL SELECT {}, -1 FROM {} WHERE {} AND ({})",
                [columns(self.inactive.0), Sql::per(self.inactive.1), Sql::text(INACTIVE), condition],
            ));
        }
        Ok(Some(sql))
    }
}

const SUM: &str = "CAST(coalesce(sum(x.nodes), 0) AS BIGINT)";

/// How many nodes have a fact or a leaf of one, by name and value.
fn by_value(
    source: &Source,
    parts: &Parts<'_>,
    conditions: &Conditions<'_>,
    paging: &Paging,
) -> Result<Option<Counted>> {
    let names: Vec<&str> = source.fields.iter().map(|(name, _)| *name).collect();
    if !conditions.others.iter().all(|node| is_about(node, &names)) {
        return Ok(None);
    }
    let kind = |name: &Json| {
        let entity = entity::find(source.entity)?;
        Some(entity.field(name.as_str()?)?.kind)
    };
    let mut shown = Vec::new();
    for column in &parts.columns {
        shown.push(match (is_count(column), source.field(column), kind(column)) {
            (true, ..) => Sql::text(SUM),
            (_, Some(field), Some(Kind::Text)) => Sql::text(field),
            (_, Some(field), Some(_)) => json_text(Sql::text(field)),
            _ => return Ok(None),
        });
    }
    let mut groups = Vec::new();
    for name in parts.group_by.unwrap_or_default() {
        let Some(field) = source.field(name) else { return Ok(None) };
        groups.push(Sql::text(field));
    }
    if parts.group_by.is_some() && groups.is_empty() {
        return Ok(None);
    }
    let mut order = Vec::new();
    for (name, descending) in &paging.order_by {
        let name = Json::from(name.as_str());
        let is_grouped = parts.group_by.is_some_and(|names| names.contains(&name));
        let (Some(field), Some(kind), true) = (source.field(&name), kind(&name), is_grouped) else {
            return Ok(None);
        };
        order.push((collated_by(kind, Sql::text(field)), *descending));
    }
    let Some(rows) = source.rows(&conditions.others, conditions.nodes)? else { return Ok(None) };
    Ok(Some(whole(shown, rows, groups, order, paging)))
}

fn whole(shown: Vec<Sql>, rows: Sql, groups: Vec<Sql>, order: Vec<(Sql, bool)>, paging: &Paging) -> Counted {
    let mut sql = Sql::of("SELECT {} FROM ({}) x", [Sql::join(shown, ", "), rows]);
    if !groups.is_empty() {
        sql.push(Sql::of(" GROUP BY {} HAVING sum(x.nodes) > 0", [Sql::join(groups, ", ")]));
    }
    let count = Sql::of("SELECT count(*) FROM ({}) results_to_count", [sql.clone()]);
    if !order.is_empty() {
        let terms = order.into_iter().map(|(term, descending)| {
            Sql::of(if descending { "{} DESC NULLS FIRST" } else { "{} ASC NULLS LAST" }, [term])
        });
        sql.push(Sql::of(" ORDER BY {}", [Sql::join(terms, ", ")]));
    }
    push_paging(&mut sql, paging.limit, paging.offset);
    Counted { sql, count }
}

/// `inventory[facts.os.name, count()] { group by facts.os.name }`: how many nodes have a value below one fact. Those without the fact are
/// those that are left.
fn by_path(parts: &Parts<'_>, conditions: &Conditions<'_>, paging: &Paging) -> Result<Option<Counted>> {
    let Some(grouped) = parts.group_by else { return Ok(None) };
    if !conditions.others.is_empty() || !paging.order_by.is_empty() || grouped.is_empty() {
        return Ok(None);
    }
    // All that is shown has to lie below the same fact.
    let mut fact: Option<String> = None;
    let mut below = |name: &Json| -> Option<Sql> {
        let parsed = field::parse(name.as_str()?, false).ok()?;
        let mut path = Vec::new();
        for part in &parsed.path {
            match part {
                Part::Name(name) => path.push(Json::from(name.as_str())),
                Part::Indexed(name, index) => path.extend([Json::from(name.as_str()), Json::from(*index)]),
                Part::Match(_) => return None,
            }
        }
        let first = match parsed.top.as_str() {
            "facts" if !path.is_empty() => super::check::shown(&path.remove(0)),
            "trusted" if !path.is_empty() => "trusted".to_owned(),
            _ => return None,
        };
        let is_same = *fact.get_or_insert_with(|| first.clone()) == first;
        is_same.then(|| super::dotted::at(Sql::text("x.value"), &path))
    };
    let mut shown = Vec::new();
    let mut groups = Vec::new();
    for column in &parts.columns {
        if is_count(column) {
            shown.push(Sql::text(SUM));
            continue;
        }
        let (Some(sql), true) = (below(column), grouped.contains(column)) else { return Ok(None) };
        shown.push(json_text(sql));
        match select::ORDINALS.get(shown.len() - 1) {
            // By its position, since the same expression with another parameter is another one to PostgreSQL.
            Some(ordinal) => groups.push(Sql::text(ordinal)),
            None => return Ok(None),
        }
    }
    let (Some(fact), true) = (fact, grouped.iter().all(|name| parts.columns.contains(&name))) else {
        return Ok(None);
    };
    let condition = Json::Array(vec!["=".into(), "name".into(), fact.into()]);
    let Some(rows) = FACTS.rows(&[&condition], conditions.nodes)? else { return Ok(None) };
    let nodes = match conditions.nodes {
        Nodes::Active => ACTIVE,
        Nodes::Any => "TRUE",
    };
    let rows = Sql::of_per(
        per(
            "WITH counted AS MATERIALIZED ({}) SELECT value, nodes FROM counted
             UNION ALL SELECT NULL, (SELECT count(*) FROM nodes n WHERE n.facts_timestamp IS NOT NULL AND {})
                 - (SELECT coalesce(sum(nodes), 0) FROM counted)",
            "WITH counted AS ({}) SELECT value, nodes FROM counted
             UNION ALL SELECT NULL, (SELECT count(*) FROM nodes n WHERE n.facts_timestamp IS NOT NULL AND {})
                 - (SELECT coalesce(sum(nodes), 0) FROM counted)",
        ),
        [rows, Sql::text(nodes)],
    );
    Ok(Some(whole(shown, rows, groups, Vec::new(), paging)))
}

#[cfg(test)]
mod tests;
