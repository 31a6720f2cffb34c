-- The log: append-only, numbered without a gap. That its event stays is seen to by triggers on events: a reference would cost a look for every scan.
CREATE TABLE scan_log (
    event_id        bigint  NOT NULL,
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

CREATE FUNCTION events_with_a_log_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM scan_log WHERE event_id = OLD.event_id) THEN
        RAISE EXCEPTION 'event % has a scan log and stays: archive it', OLD.event_id USING ERRCODE = 'foreign_key_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER events_with_a_log_stay BEFORE DELETE ON events
    FOR EACH ROW EXECUTE FUNCTION events_with_a_log_stay();

CREATE TRIGGER events_with_a_log_keep_their_number BEFORE UPDATE OF event_id ON events
    FOR EACH ROW WHEN (OLD.event_id IS DISTINCT FROM NEW.event_id) EXECUTE FUNCTION events_with_a_log_stay();

CREATE TRIGGER events_are_not_emptied BEFORE TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION scan_log_refuses();
