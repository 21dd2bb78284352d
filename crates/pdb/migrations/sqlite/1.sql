-- Documents are kept whole (compressed JSON) beside the columns that are searched. Times are nanoseconds since 1970, UTC.

CREATE TABLE factsets (
    certname TEXT PRIMARY KEY,
    environment TEXT NOT NULL,
    producer_timestamp INTEGER NOT NULL,
    hash BLOB NOT NULL,
    document BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE catalogs (
    certname TEXT PRIMARY KEY,
    environment TEXT NOT NULL,
    producer_timestamp INTEGER NOT NULL,
    transaction_uuid TEXT,
    catalog_uuid TEXT NOT NULL,
    version TEXT NOT NULL,
    code_id TEXT,
    hash BLOB NOT NULL,
    document BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE reports (
    id INTEGER PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    certname TEXT NOT NULL,
    environment TEXT NOT NULL,
    status TEXT,
    noop INTEGER NOT NULL,
    noop_pending INTEGER NOT NULL,
    corrective_change INTEGER NOT NULL,
    puppet_version TEXT,
    report_format INTEGER NOT NULL,
    configuration_version TEXT,
    transaction_uuid TEXT,
    catalog_uuid TEXT,
    code_id TEXT,
    job_id TEXT,
    cached_catalog_status TEXT,
    start_time TEXT,
    producer_timestamp INTEGER NOT NULL,
    resources_total INTEGER,
    resources_changed INTEGER,
    resources_failed INTEGER,
    resources_skipped INTEGER,
    duration REAL,
    document BLOB NOT NULL
);
CREATE INDEX reports_certname ON reports (certname, producer_timestamp);
CREATE INDEX reports_producer_timestamp ON reports (producer_timestamp);

CREATE TABLE resource_events (
    report_id INTEGER NOT NULL REFERENCES reports (id) ON DELETE CASCADE,
    resource_type TEXT NOT NULL,
    resource_title TEXT NOT NULL,
    property TEXT,
    status TEXT NOT NULL,
    old_value TEXT,
    new_value TEXT,
    message TEXT,
    corrective_change INTEGER NOT NULL,
    file TEXT,
    line INTEGER,
    time TEXT
);
CREATE INDEX resource_events_report ON resource_events (report_id);
