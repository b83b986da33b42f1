// This machine's own files, and the shell's own pages.

(() => {
  const { attack, WINDOWS, EVERYWHERE, OWN, wait } = adversary;
  const PLACES = {
    tauri: () => 'tauri://localhost/index.html',
    tauri_localhost: () => 'http://tauri.localhost/index.html',
    asset: () => `asset://localhost/${encodeURIComponent(adversary.config.secret)}`,
    asset_localhost: () => `http://asset.localhost/${encodeURIComponent(adversary.config.secret)}`,
    file: () => `file://${adversary.config.secret}`,
    resource: () => 'resource:///org/gtk/libgtk/theme/Adwaita/gtk.css',
  };
  const redirected = (url) => `${adversary.foreign}/redirect?${new URLSearchParams({ to: url })}`;

  async function read(url) {
    const answer = await fetch(url);
    const text = await answer.text();
    if (!text) throw new Error('an empty answer');
    return `${text.length} bytes: ${text.slice(0, 40)}`;
  }
  /** What becomes of an element that loads something. */
  const loads = (tag, attribute, url) => new Promise((got, refused) => {
    const element = document.createElement(tag);
    element.onload = () => got(`${tag} loaded`);
    element.onerror = () => refused(new Error('an error event'));
    element[attribute] = url;
    if (tag === 'link') element.rel = 'stylesheet';
    document.body.append(element);
  });
  async function frames(url) {
    const frame = document.createElement('iframe');
    document.body.append(frame);
    frame.src = url;
    await wait(700);
    let where;
    try {
      where = frame.contentWindow.location.href;
    } catch {
      where = 'another origin';
    }
    frame.remove();
    if (where === 'about:blank') throw new Error('the frame stays empty');
    return `the frame went to ${where}`;
  }

  for (const [name, place] of Object.entries(PLACES)) {
    attack(`local.fetch.${name}`, EVERYWHERE, () => read(place()));
    // An empty port shows an error page of the webview's own, which tells nothing; a frame that
    // goes for a file costs the page its process, so the harness tries that one by itself.
    if (!name.endsWith('_localhost') && name !== 'file') {
      attack(`local.frame.${name}`, ['page', 'foreign_frame'], () => frames(place()));
      attack(`local.frame_redirected.${name}`, ['page'], () => frames(redirected(place())));
    }
  }
  for (const name of ['tauri', 'file']) {
    attack(`local.redirected.${name}`, OWN, () => read(redirected(PLACES[name]())));
    attack(`local.import.${name}`, ['page', 'worker'], () => import(PLACES[name]()).then(() => 'it is code'));
  }
  attack('local.image.file', WINDOWS, () => loads('img', 'src', `file://${adversary.config.picture}`));
  attack('local.style.file', WINDOWS, () => loads('link', 'href', `file://${adversary.config.style}`));
  attack('local.script.tauri', WINDOWS, () => loads('script', 'src', 'tauri://localhost/index.html'));
  attack('local.worker.file', ['page'], () => new Promise((got, refused) => {
    const worker = new Worker(`file://${adversary.config.secret}`);
    worker.onerror = () => refused(new Error('an error event'));
    worker.onmessage = () => got('it runs');
  }));
  attack('local.xhr.file', ['page', 'foreign_frame', 'worker'], () => new Promise((got, refused) => {
    const request = new XMLHttpRequest();
    request.open('GET', PLACES.file());
    request.onload = () => (request.responseText ? got(request.responseText) : refused(new Error('empty')));
    request.onerror = () => refused(new Error('a network error'));
    request.send();
  }));
  attack('local.blob_reads_file', ['page'], async () => {
    // A page of its own making must not be a place that reads files.
    const code = `fetch(${JSON.stringify(PLACES.file())}).then((a) => a.text()).then(
      (text) => parent.postMessage(text || 'empty', '*'), (error) => parent.postMessage('refused', '*'))`;
    const frame = document.createElement('iframe');
    const said = new Promise((got) => {
      addEventListener('message', ({ data, source }) => source === frame.contentWindow && got(data));
    });
    frame.src = URL.createObjectURL(new Blob([`<script>${code}</` + 'script>'], { type: 'text/html' }));
    document.body.append(frame);
    const what = await said;
    if (what === 'refused' || what === 'empty') throw new Error('the page of its own reads nothing');
    return what;
  });

  // Certificates that nobody should trust.
  for (const flaw of ['untrusted', 'expired', 'wrong_host']) {
    const place = () => adversary.config.tls[flaw];
    attack(`tls.fetch.${flaw}`, ['page', 'worker', 'service_worker'], () => read(`${place()}/hit/tls-fetch-${flaw}`));
    attack(`tls.image.${flaw}`, ['page'], () => loads('img', 'src', `${place()}/picture.svg`));
    attack(`tls.frame.${flaw}`, ['page'], async () => {
      const frame = document.createElement('iframe');
      frame.src = `${place()}/hit/tls-frame-${flaw}`;
      document.body.append(frame);
      await wait(1500);
      frame.remove();
      return POSTED;
    });
    attack(`tls.socket.${flaw}`, ['page'], () => new Promise((got, refused) => {
      const socket = new WebSocket(`${place().replace('https', 'wss')}/socket`);
      // Nobody answers there as a websocket: what counts is whether the server is asked.
      socket.onopen = () => got('it is open');
      socket.onerror = () => refused(new Error('no connection'));
    }));
  }
})();
