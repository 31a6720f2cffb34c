// What is known of the event. Messages change it, panels read it.
export const state = {
  slug: '', name: '', zone: 'UTC', seq: -1,
  figures: null, gates: {}, types: {}, alerts: new Map(), notices: [],
  connection: 'connecting',
  heardAt: 0, figuresAt: 0, serverAhead: 0,
  past: null,
};

const mostNotices = 100;

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
      state.alerts = new Map(message.alerts.map(alert => [keyOf(alert), { ...alert, key: keyOf(alert) }]));
      state.notices = [];
      for (const [list, type] of [['anomalies', 'anomaly'], ['refusals', 'refusal'], ['overrides', 'override']])
        for (const notice of message[list]) state.notices.push({ ...notice, type });
      state.notices.sort((a, b) => b.seq - a.seq);
      state.gates = message.gates;
      state.types = message.ticket_types;
      return true;
    case 'occupancy':
      return true;
    case 'gate':
      state.gates = message.gates;
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
      if (message.alert_id !== null) state.alerts.delete(nameOf(message));
      if (message.cleared_at)
        state.alerts.delete(keyOf(message));
      else
        state.alerts.set(keyOf(message), { ...message, key: keyOf(message) });
      return true;
    default:
      return false;
  }
}

// One that the database could not take yet has no number; it is the same when it has one.
const keyOf = alert => alert.alert_id ?? nameOf(alert);
const nameOf = alert => [alert.kind, alert.level, alert.gate, alert.device_id, alert.raised_at].join(' ');

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
