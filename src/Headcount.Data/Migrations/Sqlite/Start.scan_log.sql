-- The log: append-only, numbered without a gap. Kept in order of its key, so that an event is read in one sweep.
CREATE TABLE scan_log (
    event_id        INTEGER NOT NULL REFERENCES events (event_id),
    seq             INTEGER NOT NULL CHECK (seq >= 1),
    outcome         TEXT    NOT NULL CHECK (outcome IN ('accepted', 'rejected', 'recorded', 'annulled', 'closed')),
    is_fact         INTEGER NOT NULL,
    ticket_id       TEXT,
    ticket_type     TEXT,
    gate            TEXT,
    scan_type       TEXT CHECK (scan_type IN ('entry', 'exit')),
    counted_at      TEXT,
    scan_time       TEXT,
    received_at     TEXT    NOT NULL,
    device_id       TEXT,
    scan_id         TEXT,
    reason          TEXT,
    warnings        TEXT,
    override_by     TEXT,
    override_reason TEXT,
    annuls          INTEGER,
    noted_by        TEXT,
    note            TEXT,
    occupancy       INTEGER NOT NULL,
    capacity        INTEGER NOT NULL,
    PRIMARY KEY (event_id, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_scan_log_ticket ON scan_log (ticket_id, counted_at);
CREATE INDEX ix_scan_log_time ON scan_log (counted_at);
CREATE INDEX ix_scan_log_annuls ON scan_log (event_id, annuls) WHERE annuls IS NOT NULL;
CREATE INDEX ix_scan_log_closed ON scan_log (event_id, counted_at) WHERE outcome = 'closed';
CREATE INDEX ix_scan_log_refused_facts ON scan_log (event_id, scan_time) WHERE outcome = 'rejected' AND is_fact;

CREATE TRIGGER scan_log_is_not_changed BEFORE UPDATE ON scan_log
BEGIN
    SELECT RAISE(ABORT, 'the scan log is append-only: a correction is a new record');
END;

CREATE TRIGGER scan_log_is_not_deleted BEFORE DELETE ON scan_log
BEGIN
    SELECT RAISE(ABORT, 'the scan log is append-only: a correction is a new record');
END;
