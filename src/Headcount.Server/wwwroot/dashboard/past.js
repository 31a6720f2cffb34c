// The curve's data, and the slider that shows any past moment.
import { strings } from './strings.js';
import { state, serverNow } from './state.js';
import { curve, drawCurve, plotMargin } from './curve.js';
import { byId, fieldOf, momentOf, put } from './text.js';

const hour = 3_600_000;
const reload = 60_000;
const patience = 120;
let query = '';
let period = 'today';
let loading = null;
let asking = null;
let askTimer = 0;
let changed = () => {};

/** Makes slider, field and period work. */
export function preparePast(eventQuery, onChange) {
  query = eventQuery;
  changed = onChange;
  const select = byId('period');
  const order = Object.entries(strings.periods).sort(([a], [b]) => a === 'today' ? -1 : b === 'today' ? 1 : a - b);
  for (const [value, text] of order) select.append(new Option(text, value));
  select.onchange = () => {
    period = select.value;
    loadCurve();
  };
  byId('slider').oninput = slide;
  byId('back-to-live').onclick = () => backToLive(true);
  byId('go-form').onsubmit = event => {
    event.preventDefault();
    goTo(byId('go-to').value);
  };
  byId('curve').onpointerdown = event => {
    event.preventDefault();
    byId('curve').setPointerCapture(event.pointerId);
    point(event);
  };
  byId('curve').onpointermove = event => {
    if (byId('curve').hasPointerCapture(event.pointerId)) point(event);
  };
  addEventListener('keydown', event => {
    if (event.key === 'Escape' && state.past) backToLive(true);
  });
  new ResizeObserver(drawCurve).observe(byId('curve'));
  setInterval(() => document.hidden || loadCurve(), reload);
}

const address = (path, more) => `${path}${query}${query ? '&' : '?'}${new URLSearchParams(more)}`;
const iso = ms => new Date(ms).toISOString();

/** Reads the curve anew: what came late may have changed its past. */
export async function loadCurve() {
  loading?.abort();
  const mine = loading = new AbortController();
  const now = serverNow();
  const hours = period === 'today' ? 24 : Number(period);
  const step = hours <= 3 ? '1m' : hours <= 24 ? '5m' : hours <= 72 ? '15m' : '30m';
  try {
    const answer = await fetch(address('/api/occupancy/timeline', { from: iso(now - hours * hour), to: iso(now), step }), { signal: mine.signal });
    if (!answer.ok) return;
    const day = await answer.json();
    take(day, now, now - hours * hour);
  } catch {
    // Not reachable: what is drawn stays, and the feed tells when the connection is back.
  }
}

function take(day, now, from) {
  const points = day.points.map(point => ({ at: Date.parse(point.at), occupancy: point.occupancy, moved: point.entries + point.exits > 0 })).filter(point => point.at <= now);
  let first = 0;
  if (period === 'today') {
    first = points.findIndex((point, place) => place > 0 && point.moved || point.occupancy > 0);
    first = Math.max(0, (first < 0 ? points.length - 12 : first) - 2);
  }

  curve.points = points.slice(first);
  curve.peak = day.peak;
  curve.from = curve.points[0]?.at ?? from;
  follow(now);
}

/** Goes on with the live figure. */
export function follow(now = serverNow()) {
  if (!state.figures) return;
  const last = curve.points.at(-1);
  if (last?.isLive) curve.points.pop();
  curve.to = Math.max(now, curve.from + 10 * 60_000);
  curve.points.push({ at: now, occupancy: state.figures.occupancy, isLive: true });
  if (state.figures.occupancy > (curve.peak?.occupancy ?? 0)) curve.peak = { occupancy: state.figures.occupancy, at: iso(now) };
  const slider = byId('slider');
  slider.min = Math.floor(curve.from / 1000);
  slider.max = Math.ceil(now / 1000);
  slider.step = curve.to - curve.from <= 4 * hour ? 15 : 60;
  slider.style.setProperty('--from', `${plotMargin.left}px`);
  slider.style.setProperty('--to', `${plotMargin.right}px`);
  slider.value = state.past ? state.past.at / 1000 : slider.max;
  describe();
  drawCurve();
}

function describe() {
  const slider = byId('slider');
  const text = state.past ? momentOf(state.past.at, serverNow()) : strings.sliderNow;
  slider.setAttribute('aria-valuetext', text);
  put('slider-text', state.past ? strings.sliderPast(text) : strings.sliderLive);
}

function slide() {
  const slider = byId('slider');
  const value = Number(slider.value);
  if (Number(slider.max) - value < Number(slider.step))
    backToLive(false);
  else
    look(value * 1000);
}

function point(event) {
  const box = byId('curve').getBoundingClientRect();
  const share = (event.clientX - box.left - plotMargin.left) / (box.width - plotMargin.left - plotMargin.right);
  const slider = byId('slider');
  const time = curve.from + Math.min(1, Math.max(0, share)) * (curve.to - curve.from);
  slider.value = Math.round(time / 1000);
  slide();
}

function look(at) {
  state.past = { at, answer: state.past?.answer ?? null, isLoading: true, failed: false };
  describe();
  drawCurve();
  changed();
  clearTimeout(askTimer);
  askTimer = setTimeout(() => ask(iso(at)), patience);
}

// The server reads it on the venue's clock, which a field in a browser cannot.
function goTo(local) {
  state.past = { at: state.past?.at ?? serverNow(), answer: null, isLoading: true, failed: false };
  clearTimeout(askTimer);
  ask(local, true);
}

async function ask(at, isLocal = false) {
  asking?.abort();
  const mine = asking = new AbortController();
  const wanted = state.past;
  try {
    const answer = await fetch(address('/api/occupancy', { at }), { signal: mine.signal });
    if (!answer.ok) throw new Error(String(answer.status));
    const found = await answer.json();
    if (state.past !== wanted) return;
    const then = isLocal ? Date.parse(found.at) : wanted.at;
    state.past = { at: then, answer: found, isLoading: false, failed: false };
    if (then < curve.from) curve.from = then;
    byId('go-to').value = fieldOf(then);
    follow();
  } catch (problem) {
    if (problem.name === 'AbortError' || state.past !== wanted) return;
    state.past = { ...wanted, isLoading: false, failed: true };
  }

  changed();
}

/** Shows the live figures again. */
export function backToLive(moveFocus) {
  if (!state.past) return;
  clearTimeout(askTimer);
  asking?.abort();
  state.past = null;
  const slider = byId('slider');
  slider.value = slider.max;
  if (moveFocus) slider.focus();
  describe();
  drawCurve();
  changed();
}
