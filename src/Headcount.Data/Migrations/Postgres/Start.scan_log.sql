-- The log: append-only, numbered without a gap.
CREATE TABLE scan_log (
    event_id        bigint NOT NULL REFERENCES events (event_id),
    seq             bigint  NOT NULL CHECK (seq >= 1),
    outcome         text    NOT NULL CHECK (outcome IN ('accepted', 'rejected', 'recorded', 'annulled', 'closed')),
    is_fact         boolean NOT NULL,
    ticket_id       text,
    ticket_type     text,
    gate            text,
    scan_type       text CHECK (scan_type IN ('entry', 'exit')),
    counted_at      timestamptz,
    scan_time       timestamptz,
    received_at     timestamptz NOT NULL,
    device_id       text,
    scan_id         text,
    reason          text,
    warnings        text,
    override_by     text,
    override_reason text,
    annuls          bigint,
    noted_by        text,
    note            text,
    occupancy       bigint NOT NULL,
    capacity        bigint NOT NULL,
    PRIMARY KEY (event_id, seq)
);

CREATE INDEX ix_scan_log_ticket ON scan_log (ticket_id, counted_at);
CREATE INDEX ix_scan_log_time ON scan_log (counted_at);
CREATE INDEX ix_scan_log_annuls ON scan_log (event_id, annuls) WHERE annuls IS NOT NULL;
CREATE INDEX ix_scan_log_closed ON scan_log (event_id, counted_at) WHERE outcome = 'closed';
CREATE INDEX ix_scan_log_refused_facts ON scan_log (event_id, scan_time) WHERE outcome = 'rejected' AND is_fact;

CREATE FUNCTION scan_log_refuses() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the scan log is append-only: a correction is a new record';
END
$$;

CREATE TRIGGER scan_log_is_not_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON scan_log
    FOR EACH STATEMENT EXECUTE FUNCTION scan_log_refuses();
