// Watches a mashup's own websockets for the proxy's words that a session has
// ended, its fields for what a person typed, and whether it plays. It runs in the page's top
// frame before the page's own scripts, tells nobody anything, and only answers
// when the shell asks: a page can spoil the answers about itself, no more.
(() => {
  const FATAL = /"method"\s*:\s*"(OnSessionTimedOut|OnSessionLoggedOut|OnSessionClosed|OnLicenseAccessDenied|OnEngineWebsocketFailed|OnNoEngineAvailable|OnMaxParallelSessionsExceeded)"/;
  const MUST_AUTHENTICATE = /"mustAuthenticate"\s*:\s*true/;
  // Notices are small; data need not be searched.
  const NOTICE_MAX = 4096;
  // A client that reconnects by itself has done so by then.
  const RECONNECT_MS = 1500;
  // A click that asked for an export has done so by then.
  const CLICKED_MS = 1500;

  const signals = new Set();
  const typedInto = new Set();
  const open = new Set();
  const closedByPage = new WeakSet();

  class ObservedSocket extends WebSocket {
    constructor(...args) {
      super(...args);
      if (!/\/app\//.test(this.url)) return;
      open.add(this);
      this.addEventListener('message', ({ data }) => {
        if (typeof data !== 'string' || data.length > NOTICE_MAX) return;
        const fatal = FATAL.exec(data);
        if (fatal) signals.add(fatal[1]);
        if (MUST_AUTHENTICATE.test(data)) signals.add('mustAuthenticate');
      });
      this.addEventListener('close', () => {
        open.delete(this);
        if (closedByPage.has(this)) return;
        setTimeout(() => {
          if (open.size === 0) signals.add('socketLost');
        }, RECONNECT_MS);
      });
    }

    close(...args) {
      closedByPage.add(this);
      super.close(...args);
    }
  }
  Object.defineProperty(ObservedSocket, 'name', { value: 'WebSocket' });
  window.WebSocket = ObservedSocket;

  let clickedTwice = -Infinity;
  document.addEventListener('click', ({ detail }) => {
    if (detail > 1) clickedTwice = performance.now();
  }, true);

  document.addEventListener('input', ({ target }) => typedInto.add(target), true);
  const text = (field) => (field.isContentEditable ? field.textContent : field.value) ?? '';
  const typed = (field) => field.isConnected && text(field) !== (field.defaultValue ?? '');

  Object.defineProperty(window, '__mashdesk', {
    // `takes`: whoever asks acts upon the double click, and it counts no more.
    value: (takes = false) => {
      const told = {
        origin: location.origin,
        signals: [...signals],
        typed: [...typedInto].some(typed),
        plays: [...document.querySelectorAll('audio, video')].some(({ paused }) => !paused),
        clicked_twice: performance.now() - clickedTwice < CLICKED_MS,
      };
      signals.clear();
      if (takes) clickedTwice = -Infinity;
      return told;
    },
  });
})();
