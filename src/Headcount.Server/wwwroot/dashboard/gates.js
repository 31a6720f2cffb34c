// Gates and ticket types, now or at a moment of the past.
import { strings } from './strings.js';
import { state, serverNow } from './state.js';
import { byId, lengthOf, make, number, put, visible } from './text.js';

const mostRows = 200;
const quietAfter = 3 * 60_000;

const rows = new Map();

/** Shows what came in where. */
export function showGates() {
  const past = state.past?.answer;
  const names = Object.keys(state.gates);
  for (const gate of past ? Object.keys(past.by_gate) : []) if (!names.includes(gate)) names.push(gate);
  const body = byId('gate-rows');
  const shown = names.slice(0, mostRows);
  for (const [name, row] of rows) {
    if (shown.includes(name)) continue;
    row.line.remove();
    rows.delete(name);
  }

  const now = serverNow();
  const someBusy = Object.values(state.gates).some(gate => gate.per_minute > 0);
  shown.forEach((name, place) => {
    const row = rows.get(name) ?? makeRow(name);
    if (body.children[place] !== row.line) body.insertBefore(row.line, body.children[place] ?? null);
    if (past)
      showPast(row, past.by_gate[name] ?? 0, past.flow?.[name]);
    else
      showLive(row, state.gates[name], now, someBusy);
  });
  byId('no-gates').hidden = names.length > 0;
  if (names.length > mostRows) put('no-gates', strings.otherGates(number(names.length - mostRows)));
  put(document.querySelector('th.in'), past ? strings.inTotal : strings.inPerMinute);
  put(document.querySelector('th.out'), past ? strings.outTotal : strings.outPerMinute);
}

function makeRow(name) {
  const line = document.createElement('tr');
  const head = make('th');
  head.scope = 'row';
  head.append(make('bdi', '', visible(name)), make('span', 'quiet-word', strings.quiet));
  const cells = ['inside', 'in', 'out', 'seen live-only'].map(className => make('td', className));
  line.append(head, ...cells);
  const row = { line, inside: cells[0], in: cells[1], out: cells[2], seen: cells[3] };
  rows.set(name, row);
  return row;
}

function showLive(row, gate, now, someBusy) {
  const seen = gate.last_seen === null ? null : Date.parse(gate.last_seen);
  put(row.inside, number(gate.occupancy));
  put(row.in, number(gate.entries_per_minute));
  put(row.out, number(gate.exits_per_minute));
  put(row.seen, seen === null ? strings.never : strings.ago(lengthOf(now - seen)));

  // Silence is news only while others scan.
  row.line.classList.toggle('quiet', someBusy && (seen === null || now - seen > quietAfter));
  row.line.classList.toggle('busy', gate.per_minute > 0);
}

function showPast(row, inside, flow) {
  put(row.inside, number(inside));
  put(row.in, number(flow?.entries ?? 0));
  put(row.out, number(flow?.exits ?? 0));
  row.line.classList.remove('quiet', 'busy');
}

/** Shows who is inside by the type of their ticket. */
export function showTypes() {
  const past = state.past?.answer;
  const types = past ? { ...Object.fromEntries(Object.keys(state.types).map(type => [type, 0])), ...past.by_ticket_type } : state.types;
  const all = Object.entries(types).sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, mostRows);
  const most = Math.max(1, ...all.map(([, count]) => count));
  const list = byId('type-rows');
  while (list.children.length > all.length) list.lastChild.remove();
  all.forEach(([type, count], place) => {
    const row = list.children[place] ?? list.appendChild(makeType());
    put(row.children[0], type === 'unknown' ? strings.unknownType : visible(type));
    put(row.children[1], number(count));
    row.children[2].firstChild.style.width = `${(count / most * 100).toFixed(1)}%`;
  });
  byId('no-types').hidden = all.length > 0;
}

function makeType() {
  const row = make('li');
  const bar = make('span', 'type-bar');
  bar.append(make('span'));
  row.append(make('bdi'), make('span', 'count'), bar);
  return row;
}
