//! Paths below `/pdb/query/v4`: which entity they are about, and what they say about it.

use serde_json::{Value as Json, json};

use super::params::{Asked, Takes};
use super::restrict;

/// An object that has to be there, or the answer is 404.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Parent {
    pub kind: &'static str,
    pub id: String,
}

/// What a path asks for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Route {
    pub takes: Takes,
    /// The entity; none at the root, whose queries name it.
    entity: Option<&'static str>,
    /// From the innermost segment to the outermost.
    conditions: Vec<Json>,
    /// Whether nodes that are not active are left out, unless the query speaks of them.
    active_only: bool,
    pub parents: Vec<Parent>,
    /// One object, which has this name and is of this kind; or 404.
    pub single: Option<Parent>,
    /// The value of the only row, without a list around it.
    pub bare: bool,
}

impl Route {
    fn list(entity: &'static str, active_only: bool) -> Route {
        Route {
            takes: Takes::List,
            entity: Some(entity),
            conditions: Vec::new(),
            active_only,
            parents: Vec::new(),
            single: None,
            bare: false,
        }
    }

    fn taking(self, takes: Takes) -> Route {
        Route { takes, ..self }
    }

    fn with(mut self, field: &str, value: &str) -> Route {
        self.conditions.push(json!(["=", field, value]));
        self
    }

    fn below(mut self, kind: &'static str, id: &str) -> Route {
        self.parents.push(Parent { kind, id: id.to_owned() });
        self
    }

    /// One object by a field of it.
    fn one(entity: &'static str, kind: &'static str, field: &str, id: &str) -> Route {
        let single = Some(Parent { kind, id: id.to_owned() });
        Route { single, ..Route::list(entity, false).with(field, id) }
    }

    /// The query, with everything that the path says.
    pub fn query(&self, asked: &Asked) -> Json {
        let Some(entity) = self.entity else {
            let about = asked.query.get(1).and_then(Json::as_str).unwrap_or_default().replace('-', "_");
            let no_nodes = ["fact_paths", "environments", "packages", "producers", "fact_names"];
            return if asked.ast_only || no_nodes.contains(&about.as_str()) {
                asked.query.clone()
            } else {
                restrict::to_active_nodes(&asked.query)
            };
        };
        // A single object is what its name says, whatever else is asked.
        let mut query = if self.single.is_some() { Json::Null } else { asked.query.clone() };
        if self.active_only {
            query = restrict::to_active_nodes(&query);
        }
        for condition in &self.conditions {
            query = restrict::with(condition.clone(), &query);
        }
        if query.is_null() { json!(["from", entity]) } else { json!(["from", entity, query]) }
    }
}

/// The route of the decoded segments behind `/pdb/query/v4`; nothing if there is none.
pub(crate) fn route(segments: &[String]) -> Option<Route> {
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    match segments.as_slice() {
        [] => Some(Route { takes: Takes::Root, entity: None, ..Route::list("nodes", false) }),
        ["facts", rest @ ..] => facts(rest),
        ["resources", rest @ ..] => resources(rest),
        ["edges"] => Some(Route::list("edges", true)),
        ["factsets", rest @ ..] => factsets(rest),
        ["inventory"] => Some(Route::list("inventory", true)),
        ["packages"] => Some(Route::list("packages", false)),
        ["package-inventory"] => Some(Route::list("package_inventory", true)),
        ["package-inventory", node] => Some(Route::list("package_inventory", false).with("certname", node)),
        ["fact-names"] => Some(Route::list("fact_names", false)),
        ["fact-contents"] => Some(Route::list("fact_contents", true)),
        ["fact-paths"] => Some(Route::list("fact_paths", false)),
        ["nodes"] => Some(Route::list("nodes", true)),
        ["nodes", node] => Some(Route::one("nodes", "node", "certname", node)),
        ["nodes", node, "facts", rest @ ..] => Some(facts(rest)?.with("certname", node).below("node", node)),
        ["nodes", node, "resources", rest @ ..] => {
            Some(resources(rest)?.with("certname", node).below("node", node))
        }
        ["environments"] => Some(Route::list("environments", false)),
        ["environments", name] => {
            Some(Route::one("environments", "environment", "name", name).taking(Takes::Object))
        }
        ["environments", name, rest @ ..] => {
            let inner = match rest {
                ["facts", rest @ ..] => facts(rest)?,
                ["resources", rest @ ..] => resources(rest)?,
                ["reports", rest @ ..] => reports(rest)?,
                ["events"] => Route::list("events", false).taking(Takes::Events),
                _ => return None,
            };
            Some(inner.with("environment", name).below("environment", name))
        }
        ["producers"] => Some(Route::list("producers", false)),
        ["producers", name] => Some(Route::one("producers", "producer", "name", name).taking(Takes::Object)),
        ["producers", name, rest @ ..] => {
            let inner = match rest {
                ["factsets", rest @ ..] => factsets(rest)?,
                ["catalogs", rest @ ..] => catalogs(rest)?,
                ["reports", rest @ ..] => reports(rest)?,
                _ => return None,
            };
            Some(inner.with("producer", name).below("producer", name))
        }
        ["catalogs", rest @ ..] => catalogs(rest),
        ["catalog-input-contents"] => Some(Route::list("catalog_input_contents", true)),
        ["catalog-inputs"] => Some(Route::list("catalog_inputs", true)),
        ["events"] => Some(Route::list("events", false).taking(Takes::Events)),
        ["event-counts"] => Some(Route::list("event_counts", false).taking(Takes::Counts)),
        ["aggregate-event-counts"] => {
            Some(Route::list("aggregate_event_counts", false).taking(Takes::Totals))
        }
        ["reports", rest @ ..] => reports(rest),
        _ => None,
    }
}

fn facts(rest: &[&str]) -> Option<Route> {
    let all = Route::list("facts", true);
    match rest {
        [] => Some(all),
        [name] => Some(all.with("name", name)),
        [name, value] => Some(all.with("value", value).with("name", name)),
        _ => None,
    }
}

fn resources(rest: &[&str]) -> Option<Route> {
    let all = Route::list("resources", true);
    match rest {
        [] => Some(all),
        [kind] => Some(all.with("type", &capitalised(kind))),
        [kind, title] => Some(all.with("type", &capitalised(kind)).with("title", title)),
        _ => None,
    }
}

/// Types are stored with a capital at each segment.
fn capitalised(kind: &str) -> String {
    let segments = kind.split("::").map(|segment| {
        let mut characters = segment.chars();
        characters
            .next()
            .map(|first| first.to_uppercase().chain(characters).collect::<String>())
            .unwrap_or_default()
    });
    segments.collect::<Vec<_>>().join("::")
}

fn factsets(rest: &[&str]) -> Option<Route> {
    match rest {
        [] => Some(Route::list("factsets", true)),
        [node] => Some(Route::one("factsets", "factset", "certname", node)),
        [node, "facts"] => Some(Route::list("factsets", false).with("certname", node).below("factset", node)),
        _ => None,
    }
}

fn catalogs(rest: &[&str]) -> Option<Route> {
    match rest {
        [] => Some(Route::list("catalogs", false)),
        [node] => Some(Route::one("catalogs", "catalog", "certname", node)),
        [node, "edges"] => Some(Route::list("edges", true).with("certname", node).below("catalog", node)),
        [node, "resources", rest @ ..] => {
            Some(resources(rest)?.with("certname", node).below("catalog", node))
        }
        _ => None,
    }
}

fn reports(rest: &[&str]) -> Option<Route> {
    let part = |entity, hash: &str| {
        Route { bare: true, ..Route::list(entity, false).taking(Takes::Object) }
            .with("hash", hash)
            .below("report", hash)
    };
    match rest {
        [] => Some(Route::list("reports", false)),
        [hash, "events"] => Some(
            Route::list("events", false).taking(Takes::Events).with("report", hash).below("report", hash),
        ),
        [hash, "metrics"] => Some(part("report_metrics", hash)),
        [hash, "logs"] => Some(part("report_logs", hash)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(path: &str, asked: Json) -> String {
        let segments: Vec<String> =
            path.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect();
        match route(&segments) {
            Some(route) => {
                let parents: Vec<String> =
                    route.parents.iter().map(|parent| format!("{}:{}", parent.kind, parent.id)).collect();
                let query = route.query(&Asked { query: asked, ..Asked::default() });
                format!("{path} {:?} [{}] {query}", route.takes, parents.join(" "))
            }
            None => format!("{path} -"),
        }
    }

    #[test]
    fn every_path() {
        let paths = [
            "facts",
            "facts/os",
            "facts/os/x",
            "facts/a/b/c",
            "resources",
            "resources/apache::vhost",
            "resources/file/x",
            "edges",
            "factsets",
            "factsets/n",
            "factsets/n/facts",
            "inventory",
            "packages",
            "package-inventory",
            "package-inventory/n",
            "fact-names",
            "fact-contents",
            "fact-paths",
            "nodes",
            "nodes/n",
            "nodes/n/facts",
            "nodes/n/facts/os/x",
            "nodes/n/resources/class/x",
            "environments",
            "environments/e",
            "environments/e/facts/os",
            "environments/e/resources",
            "environments/e/reports",
            "environments/e/reports/h/events",
            "environments/e/events",
            "environments/e/x",
            "producers",
            "producers/p",
            "producers/p/factsets",
            "producers/p/catalogs",
            "producers/p/reports",
            "catalogs",
            "catalogs/n",
            "catalogs/n/edges",
            "catalogs/n/resources/file",
            "catalog-inputs",
            "catalog-input-contents",
            "events",
            "event-counts",
            "aggregate-event-counts",
            "reports",
            "reports/h/events",
            "reports/h/metrics",
            "reports/h/logs",
            "reports/h",
            "x",
        ];
        let listed: Vec<String> = paths.iter().map(|path| query(path, Json::Null)).collect();
        insta::assert_snapshot!(listed.join("\n"));
        assert_eq!(
            query("", json!(["from", "nodes", ["=", "certname", "a"]])),
            r#" Root [] ["from","nodes",["and",["=","certname","a"],["=","node_state","active"]]]"#
        );
        assert_eq!(query("", json!(["from", "packages"])), r#" Root [] ["from","packages"]"#);
    }
}
