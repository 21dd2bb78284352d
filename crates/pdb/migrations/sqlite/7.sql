-- Events of the latest reports are counted where nodes change, in the same transaction; meaning: src/schema.rs.
ALTER TABLE nodes ADD COLUMN latest_report_events INTEGER NOT NULL DEFAULT 0;
UPDATE nodes SET latest_report_events = (SELECT count(*) FROM resource_events e WHERE e.report_id = nodes.latest_report_id)
    WHERE latest_report_id IS NOT NULL;
ALTER TABLE nodes ADD COLUMN latest_report_end_time INTEGER;
UPDATE nodes SET latest_report_end_time = (SELECT r.end_time FROM reports r WHERE r.id = nodes.latest_report_id)
    WHERE latest_report_id IS NOT NULL;
CREATE TABLE event_counts (
    environment_id INTEGER NOT NULL,
    status TEXT NOT NULL,
    corrective_change INTEGER NOT NULL,
    resource_type TEXT NOT NULL,
    resource_title TEXT NOT NULL,
    containing_class TEXT NOT NULL,
    events INTEGER NOT NULL,
    PRIMARY KEY (containing_class, resource_type, resource_title, status, environment_id, corrective_change)
) WITHOUT ROWID;
INSERT INTO event_counts
    SELECT coalesce(n.report_environment_id, 0), e.status, coalesce(e.corrective_change, -1), e.resource_type, e.resource_title,
        coalesce(e.containing_class, ''), count(*)
    FROM nodes n JOIN resource_events e ON e.report_id = n.latest_report_id
    GROUP BY 1, 2, 3, 4, 5, 6;
CREATE TRIGGER nodes_count_events
AFTER UPDATE OF latest_report_id, latest_report_events, report_environment_id ON nodes
WHEN OLD.latest_report_events > 0 OR NEW.latest_report_events > 0
BEGIN
    INSERT INTO event_counts
        SELECT coalesce(OLD.report_environment_id, 0), e.status, coalesce(e.corrective_change, -1), e.resource_type,
            e.resource_title, coalesce(e.containing_class, ''), -1
        FROM resource_events e WHERE e.report_id = OLD.latest_report_id AND OLD.latest_report_events > 0
        ON CONFLICT DO UPDATE SET events = events + excluded.events;
    INSERT INTO event_counts
        SELECT coalesce(NEW.report_environment_id, 0), e.status, coalesce(e.corrective_change, -1), e.resource_type,
            e.resource_title, coalesce(e.containing_class, ''), 1
        FROM resource_events e WHERE e.report_id = NEW.latest_report_id AND NEW.latest_report_events > 0
        ON CONFLICT DO UPDATE SET events = events + excluded.events;
END;
CREATE VIEW latest_events (environment_id, status, corrective_change, resource_type, resource_title, containing_class, events) AS
    SELECT nullif(environment_id, 0), status, nullif(corrective_change, -1), resource_type, resource_title,
        nullif(containing_class, ''), events
    FROM event_counts;

-- How many nodes have a value is read off the index.
CREATE VIEW counted_values (id, name_id, hash, kind, number, value, nodes) AS
    SELECT v.id, v.name_id, v.hash, v.kind, v.number, v.value, (SELECT count(*) FROM facts f WHERE f.value_id = v.id)
    FROM fact_values v;

-- What lists and counts of nodes and of latest events begin with.
DROP INDEX nodes_latest_report_status;
CREATE INDEX nodes_status ON nodes (latest_report_status, certname, deactivated, expired);
CREATE INDEX nodes_latest_events ON nodes (latest_report_id) WHERE latest_report_events > 0;
-- Facts are found by their values, or by their nodes.
DROP INDEX facts_name;
