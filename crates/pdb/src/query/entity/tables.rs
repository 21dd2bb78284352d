//! The entities. Tables and columns are those of the schema; names and order of fields are PuppetDB's.

use super::{Entity, Field, Kind, Map, Relation};
use crate::query::sql::{Per, per, same};

const fn text(name: &'static str, sql: &'static str) -> Field {
    Field::new(name, Kind::Text, same(sql))
}

const fn time(name: &'static str, sql: &'static str) -> Field {
    Field::new(name, Kind::Time, same(sql))
}

const fn flag(name: &'static str, sql: &'static str) -> Field {
    Field::new(name, Kind::Flag, same(sql))
}

const fn int(name: &'static str, sql: &'static str) -> Field {
    Field::new(name, Kind::Int, same(sql))
}

const fn hash(name: &'static str, sql: &'static str) -> Field {
    Field::new(name, Kind::Hash, same(sql))
}

const fn shown(name: &'static str, kind: Kind, sql: Per) -> Field {
    Field::new(name, kind, sql).shown_only()
}

const CERTNAME: Field = text("certname", "n.certname");

const fn by(
    entity: &'static str,
    local: &'static [&'static str],
    foreign: &'static [&'static str],
) -> Relation {
    Relation { entity, local, foreign }
}

const fn by_certname(entity: &'static str) -> Relation {
    by(entity, &["certname"], &["certname"])
}

/// What every entity with a certname is related to by it.
macro_rules! related {
    ($($more:expr),* $(,)?) => {
        &[
            $($more,)*
            by_certname("factsets"),
            by_certname("reports"),
            by_certname("package_inventory"),
            by_certname("inventory"),
            by_certname("catalogs"),
            by_certname("catalog_input_contents"),
            by_certname("catalog_inputs"),
            by_certname("nodes"),
            by_certname("facts"),
            by_certname("fact_contents"),
            by_certname("events"),
            by_certname("edges"),
            by_certname("resources"),
        ]
    };
}

const TO_ENVIRONMENT: Relation = by("environments", &["environment"], &["name"]);
const TO_PRODUCER: Relation = by("producers", &["producer"], &["name"]);

/// All entities that `["from", …]` knows, but for counts of events.
pub(crate) static ENTITIES: [&Entity; 27] = [
    &NODES,
    &NODES_WITH_EXPIRATION,
    &FACTS,
    &FACT_NAMES,
    &FACT_PATHS,
    &FACT_CONTENTS,
    &FACTSETS,
    &FACTSETS_WITH_PACKAGES,
    &INVENTORY,
    &CATALOGS,
    &RESOURCES,
    &EDGES,
    &CATALOG_INPUT_CONTENTS,
    &CATALOG_INPUTS,
    &REPORTS,
    &REPORT_METRICS,
    &REPORT_LOGS,
    &EVENTS,
    &ENVIRONMENTS,
    &PRODUCERS,
    &PACKAGES,
    &PACKAGE_INVENTORY,
    &INACTIVE_NODES,
    &NOT_ACTIVE_NODES,
    &LATEST_REPORT,
    &LATEST_REPORT_ID,
    &PARAMS,
];

/// Entities that a query cannot name in a subquery; some are not names of their own but what a parameter turns another into.
const NOT_IN_SUBQUERIES: [&str; 5] =
    ["fact_names", "report_metrics", "report_logs", "nodes_with_expiration", "factsets_with_packages"];
/// Entities that a query can name in subqueries only.
const ONLY_IN_SUBQUERIES: [&str; 5] =
    ["inactive_nodes", "not_active_nodes", "latest_report", "latest_report_id", "params"];

/// An entity by its name; dashes are underscores.
pub(crate) fn find(name: &str) -> Option<&'static Entity> {
    let name = name.replace('-', "_");
    ENTITIES.iter().find(|entity| entity.name == name && !ONLY_IN_SUBQUERIES.contains(&entity.name)).copied()
}

/// The entity of `select_<entity>`.
pub(crate) fn of_select(operator: &str) -> Option<&'static Entity> {
    let name = operator.strip_prefix("select_")?;
    ENTITIES.iter().find(|entity| entity.name == name && !NOT_IN_SUBQUERIES.contains(&entity.name)).copied()
}

macro_rules! nodes {
    ($name:literal $(, $more:expr)*) => {
        Entity {
            name: $name,
            alias: "nodes",
            fields: &[
                CERTNAME,
                time("deactivated", "n.deactivated").as_text(),
                time("expired", "n.expired"),
                text("facts_environment", "fe.name").via(2),
                time("catalog_timestamp", "c.timestamp").via(1),
                time("facts_timestamp", "fs.timestamp").via(0),
                time("report_timestamp", "n.latest_report_end_time"),
                hash("latest_report_hash", "n.latest_report_hash"),
                flag("latest_report_noop", "n.latest_report_noop"),
                flag("latest_report_noop_pending", "n.latest_report_noop_pending"),
                text("latest_report_status", "n.latest_report_status"),
                flag("latest_report_corrective_change", "n.latest_report_corrective_change"),
                text("latest_report_job_id", "n.latest_report_job_id"),
                text("cached_catalog_status", "n.cached_catalog_status"),
                text("catalog_environment", "ce.name").via(3),
                text("report_environment", "re.name").via(4),
                $($more),*
            ],
            from: same("nodes n"),
            joins: &[
                same("LEFT JOIN factsets fs ON fs.node_id = n.id"),
                same("LEFT JOIN catalogs c ON c.node_id = n.id"),
                same("LEFT JOIN environments fe ON fe.id = n.facts_environment_id"),
                same("LEFT JOIN environments ce ON ce.id = n.catalog_environment_id"),
                same("LEFT JOIN environments re ON re.id = n.report_environment_id"),
            ],
            filter: None,
            relations: related![],
        }
    };
}

static NODES: Entity = nodes!("nodes");

/// Nodes when the parameter `include_facts_expiration` is given.
static NODES_WITH_EXPIRATION: Entity = nodes!(
    "nodes_with_expiration",
    flag("expires_facts", "n.expires_facts"),
    time("expires_facts_updated", "n.expires_facts_updated")
);

const OF_FACTS: &[Per] = &[same("LEFT JOIN environments e ON e.id = n.facts_environment_id")];

static FACTS: Entity = Entity {
    name: "facts",
    alias: "facts",
    fields: &[
        CERTNAME,
        text("environment", "e.name").via(0),
        text("name", "fn.name"),
        Field::new("value", Kind::Value, same("v.value")),
    ],
    // That a value is one of the fact's SQLite has to be told, so that it looks for values first.
    from: per(
        "facts f JOIN nodes n ON n.id = f.node_id JOIN fact_names fn ON fn.id = f.name_id
         JOIN fact_values v ON v.id = f.value_id AND v.name_id = fn.id",
        "facts f JOIN nodes n ON n.id = f.node_id JOIN fact_names fn ON fn.id = f.name_id
         JOIN fact_values v ON v.id = f.value_id",
    ),
    joins: OF_FACTS,
    filter: None,
    relations: related![TO_ENVIRONMENT, by("fact_contents", &["certname", "name"], &["certname", "name"])],
};

static FACT_NAMES: Entity = Entity {
    name: "fact_names",
    alias: "fact_names",
    fields: &[text("name", "fn.name")],
    from: same("fact_names fn"),
    joins: &[],
    filter: None,
    relations: &[],
};

static FACT_PATHS: Entity = Entity {
    name: "fact_paths",
    alias: "fact_paths",
    fields: &[
        text(
            "type",
            "CASE fp.kind WHEN 0 THEN 'null' WHEN 1 THEN 'boolean' WHEN 2 THEN 'integer' WHEN 3 THEN 'float' ELSE 'string' END",
        ),
        Field::new("path", Kind::Path, same("fp.path")),
        text("name", "fp.name"),
        int("depth", "fp.depth").asked_only(),
    ],
    from: same("fact_paths fp"),
    joins: &[],
    filter: Some(same("fp.kind < 5")),
    relations: &[by("facts", &["name"], &["name"]), by("fact_contents", &["path"], &["path"])],
};

static FACT_CONTENTS: Entity = Entity {
    name: "fact_contents",
    alias: "fact_nodes",
    fields: &[
        CERTNAME,
        text("environment", "e.name").via(0),
        Field::new("path", Kind::Path, per("(t.value -> 0)", "(jsonb_build_array(fn.name) || t.path)")),
        text("name", "fn.name"),
        Field::new("value", Kind::Value, per("(t.value -> 1)", "t.leaf")),
    ],
    from: per(
        "facts f JOIN nodes n ON n.id = f.node_id JOIN fact_names fn ON fn.id = f.name_id
         JOIN fact_values v ON v.id = f.value_id AND v.name_id = fn.id JOIN json_each(pdb_leaves(fn.name, v.value)) t",
        "facts f JOIN nodes n ON n.id = f.node_id JOIN fact_names fn ON fn.id = f.name_id
         JOIN fact_values v ON v.id = f.value_id CROSS JOIN LATERAL fact_leaves(v.value) t",
    ),
    joins: OF_FACTS,
    filter: None,
    relations: related![by("facts", &["certname", "name"], &["certname", "name"]), TO_ENVIRONMENT],
};

/// Name and value of every fact of `n`, as one JSON value.
const FACT_LIST: Per = per(
    "(SELECT json_object('data', json_group_array(json_object('name', an.name, 'value', json(av.value))),
                         'href', '/pdb/query/v4/factsets/' || n.certname || '/facts')
      FROM facts af JOIN fact_names an ON an.id = af.name_id JOIN fact_values av ON av.id = af.value_id
      WHERE af.node_id = n.id)",
    "(SELECT jsonb_build_object('data', jsonb_agg(jsonb_build_object('name', an.name, 'value', av.value)),
                                'href', '/pdb/query/v4/factsets/' || n.certname || '/facts')
      FROM facts af JOIN fact_names an ON an.id = af.name_id JOIN fact_values av ON av.id = af.value_id
      WHERE af.node_id = n.id)",
);

const PACKAGE_LIST: Per = per(
    "(SELECT CASE WHEN count(*) > 0 THEN json_group_array(json_array(ap.name, ap.version, ap.provider)) END
      FROM node_packages anp JOIN packages ap ON ap.id = anp.package_id WHERE anp.node_id = n.id)",
    "(SELECT jsonb_agg(jsonb_build_array(ap.name, ap.version, ap.provider))
      FROM node_packages anp JOIN packages ap ON ap.id = anp.package_id WHERE anp.node_id = n.id)",
);

macro_rules! factsets {
    ($name:literal $(, $more:expr)*) => {
        Entity {
            name: $name,
            alias: "factsets",
            fields: &[
                time("timestamp", "fs.timestamp"),
                Field::new("facts", Kind::Map(Map::Closed), FACT_LIST),
                CERTNAME,
                hash("hash", "fs.hash"),
                time("producer_timestamp", "fs.producer_timestamp"),
                text("producer", "p.name").via(1),
                text("environment", "e.name").via(0),
                $($more),*
            ],
            from: same("factsets fs JOIN nodes n ON n.id = fs.node_id"),
            joins: &[
                same("LEFT JOIN environments e ON e.id = fs.environment_id"),
                same("LEFT JOIN producers p ON p.id = fs.producer_id"),
            ],
            filter: None,
            relations: related![TO_ENVIRONMENT, TO_PRODUCER],
        }
    };
}

static FACTSETS: Entity = factsets!("factsets");

/// Factsets when the parameter `include_package_inventory` is given.
static FACTSETS_WITH_PACKAGES: Entity =
    factsets!("factsets_with_packages", shown("package_inventory", Kind::Document, PACKAGE_LIST));

static INVENTORY: Entity = Entity {
    name: "inventory",
    alias: "inventory",
    fields: &[
        CERTNAME,
        time("timestamp", "fs.timestamp"),
        text("environment", "e.name").via(0),
        Field::new(
            "facts",
            Kind::Map(Map::Facts),
            per(
                "(SELECT json_group_object(an.name, json(av.value)) FROM facts af
                  JOIN fact_names an ON an.id = af.name_id JOIN fact_values av ON av.id = af.value_id
                  WHERE af.node_id = n.id)",
                "(SELECT coalesce(jsonb_object_agg(an.name, av.value), '{}'::jsonb) FROM facts af
                  JOIN fact_names an ON an.id = af.name_id JOIN fact_values av ON av.id = af.value_id
                  WHERE af.node_id = n.id)",
            ),
        ),
        Field::new(
            "trusted",
            Kind::Map(Map::Trusted),
            same(
                "(SELECT av.value FROM facts af JOIN fact_names an ON an.id = af.name_id
                  JOIN fact_values av ON av.id = af.value_id WHERE af.node_id = n.id AND an.name = 'trusted')",
            ),
        ),
    ],
    from: same("factsets fs JOIN nodes n ON n.id = fs.node_id"),
    joins: &[same("LEFT JOIN environments e ON e.id = fs.environment_id")],
    filter: None,
    relations: related![],
};

const RESOURCE_LIST: Per = per(
    "(SELECT json_object('data', CASE WHEN count(*) > 0 THEN json_group_array(json_object(
          'resource', lower(hex(ar.resource)), 'type', ar.type, 'title', ar.title, 'tags', json(ar.tags),
          'exported', json(CASE WHEN ar.exported THEN 'true' ELSE 'false' END), 'file', ar.file, 'line', ar.line,
          'parameters', json(ar.parameters))) END,
          'href', '/pdb/query/v4/catalogs/' || n.certname || '/resources')
      FROM catalog_resources ac JOIN resources ar ON ar.id = ac.resource_id WHERE ac.node_id = n.id)",
    "(SELECT jsonb_build_object('data', jsonb_agg(jsonb_build_object(
          'resource', encode(ar.resource, 'hex'), 'type', ar.type, 'title', ar.title, 'tags', ar.tags,
          'exported', ar.exported, 'file', ar.file, 'line', ar.line, 'parameters', ar.parameters)),
          'href', '/pdb/query/v4/catalogs/' || n.certname || '/resources')
      FROM catalog_resources ac JOIN resources ar ON ar.id = ac.resource_id WHERE ac.node_id = n.id)",
);

const EDGE_LIST: Per = per(
    "(SELECT json_object('data', CASE WHEN count(*) > 0 THEN json_group_array(json_object(
          'source_type', ax.source_type, 'source_title', ax.source_title, 'target_type', ax.target_type,
          'target_title', ax.target_title, 'relationship', ax.relationship)) END,
          'href', '/pdb/query/v4/catalogs/' || n.certname || '/edges')
      FROM catalog_edges ac JOIN edges ax ON ax.id = ac.edge_id WHERE ac.node_id = n.id)",
    "(SELECT jsonb_build_object('data', jsonb_agg(jsonb_build_object(
          'source_type', ax.source_type, 'source_title', ax.source_title, 'target_type', ax.target_type,
          'target_title', ax.target_title, 'relationship', ax.relationship)),
          'href', '/pdb/query/v4/catalogs/' || n.certname || '/edges')
      FROM catalog_edges ac JOIN edges ax ON ax.id = ac.edge_id WHERE ac.node_id = n.id)",
);

static CATALOGS: Entity = Entity {
    name: "catalogs",
    alias: "catalogs",
    fields: &[
        text("version", "c.version"),
        CERTNAME,
        hash("hash", "c.hash"),
        text("transaction_uuid", "c.transaction_uuid"),
        text("catalog_uuid", "c.catalog_uuid"),
        text("code_id", "c.code_id"),
        text("job_id", "c.job_id"),
        text("environment", "e.name").via(0),
        time("producer_timestamp", "c.producer_timestamp"),
        text("producer", "p.name").via(1),
        shown("resources", Kind::Document, RESOURCE_LIST),
        shown("edges", Kind::Document, EDGE_LIST),
    ],
    from: same("catalogs c JOIN nodes n ON n.id = c.node_id"),
    joins: &[
        same("LEFT JOIN environments e ON e.id = c.environment_id"),
        same("LEFT JOIN producers p ON p.id = c.producer_id"),
    ],
    filter: None,
    relations: related![TO_ENVIRONMENT, TO_PRODUCER],
};

static RESOURCES: Entity = Entity {
    name: "resources",
    alias: "resources",
    fields: &[
        CERTNAME,
        text("environment", "e.name").via(0),
        hash("resource", "r.resource"),
        text("type", "r.type"),
        text("title", "r.title"),
        Field::new("tag", Kind::List, same("r.tags")).asked_only(),
        Field::new("tags", Kind::List, same("r.tags")),
        flag("exported", "r.exported").as_text(),
        text("file", "r.file"),
        int("line", "r.line"),
        Field::new("parameters", Kind::Map(Map::Column), same("r.parameters")),
    ],
    from: same(
        "catalog_resources cr JOIN nodes n ON n.id = cr.node_id JOIN resources r ON r.id = cr.resource_id",
    ),
    joins: &[same("LEFT JOIN environments e ON e.id = n.catalog_environment_id")],
    filter: None,
    relations: &[by_certname("catalogs"), by_certname("nodes"), TO_ENVIRONMENT],
};

static EDGES: Entity = Entity {
    name: "edges",
    alias: "edges",
    fields: &[
        CERTNAME,
        text("relationship", "x.relationship"),
        text("source_title", "x.source_title"),
        text("source_type", "x.source_type"),
        text("target_title", "x.target_title"),
        text("target_type", "x.target_type"),
    ],
    from: same("catalog_edges ce JOIN nodes n ON n.id = ce.node_id JOIN edges x ON x.id = ce.edge_id"),
    joins: &[],
    filter: None,
    relations: related![],
};

static CATALOG_INPUT_CONTENTS: Entity = Entity {
    name: "catalog_input_contents",
    alias: "catalog_input_contents",
    fields: &[
        CERTNAME,
        time("producer_timestamp", "s.producer_timestamp").via(0),
        text("catalog_uuid", "s.catalog_uuid").via(0),
        text("name", "i.name"),
        text("type", "i.type"),
    ],
    from: same("catalog_inputs ci JOIN nodes n ON n.id = ci.node_id JOIN inputs i ON i.id = ci.input_id"),
    joins: &[same("LEFT JOIN catalog_input_sets s ON s.node_id = n.id")],
    filter: None,
    relations: related![],
};

static CATALOG_INPUTS: Entity = Entity {
    name: "catalog_inputs",
    alias: "catalog_inputs",
    fields: &[
        CERTNAME,
        time("producer_timestamp", "s.producer_timestamp"),
        text("catalog_uuid", "s.catalog_uuid"),
        Field::new(
            "inputs",
            Kind::List,
            per(
                "(SELECT json_group_array(json_array(ai.type, ai.name)) FROM catalog_inputs aci
                  JOIN inputs ai ON ai.id = aci.input_id WHERE aci.node_id = n.id)",
                "(SELECT jsonb_agg(jsonb_build_array(ai.type, ai.name)) FROM catalog_inputs aci
                  JOIN inputs ai ON ai.id = aci.input_id WHERE aci.node_id = n.id)",
            ),
        ),
    ],
    from: same("catalog_input_sets s JOIN nodes n ON n.id = s.node_id"),
    joins: &[],
    filter: Some(same("EXISTS (SELECT 1 FROM catalog_inputs bci WHERE bci.node_id = n.id)")),
    relations: related![],
};

/// Whether a report is the latest of its node; never null. SQLite begins with the latest reports only if it sees a list of them, and
/// would look at all reports and events there are.
const IS_LATEST: Per = per(
    "(r.id IN (SELECT ln.latest_report_id FROM nodes ln WHERE ln.latest_report_id IS NOT NULL))",
    "(coalesce(n.latest_report_id, 0) = r.id)",
);

/// Whether an event is of the latest report of its node: few nodes have any.
const IS_OF_LATEST: Per =
    same("(ev.report_id IN (SELECT ln.latest_report_id FROM nodes ln WHERE ln.latest_report_events > 0))");

const REPORT_DOCUMENT: Per = same("r.document_format, r.document, r.hash");

/// Times in here are written as PostgreSQL writes them, not as everywhere else.
const EVENT_LIST: Per = per(
    "(SELECT json_object('data', CASE WHEN count(*) > 0 THEN json_group_array(json_object('status', ae.status,
          'timestamp', pdb_time(ae.timestamp), 'resource_type', ae.resource_type, 'resource_title', ae.resource_title,
          'property', ae.property,
          'corrective_change', json(CASE ae.corrective_change WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE 'null' END),
          'new_value', json(ae.new_value), 'old_value', json(ae.old_value), 'message', ae.message, 'file', ae.file,
          'line', ae.line, 'containment_path', json(ae.containment_path), 'containing_class', ae.containing_class,
          'name', ae.name)) END,
          'href', '/pdb/query/v4/reports/' || lower(hex(r.hash)) || '/events')
      FROM resource_events ae WHERE ae.report_id = r.id)",
    "(SELECT jsonb_build_object('data', jsonb_agg(jsonb_build_object('status', ae.status,
          'timestamp', to_timestamp(ae.timestamp / 1e6),
          'resource_type', ae.resource_type, 'resource_title', ae.resource_title, 'property', ae.property,
          'corrective_change', ae.corrective_change, 'new_value', ae.new_value::jsonb, 'old_value', ae.old_value::jsonb,
          'message', ae.message, 'file', ae.file, 'line', ae.line, 'containment_path', ae.containment_path,
          'containing_class', ae.containing_class, 'name', ae.name)),
          'href', '/pdb/query/v4/reports/' || encode(r.hash, 'hex') || '/events')
      FROM resource_events ae WHERE ae.report_id = r.id AND ae.day = r.day)",
);

static REPORTS: Entity = Entity {
    name: "reports",
    alias: "reports",
    fields: &[
        hash("hash", "r.hash"),
        CERTNAME,
        flag("noop_pending", "r.noop_pending"),
        text("puppet_version", "r.puppet_version"),
        int("report_format", "r.report_format"),
        text("configuration_version", "r.configuration_version"),
        time("start_time", "r.start_time"),
        time("end_time", "r.end_time"),
        time("producer_timestamp", "r.producer_timestamp"),
        text("producer", "p.name").via(1),
        flag("corrective_change", "r.corrective_change").as_text(),
        shown("metrics", Kind::Metrics, REPORT_DOCUMENT),
        shown("logs", Kind::Logs, REPORT_DOCUMENT),
        time("receive_time", "r.receive_time"),
        text("transaction_uuid", "r.transaction_uuid"),
        text("catalog_uuid", "r.catalog_uuid"),
        flag("noop", "r.noop"),
        text("code_id", "r.code_id"),
        text("job_id", "r.job_id"),
        text("cached_catalog_status", "r.cached_catalog_status"),
        text("environment", "e.name").via(0),
        text("status", "r.status"),
        text("type", "r.type"),
        Field::new("latest_report?", Kind::Flag, IS_LATEST).as_text().asked_only(),
        shown("resource_events", Kind::Document, EVENT_LIST),
    ],
    from: same("reports r JOIN nodes n ON n.id = r.node_id"),
    joins: &[
        same("LEFT JOIN environments e ON e.id = r.environment_id"),
        same("LEFT JOIN producers p ON p.id = r.producer_id"),
    ],
    filter: None,
    relations: related![TO_ENVIRONMENT, TO_PRODUCER, by("events", &["hash"], &["report"])],
};

macro_rules! of_report {
    ($name:literal, $field:literal, $kind:expr) => {
        Entity {
            name: $name,
            alias: $field,
            fields: &[
                shown($field, $kind, REPORT_DOCUMENT),
                hash("hash", "r.hash").asked_only(),
                text("type", "r.type").asked_only(),
            ],
            from: same("reports r"),
            joins: &[],
            filter: None,
            relations: &[],
        }
    };
}

/// Metrics of one report, for `reports/<hash>/metrics`.
static REPORT_METRICS: Entity = of_report!("report_metrics", "metrics", Kind::Metrics);
/// Logs of one report, for `reports/<hash>/logs`.
static REPORT_LOGS: Entity = of_report!("report_logs", "logs", Kind::Logs);

static EVENTS: Entity = Entity {
    name: "events",
    alias: "events",
    fields: &[
        CERTNAME,
        text("configuration_version", "r.configuration_version"),
        time("run_start_time", "r.start_time"),
        time("run_end_time", "r.end_time"),
        time("report_receive_time", "r.receive_time"),
        hash("report", "r.hash"),
        text("status", "ev.status"),
        flag("corrective_change", "ev.corrective_change"),
        time("timestamp", "ev.timestamp"),
        text("resource_type", "ev.resource_type"),
        text("resource_title", "ev.resource_title"),
        text("property", "ev.property"),
        Field::new("new_value", Kind::Encoded, same("ev.new_value")),
        Field::new("old_value", Kind::Encoded, same("ev.old_value")),
        text("message", "ev.message"),
        text("file", "ev.file"),
        int("line", "ev.line"),
        Field::new("containment_path", Kind::List, same("ev.containment_path")),
        text("containing_class", "ev.containing_class"),
        text("environment", "e.name").via(0),
        Field::new("latest_report?", Kind::Flag, IS_OF_LATEST).asked_only(),
        int("report_id", "ev.report_id").asked_only().shown_only(),
        text("name", "ev.name"),
    ],
    from: per(
        "resource_events ev JOIN reports r ON r.id = ev.report_id JOIN nodes n ON n.id = ev.node_id",
        "resource_events ev JOIN reports r ON r.id = ev.report_id AND r.day = ev.day JOIN nodes n ON n.id = ev.node_id",
    ),
    joins: &[same("LEFT JOIN environments e ON e.id = r.environment_id")],
    filter: None,
    relations: related![by("reports", &["report"], &["hash"]), TO_ENVIRONMENT],
};

static ENVIRONMENTS: Entity = Entity {
    name: "environments",
    alias: "environments",
    fields: &[text("name", "e.name")],
    from: same("environments e"),
    joins: &[],
    filter: None,
    relations: &[
        by("inventory", &["name"], &["environment"]),
        by("factsets", &["name"], &["environment"]),
        by("catalogs", &["name"], &["environment"]),
        by("reports", &["name"], &["environment"]),
        by("facts", &["name"], &["environment"]),
        by("fact_contents", &["name"], &["environment"]),
        by("events", &["name"], &["environment"]),
        by("resources", &["name"], &["environment"]),
    ],
};

static PRODUCERS: Entity = Entity {
    name: "producers",
    alias: "producers",
    fields: &[text("name", "p.name")],
    from: same("producers p"),
    joins: &[],
    filter: None,
    relations: &[
        by("factsets", &["name"], &["producer"]),
        by("catalogs", &["name"], &["producer"]),
        by("reports", &["name"], &["producer"]),
    ],
};

static PACKAGES: Entity = Entity {
    name: "packages",
    alias: "packages",
    fields: &[text("package_name", "p.name"), text("version", "p.version"), text("provider", "p.provider")],
    from: same("packages p"),
    joins: &[],
    filter: None,
    relations: &[],
};

static PACKAGE_INVENTORY: Entity = Entity {
    name: "package_inventory",
    alias: "package_inventory",
    fields: &[
        CERTNAME,
        text("package_name", "p.name"),
        text("version", "p.version"),
        text("provider", "p.provider"),
    ],
    from: same("node_packages np JOIN nodes n ON n.id = np.node_id JOIN packages p ON p.id = np.package_id"),
    joins: &[],
    filter: None,
    relations: related![],
};

macro_rules! of_nodes {
    ($name:literal, $filter:literal, $field:expr) => {
        Entity {
            name: $name,
            alias: $name,
            fields: &[$field],
            from: same("nodes n"),
            joins: &[],
            filter: Some(same($filter)),
            relations: &[],
        }
    };
}

static INACTIVE_NODES: Entity =
    of_nodes!("inactive_nodes", "(n.deactivated IS NOT NULL OR n.expired IS NOT NULL)", CERTNAME);
static NOT_ACTIVE_NODES: Entity =
    of_nodes!("not_active_nodes", "(n.deactivated IS NOT NULL OR n.expired IS NOT NULL)", CERTNAME);
static LATEST_REPORT: Entity = of_nodes!(
    "latest_report",
    "n.latest_report_hash IS NOT NULL",
    hash("latest_report_hash", "n.latest_report_hash")
);
static LATEST_REPORT_ID: Entity = of_nodes!(
    "latest_report_id",
    "n.latest_report_id IS NOT NULL",
    int("latest_report_id", "n.latest_report_id")
);

/// Parameters of resources, a row each.
static PARAMS: Entity = Entity {
    name: "params",
    alias: "resource_params",
    fields: &[
        hash("res_param_resource", "r.resource"),
        text("res_param_name", "t.key"),
        Field::new(
            "res_param_value",
            Kind::Encoded,
            per("pdb_at(r.parameters, json_array(t.key))", "t.value::text"),
        ),
    ],
    from: per(
        "resources r JOIN json_each(r.parameters) t",
        "resources r CROSS JOIN LATERAL jsonb_each(r.parameters) t",
    ),
    joins: &[],
    filter: None,
    relations: &[],
};
