// DuckDB, asked as somebody who knows it well would ask it: columns named with their types, no order of rows kept that
// nobody needs, and one window over each ticket's scans, from which everything else follows.
//
//   node duckdb.mjs occupancy FILE [REGISTER]
//   node duckdb.mjs anomalies FILE LIST      (writes every anomaly to LIST, and says how many there are of each kind)
//
// With ids (IDS=1) a repeat is known by device and scan id, otherwise by device, ticket, gate, type and instant.
// Tried and slower: SELECT DISTINCT or GROUP BY for the repeats (a third more), lists sorted per ticket (twice as long).

import { availableParallelism } from 'node:os';
import { DuckDBInstance } from '@duckdb/node-api';

const [question, file, other] = process.argv.slice(2);
const [register, list] = question === 'anomalies' ? [null, other] : [other, null];
const hasIds = process.env.IDS === '1';
const text = (path) => `'${path.replaceAll("'", "''")}'`;

const columns = "ticket_id: 'VARCHAR', gate: 'VARCHAR', scan_type: 'VARCHAR', timestamp: 'TIMESTAMP'";
const ids = ", device_id: 'VARCHAR', scan_id: 'VARCHAR'";
const same = hasIds
  ? 'device_id = lag(device_id) OVER ticket AND scan_id = lag(scan_id) OVER ticket'
  : 't = lag(t) OVER ticket AND is_exit = lag(is_exit) OVER ticket AND gate = lag(gate) OVER ticket';

// Repeats of a scan stand next to it; what comes after one finds the same type before it as it would without.
const walked = `
  WITH scans AS (
    SELECT ticket_id, gate, timestamp AS t, scan_type = 'exit' AS is_exit ${hasIds ? ', device_id, scan_id' : ''}
    FROM read_json(${text(file)}, format = 'newline_delimited', columns = {${columns}${hasIds ? ids : ''}})),
  walked AS (
    SELECT ticket_id, gate, t, is_exit, lag(is_exit) OVER ticket AS was_exit, t - lag(t) OVER ticket AS since,
      coalesce(${same}, false) AS is_repeat
    FROM scans WINDOW ticket AS (PARTITION BY ticket_id ORDER BY t))`;

// Every anomaly, with the earlier scan that it names, written by DuckDB itself: faster than handing rows to Node.
const anomalies = `CREATE TEMP TABLE anomalies AS ${walked}
  SELECT CASE WHEN NOT is_exit AND NOT was_exit THEN 'duplicate_entry' WHEN is_exit THEN 'exit_without_entry' ELSE 'rapid_reentry' END AS kind,
    ticket_id, gate, t AS timestamp, t - since AS earlier
  FROM walked
  WHERE NOT is_repeat AND (is_exit = coalesce(was_exit, true) OR (NOT is_exit AND was_exit AND since < INTERVAL 5 MINUTE))`;
const typed = register
  ? `SELECT gate, coalesce(ticket_type, 'unknown') AS type
     FROM tickets LEFT JOIN read_json(${text(register)}, columns = {ticket_id: 'VARCHAR', ticket_type: 'VARCHAR'}) USING (ticket_id)`
  : "SELECT gate, 'unknown' AS type FROM tickets";

const occupancy = `${walked},
  steps AS (
    SELECT ticket_id, gate, t, is_repeat, NOT is_exit AND coalesce(was_exit, true) AS opens, is_exit AND NOT was_exit AS closes
    FROM walked),
  tickets AS (
    SELECT ticket_id, count(*) FILTER (NOT is_repeat) AS scans, count(*) FILTER (opens) AS entries, count(*) FILTER (closes) AS exits,
      arg_max(gate, t) FILTER (opens) AS gate
    FROM steps GROUP BY ticket_id),
  totals AS (SELECT sum(scans) AS scans, sum(entries) AS entries, sum(exits) AS exits, count(*) FILTER (entries > 0) AS first_entries FROM tickets),
  inside AS (SELECT gate, type, count(*) AS inside FROM (${typed} WHERE entries > exits) GROUP BY ALL)
  SELECT * FROM totals LEFT JOIN inside ON true`;

const db = await DuckDBInstance.create(':memory:', { threads: String(availableParallelism()), preserve_insertion_order: 'false' });
const connection = await db.connect();
const ask = async (sql) => (await connection.runAndReadAll(sql)).getRowObjectsJson();
console.log(JSON.stringify(question === 'anomalies' ? await anomalyAnswer() : occupancyAnswer(await ask(occupancy))));

async function anomalyAnswer() {
  await connection.run(anomalies);
  await connection.run(`COPY (FROM anomalies ORDER BY timestamp) TO ${text(list)} (FORMAT json)`);
  const kinds = await ask('SELECT kind, count(*) AS count FROM anomalies GROUP BY kind');
  return { by_kind: Object.fromEntries(kinds.map(({ kind, count }) => [kind, Number(count)])) };
}

function occupancyAnswer(rows) {
  const answer = { occupancy: 0, by_gate: {}, by_ticket_type: {}, by_gate_and_ticket_type: {} };
  for (const name of ['scans', 'entries', 'exits', 'first_entries']) answer[name] = Number(rows[0][name]);
  for (const { gate, type, inside } of rows) {
    if (inside === null) continue;
    const count = Number(inside);
    answer.occupancy += count;
    answer.by_gate[gate] = (answer.by_gate[gate] ?? 0) + count;
    answer.by_ticket_type[type] = (answer.by_ticket_type[type] ?? 0) + count;
    (answer.by_gate_and_ticket_type[gate] ??= {})[type] = count;
  }
  return answer;
}
