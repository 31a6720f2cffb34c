CREATE FUNCTION audit_refuses() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END
$$;

CREATE TRIGGER audit_is_not_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuses();

CREATE TRIGGER roll_call_marks_are_not_changed BEFORE UPDATE ON roll_call_marks
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuses();

CREATE TRIGGER reviews_are_not_changed BEFORE UPDATE ON reviews
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuses();

-- What people look for in the log, and is rare in it: a scan that is let through pays nothing for these.
CREATE INDEX ix_scan_log_rejected ON scan_log (event_id, seq) WHERE outcome = 'rejected';
CREATE INDEX ix_scan_log_by_hand ON scan_log (event_id, seq) WHERE override_by IS NOT NULL OR noted_by IS NOT NULL;
