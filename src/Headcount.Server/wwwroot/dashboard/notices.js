// Refusals, anomalies and overrides as they happen, and the alerts above everything.
import { strings } from './strings.js';
import { state } from './state.js';
import { byId, make, momentOf, number, put, visible } from './text.js';

const marks = { refusal: 'M10 2a8 8 0 1 1 0 16 8 8 0 0 1 0-16zM4.5 4.5l11 11', anomaly: 'M10 2 19 18H1zM10 7v5M10 14v2', override: 'M10 17V4M4 9l6-6 6 6' };
const lines = new Map();
let filter = 'all';

/** Lets people choose what they see. */
export function prepareNotices() {
  const select = byId('notice-filter');
  for (const [value, text] of Object.entries(strings.filters)) select.append(new Option(text, value));
  select.onchange = () => {
    filter = select.value;
    showNotices();
  };
}

/** Shows the newest first. */
export function showNotices() {
  const list = byId('notice-rows');
  const wanted = state.notices.filter(notice => filter === 'all' || notice.type === filter);
  const keys = new Set(wanted.map(keyOf));
  for (const [key, line] of lines) {
    if (keys.has(key)) continue;
    line.remove();
    lines.delete(key);
  }

  wanted.forEach((notice, place) => {
    const key = keyOf(notice);
    let line = lines.get(key);
    if (!line) lines.set(key, line = makeLine(notice));
    if (list.children[place] !== line) list.insertBefore(line, list.children[place] ?? null);
  });
  list.hidden = wanted.length === 0;
  byId('no-notices').hidden = wanted.length > 0;
}

const keyOf = notice => `${notice.type} ${notice.seq} ${notice.kind ?? notice.reason}`;

function makeLine(notice) {
  const line = make('li', notice.type);
  const time = make('time', '', momentOf(Date.parse(notice.timestamp), state.figuresAt));
  time.dateTime = notice.timestamp;
  const reason = notice.kind ?? notice.reason;
  const what = make('strong', '', strings.reasons[reason] ?? reason);
  const kind = make('span', 'kind');
  kind.append(icon(marks[notice.type]), make('span', '', strings.kinds[notice.type]));
  const where = make('span', 'where');
  where.append(make('bdi', '', visible(notice.gate)), ` · ${strings[notice.scan_type]}`);
  if (notice.by) where.append(` · ${strings.by(visible(notice.by))}`);
  const ticket = make('bdi', 'ticket', visible(notice.ticket_id));
  line.append(time, kind, what, where, ticket);
  if (notice.skipped) line.append(make('small', '', strings.skipped(number(notice.skipped))));
  return line;
}

function icon(path) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 20 20');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const shape = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  shape.setAttribute('d', path);
  svg.append(shape);
  return svg;
}

const banners = new Map();

// At 100 % nobody needs to be told of 80.
const isLevel = alert => alert.kind === 'occupancy' && alert.level !== null;

// What was acknowledged is what was read: an alert that has grown since is news.
const readingOf = alert => alert.from ? `${alert.key} ${alert.from} ${alert.until}` : alert.key;

/** Shows the alerts that hold and that nobody here has acknowledged. Returns those that are new, or say something new. */
export function showAlerts() {
  const acknowledged = readAcknowledged();
  const region = byId('alerts');
  const highest = Math.max(...[...state.alerts.values()].filter(isLevel).map(alert => alert.level));
  const wanted = [...state.alerts.values()].filter(alert => !acknowledged.has(readingOf(alert)) && (!isLevel(alert) || alert.level === highest)).sort((a, b) => Date.parse(b.raised_at) - Date.parse(a.raised_at));
  const fresh = [];
  for (const [id, banner] of banners) {
    if (wanted.some(alert => alert.key === id)) continue;
    banner.remove();
    banners.delete(id);
  }

  for (const alert of [...wanted].reverse()) {
    let banner = banners.get(alert.key);
    if (banner?.alert.message === alert.message) continue;
    if (!banner) {
      banner = makeBanner();
      banners.set(alert.key, banner);
      region.prepend(banner);
    }

    fill(banner, alert);
    fresh.push(alert);
  }

  region.hidden = banners.size === 0;
  return fresh;
}

function fill(banner, alert) {
  banner.alert = alert;
  put(banner.querySelector('time'), momentOf(Date.parse(alert.raised_at), state.figuresAt));
  put(banner.querySelector('.message'), visible(alert.message));
  banner.querySelector('button').setAttribute('aria-label', strings.acknowledgeAlert(visible(alert.message)));
}

function makeBanner() {
  const banner = make('div', 'alert');
  const button = make('button', '', strings.acknowledge);
  button.type = 'button';
  button.onclick = () => {
    const { alert } = banner;
    const acknowledged = readAcknowledged();
    acknowledged.add(readingOf(alert));
    try {
      localStorage.setItem(storeName(), JSON.stringify([...acknowledged].slice(-500)));
    } catch {
      // A browser that keeps nothing: it is gone until the page is loaded again.
    }

    banners.delete(alert.key);
    banner.remove();
    byId('alerts').hidden = banners.size === 0;
    (byId('alerts').querySelector('button') ?? byId('gates-panel')).focus();
  };
  banner.append(icon(marks.anomaly), make('time'), make('span', 'message'), button);
  return banner;
}

const storeName = () => `headcount acknowledged ${state.slug}`;

function readAcknowledged() {
  try {
    return new Set(JSON.parse(localStorage.getItem(storeName()) ?? '[]'));
  } catch {
    return new Set();
  }
}
