// How fast it fills: people a minute over the last minutes, by when they came and went. A device that was offline and hands in its evening at once does not fool it.
import { state, serverNow } from './state.js';

const minute = 60_000;
const window = 5 * minute;
let points = [];

/** Reads the last minutes anew; what came late may have changed them. */
export async function loadRate(query) {
  const now = serverNow();
  const more = new URLSearchParams({ from: new Date(now - window - minute).toISOString(), to: new Date(now).toISOString(), step: '30s' });
  try {
    const answer = await fetch(`/api/occupancy/timeline${query}${query ? '&' : '?'}${more}`);
    if (!answer.ok) return;
    const day = await answer.json();
    points = day.points.map((point, place) => ({ at: Date.parse(point.at), occupancy: point.occupancy, moved: place > 0 && point.entries + point.exits > 0 }));
  } catch {
    // Not reachable: the feed tells when the connection is back.
  }
}

/** People a minute, more in than out; null = not known yet. */
export function rateNow() {
  const now = serverNow();
  if (points.length === 0 || !state.figures || now - points.at(-1).at > window) return null;
  let start = points.findLast(point => point.at <= now - window) ?? points[0];

  // Where nobody had moved before, the time before says nothing.
  const first = points.findIndex(point => point.moved);
  if (start.occupancy === 0 && first > 0 && points[first - 1].at > start.at) start = points[first - 1];
  return (state.figures.occupancy - start.occupancy) / Math.max(1, (now - start.at) / minute);
}
