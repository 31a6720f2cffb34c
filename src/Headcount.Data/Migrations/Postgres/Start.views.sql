-- What counts: let through, and not taken back. scan_time is when it counts.
CREATE VIEW scans AS
SELECT
    s.event_id, s.seq, s.scan_id, s.ticket_id, s.gate, s.scan_type, s.counted_at AS scan_time, s.received_at, s.device_id,
    s.ticket_type, s.outcome, s.scan_time AS device_time, s.warnings, s.override_by, s.override_reason
FROM scan_log s
WHERE s.outcome IN ('accepted', 'recorded')
  AND NOT EXISTS (SELECT 1 FROM scan_log a WHERE a.event_id = s.event_id AND a.annuls = s.seq);

-- What each scan did to its ticket's presence.
CREATE VIEW movements AS
SELECT
    event_id, seq, ticket_id, ticket_type, gate, scan_type, scan_time, step, previous_seq
FROM (
    SELECT
        o.event_id, o.seq, o.ticket_id, o.ticket_type, o.gate, o.scan_type, o.scan_time, o.previous_seq,
        CASE
            WHEN o.scan_type = 'exit' AND o.previous_type = 'entry' THEN 'closed'
            WHEN o.scan_type = 'exit' THEN 'exit_without_entry'
            -- A closing of the day between two entries has ended the stay.
            WHEN o.previous_type = 'entry' AND NOT EXISTS (
                SELECT 1 FROM scan_log c
                WHERE c.event_id = o.event_id AND c.outcome = 'closed'
                  AND c.counted_at >= o.previous_time AND c.counted_at <= o.scan_time
                  AND (c.counted_at, c.seq) > (o.previous_time, o.previous_seq)
                  AND (c.counted_at, c.seq) < (o.scan_time, o.seq)) THEN 'duplicate_entry'
            ELSE 'opened'
        END AS step
    FROM (
        SELECT
            event_id, seq, ticket_id, ticket_type, gate, scan_type, scan_time,
            LAG(scan_type) OVER ticket AS previous_type,
            LAG(scan_time) OVER ticket AS previous_time,
            LAG(seq) OVER ticket AS previous_seq
        FROM scans
        WINDOW ticket AS (PARTITION BY event_id, ticket_id ORDER BY scan_time, seq)
    ) o
) w;

-- One row a stay. An exit scan ends it; else the first closing of the day after its entry does.
CREATE VIEW stays AS
SELECT
    o.event_id, o.ticket_id, COALESCE(o.ticket_type, 'unknown') AS ticket_type,
    o.gate AS entry_gate, o.seq AS entry_seq, o.scan_time AS entered_at,
    CASE WHEN o.next_step = 'closed' THEN o.next_gate END AS exit_gate,
    CASE WHEN o.next_step = 'closed' THEN o.next_seq END AS exit_seq,
    CASE WHEN o.next_step = 'closed' THEN o.next_time ELSE o.closed_at END AS left_at,
    CASE WHEN o.next_step = 'closed' THEN 'exit' WHEN o.closed_at IS NOT NULL THEN 'closed' END AS ended_by
FROM (
    SELECT
        m.*,
        CASE WHEN m.step = 'opened' AND m.next_step IS DISTINCT FROM 'closed' THEN (
            SELECT c.counted_at FROM scan_log c
            WHERE c.event_id = m.event_id AND c.outcome = 'closed' AND c.counted_at >= m.scan_time
              AND (c.counted_at, c.seq) > (m.scan_time, m.seq)
            ORDER BY c.counted_at, c.seq LIMIT 1) END AS closed_at
    FROM (
        SELECT
            event_id, seq, ticket_id, ticket_type, gate, scan_time, step,
            LEAD(step) OVER ticket AS next_step,
            LEAD(gate) OVER ticket AS next_gate,
            LEAD(seq) OVER ticket AS next_seq,
            LEAD(scan_time) OVER ticket AS next_time
        FROM movements
        WHERE step IN ('opened', 'closed')
        WINDOW ticket AS (PARTITION BY event_id, ticket_id ORDER BY scan_time, seq)
    ) m
) o
WHERE o.step = 'opened';

CREATE VIEW ticket_last_scan AS
SELECT event_id, ticket_id, ticket_type, seq, gate, scan_type, scan_time,
    scan_type = 'entry' AND NOT EXISTS (
        SELECT 1 FROM scan_log c
        WHERE c.event_id = l.event_id AND c.outcome = 'closed' AND c.counted_at >= l.scan_time
          AND (c.counted_at, c.seq) > (l.scan_time, l.seq)) AS is_inside
FROM (
    SELECT
        event_id, ticket_id, ticket_type, seq, gate, scan_type, scan_time,
        ROW_NUMBER() OVER (PARTITION BY event_id, ticket_id ORDER BY scan_time DESC, seq DESC) AS place
    FROM scans
) l
WHERE place = 1;

CREATE VIEW current_occupancy AS
SELECT
    e.event_id, e.slug, COALESCE(s.occupancy, 0) AS occupancy, e.capacity, COALESCE(s.entries, 0) AS entries,
    COALESCE(s.exits, 0) AS exits, COALESCE(s.first_entries, 0) AS first_entries,
    (SELECT MAX(l.seq) FROM scan_log l WHERE l.event_id = e.event_id) AS seq
FROM events e
LEFT JOIN (
    SELECT
        event_id, COUNT(*) AS entries, COUNT(DISTINCT ticket_id) AS first_entries,
        COUNT(CASE WHEN ended_by IS NULL THEN 1 END) AS occupancy,
        COUNT(CASE WHEN ended_by = 'exit' THEN 1 END) AS exits
    FROM stays
    GROUP BY event_id
) s ON s.event_id = e.event_id;

-- Every configured gate, and every gate that was scanned at.
CREATE VIEW occupancy_by_gate AS
SELECT event_id, gate, SUM(occupancy)::bigint AS occupancy, SUM(entries)::bigint AS entries, SUM(exits)::bigint AS exits, SUM(scans)::bigint AS scans
FROM (
    SELECT event_id, name AS gate, 0 AS occupancy, 0 AS entries, 0 AS exits, 0 AS scans FROM gates
    UNION ALL
    SELECT
        s.event_id, CASE side.way WHEN 'in' THEN s.entry_gate ELSE s.exit_gate END,
        CASE WHEN side.way = 'in' AND s.ended_by IS NULL THEN 1 ELSE 0 END,
        CASE WHEN side.way = 'in' THEN 1 ELSE 0 END,
        CASE WHEN side.way = 'out' THEN 1 ELSE 0 END,
        0
    FROM stays s
    CROSS JOIN (SELECT 'in' AS way UNION ALL SELECT 'out') side
    WHERE side.way = 'in' OR s.ended_by = 'exit'
    UNION ALL
    SELECT event_id, gate, 0, 0, 0, 1 FROM scans
) g
GROUP BY event_id, gate;

-- Present tickets, by the type they had when they came in: every configured type, and others that are inside.
CREATE VIEW occupancy_by_ticket_type AS
SELECT event_id, ticket_type, SUM(occupancy)::bigint AS occupancy
FROM (
    SELECT event_id, name AS ticket_type, 0 AS occupancy FROM ticket_types
    UNION ALL
    SELECT event_id, ticket_type, 1 FROM stays WHERE ended_by IS NULL
) t
GROUP BY event_id, ticket_type;

-- Scans that are not right. seconds is the time since the earlier scan.
CREATE VIEW anomalies AS
SELECT
    a.event_id, a.seq, a.kind, a.ticket_id, a.gate, a.scan_type, a.scan_time,
    e.seq AS earlier_seq, e.gate AS earlier_gate, e.counted_at AS earlier_time,
    EXTRACT(EPOCH FROM a.scan_time - e.counted_at) AS seconds
FROM (
    SELECT event_id, seq, 'unknown_ticket' AS kind, ticket_id, gate, scan_type, scan_time, NULL::bigint AS earlier
    FROM scans s
    WHERE NOT EXISTS (SELECT 1 FROM tickets t WHERE t.event_id = s.event_id AND t.ticket_id = s.ticket_id)
    UNION ALL
    SELECT event_id, seq, step, ticket_id, gate, scan_type, scan_time,
        CASE step WHEN 'exit_without_entry' THEN previous_seq ELSE opened_seq END
    FROM (
        SELECT n.*, FIRST_VALUE(seq) OVER (PARTITION BY event_id, ticket_id, stay ORDER BY scan_time, seq) AS opened_seq
        FROM (
            SELECT m.*, COUNT(CASE WHEN step = 'opened' THEN 1 END) OVER (PARTITION BY event_id, ticket_id ORDER BY scan_time, seq) AS stay
            FROM movements m
        ) n
    ) d
    WHERE step IN ('duplicate_entry', 'exit_without_entry')
    UNION ALL
    SELECT r.event_id, r.seq, 'rapid_reentry', r.ticket_id, r.gate, r.scan_type, r.scan_time, r.exit_seq
    FROM (
        SELECT m.*, (
            SELECT x.seq FROM scans x
            WHERE x.event_id = m.event_id AND x.ticket_id = m.ticket_id AND x.scan_type = 'exit' AND x.scan_time <= m.scan_time
              AND (x.scan_time, x.seq) < (m.scan_time, m.seq)
            ORDER BY x.scan_time DESC, x.seq DESC LIMIT 1) AS exit_seq
        FROM movements m
        WHERE m.step = 'opened' AND m.previous_seq IS NOT NULL
    ) r
    JOIN scan_log x ON x.event_id = r.event_id AND x.seq = r.exit_seq
    JOIN events v ON v.event_id = r.event_id
    WHERE r.scan_time - x.counted_at < v.reentry_minutes * interval '1 minute'
) a
LEFT JOIN scan_log e ON e.event_id = a.event_id AND e.seq = a.earlier;
