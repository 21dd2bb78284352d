-- What is searched becomes rows; what repeats between nodes is stored once. Meaning of tables and columns: src/schema.rs.
-- The old tables are read by the step that follows this file, and then dropped.
ALTER TABLE factsets RENAME TO old_factsets;
ALTER TABLE catalogs RENAME TO old_catalogs;
ALTER TABLE reports RENAME TO old_reports;
ALTER TABLE resource_events RENAME TO old_resource_events;
DROP INDEX reports_certname;
DROP INDEX reports_producer_timestamp;
DROP INDEX resource_events_report;

CREATE TABLE environments (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE producers (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);

CREATE TABLE nodes (
    id INTEGER PRIMARY KEY,
    certname TEXT NOT NULL UNIQUE,
    deactivated INTEGER,
    expired INTEGER,
    expires_facts BOOLEAN NOT NULL DEFAULT TRUE,
    expires_facts_updated INTEGER,
    facts_environment_id INTEGER REFERENCES environments (id),
    facts_timestamp INTEGER,
    catalog_environment_id INTEGER REFERENCES environments (id),
    catalog_timestamp INTEGER,
    report_environment_id INTEGER REFERENCES environments (id),
    report_timestamp INTEGER,
    latest_report_id INTEGER,
    latest_report_hash BLOB,
    latest_report_status TEXT,
    latest_report_noop BOOLEAN,
    latest_report_noop_pending BOOLEAN,
    latest_report_corrective_change BOOLEAN,
    latest_report_job_id TEXT,
    cached_catalog_status TEXT
);
CREATE INDEX nodes_inactive ON nodes (id) WHERE deactivated IS NOT NULL OR expired IS NOT NULL;
CREATE INDEX nodes_latest_report ON nodes (latest_report_id);
CREATE INDEX nodes_latest_report_status ON nodes (latest_report_status);

CREATE TABLE factsets (
    node_id INTEGER PRIMARY KEY REFERENCES nodes (id) ON DELETE CASCADE,
    environment_id INTEGER REFERENCES environments (id),
    producer_id INTEGER REFERENCES producers (id),
    timestamp INTEGER NOT NULL,
    producer_timestamp INTEGER NOT NULL,
    hash BLOB NOT NULL,
    packages_hash BLOB
);
CREATE TABLE fact_names (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE fact_values (
    id INTEGER PRIMARY KEY,
    name_id INTEGER NOT NULL REFERENCES fact_names (id),
    hash BLOB NOT NULL,
    kind INTEGER NOT NULL,
    number REAL,
    value TEXT NOT NULL,
    UNIQUE (name_id, hash)
);
CREATE INDEX fact_values_number ON fact_values (name_id, number) WHERE number IS NOT NULL;
CREATE TABLE facts (
    node_id INTEGER NOT NULL REFERENCES nodes (id) ON DELETE CASCADE,
    name_id INTEGER NOT NULL REFERENCES fact_names (id),
    value_id INTEGER NOT NULL REFERENCES fact_values (id),
    PRIMARY KEY (node_id, name_id)
) WITHOUT ROWID;
CREATE INDEX facts_value ON facts (value_id, node_id);
CREATE INDEX facts_name ON facts (name_id);
CREATE TABLE fact_paths (
    id INTEGER PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    path TEXT NOT NULL,
    depth INTEGER NOT NULL,
    name TEXT NOT NULL,
    kind INTEGER NOT NULL,
    touched INTEGER NOT NULL
);
CREATE INDEX fact_paths_name ON fact_paths (name);

CREATE TABLE packages (
    id INTEGER PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    provider TEXT NOT NULL
);
CREATE INDEX packages_name ON packages (name);
CREATE TABLE node_packages (
    node_id INTEGER NOT NULL REFERENCES nodes (id) ON DELETE CASCADE,
    package_id INTEGER NOT NULL REFERENCES packages (id),
    PRIMARY KEY (node_id, package_id)
) WITHOUT ROWID;
CREATE INDEX node_packages_package ON node_packages (package_id, node_id);

CREATE TABLE catalogs (
    node_id INTEGER PRIMARY KEY REFERENCES nodes (id) ON DELETE CASCADE,
    environment_id INTEGER REFERENCES environments (id),
    producer_id INTEGER REFERENCES producers (id),
    timestamp INTEGER NOT NULL,
    producer_timestamp INTEGER NOT NULL,
    hash BLOB NOT NULL,
    version TEXT NOT NULL,
    transaction_uuid TEXT,
    catalog_uuid TEXT,
    code_id TEXT,
    job_id TEXT,
    resources_count INTEGER NOT NULL,
    edges_count INTEGER NOT NULL,
    content TEXT,
    document BLOB
);
CREATE INDEX catalogs_transaction ON catalogs (transaction_uuid);
CREATE INDEX catalogs_job ON catalogs (job_id) WHERE job_id IS NOT NULL;
CREATE TABLE resources (
    id INTEGER PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    resource BLOB NOT NULL,
    type TEXT NOT NULL,
    title TEXT NOT NULL,
    exported BOOLEAN NOT NULL,
    file TEXT,
    line INTEGER,
    tags TEXT NOT NULL,
    parameters TEXT NOT NULL
);
CREATE INDEX resources_type_title ON resources (type, title);
CREATE INDEX resources_title ON resources (title);
CREATE INDEX resources_exported ON resources (type) WHERE exported;
CREATE TABLE catalog_resources (
    node_id INTEGER NOT NULL REFERENCES nodes (id) ON DELETE CASCADE,
    resource_id INTEGER NOT NULL REFERENCES resources (id),
    PRIMARY KEY (node_id, resource_id)
) WITHOUT ROWID;
CREATE INDEX catalog_resources_resource ON catalog_resources (resource_id, node_id);
CREATE TABLE edges (
    id INTEGER PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    relationship TEXT NOT NULL,
    source_type TEXT NOT NULL,
    source_title TEXT NOT NULL,
    target_type TEXT NOT NULL,
    target_title TEXT NOT NULL
);
CREATE INDEX edges_source ON edges (source_title);
CREATE INDEX edges_target ON edges (target_title);
CREATE TABLE catalog_edges (
    node_id INTEGER NOT NULL REFERENCES nodes (id) ON DELETE CASCADE,
    edge_id INTEGER NOT NULL REFERENCES edges (id),
    PRIMARY KEY (node_id, edge_id)
) WITHOUT ROWID;
CREATE INDEX catalog_edges_edge ON catalog_edges (edge_id, node_id);

CREATE TABLE catalog_input_sets (
    node_id INTEGER PRIMARY KEY REFERENCES nodes (id) ON DELETE CASCADE,
    producer_timestamp INTEGER NOT NULL,
    catalog_uuid TEXT NOT NULL,
    hash BLOB NOT NULL
);
CREATE TABLE inputs (
    id INTEGER PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    type TEXT NOT NULL,
    name TEXT NOT NULL
);
CREATE INDEX inputs_name ON inputs (name);
CREATE TABLE catalog_inputs (
    node_id INTEGER NOT NULL REFERENCES nodes (id) ON DELETE CASCADE,
    input_id INTEGER NOT NULL REFERENCES inputs (id),
    PRIMARY KEY (node_id, input_id)
) WITHOUT ROWID;
CREATE INDEX catalog_inputs_input ON catalog_inputs (input_id, node_id);

CREATE TABLE reports (
    id INTEGER PRIMARY KEY,
    day INTEGER NOT NULL,
    hash BLOB NOT NULL UNIQUE,
    node_id INTEGER NOT NULL REFERENCES nodes (id) ON DELETE CASCADE,
    environment_id INTEGER REFERENCES environments (id),
    producer_id INTEGER REFERENCES producers (id),
    producer_timestamp INTEGER NOT NULL,
    receive_time INTEGER NOT NULL,
    start_time INTEGER NOT NULL,
    end_time INTEGER NOT NULL,
    type TEXT NOT NULL,
    status TEXT,
    noop BOOLEAN,
    noop_pending BOOLEAN,
    corrective_change BOOLEAN,
    puppet_version TEXT NOT NULL,
    report_format INTEGER NOT NULL,
    configuration_version TEXT NOT NULL,
    transaction_uuid TEXT,
    catalog_uuid TEXT,
    code_id TEXT,
    job_id TEXT,
    cached_catalog_status TEXT,
    resources_total INTEGER,
    resources_changed INTEGER,
    resources_failed INTEGER,
    resources_skipped INTEGER,
    duration REAL,
    document_format INTEGER NOT NULL,
    document BLOB NOT NULL
);
CREATE INDEX reports_day ON reports (day);
CREATE INDEX reports_node ON reports (node_id, producer_timestamp);
CREATE INDEX reports_producer_timestamp ON reports (producer_timestamp);
CREATE INDEX reports_transaction ON reports (transaction_uuid);
CREATE INDEX reports_job ON reports (job_id) WHERE job_id IS NOT NULL;
CREATE INDEX reports_status ON reports (status, producer_timestamp);
CREATE TABLE resource_events (
    day INTEGER NOT NULL,
    report_id INTEGER NOT NULL REFERENCES reports (id) ON DELETE CASCADE,
    node_id INTEGER NOT NULL,
    timestamp INTEGER NOT NULL,
    status TEXT NOT NULL,
    corrective_change BOOLEAN,
    resource_type TEXT NOT NULL,
    resource_title TEXT NOT NULL,
    property TEXT,
    name TEXT,
    new_value TEXT,
    old_value TEXT,
    message TEXT,
    file TEXT,
    line INTEGER,
    containment_path TEXT,
    containing_class TEXT
);
CREATE INDEX resource_events_day ON resource_events (day);
CREATE INDEX resource_events_report ON resource_events (report_id);
CREATE INDEX resource_events_node ON resource_events (node_id, timestamp);
CREATE INDEX resource_events_timestamp ON resource_events (timestamp);
CREATE INDEX resource_events_resource ON resource_events (resource_title, resource_type, timestamp);
CREATE INDEX resource_events_class ON resource_events (containing_class);
