//! A store of some thousand nodes becomes one of a hundred thousand: its rows are multiplied with SQL, since sending so many commands
//! takes most of a day.
//!
//! A copy of a node has another name, and its own fact set, facts, catalog, reports and events. What several nodes have in common
//! (values of facts, resources, edges, groups of these) its copies have in common with them, as nodes of the same role would; what only
//! one node has is copied, with the name of the node replaced in it. So sizes of tables and lengths of lists are those that a fleet
//! would have had that was loaded, but for groups that only large fleets have, and rows lie in the order of the copies. Hashes of
//! copies are made up. Nothing is to be written to such a store but for a try.

use db::{Db, Dialect};

use crate::servers::Server;

/// Tables with the expressions for those columns of a copy that are not the original's. `{c}` is the number of the copy; the row is
/// `t`, its node `n`.
struct Table {
    name: &'static str,
    /// Where rows come from.
    from: &'static str,
    columns: &'static [(&'static str, &'static str)],
}

const NODE: &str = "t.node_id + {c} * {nodes}";
const HASH: &str = "{hash}";

/// In the order in which they refer to each other.
const TABLES: &[Table] = &[
    Table {
        name: "nodes",
        from: "nodes t JOIN grow_names n ON n.id = t.id",
        columns: &[
            ("id", "t.id + {c} * {nodes}"),
            ("certname", "{name} || n.rest"),
            ("latest_report_id", "t.latest_report_id + {c} * {reports}"),
            ("latest_report_hash", "{latest}"),
        ],
    },
    Table { name: "factsets", from: "factsets t WHERE t.node_id < {nodes}", columns: &[("node_id", NODE)] },
    Table {
        name: "fact_values",
        from: "grow_values o JOIN fact_values t ON t.id = o.id JOIN grow_names n ON n.id = o.node_id",
        columns: &[("id", "t.id + {c} * {fact_values}"), ("hash", HASH), ("value", "{value}")],
    },
    Table {
        name: "facts",
        from: "facts t LEFT JOIN grow_values o ON o.id = t.value_id WHERE t.node_id < {nodes}",
        columns: &[
            ("node_id", NODE),
            ("value_id", "CASE WHEN o.id IS NULL THEN t.value_id ELSE t.value_id + {c} * {fact_values} END"),
        ],
    },
    Table { name: "catalogs", from: "catalogs t WHERE t.node_id < {nodes}", columns: &[("node_id", NODE)] },
    Table {
        name: "resources",
        from: "grow_resources o JOIN resources t ON t.id = o.id JOIN grow_names n ON n.id = o.node_id",
        columns: &[
            ("id", "t.id + {c} * {resources}"),
            ("hash", HASH),
            ("resource", "{resource}"),
            ("title", "replace(t.title, n.name, {name})"),
            ("parameters", "{parameters}"),
        ],
    },
    Table {
        name: "edges",
        from: "grow_edges o JOIN edges t ON t.id = o.id JOIN grow_names n ON n.id = o.node_id",
        columns: &[
            ("id", "t.id + {c} * {edges}"),
            ("hash", HASH),
            ("source_title", "replace(t.source_title, n.name, {name})"),
            ("target_title", "replace(t.target_title, n.name, {name})"),
        ],
    },
    Table {
        name: "parts",
        from: "grow_parts o JOIN parts t ON t.id = o.id",
        columns: &[("id", "t.id + {c} * {parts}"), ("hash", HASH)],
    },
    Table {
        name: "part_resources",
        from: "grow_parts g JOIN part_resources t ON t.part_id = g.id LEFT JOIN grow_resources o ON o.id = t.resource_id",
        columns: &[
            ("part_id", "t.part_id + {c} * {parts}"),
            (
                "resource_id",
                "CASE WHEN o.id IS NULL THEN t.resource_id ELSE t.resource_id + {c} * {resources} END",
            ),
        ],
    },
    Table {
        name: "part_edges",
        from: "grow_parts g JOIN part_edges t ON t.part_id = g.id LEFT JOIN grow_edges o ON o.id = t.edge_id",
        columns: &[
            ("part_id", "t.part_id + {c} * {parts}"),
            ("edge_id", "CASE WHEN o.id IS NULL THEN t.edge_id ELSE t.edge_id + {c} * {edges} END"),
        ],
    },
    Table {
        name: "catalog_parts",
        from: "catalog_parts t LEFT JOIN grow_parts o ON o.id = t.part_id WHERE t.node_id < {nodes}",
        columns: &[
            ("node_id", NODE),
            ("part_id", "CASE WHEN o.id IS NULL THEN t.part_id ELSE t.part_id + {c} * {parts} END"),
        ],
    },
    Table {
        name: "reports",
        from: "reports t WHERE t.id < {reports}",
        columns: &[("id", "t.id + {c} * {reports}"), ("hash", HASH), ("node_id", NODE)],
    },
    Table {
        name: "resource_events",
        from: "resource_events t WHERE t.report_id < {reports}",
        columns: &[("report_id", "t.report_id + {c} * {reports}"), ("node_id", NODE)],
    },
];

/// What is needed to copy is found once: names, and rows that only one node has.
const PREPARE: &str = "
    CREATE TABLE grow_names (id BIGINT PRIMARY KEY, name TEXT NOT NULL, number BIGINT NOT NULL, rest TEXT NOT NULL);
    INSERT INTO grow_names SELECT id, substr(certname, 1, 10), CAST(substr(certname, 5, 6) AS BIGINT), substr(certname, 11) FROM nodes;
    CREATE TABLE grow_values (id BIGINT PRIMARY KEY, node_id BIGINT NOT NULL);
    INSERT INTO grow_values SELECT value_id, min(node_id) FROM facts GROUP BY value_id HAVING count(*) = 1;
    CREATE TABLE grow_parts (id BIGINT PRIMARY KEY, node_id BIGINT NOT NULL);
    INSERT INTO grow_parts SELECT part_id, min(node_id) FROM catalog_parts GROUP BY part_id HAVING count(*) = 1;
    CREATE TABLE grow_resources (id BIGINT PRIMARY KEY, node_id BIGINT NOT NULL);
    INSERT INTO grow_resources SELECT t.resource_id, min(g.node_id) FROM part_resources t LEFT JOIN grow_parts g ON g.id = t.part_id
        GROUP BY t.resource_id HAVING count(*) = 1 AND count(g.id) = 1;
    CREATE TABLE grow_edges (id BIGINT PRIMARY KEY, node_id BIGINT NOT NULL);
    INSERT INTO grow_edges SELECT t.edge_id, min(g.node_id) FROM part_edges t LEFT JOIN grow_parts g ON g.id = t.part_id
        GROUP BY t.edge_id HAVING count(*) = 1 AND count(g.id) = 1;
";
const CLEAN: &str = "DROP TABLE grow_names; DROP TABLE grow_values; DROP TABLE grow_parts; DROP TABLE grow_resources; DROP TABLE grow_edges;";

/// What is counted where rows change is counted anew.
const EVENT_COUNTS: &str = "
    DELETE FROM event_counts;
    INSERT INTO event_counts (environment_id, status, corrective_change, resource_type, resource_title, containing_class, events)
        SELECT coalesce(n.report_environment_id, 0), e.status, CASE WHEN e.corrective_change THEN 1 WHEN NOT e.corrective_change THEN 0
            ELSE -1 END, e.resource_type, e.resource_title, coalesce(e.containing_class, ''), count(*)
        FROM nodes n JOIN resource_events e ON e.report_id = n.latest_report_id WHERE n.latest_report_events > 0
        GROUP BY 1, 2, 3, 4, 5, 6;
";
const FACT_COUNTS: &str = "
    DELETE FROM fact_differences;
    DELETE FROM fact_values v WHERE NOT EXISTS (SELECT 1 FROM facts f WHERE f.value_id = v.id);
    UPDATE fact_values v SET nodes = c.nodes FROM (SELECT value_id, count(*) AS nodes FROM facts GROUP BY value_id) c
        WHERE c.value_id = v.id AND v.nodes <> c.nodes;
";

/// Without this index the originals of a copy would not be found.
const KEPT_INDEX: &str = "resource_events_report";

/// Multiplies the nodes of a store until there are so many. The server must not run; its database must.
pub async fn grow(server: &Server, nodes: usize, to: usize) -> anyhow::Result<()> {
    let store = Target::of(server)?;
    let copies = to.div_ceil(nodes).saturating_sub(1);
    let indexes = store.indexes().await?;
    store.run(PREPARE.into()).await?;
    let drop: Vec<String> = indexes.iter().map(|(name, _)| format!("DROP INDEX {name};")).collect();
    store.run(drop.concat()).await?;
    let mut strides = Vec::new();
    for name in ["nodes", "reports", "fact_values", "resources", "edges", "parts"] {
        let rows = store.rows(format!("SELECT coalesce(max(id), 0) + 1 FROM {name}")).await?;
        strides.push((format!("{{{name}}}"), rows.first().cloned().unwrap_or_default()));
    }
    let mut statements = Vec::new();
    for table in TABLES {
        let columns = store.columns(table.name).await?;
        statements.push(statement(store.dialect(), table, &columns, nodes, &strides));
    }
    for copy in 1..=copies {
        let number = copy.to_string();
        let all: Vec<String> = statements.iter().map(|statement| statement.replace("{c}", &number)).collect();
        store.run(all.concat()).await?;
        if copy % 10 == 0 {
            eprintln!("  {} of {to} nodes", (copy + 1) * nodes);
        }
    }
    store.run(CLEAN.into()).await?;
    for (_, statement) in indexes {
        store.run(statement).await?;
    }
    store.finish().await?;
    // A program from before there were counts has none.
    if !store.columns("event_counts").await?.is_empty() {
        store.run(EVENT_COUNTS.into()).await?;
        if store.dialect() == Dialect::Postgres {
            store.run(FACT_COUNTS.into()).await?;
        }
    }
    Ok(())
}

/// The statement that makes the rows of one copy.
fn statement(
    dialect: Dialect,
    table: &Table,
    columns: &[String],
    nodes: usize,
    strides: &[(String, String)],
) -> String {
    let values: Vec<String> = columns
        .iter()
        .map(|column| match table.columns.iter().find(|(name, _)| name == column) {
            Some((_, value)) => (*value).to_owned(),
            None => format!("t.{column}"),
        })
        .collect();
    let mut text = format!(
        "INSERT INTO {} ({}) SELECT {} FROM {};\n",
        table.name,
        columns.join(", "),
        values.join(", "),
        table.from
    );
    let name = match dialect {
        Dialect::Sqlite => "printf('node%06d', n.number + {c} * {count})",
        Dialect::Postgres => "'node' || lpad((n.number + {c} * {count})::text, 6, '0')",
    };
    let hash = |column: &str| match dialect {
        Dialect::Sqlite => format!("unhex(substr(hex({column}), 1, 32) || printf('%08x', {{c}}))"),
        Dialect::Postgres => format!("substring({column} from 1 for 16) || int4send({{c}})"),
    };
    let json = |column: &str| match dialect {
        Dialect::Sqlite => format!("replace({column}, n.name, {{name}})"),
        Dialect::Postgres => format!("replace({column}::text, n.name, {{name}})::jsonb"),
    };
    let expressions = [
        ("{hash}", hash("t.hash")),
        ("{latest}", hash("t.latest_report_hash")),
        ("{resource}", hash("t.resource")),
        ("{value}", json("t.value")),
        ("{parameters}", json("t.parameters")),
        ("{name}", name.to_owned()),
        ("{count}", nodes.to_string()),
    ];
    for (mark, expression) in &expressions {
        text = text.replace(mark, expression);
    }
    for (mark, stride) in strides {
        text = text.replace(mark, stride);
    }
    text
}

/// The database that grows.
enum Target<'a> {
    Sqlite(Db),
    Postgres(&'a Server),
}

impl Target<'_> {
    fn of(server: &Server) -> anyhow::Result<Target<'_>> {
        Ok(match server.file() {
            // The schema of this name has no steps: nothing is changed by opening.
            Some(file) => Target::Sqlite(Db::open(&file, "bench", &[])?),
            None => Target::Postgres(server),
        })
    }

    fn dialect(&self) -> Dialect {
        match self {
            Target::Sqlite(_) => Dialect::Sqlite,
            Target::Postgres(_) => Dialect::Postgres,
        }
    }

    async fn run(&self, script: String) -> anyhow::Result<()> {
        match self {
            Target::Sqlite(db) => Ok(db.write(move |tx| tx.batch(&script)).await?),
            Target::Postgres(server) => {
                // Keys that lead to other tables are right by construction; the log is kept short.
                let script = format!(
                    "SET synchronous_commit = off; SET session_replication_role = replica; BEGIN; {script} COMMIT; CHECKPOINT;"
                );
                server.ask_database(&script).map(drop)
            }
        }
    }

    /// The first column of the rows.
    async fn rows(&self, sql: String) -> anyhow::Result<Vec<String>> {
        Ok(match self {
            Target::Sqlite(db) => {
                let sql = format!("SELECT CAST(x AS TEXT) FROM (SELECT ({sql}) AS x) WHERE x IS NOT NULL");
                let rows = db.read(move |tx| tx.query(&sql, &[])).await?;
                let text: String = rows.first().map_or(Ok(String::new()), |row| row.get(0))?;
                text.lines().map(str::to_owned).collect()
            }
            Target::Postgres(server) => server.ask_database(&sql)?.lines().map(str::to_owned).collect(),
        })
    }

    async fn columns(&self, table: &str) -> anyhow::Result<Vec<String>> {
        self.rows(match self {
            Target::Sqlite(_) => format!("SELECT group_concat(name, char(10)) FROM pragma_table_info('{table}')"),
            Target::Postgres(_) => format!(
                "SELECT column_name FROM information_schema.columns WHERE table_name = '{table}' ORDER BY ordinal_position"
            ),
        })
        .await
    }

    /// Indexes that are not keys, with the statements that make them.
    async fn indexes(&self) -> anyhow::Result<Vec<(String, String)>> {
        let rows = self.rows(match self {
            Target::Sqlite(_) => format!(
                "SELECT group_concat(name || '|' || sql, char(10)) FROM sqlite_master
                 WHERE type = 'index' AND sql IS NOT NULL AND name <> '{KEPT_INDEX}'"
            ),
            Target::Postgres(_) => format!(
                "SELECT c.relname || '|' || pg_get_indexdef(c.oid) FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid
                 JOIN pg_namespace s ON s.oid = c.relnamespace
                 WHERE s.nspname = 'public' AND NOT c.relispartition AND c.relname <> '{KEPT_INDEX}'
                     AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = c.oid)"
            ),
        });
        let rows = rows.await?;
        Ok(rows
            .iter()
            .filter_map(|row| row.split_once('|'))
            .map(|(name, sql)| (name.to_owned(), sql.replace(" ON ONLY ", " ON ") + ";"))
            .collect())
    }

    /// New rows get ids beyond those that there are.
    async fn finish(&self) -> anyhow::Result<()> {
        if let Target::Postgres(_) = self {
            self.run("SELECT setval('report_ids', (SELECT max(id) FROM reports));".into()).await?;
            for name in ["nodes", "fact_values", "resources", "edges", "parts"] {
                let sql = format!(
                    "SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}));"
                );
                self.run(sql).await?;
            }
        }
        Ok(())
    }
}
