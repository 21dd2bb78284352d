//! Whether counts that are kept on writing are those of the rows, and mending those that are not.
//!
//! A program that does not know counts and writes to the same database leaves them wrong, and nothing that comes later puts them right:
//! each write adds its own difference to what it finds. So once a day they are compared with the rows, beside everything else.
//!
//! A difference between counts and rows, both read at one moment, stays the same whatever is written correctly after that moment. So what
//! is wrong is found without a lock, and taken from the counts later. Nobody else must have taken it meanwhile: the row of `recounts`,
//! read at the same moment, has to be as it was. What stands with a node is counted again while its row is locked.

use std::time::SystemTime;

use db::{Dialect, Result, Row, Tx, Value};

use super::{Store, shared};
use crate::payload::microseconds;

/// Nodes that are looked at by one statement.
const NODES_AT_ONCE: i64 = 1_000;
/// Values of facts that are looked at by one statement: all nodes may have each of them.
const VALUES_AT_ONCE: i64 = 500;
/// Counts that are mended by one transaction.
const MENDED_AT_ONCE: usize = 1_000;

/// How many counts were wrong, and are right now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recounted {
    /// Nodes, with what is counted of their catalogs and latest reports.
    pub nodes: usize,
    /// Counts of events of latest reports.
    pub events: usize,
    /// Counts of nodes that have a value of a fact.
    pub values: usize,
}

/// What is counted of a node `n`.
struct OfNode {
    events: String,
    end_time: String,
    resources: &'static str,
    edges: &'static str,
}

impl OfNode {
    fn new(dialect: Dialect) -> OfNode {
        OfNode {
            events: format!(
                "(SELECT count(*) FROM resource_events e WHERE e.report_id = n.latest_report_id{})",
                of_day(dialect, "e")
            ),
            end_time: format!(
                "(SELECT r.end_time FROM reports r WHERE r.id = n.latest_report_id{})",
                of_day(dialect, "r")
            ),
            resources: "coalesce((SELECT c.resources_count FROM catalogs c WHERE c.node_id = n.id), 0)",
            edges: "coalesce((SELECT c.edges_count FROM catalogs c WHERE c.node_id = n.id), 0)",
        }
    }

    fn is_wrong(&self) -> String {
        let OfNode { events, end_time, resources, edges } = self;
        format!(
            "(n.latest_report_events <> {events} OR n.latest_report_end_time IS DISTINCT FROM {end_time}
              OR n.resources_count <> {resources} OR n.edges_count <> {edges})"
        )
    }
}

/// On PostgreSQL, where the rows of the latest report of a node `n` are.
fn of_day(dialect: Dialect, table: &str) -> String {
    match dialect {
        Dialect::Sqlite => String::new(),
        Dialect::Postgres => format!(" AND {table}.day = floor(n.report_timestamp / 86400000000.0)::int"),
    }
}

impl Store {
    /// Compares counts with the rows that they count, and mends them. Writers go on meanwhile. What another program is mending at the same
    /// time is left to that.
    ///
    /// # Errors
    /// The database is away or cannot write.
    pub async fn recount(&self) -> Result<Recounted> {
        let nodes = self.recount_nodes().await?;
        let events = self.recount_events().await?;
        let values = match self.db().dialect() {
            // They are read off an index.
            Dialect::Sqlite => 0,
            Dialect::Postgres => self.recount_values().await?,
        };
        let now = microseconds(SystemTime::now());
        self.db()
            .write(move |tx| tx.execute("UPDATE recounts SET at = $1 WHERE at < $1", &[now.into()]))
            .await?;
        Ok(Recounted { nodes, events, values })
    }

    /// When counts were last compared, by any program; microseconds since 1970.
    pub(crate) async fn recounted_at(&self) -> Result<i64> {
        self.db().read(seen).await
    }

    async fn recount_nodes(&self) -> Result<usize> {
        let dialect = self.db().dialect();
        let of_node = OfNode::new(dialect);
        let is_wrong = of_node.is_wrong();
        let find = format!("SELECT n.id, {is_wrong} FROM nodes n WHERE n.id > $1 ORDER BY n.id LIMIT $2");
        let OfNode { events, end_time, resources, edges } = of_node;
        let mend = format!(
            "UPDATE nodes AS n SET latest_report_events = {events}, latest_report_end_time = {end_time},
                 resources_count = {resources}, edges_count = {edges}
             WHERE n.id = $1 AND {is_wrong}"
        );
        let (mut mended, mut from) = (0, i64::MIN);
        loop {
            let find = find.clone();
            let read = move |tx: &Tx<'_>| tx.query(&find, &[from.into(), NODES_AT_ONCE.into()]);
            let rows = self.db().read(read).await?;
            let Some(last) = rows.last() else { return Ok(mended) };
            from = last.get(0)?;
            let mut wrong: Vec<Value> = Vec::new();
            for row in &rows {
                if row.get::<bool>(1)? {
                    wrong.push(row.get::<i64>(0)?.into());
                }
            }
            if wrong.is_empty() {
                continue;
            }
            let mend = mend.clone();
            let work = move |tx: &Tx<'_>| {
                if dialect == Dialect::Postgres {
                    // What is counted must not change any more.
                    let lock = "SELECT id FROM nodes WHERE id = ANY ($1::bigint[]) ORDER BY id FOR UPDATE";
                    tx.query(lock, &[Value::List(wrong.clone())])?;
                }
                let rows: Vec<Vec<Value>> = wrong.iter().map(|id| vec![id.clone()]).collect();
                tx.execute_each(&mend, &rows)
            };
            mended += self.again(work).await?;
        }
    }

    async fn recount_events(&self) -> Result<usize> {
        const MEND: &str = "INSERT INTO event_counts (environment_id, status, corrective_change, resource_type, resource_title,
                containing_class, events) VALUES ($1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT DO UPDATE SET events = events + excluded.events";
        const MEND_ALL: &str = "INSERT INTO event_counts (environment_id, status, corrective_change, resource_type, resource_title,
                containing_class, events)
            SELECT * FROM unnest($1::bigint[], $2::text[], $3::smallint[], $4::text[], $5::text[], $6::text[], $7::integer[])";
        let dialect = self.db().dialect();
        let corrective = match dialect {
            Dialect::Sqlite => "coalesce(e.corrective_change, -1)",
            Dialect::Postgres => "CASE e.corrective_change WHEN TRUE THEN 1 WHEN FALSE THEN 0 ELSE -1 END",
        };
        let day = of_day(dialect, "e");
        let find = format!(
            "SELECT environment_id, status, corrective_change, resource_type, resource_title, containing_class, -sum(events)
             FROM (SELECT environment_id, status, corrective_change, resource_type, resource_title, containing_class, events
                   FROM event_counts
                   UNION ALL
                   SELECT coalesce(n.report_environment_id, 0), e.status, {corrective}, e.resource_type, e.resource_title,
                       coalesce(e.containing_class, ''), -count(*)
                   FROM nodes n JOIN resource_events e ON e.report_id = n.latest_report_id{day}
                   WHERE n.latest_report_events > 0
                   GROUP BY 1, 2, 3, 4, 5, 6) c
             GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(events) <> 0"
        );
        let read = move |tx: &Tx<'_>| Ok((seen(tx)?, tx.query(&find, &[])?));
        let (seen, wrong) = self.db().read(read).await?;
        let wrong: Vec<Vec<Value>> = wrong.into_iter().map(Row::into_values).collect();
        self.mend(seen, wrong, MEND, MEND_ALL).await
    }

    /// On PostgreSQL.
    async fn recount_values(&self) -> Result<usize> {
        const FIND: &str = "SELECT v.name_id, v.id, f.nodes - v.nodes - coalesce(d.nodes, 0)
            FROM fact_values v
                LEFT JOIN (SELECT value_id, sum(nodes) AS nodes FROM fact_differences GROUP BY value_id) d ON d.value_id = v.id
                CROSS JOIN LATERAL (SELECT count(*) AS nodes FROM facts f WHERE f.value_id = v.id) f
            WHERE v.id > $1 AND v.id <= $2 AND f.nodes <> v.nodes + coalesce(d.nodes, 0)";
        const MEND: &str = "INSERT INTO fact_differences (name_id, value_id, nodes)
            SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::integer[])";
        let (mut mended, mut from) = (0, i64::MIN);
        loop {
            let read = move |tx: &Tx<'_>| {
                let last =
                    "SELECT max(id) FROM (SELECT id FROM fact_values WHERE id > $1 ORDER BY id LIMIT $2) v";
                let last = tx.first(last, &[from.into(), VALUES_AT_ONCE.into()])?;
                let Some(to) = last.map_or(Ok(None), |row| row.get::<Option<i64>>(0))? else {
                    return Ok(None);
                };
                Ok(Some((to, seen(tx)?, tx.query(FIND, &[from.into(), to.into()])?)))
            };
            let Some((to, seen, wrong)) = self.db().read(read).await? else { return Ok(mended) };
            from = to;
            let wrong: Vec<Vec<Value>> = wrong.into_iter().map(Row::into_values).collect();
            mended += self.mend(seen, wrong, "", MEND).await?;
        }
    }

    /// Adds differences to counts, unless another one did since the counts were read; gives how many.
    async fn mend(
        &self,
        seen: i64,
        wrong: Vec<Vec<Value>>,
        each: &'static str,
        all: &'static str,
    ) -> Result<usize> {
        let (mut seen, mut mended) = (seen, 0);
        for some in wrong.chunks(MENDED_AT_ONCE) {
            let now = microseconds(SystemTime::now()).max(seen + 1);
            let rows = some.to_vec();
            let work = move |tx: &Tx<'_>| {
                let claim = "UPDATE recounts SET at = $2 WHERE at = $1";
                if tx.execute(claim, &[seen.into(), now.into()])? == 0 {
                    return Ok(false);
                }
                shared::for_rows(tx, each, all, rows)?;
                Ok(true)
            };
            if !self.db().write(work).await? {
                break;
            }
            seen = now;
            mended += some.len();
        }
        Ok(mended)
    }
}

fn seen(tx: &Tx<'_>) -> Result<i64> {
    tx.first("SELECT at FROM recounts", &[])?.map_or(Ok(0), |row| row.get(0))
}
