//! Conditions on JSON: fields below facts, `trusted` and `parameters`, and values as such.
//!
//! Facts lie in a row each, the same value of many nodes only once. A condition on `facts.os.family` therefore asks first which of
//! the values of the fact `os` satisfy it, and then which nodes have one of those.

use serde_json::Value as Json;

use super::comparison::{by_hash, matches};
use super::entity::{Kind, Map};
use super::error::{Result, invalid};
use super::field::{self, Part};
use super::json::canonical;
use super::scope::{Negation, Scope};
use super::sql::{Per, Sql, per};

/// The value at a path below a value, as JSON; null if there is none. Of PostgreSQL: `#>`.
pub(super) fn at(json: Sql, path: &[Json]) -> Sql {
    if path.is_empty() {
        return json;
    }
    let texts: Vec<String> = path.iter().map(super::check::shown).collect();
    let list = Sql::bind(Json::from(texts.clone()).to_string());
    let postgres = Sql::of("#> ARRAY(SELECT jsonb_array_elements_text({}::jsonb))", [list.clone()]);
    // What SQLite can do by itself takes a fraction of the time; of positions and of quotes it thinks otherwise.
    let sqlite = if texts.iter().all(|text| is_plain(text)) {
        Sql::of("-> {}", [Sql::bind(format!("$.{}", texts.join(".")))])
    } else {
        return Sql::of_per(
            per("pdb_at({}, {})", "({} #> ARRAY(SELECT jsonb_array_elements_text({}::jsonb)))"),
            [json, list],
        );
    };
    Sql::of("({} {})", [json, Sql::either(sqlite, postgres)])
}

/// A name of letters, digits and `_` that is no number.
fn is_plain(name: &str) -> bool {
    let begins = |c: char| c.is_ascii_alphabetic() || c == '_';
    name.starts_with(begins) && name.chars().all(|c| begins(c) || c.is_ascii_digit())
}

/// The text of a value: of a string its characters, of anything else its JSON.
pub(super) fn text(json: Sql) -> Sql {
    Sql::of_per(per("pdb_text({})", "({} #>> ARRAY[]::text[])"), [json])
}

/// `string`, `number`, `boolean`, `null`, `array` or `object`.
pub(super) fn kind(json: Sql) -> Sql {
    Sql::of_per(per("pdb_kind({})", "jsonb_typeof({})"), [json])
}

/// Whether a value is of a kind.
pub(super) fn is(json: Sql, wanted: &'static str) -> Sql {
    Sql::of(
        match wanted {
            "null" => "({} = 'null')",
            "boolean" => "({} = 'boolean')",
            "number" => "({} = 'number')",
            "string" => "({} = 'string')",
            "array" => "({} = 'array')",
            _ => "({} = 'object')",
        },
        [kind(json)],
    )
}

/// The number that a value is; null if it is none.
pub(super) fn number(json: Sql) -> Sql {
    Sql::of_per(
        per(
            "CASE WHEN pdb_kind({}) = 'number' THEN {} + 0 END",
            "CASE WHEN jsonb_typeof({}) = 'number' THEN ({})::text::numeric END",
        ),
        [json.clone(), json],
    )
}

/// Equal as JSON whose canonical text is stored.
pub(super) fn same_text(json: Sql, value: &Json) -> Sql {
    Sql::of_per(per("{} = {}", "{} = {}::jsonb"), [json, Sql::bind(canonical(value))])
}

/// Equal as JSON; numbers as numbers.
pub(super) fn same_value(json: Sql, value: &Json) -> Sql {
    if value.is_number() {
        return Sql::of_per(
            per("pdb_compare({}, {}) = 0", "{} = {}::jsonb"),
            [json, Sql::bind(canonical(value))],
        );
    }
    same_text(json, value)
}

/// Of PostgreSQL: `@>` for lists and objects, `=` for anything else.
pub(super) fn contains(json: Sql, value: &Json) -> Sql {
    if value.is_array() || value.is_object() {
        return Sql::of_per(
            per("pdb_contains({}, {})", "({} @> {}::jsonb)"),
            [json, Sql::bind(canonical(value))],
        );
    }
    same_value(json, value)
}

/// The order of jsonb.
fn ordered(operator: &str, json: Sql, value: &Json) -> Sql {
    let value = Sql::bind(canonical(value));
    match operator {
        "<" => Sql::of_per(per("pdb_compare({}, {}) < 0", "{} < {}::jsonb"), [json, value]),
        "<=" => Sql::of_per(per("pdb_compare({}, {}) <= 0", "{} <= {}::jsonb"), [json, value]),
        ">" => Sql::of_per(per("pdb_compare({}, {}) > 0", "{} > {}::jsonb"), [json, value]),
        _ => Sql::of_per(per("pdb_compare({}, {}) >= 0", "{} >= {}::jsonb"), [json, value]),
    }
}

fn operation(operator: &str, json: Sql, value: &Json) -> Result<Sql> {
    match operator {
        "=" => Ok(contains(json, value)),
        "~" => matches(text(json), value),
        operator => Ok(ordered(operator, json, value)),
    }
}

/// The elements of a path as keys and positions.
fn elements(path: &[Part]) -> Vec<Json> {
    path.iter()
        .flat_map(|part| match part {
            Part::Name(name) => vec![Json::from(name.as_str())],
            Part::Indexed(name, index) => vec![Json::from(name.as_str()), Json::from(*index)],
            Part::Match(pattern) => vec![Json::from(pattern.as_str())],
        })
        .collect()
}

/// What `facts.a.b op value` asks.
pub(super) enum Comparison {
    /// For a fact of this name, with a condition on its value `xv`.
    OfFact(OfFact),
    /// For something else.
    Other(Sql),
}

/// A fact that a node has to have.
pub(super) struct OfFact {
    name: Json,
    /// The condition on its value `xv`.
    inner: Sql,
    /// Whether what is not there is unequal, and not neither.
    is_total: bool,
}

/// `facts.a.b op value`
pub(super) fn compare(scope: &mut Scope, name: &str, operator: &str, value: &Json) -> Result<Sql> {
    Ok(comparison(scope, name, operator, value)?.sql(scope))
}

/// The same, not yet written as SQL if it is about a fact.
pub(super) fn comparison(scope: &mut Scope, name: &str, operator: &str, value: &Json) -> Result<Comparison> {
    let parsed = field::parse(name, false)?;
    let (map, column, mut path) = resolve(scope, name, &parsed.top, elements(&parsed.path))?;
    if parsed.path.iter().any(|part| matches!(part, Part::Match(_))) {
        if map == Map::Column {
            return invalid(format!("match() is not supported in '{name}'"));
        }
        return any_leaf(&path, operator, value).map(Comparison::Other);
    }
    if map == Map::Column {
        // Where the path leads nowhere nothing is equal; any other comparison is null, as is its negation.
        let inner = operation(operator, at(column.clone(), &path), value)?;
        return Ok(Comparison::Other(match path.first() {
            _ if operator == "=" => Sql::of("coalesce({}, FALSE)", [inner]),
            Some(first) if scope.negation == Negation::Within => {
                Sql::of("({} AND {} IS NOT NULL)", [inner, at(column, std::slice::from_ref(first))])
            }
            _ => inner,
        }));
    }
    let fact = if path.is_empty() { Json::Null } else { path.remove(0) };
    let whole = (operator == "=" && path.is_empty()).then(|| by_hash(Sql::text("xv.hash"), value)).flatten();
    let inner = match whole {
        Some(equal) => equal,
        None => operation(operator, at(Sql::text("xv.value"), &path), value)?,
    };
    Ok(Comparison::OfFact(OfFact { name: fact, inner, is_total: operator == "=" }))
}

/// `facts.a.b is null`: there, and the JSON null. What is not there is neither null nor not null.
pub(super) fn null(scope: &mut Scope, name: &str, wanted: bool) -> Result<Sql> {
    let parsed = field::parse(name, true)?;
    let (map, column, mut path) = resolve(scope, name, &parsed.top, elements(&parsed.path))?;
    let test = |json: Sql| if wanted { is(json, "null") } else { Sql::of("({} <> 'null')", [kind(json)]) };
    if map == Map::Column {
        return Ok(test(at(column, &path)));
    }
    let fact = if path.is_empty() { Json::Null } else { path.remove(0) };
    Ok(Sql::of(
        "(SELECT {} FROM facts xf JOIN fact_names xn ON xn.id = xf.name_id JOIN fact_values xv ON xv.id = xf.value_id
          WHERE xf.node_id = n.id AND xn.name = {})",
        [test(at(Sql::text("xv.value"), &path)), Sql::bind(super::check::shown(&fact))],
    ))
}

/// Where the fields below a field lie, and the whole path there.
fn resolve(scope: &mut Scope, name: &str, top: &str, path: Vec<Json>) -> Result<(Map, Sql, Vec<Json>)> {
    let Some(field) = scope.entity.map(top) else {
        return invalid(format!(
            "'{name}' is not a queryable object for {}. Known queryable objects are {}",
            scope.entity.alias,
            super::check::listed(&scope.entity.queryable())
        ));
    };
    scope.note(field);
    Ok(match field.kind {
        Kind::Map(Map::Trusted) => {
            (Map::Facts, field.sql(), std::iter::once(Json::from("trusted")).chain(path).collect())
        }
        Kind::Map(map) => (map, field.sql(), path),
        _ => (Map::Closed, field.sql(), path),
    })
}

/// Nodes whose fact of a name satisfies a condition on its value `xv`. PostgreSQL cannot know how few values a condition leaves, and
/// would look at all facts of all nodes; as an array, the values come first.
pub(super) const NODES_WITH_FACT: Per = per(
    "n.id IN (SELECT xf.node_id FROM fact_names xn JOIN fact_values xv ON xv.name_id = xn.id
     JOIN facts xf ON xf.value_id = xv.id WHERE xn.name = {} AND ({}))",
    "n.id IN (SELECT xf.node_id FROM facts xf WHERE xf.value_id = ANY (ARRAY(
     SELECT xv.id FROM fact_names xn JOIN fact_values xv ON xv.name_id = xn.id WHERE xn.name = {} AND ({}))))",
);

impl Comparison {
    pub(super) fn sql(self, scope: &Scope) -> Sql {
        match self {
            Comparison::OfFact(fact) => fact.sql(scope),
            Comparison::Other(sql) => sql,
        }
    }
}

impl OfFact {
    /// Whether it holds for nodes or does not, and is never null.
    pub(super) fn is_of_nodes(&self, scope: &Scope) -> bool {
        self.is_total || !scope.is_negated()
    }

    fn name(&self) -> Sql {
        Sql::bind(super::check::shown(&self.name))
    }

    /// Nodes that have it.
    fn sql(self, scope: &Scope) -> Sql {
        let name = self.name();
        if self.is_of_nodes(scope) {
            return Sql::of_per(NODES_WITH_FACT, [name, self.inner]);
        }
        // A comparison with what is not there is null, and so is its negation.
        let of_value = Sql::of(
            "(SELECT {} FROM facts xf JOIN fact_names xn ON xn.id = xf.name_id JOIN fact_values xv ON xv.id = xf.value_id
             WHERE xf.node_id = n.id AND xn.name = {})",
            [self.inner, name.clone()],
        );
        if scope.negation == Negation::Direct {
            return of_value;
        }
        Sql::of(
            "(EXISTS (SELECT 1 FROM facts xf JOIN fact_names xn ON xn.id = xf.name_id
              WHERE xf.node_id = n.id AND xn.name = {}) AND {})",
            [name, of_value],
        )
    }
}

/// Nodes that have all of some facts, each of which is [of nodes](OfFact::is_of_nodes).
///
/// PostgreSQL takes the nodes of each condition to be few and joins them all. How many have a value is counted beside it: so the nodes of
/// the condition that fewest satisfy come first, and only of these the other facts are looked at.
pub(super) fn of_facts(facts: Vec<OfFact>) -> Sql {
    let each = facts
        .iter()
        .map(|fact| Sql::of("({})", [Sql::of_per(NODES_WITH_FACT, [fact.name(), fact.inner.clone()])]));
    let each = Sql::join(each, " AND ");
    if facts.len() < 2 {
        return each;
    }
    let places = 0..facts.len() as i64;
    let values = places.clone().zip(facts).map(|(place, fact)| {
        let name = fact.name();
        Sql::of(
            "SELECT {} AS place, xn.id AS name_id, xv.id, xv.nodes FROM fact_names xn JOIN fact_values xv ON xv.name_id = xn.id
             WHERE xn.name = {} AND ({})",
            [Sql::bind(place), name, fact.inner],
        )
    });
    let has = places.clone().map(|place| {
        Sql::of(
            "(SELECT yf.value_id FROM facts yf WHERE yf.node_id = xf.node_id
              AND yf.name_id = (SELECT x.name_id FROM x WHERE x.place = {} LIMIT 1)) = ANY (ARRAY(SELECT x.id FROM x WHERE x.place = {}))",
            [Sql::bind(place), Sql::bind(place)],
        )
    });
    let together = Sql::of(
        "n.id IN (WITH x AS ({}) SELECT xf.node_id FROM facts xf
         WHERE xf.value_id = ANY (ARRAY(SELECT x.id FROM x WHERE x.place = (
             SELECT p.place FROM generate_series(0, {}) p (place) LEFT JOIN x ON x.place = p.place
             GROUP BY p.place ORDER BY coalesce(sum(x.nodes), 0) LIMIT 1)))
         AND {})",
        [Sql::join(values, " UNION ALL "), Sql::bind(places.end - 1), Sql::join(has, " AND ")],
    );
    Sql::either(each, together)
}

/// Nodes with a leaf whose path, its elements joined by `#~`, matches a pattern, and whose value satisfies an operator.
fn any_leaf(path: &[Json], operator: &str, value: &Json) -> Result<Sql> {
    let pattern: Vec<String> = path.iter().map(super::check::shown).collect();
    let pattern = Json::from(pattern.join("#~"));
    let leaf = operation(operator, Sql::per(per("(xt.value -> 1)", "xt.leaf")), value)?;
    let of = matches(
        Sql::per(per(
            "pdb_path_text(xt.value -> 0)",
            "array_to_string(ARRAY(SELECT jsonb_array_elements_text(jsonb_build_array(xn.name) || xt.path)), '#~')",
        )),
        &pattern,
    )?;
    Ok(Sql::of_per(
        per(
            "n.id IN (SELECT xf.node_id FROM fact_names xn JOIN fact_values xv ON xv.name_id = xn.id
             JOIN json_each(pdb_leaves(xn.name, xv.value)) xt JOIN facts xf ON xf.value_id = xv.id WHERE {} AND ({}))",
            "n.id IN (SELECT xf.node_id FROM fact_names xn JOIN fact_values xv ON xv.name_id = xn.id
             CROSS JOIN LATERAL fact_leaves(xv.value) xt JOIN facts xf ON xf.value_id = xv.id WHERE {} AND ({}))",
        ),
        [of, leaf],
    ))
}

/// The value of a dotted field, to be shown.
pub(super) fn projected(scope: &mut Scope, name: &str) -> Result<Sql> {
    let parsed = field::parse(name, false)?;
    let (map, column, mut path) = resolve(scope, name, &parsed.top, elements(&parsed.path))?;
    if map == Map::Column {
        return Ok(at(column, &path));
    }
    let fact = if path.is_empty() { Json::Null } else { path.remove(0) };
    Ok(Sql::of(
        "(SELECT {} FROM facts xf JOIN fact_names xn ON xn.id = xf.name_id JOIN fact_values xv ON xv.id = xf.value_id
          WHERE xf.node_id = n.id AND xn.name = {})",
        [at(Sql::text("xv.value"), &path), Sql::bind(super::check::shown(&fact))],
    ))
}
