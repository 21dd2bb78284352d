-- What dashboards count stands beside the node, in a table that is read as a whole.
ALTER TABLE nodes ADD COLUMN resources_count BIGINT NOT NULL DEFAULT 0;
ALTER TABLE nodes ADD COLUMN edges_count BIGINT NOT NULL DEFAULT 0;
UPDATE nodes SET resources_count = c.resources_count, edges_count = c.edges_count FROM catalogs c WHERE c.node_id = nodes.id;
