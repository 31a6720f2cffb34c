// The number, how near it is to the limit, and what follows from it.
import { strings } from './strings.js';
import { state, levelOf, serverNow } from './state.js';
import { rateNow } from './rate.js';
import { byId, minuteOf, minutesOf, number, percent, put } from './text.js';

const minute = 60_000;
const farthest = 24 * 60;

/** Shows a moment: the live figures, or those of the past. */
export function showHero() {
  const figures = state.figures;
  if (!figures) return;
  const past = state.past?.answer;
  const { capacity, firm_capacity: firm } = figures;
  const occupancy = past ? past.occupancy : figures.occupancy;
  const level = levelOf(occupancy, capacity, firm);
  showNumber(occupancy, level);
  put('of', past ? strings.insideThen : firm === null ? strings.of(number(capacity)) : strings.ofWithFirm(number(capacity), number(firm)));
  put('percent', percent(occupancy, capacity));
  put('places-left', occupancy > capacity ? strings.overBy(number(occupancy - capacity)) : number(capacity - occupancy));
  const counted = past ?? figures;
  put('entries-exits', `${number(counted.entries)} / ${number(counted.exits)}`);
  put('visitors', number(counted.first_entries));
  showBar(occupancy, figures, level, past);
  if (past) return;

  const kept = figures.theoretical - figures.occupancy;
  put('demand', number(figures.theoretical));
  put('demand-note', kept > 0 ? strings.turnedAway(number(kept)) : strings.noneTurnedAway);
  put('peak', number(figures.peak_occupancy));
  byId('lease-line').hidden = !(figures.on_lease > 0 || figures.cut_off > 0);
  put('on-lease', figures.cut_off > 0 ? strings.onLeaseHeld(number(figures.on_lease), number(figures.held), number(figures.cut_off)) : number(figures.on_lease ?? 0));
  put('drift', figures.drift === 0 ? strings.driftNone : strings.driftSome(number(figures.drift)));
  put('time-to-full', timeToFull(figures));
}

export const levelWord = (occupancy, capacity, level) =>
  level === 'over' ? strings.levels.over(number(occupancy - capacity)) : strings.levels[level];

function showNumber(occupancy, level) {
  const hero = byId('hero');
  const text = number(occupancy);
  hero.dataset.level = level;
  hero.style.setProperty('--digits', Math.max(3, text.length - (text.match(/,/g)?.length ?? 0) * 0.55));
  document.body.dataset.level = level;
  put('number', text);
  put('level-word', levelWord(occupancy, state.figures.capacity, level));
}

function showBar(occupancy, { capacity, firm_capacity: firm, theoretical }, level, past) {
  const whole = Math.max(1, capacity, firm ?? 0, occupancy);
  const place = value => `${Math.min(100, Math.max(0, value / whole * 100)).toFixed(2)}%`;
  const bar = byId('bar');
  bar.setAttribute('aria-valuemax', Math.max(capacity, occupancy));
  bar.setAttribute('aria-valuenow', occupancy);
  bar.setAttribute('aria-valuetext', strings.barText(number(occupancy), number(capacity), percent(occupancy, capacity), levelWord(occupancy, capacity, level)));
  byId('bar-fill').style.width = place(occupancy);
  byId('mark-90').style.left = place(capacity * 0.9);
  byId('mark-full').style.left = place(capacity);
  byId('mark-full').hidden = capacity === 0;
  byId('mark-firm').hidden = firm === null;
  if (firm !== null) byId('mark-firm').style.left = place(firm);
  byId('bar-demand').hidden = Boolean(past) || theoretical <= occupancy;
  byId('bar-demand').style.left = place(theoretical);
}

function timeToFull({ occupancy, capacity }) {
  if (occupancy >= capacity) return strings.isFull;
  const rate = rateNow();
  if (rate === null) return '–';
  if (rate <= -0.5) return strings.emptying(number(Math.round(-rate)));
  const minutes = rate < 0.5 ? Infinity : (capacity - occupancy) / rate;
  if (minutes > farthest) return strings.notFilling;

  // As exact as such a guess can be.
  const grain = minutes < 15 ? minute : 5 * minute;
  const at = Math.round((serverNow() + minutes * minute) / grain) * grain;
  return strings.fullAbout(minuteOf(at), strings.inTime(minutesOf(Math.max(1, Math.round(minutes)))));
}
