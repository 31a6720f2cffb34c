// The day's curve, drawn by hand: occupancy over time, the limits, and the moment that is shown.
import { strings } from './strings.js';
import { state } from './state.js';
import { byId, dayOf, minuteOf, number, put } from './text.js';

const names = 'http://www.w3.org/2000/svg';
const margin = { left: 52, right: 14, top: 18, bottom: 26 };
const hour = 3_600_000;
const steps = [hour / 4, hour / 2, hour, 2 * hour, 3 * hour, 6 * hour, 12 * hour, 24 * hour];

/** What is drawn: points by time, oldest first. */
export const curve = { points: [], peak: null, from: 0, to: 0 };

export const plotMargin = margin;

/** Draws it anew, at the size that there is. */
export function drawCurve() {
  const svg = byId('curve');
  const { width, height } = svg.getBoundingClientRect();
  if (width < 80 || height < 60 || !state.figures) return;
  svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
  const { capacity, firm_capacity: firm } = state.figures;
  const most = Math.max(10, capacity, firm ?? 0, ...curve.points.map(point => point.occupancy)) * 1.1;
  const span = Math.max(1, curve.to - curve.from);
  const x = time => margin.left + (time - curve.from) / span * (width - margin.left - margin.right);
  const y = value => height - margin.bottom - value / most * (height - margin.top - margin.bottom);
  const parts = [...grid(x, y, width, height, most), ...shape(x, y)];
  parts.push(...limit(y(capacity), width, strings.capacityLine(number(capacity)), 'limit', firm !== null));
  if (firm !== null) parts.push(...limit(y(firm), width, strings.firmLine(number(firm)), 'limit firm'));
  const last = curve.points.at(-1);
  if (last) parts.push(element('circle', { class: 'now-dot', cx: x(last.at), cy: y(last.occupancy), r: 5 }));
  if (state.past) {
    const answer = state.past.answer;
    parts.push(element('line', { class: 'moment-line', x1: x(state.past.at), x2: x(state.past.at), y1: margin.top, y2: height - margin.bottom }));
    if (answer) parts.push(element('circle', { class: 'moment-dot', cx: x(state.past.at), cy: y(answer.occupancy), r: 6 }));
  }

  svg.replaceChildren(...parts);
  put('curve-note', curve.peak?.occupancy > 0 ? strings.curveNote(number(curve.peak.occupancy), minuteOf(Date.parse(curve.peak.at))) : strings.curveEmpty);
}

function shape(x, y) {
  const points = curve.points;
  if (points.length === 0) return [];

  // Nobody is half inside: the number holds until it changes.
  let line = `M${x(points[0].at).toFixed(1)} ${y(points[0].occupancy).toFixed(1)}`;
  for (const point of points.slice(1)) line += `L${x(point.at).toFixed(1)} ${y(point.occupancy).toFixed(1)}`;
  const area = `${line}L${x(points.at(-1).at).toFixed(1)} ${y(0).toFixed(1)}L${x(points[0].at).toFixed(1)} ${y(0).toFixed(1)}Z`;
  return [element('path', { class: 'area', d: area }), element('path', { class: 'line', d: line })];
}

function limit(at, width, text, className, isBelow = false) {
  return [
    element('line', { class: className, x1: margin.left, x2: width - margin.right, y1: at, y2: at }),
    label(text, margin.left + 6, isBelow || at < margin.top ? at + 14 : at - 5, 'start', 'limit-text'),
  ];
}

function grid(x, y, width, height, most) {
  const parts = [];
  const raw = most / Math.max(2, Math.floor(height / 56));
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = Math.max(1, [1, 2, 5, 10].find(factor => factor * power >= raw) * power);
  for (let value = 0; value < most; value += step) {
    parts.push(element('line', { class: 'grid', x1: margin.left, x2: width - margin.right, y1: y(value), y2: y(value) }));
    parts.push(label(number(value), margin.left - 8, y(value) + 4, 'end'));
  }

  const wanted = (curve.to - curve.from) / Math.max(2, Math.floor(width / 96));
  const every = steps.find(one => one >= wanted) ?? steps.at(-1);
  for (const time of ticks(every)) {
    const text = every >= 12 * hour || minuteOf(time) === '00:00' ? dayOf(time) : minuteOf(time);
    parts.push(element('line', { class: 'grid', x1: x(time), x2: x(time), y1: height - margin.bottom, y2: height - margin.bottom + 5 }));
    if (x(time) > margin.left + 12 && x(time) < width - 28) parts.push(label(text, x(time), height - 8, 'middle'));
  }

  return parts;
}

// Full hours on the venue's clock, whatever its offset: the first quarter of an hour that reads so.
function ticks(every) {
  const found = [];
  const quarter = hour / 4;
  for (let time = Math.ceil(curve.from / quarter) * quarter; time <= curve.to; time += quarter) {
    const [hours, minutes] = minuteOf(time).split(':').map(Number);
    if ((hours * 60 + minutes) * 60_000 % Math.min(every, 24 * hour) === 0) found.push(time);
  }

  return found;
}

function element(tag, attributes) {
  const made = document.createElementNS(names, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

function label(text, x, y, anchor, className = '') {
  const made = element('text', { x, y, 'text-anchor': anchor, class: className });
  made.textContent = text;
  return made;
}
