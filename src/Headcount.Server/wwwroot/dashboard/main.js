// Puts the dashboard together: the feed fills the state, and the panels show it, at most once a frame.
import { fillTexts, strings } from './strings.js';
import { connect } from './feed.js';
import { levelOf, serverNow, state, take } from './state.js';
import { levelWord, showHero } from './hero.js';
import { showGates, showTypes } from './gates.js';
import { prepareNotices, showAlerts, showNotices } from './notices.js';
import { backToLive, follow, loadCurve, preparePast } from './past.js';
import { loadRate } from './rate.js';
import { byId, lengthOf, make, momentOf, number, percent, put, secondOf, useZone, visible, zoneName } from './text.js';

const options = new URLSearchParams(location.search);
const query = options.has('event') ? `?event=${encodeURIComponent(options.get('event'))}` : '';
const silenceIsOld = 12_000;
const sayEvery = 30_000;
let feed = null;
let saidAt = 0;
let saidLevel = null;
let wasLost = false;
let wanted = 0;
const changed = new Set();

fillTexts();
prepareLook();
prepareNotices();
preparePast(query, () => {
  show('hero', 'gates', 'types', 'past');
  sayMode();
});
setConnection('connecting');
setInterval(tick, 1_000);
setInterval(() => document.hidden || readRate(), 30_000);
listEvents();
feed = connect(query, { onMessage, onState: setConnection, onRefused });

function onMessage(message) {
  if (!take(message)) return;
  switch (message.type) {
    case 'snapshot':
      useZone(state.zone);
      document.body.classList.remove('waiting');
      byId('choose').hidden = true;
      tick();
      show('hero', 'gates', 'types', 'notices', 'alerts', 'names', 'past');
      loadCurve();
      readRate();
      break;
    case 'occupancy':
      show('hero');
      break;
    case 'gate':
      show('gates', 'hero');
      break;
    case 'ticket_types':
      show('types');
      break;
    case 'alert':
      show('alerts');
      break;
    default:
      show('notices');
  }
}

async function readRate() {
  await loadRate(query);
  show('hero');
}

/** Has panels drawn at the next frame; a page that nobody sees is drawn when somebody does. */
function show(...panels) {
  for (const panel of panels) changed.add(panel);
  wanted ||= requestAnimationFrame(() => {
    wanted = 0;
    const draw = { hero: showHero, gates: showGates, types: showTypes, notices: showNotices, alerts: showAlertsAndSay, names: showNames, past: showPast };
    for (const panel of changed) draw[panel]();
    changed.clear();
    sayNumber();
  });
}

function showNames() {
  const figures = state.figures;
  put('event-name', visible(state.name));
  put('zone', zoneName());
  byId('event-select').value = state.slug;
  document.title = strings.title(number(figures.occupancy), number(figures.capacity), state.name);
}

function showPast() {
  const past = state.past;
  document.body.classList.toggle('past', Boolean(past));
  document.body.classList.toggle('past-loading', Boolean(past?.isLoading));
  byId('past-word').hidden = !past;
  if (!past) return;
  const time = `${momentOf(past.at, serverNow())} ${zoneName()}`;
  put('past-text', past.failed ? strings.pastFailed(time) : past.answer ? strings.past(time) : strings.pastLoading(time));
}

function tick() {
  put('clock', state.figures ? secondOf(serverNow()) : '--:--:--');
  const age = Date.now() - state.heardAt;
  const isOld = Boolean(state.figures) && age > silenceIsOld;
  document.body.classList.toggle('stale', isOld);
  byId('stale').hidden = !isOld;
  if (isOld) put('stale', strings.stale(secondOf(state.figuresAt), lengthOf(serverNow() - state.figuresAt)));
  byId('not-durable').hidden = state.figures?.durable !== false;
  if (!state.figures) return;
  document.title = strings.title(number(state.figures.occupancy), number(state.figures.capacity), state.name);
  show('gates');
  if (state.connection === 'live' && Math.round(serverNow() / 1000) % 5 === 0) follow();
}

function setConnection(now) {
  state.connection = now;
  const pill = byId('connection');
  pill.dataset.state = now;
  put('connection-text', strings[now]);
  if (now === 'reconnecting' && !wasLost && state.figures) {
    wasLost = true;
    setTimeout(() => wasLost && put('say', strings.sayLost), 5_000);
  } else if (now === 'live' && wasLost) {
    wasLost = false;
    put('say', strings.sayBack);
  }
}

// Said aloud at most twice a minute, but for a change of level, which is said at once.
function sayNumber() {
  if (!state.figures || state.past) return;
  const { occupancy, capacity, firm_capacity: firm } = state.figures;
  const level = levelOf(occupancy, capacity, firm);
  const text = strings.sayInside(number(occupancy), number(capacity), percent(occupancy, capacity), levelWord(occupancy, capacity, level));
  const now = Date.now();
  if (saidLevel !== null && level !== saidLevel && level !== 'calm') {
    put('cry', text);
    saidAt = now;
  } else if (now - saidAt >= sayEvery) {
    put('say', text);
    saidAt = now;
  }

  saidLevel = level;
}

function sayMode() {
  const isPast = Boolean(state.past);
  if (isPast === document.body.classList.contains('past')) return;
  put('say', isPast ? strings.sayPast(momentOf(state.past.at, serverNow())) : strings.sayLive);
}

function showAlertsAndSay() {
  const fresh = showAlerts();
  if (fresh.length > 0) put('cry', fresh.map(alert => strings.sayAlert(alert.message)).join(' '));
}

function onRefused(status) {
  if (status === 401) {
    location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
    return;
  }

  feed?.end();
  setConnection('lost');
  document.body.classList.add('waiting');
  byId('choose').hidden = false;
  put('choose-title', status === 403 ? strings.notAllowed : query ? strings.noSuchEvent : strings.chooseEvent);
}

async function listEvents() {
  let events;
  try {
    const answer = await fetch('/api/events', { headers: { Accept: 'application/json' } });
    if (!answer.ok) return;
    ({ events } = await answer.json());
  } catch {
    return;
  }

  const listed = events.filter(event => !event.archived || event.slug === options.get('event'));
  const address = slug => `?${new URLSearchParams({ ...Object.fromEntries(options), event: slug })}`;
  for (const event of listed) {
    byId('event-select').append(new Option(visible(event.name), event.slug));
    const link = make('a', '', visible(event.name));
    link.href = address(event.slug);
    const item = make('li');
    item.append(link);
    byId('choose-list').append(item);
  }

  if (listed.length === 0) put('choose-title', strings.noEvent);
  byId('chooser').hidden = listed.length < 2;
  document.body.classList.toggle('many', listed.length > 1);
  byId('event-select').value = state.slug;
  byId('event-select').onchange = change => location.assign(address(change.target.value));
}

function prepareLook() {
  const wall = byId('wall');
  const setWall = on => {
    document.body.classList.toggle('wall', on);
    wall.setAttribute('aria-pressed', String(on));
    put(wall, on ? strings.wallOff : strings.wallOn);
    if (on) backToLive(false);
  };
  const toggle = () => {
    const on = !document.body.classList.contains('wall');
    setWall(on);
    if (on)
      document.documentElement.requestFullscreen?.().catch(() => {});
    else if (document.fullscreenElement)
      document.exitFullscreen();
  };
  wall.onclick = toggle;
  addEventListener('keydown', event => {
    if (event.key === 'f' && !event.ctrlKey && !event.metaKey && !event.altKey && !event.target.closest('input, select, textarea')) toggle();
  });
  document.addEventListener('fullscreenchange', () => document.fullscreenElement || options.get('wall') === '1' || setWall(false));
  setWall(options.get('wall') === '1');
  prepareTheme();
}

function prepareTheme() {
  const themes = ['auto', 'light', 'dark'];
  const button = byId('theme');
  const read = () => {
    try {
      return localStorage.getItem('headcount theme');
    } catch {
      return null;
    }
  };
  let theme = options.get('theme') ?? read();
  const set = () => {
    if (!themes.includes(theme)) theme = 'auto';
    document.documentElement.dataset.theme = theme;
    put(button, strings.theme[theme]);
  };
  button.onclick = () => {
    theme = themes[(themes.indexOf(theme) + 1) % themes.length];
    set();
    try {
      localStorage.setItem('headcount theme', theme);
    } catch {
      // A browser that keeps nothing.
    }
  };
  set();
}
