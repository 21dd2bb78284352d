-- Commands that were accepted and are not yet in the store, in the order of their arrival; and those that the store cannot take.
-- Times are microseconds since 1970, UTC; encoding: 0 plain, 1 gzip, 2 this
-- program's own.
CREATE TABLE commands (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid TEXT NOT NULL,
    command TEXT NOT NULL,
    version INTEGER NOT NULL,
    certname TEXT NOT NULL,
    producer_timestamp INTEGER,
    received INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    retry_at INTEGER NOT NULL DEFAULT 0,
    encoding INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    body BLOB NOT NULL
);
CREATE TABLE dead_letters (
    id INTEGER PRIMARY KEY,
    uuid TEXT NOT NULL,
    command TEXT NOT NULL,
    version INTEGER NOT NULL,
    certname TEXT NOT NULL,
    producer_timestamp INTEGER,
    received INTEGER NOT NULL,
    discarded INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    error TEXT NOT NULL,
    encoding INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    body BLOB NOT NULL
);
