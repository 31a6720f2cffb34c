import { strings } from './strings.js';

const whole = new Intl.NumberFormat('en');
let zone = 'UTC';
let formats = {};

export const number = value => whole.format(value);

/** Per cent with one decimal, cut off: 99.96 % is not full. */
export function percent(occupancy, capacity) {
  if (!(capacity > 0)) return '–';
  const tenths = Math.floor(occupancy * 1000 / capacity);
  return strings.percent(tenths % 10 === 0 ? String(tenths / 10) : (tenths / 10).toFixed(1));
}

/** From now on times are on this zone's clock: an IANA name or a fixed offset. */
export function useZone(id) {
  const known = id === 'Z' || id === 'z' ? 'UTC' : id.replace(/^([+-]\d\d)(\d\d)$/, '$1:$2');
  const make = options => new Intl.DateTimeFormat('en-GB', { timeZone: known, hourCycle: 'h23', ...options });
  try {
    formats = {
      minute: make({ hour: '2-digit', minute: '2-digit' }),
      second: make({ hour: '2-digit', minute: '2-digit', second: '2-digit' }),
      day: make({ weekday: 'short', day: 'numeric', month: 'short' }),
      parts: make({ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' }),
    };
    zone = known;
  } catch {
    // A zone that this browser lacks: better another clock, named, than none.
    if (known !== 'UTC') useZone('UTC');
  }
}

useZone('UTC');

export const zoneName = () => zone;
export const minuteOf = ms => formats.minute.format(ms);
export const secondOf = ms => formats.second.format(ms);
export const dayOf = ms => formats.day.format(ms);

/** A moment in full, with the day only where it is another one. */
export function momentOf(ms, now) {
  return dayOf(ms) === dayOf(now) ? secondOf(ms) : `${dayOf(ms)}, ${secondOf(ms)}`;
}

/** A local time as a field for date and time holds it. */
export function fieldOf(ms) {
  const part = Object.fromEntries(formats.parts.formatToParts(ms).map(one => [one.type, one.value]));
  return `${part.year}-${part.month}-${part.day}T${part.hour}:${part.minute}:${part.second}`;
}

/** How long, in the one or two units that matter. */
export function lengthOf(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 100) return strings.seconds(seconds);
  return minutesOf(Math.floor(seconds / 60));
}

export function minutesOf(minutes) {
  if (minutes < 100) return strings.minutes(minutes);
  if (minutes < 48 * 60) return strings.hours(Math.floor(minutes / 60), minutes % 60);
  return strings.days(Math.floor(minutes / 1440));
}

/** What came from outside, with everything visible that could hide or turn around what stands beside it. */
export const visible = text => String(text).replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
  character => `⟨${character.charCodeAt(0).toString(16).padStart(4, '0')}⟩`);

export const byId = id => document.getElementById(id);

/** Sets a text only where it differs: what does not change is not laid out again. */
export function put(target, text) {
  const element = typeof target === 'string' ? byId(target) : target;
  if (element.textContent !== text) element.textContent = text;
}

/** An element with a class and a text; never markup. */
export function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}
