CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;

CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;

CREATE TRIGGER roll_call_marks_are_not_changed BEFORE UPDATE ON roll_call_marks
BEGIN
    SELECT RAISE(ABORT, 'marks are append-only: taking one back is another');
END;

CREATE TRIGGER reviews_are_not_changed BEFORE UPDATE ON reviews
BEGIN
    SELECT RAISE(ABORT, 'reviews are append-only: opening one again is another');
END;

-- What people look for in the log, and is rare in it: a scan that is let through pays nothing for these.
CREATE INDEX ix_scan_log_rejected ON scan_log (event_id, seq) WHERE outcome = 'rejected';
CREATE INDEX ix_scan_log_by_hand ON scan_log (event_id, seq) WHERE override_by IS NOT NULL OR noted_by IS NOT NULL;
