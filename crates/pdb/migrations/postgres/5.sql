-- Counts of what dashboards ask for, each kept by the transaction that changes what is counted; meaning: src/schema.rs. Transactions
-- add rows of differences, so that none waits for another one; these are summed up from time to time.
ALTER TABLE nodes ADD COLUMN latest_report_events INTEGER NOT NULL DEFAULT 0;
UPDATE nodes n SET latest_report_events = c.events
    FROM (SELECT n.id, count(*) AS events FROM nodes n JOIN resource_events e ON e.report_id = n.latest_report_id GROUP BY n.id) c
    WHERE c.id = n.id;
ALTER TABLE nodes ADD COLUMN latest_report_end_time BIGINT;
UPDATE nodes n SET latest_report_end_time = r.end_time FROM reports r WHERE r.id = n.latest_report_id;
CREATE TABLE event_counts (
    environment_id BIGINT NOT NULL,
    status TEXT NOT NULL,
    corrective_change SMALLINT NOT NULL,
    resource_type TEXT NOT NULL,
    resource_title TEXT NOT NULL,
    containing_class TEXT NOT NULL,
    events INTEGER NOT NULL
);
INSERT INTO event_counts
    SELECT coalesce(n.report_environment_id, 0), e.status,
        CASE e.corrective_change WHEN TRUE THEN 1 WHEN FALSE THEN 0 ELSE -1 END, e.resource_type, e.resource_title,
        coalesce(e.containing_class, ''), count(*)
    FROM nodes n JOIN resource_events e ON e.report_id = n.latest_report_id
    GROUP BY 1, 2, 3, 4, 5, 6;
CREATE FUNCTION count_latest_events() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    -- Where a report is, its time says: only that day is looked at.
    IF OLD.latest_report_events > 0 THEN
        INSERT INTO event_counts
            SELECT coalesce(OLD.report_environment_id, 0), e.status,
                CASE e.corrective_change WHEN TRUE THEN 1 WHEN FALSE THEN 0 ELSE -1 END, e.resource_type, e.resource_title,
                coalesce(e.containing_class, ''), -count(*)
            FROM resource_events e
            WHERE e.report_id = OLD.latest_report_id AND e.day = floor(OLD.report_timestamp / 86400000000.0)::int
            GROUP BY 2, 3, 4, 5, 6;
    END IF;
    IF NEW.latest_report_events > 0 THEN
        INSERT INTO event_counts
            SELECT coalesce(NEW.report_environment_id, 0), e.status,
                CASE e.corrective_change WHEN TRUE THEN 1 WHEN FALSE THEN 0 ELSE -1 END, e.resource_type, e.resource_title,
                coalesce(e.containing_class, ''), count(*)
            FROM resource_events e
            WHERE e.report_id = NEW.latest_report_id AND e.day = floor(NEW.report_timestamp / 86400000000.0)::int
            GROUP BY 2, 3, 4, 5, 6;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER nodes_count_events
    AFTER UPDATE OF latest_report_id, latest_report_events, report_environment_id ON nodes FOR EACH ROW
    WHEN (OLD.latest_report_events > 0 OR NEW.latest_report_events > 0)
    EXECUTE FUNCTION count_latest_events();
CREATE VIEW latest_events (environment_id, status, corrective_change, resource_type, resource_title, containing_class, events) AS
    SELECT nullif(environment_id, 0), status, CASE corrective_change WHEN 1 THEN TRUE WHEN 0 THEN FALSE END, resource_type,
        resource_title, nullif(containing_class, ''), events
    FROM event_counts;

-- Values that no fact leads to would count as one.
DELETE FROM fact_values v WHERE NOT EXISTS (SELECT 1 FROM facts f WHERE f.value_id = v.id);
ALTER TABLE fact_values ADD COLUMN nodes INTEGER NOT NULL DEFAULT 1;
UPDATE fact_values v SET nodes = c.nodes
    FROM (SELECT value_id, count(*) AS nodes FROM facts GROUP BY value_id HAVING count(*) > 1) c WHERE c.value_id = v.id;
CREATE TABLE fact_differences (name_id BIGINT NOT NULL, value_id BIGINT NOT NULL, nodes INTEGER NOT NULL);
CREATE VIEW counted_values (id, name_id, hash, kind, number, value, nodes) AS
    SELECT id, name_id, hash, kind, number, value, nodes FROM fact_values
    UNION ALL
    SELECT v.id, d.name_id, v.hash, v.kind, v.number, v.value, d.nodes FROM fact_differences d JOIN fact_values v ON v.id = d.value_id;

-- What lists of active nodes and of latest events begin with; texts are ordered by their bytes.
DROP INDEX nodes_latest_report_status;
CREATE INDEX nodes_active ON nodes (certname COLLATE "C") WHERE deactivated IS NULL AND expired IS NULL;
CREATE INDEX nodes_active_status ON nodes (latest_report_status, certname COLLATE "C") WHERE deactivated IS NULL AND expired IS NULL;
CREATE INDEX nodes_latest_events ON nodes (latest_report_id) WHERE latest_report_events > 0;
