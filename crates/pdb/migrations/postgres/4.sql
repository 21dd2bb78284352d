-- What tells which facts of a node differ, without a look at all of them. Those that are there get it with their next change.
ALTER TABLE factsets ADD COLUMN digests BYTEA;
