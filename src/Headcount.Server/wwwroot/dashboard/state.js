// What is known of the event. Messages change it, panels read it.
export const state = {
  slug: '', name: '', zone: 'UTC', seq: -1,
  figures: null, gates: {}, types: {}, alerts: new Map(), notices: [],
  connection: 'connecting',
  heardAt: 0, figuresAt: 0, serverAhead: 0,
  rate: null, past: null,
};

const mostNotices = 100;
const smoothing = 0.1;

/** The server's clock, as far as this device can know it. */
export const serverNow = () => Date.now() + state.serverAhead;

/** Takes a message in. Returns whether it was news of a type that is known. */
export function take(message) {
  const sentAt = Date.parse(message.at);
  state.heardAt = Date.now();
  if (message.type === 'snapshot' || message.type === 'occupancy') {
    state.serverAhead = sentAt - Date.now();
    state.figuresAt = sentAt;
    state.seq = message.seq;
    state.figures = message;
  }

  switch (message.type) {
    case 'snapshot':
      Object.assign(state, { slug: message.event, name: message.name, zone: message.zone });
      state.alerts = new Map(message.alerts.map(alert => [alert.alert_id, alert]));
      state.notices = [];
      for (const [list, type] of [['anomalies', 'anomaly'], ['refusals', 'refusal'], ['overrides', 'override']])
        for (const notice of message[list]) state.notices.push({ ...notice, type });
      state.notices.sort((a, b) => b.seq - a.seq);
      state.rate = null;
      takeGates(message.gates);
      state.types = message.ticket_types;
      return true;
    case 'occupancy':
      return true;
    case 'gate':
      takeGates(message.gates);
      return true;
    case 'ticket_types':
      state.types = message.ticket_types;
      return true;
    case 'anomaly':
    case 'refusal':
    case 'override':
      addNotice(message);
      return true;
    case 'alert':
      if (message.cleared_at)
        state.alerts.delete(message.alert_id);
      else
        state.alerts.set(message.alert_id, message);
      return true;
    default:
      return false;
  }
}

function takeGates(gates) {
  state.gates = gates;
  let net = 0;
  for (const gate of Object.values(gates)) net += gate.entries_per_minute - gate.exits_per_minute;
  state.rate = state.rate === null ? net : state.rate + smoothing * (net - state.rate);
}

function addNotice(notice) {
  // Told again after a reconnect, perhaps.
  if (state.notices.some(known => known.seq === notice.seq && known.type === notice.type && known.kind === notice.kind)) return;
  state.notices.unshift(notice);
  state.notices.length = Math.min(state.notices.length, mostNotices);
}

/** How full it is, in a word: the same integers that the gates go by. */
export function levelOf(occupancy, capacity, firm) {
  if (firm !== null && firm !== undefined && occupancy >= firm) return 'firm';
  if (occupancy > capacity) return 'over';
  if (occupancy >= capacity) return 'full';
  return occupancy * 100 >= capacity * 90 ? 'near' : 'calm';
}
