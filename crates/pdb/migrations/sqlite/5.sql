-- What catalogs have in common is one row a node, not one for each resource and edge of each node. Catalogs that are there become a part
-- each, which is cut when they change.
CREATE TABLE parts (id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, kind INTEGER NOT NULL);
CREATE TABLE part_resources (
    part_id INTEGER NOT NULL,
    resource_id INTEGER NOT NULL REFERENCES resources (id),
    PRIMARY KEY (part_id, resource_id)
) WITHOUT ROWID;
CREATE TABLE part_edges (
    part_id INTEGER NOT NULL,
    edge_id INTEGER NOT NULL REFERENCES edges (id),
    PRIMARY KEY (part_id, edge_id)
) WITHOUT ROWID;
CREATE TABLE catalog_parts (
    node_id INTEGER NOT NULL REFERENCES nodes (id) ON DELETE CASCADE,
    part_id INTEGER NOT NULL REFERENCES parts (id),
    PRIMARY KEY (node_id, part_id)
) WITHOUT ROWID;
INSERT INTO parts (id, hash, kind)
    SELECT DISTINCT node_id * 2, CAST('resources of ' || node_id AS BLOB), 0 FROM catalog_resources;
INSERT INTO parts (id, hash, kind)
    SELECT DISTINCT node_id * 2 + 1, CAST('edges of ' || node_id AS BLOB), 1 FROM catalog_edges;
INSERT INTO part_resources SELECT node_id * 2, resource_id FROM catalog_resources ORDER BY node_id, resource_id;
INSERT INTO part_edges SELECT node_id * 2 + 1, edge_id FROM catalog_edges ORDER BY node_id, edge_id;
INSERT INTO catalog_parts SELECT id / 2, id FROM parts;
DROP TABLE catalog_resources;
DROP TABLE catalog_edges;
CREATE INDEX part_resources_resource ON part_resources (resource_id, part_id);
CREATE INDEX part_edges_edge ON part_edges (edge_id, part_id);
CREATE INDEX catalog_parts_part ON catalog_parts (part_id, node_id);
CREATE VIEW catalog_resources (node_id, resource_id) AS
    SELECT c.node_id, p.resource_id FROM catalog_parts c JOIN part_resources p ON p.part_id = c.part_id;
CREATE VIEW catalog_edges (node_id, edge_id) AS
    SELECT c.node_id, p.edge_id FROM catalog_parts c JOIN part_edges p ON p.part_id = c.part_id;
