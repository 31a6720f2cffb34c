// The connection: a WebSocket, or server-sent events where no WebSocket comes through. Every connection begins with a whole picture, so nothing has to be remembered.
const silenceIsDeath = 12_000;
const delays = [250, 500, 1_000, 2_000, 4_000, 5_000];

/**
 * Connects, and again whenever the connection is gone.
 * @param {string} query the event, as `?event=…`, or nothing
 * @param {{onMessage: Function, onState: Function, onRefused: Function}} told
 */
export function connect(query, told) {
  let channel = null;
  let failures = 0;
  let useEvents = false;
  let timer = 0;
  let silence = 0;
  let isOver = false;

  function open() {
    clearTimeout(timer);
    close();
    told.onState(failures === 0 ? 'connecting' : 'reconnecting');
    const mine = channel = useEvents ? openEvents() : openSocket();
    listen();

    function openSocket() {
      const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/live${query}`);
      socket.onmessage = event => mine === channel && heard(event.data);
      socket.onclose = () => mine === channel && lost();
      return socket;
    }

    function openEvents() {
      const events = new EventSource(`/api/live${query}`);
      events.onmessage = event => mine === channel && heard(event.data);
      events.onerror = () => mine === channel && lost();
      return events;
    }
  }

  // The server says something every five seconds at least.
  function listen() {
    clearTimeout(silence);
    silence = setTimeout(lost, silenceIsDeath);
  }

  function heard(data) {
    listen();
    failures = 0;
    const message = JSON.parse(data);
    told.onMessage(message);
    if (message.type === 'snapshot') told.onState('live');
  }

  async function lost() {
    close();
    if (isOver) return;
    told.onState('reconnecting');
    failures++;

    // Some ways through the world let no WebSocket pass.
    if (failures % 3 === 0) useEvents = !useEvents;
    const delay = delays[Math.min(failures - 1, delays.length - 1)];
    timer = setTimeout(open, delay * (0.75 + Math.random() / 2));

    // A browser does not say why a WebSocket failed; a plain question does.
    try {
      const answer = await fetch(`/api/occupancy/current${query}`, { headers: { Accept: 'application/json' } });
      if ([401, 403, 404].includes(answer.status) && !isOver) {
        clearTimeout(timer);
        told.onRefused(answer.status);
      } else if (answer.ok) {
        retryNow();
      }
    } catch {
      // Not reachable: the timer tries again.
    }
  }

  function retryNow() {
    if (isOver || channel || failures > 2) return;
    open();
  }

  function close() {
    clearTimeout(silence);
    const old = channel;
    channel = null;
    old?.close();
  }

  const comeBack = () => {
    if (isOver || document.hidden || channel) return;
    failures = Math.min(failures, 1);
    open();
  };
  addEventListener('online', comeBack);
  document.addEventListener('visibilitychange', comeBack);
  open();

  return {
    end() {
      isOver = true;
      clearTimeout(timer);
      close();
    },
  };
}
