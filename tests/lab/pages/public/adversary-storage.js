// What another mashup's window keeps: the victim plants it, the adversary looks for it. Both are
// on the website's origin; only their stores are two.

(() => {
  const { attack, OWN, wait } = adversary;
  const CANARY = 'canary-of-the-victim';
  const PAGES = ['page', 'frame', 'popup'];

  const opened = () => new Promise((got, refused) => {
    const request = indexedDB.open('victim', 1);
    request.onupgradeneeded = () => request.result.createObjectStore('kept');
    request.onsuccess = () => got(request.result);
    request.onerror = () => refused(request.error);
  });
  const asked = (request) => new Promise((got, refused) => {
    request.onsuccess = () => got(request.result);
    request.onerror = () => refused(request.error);
  });

  /** Each way to keep something, planted; those that work here are told to the harness. */
  adversary.plant = async () => {
    const plants = {
      cookie: () => { document.cookie = `canary=${CANARY}; path=/`; },
      local: () => localStorage.setItem('canary', CANARY),
      session: () => sessionStorage.setItem('canary', CANARY),
      indexeddb: async () => {
        const database = await opened();
        await asked(database.transaction('kept', 'readwrite').objectStore('kept').put(CANARY, 'canary'));
        database.close();
      },
      caches: async () => (await caches.open('victim')).put('/canary', new Response(CANARY)),
      opfs: async () => {
        const root = await navigator.storage.getDirectory();
        await root.getFileHandle('canary', { create: true });
      },
      locks: () => new Promise((held, refused) => {
        navigator.locks.request('victim', () => {
          held();
          return new Promise(() => {});
        }).catch(refused);
      }),
      broadcast: () => {
        window.heard = [];
        const channel = new BroadcastChannel('victim');
        channel.onmessage = ({ data }) => window.heard.push(data);
        setInterval(() => channel.postMessage(CANARY), 200);
        window.channel = channel;
      },
      storage_event: () => {
        window.stored = [];
        addEventListener('storage', ({ key }) => window.stored.push(key));
      },
      shared_worker: async () => {
        const worker = new SharedWorker('adversary-keeper.js', 'keeper');
        worker.port.postMessage(CANARY);
        await new Promise((kept) => { worker.port.onmessage = kept; });
        window.keeper = worker;
      },
      service_worker: () => navigator.serviceWorker.register('adversary-worker.js?role=keeper'),
      blob: () => { window.blob = URL.createObjectURL(new Blob([CANARY])); },
      http_cache: async () => (await fetch(`${adversary.foreign}/cached`)).text(),
      named_window: () => { window.name = 'victim'; window.canary = CANARY; },
    };
    const planted = [];
    const failed = {};
    for (const [name, plant] of Object.entries(plants)) {
      try {
        await Promise.race([plant(), wait(4000).then(() => { throw new Error('it took too long'); })]);
        planted.push(name);
      } catch (error) {
        failed[name] = String(error);
      }
    }
    window.planted = { planted, failed, blob: window.blob };
  };

  /** An attack on something that the victim keeps: it has to be there. */
  const loot = (name, roles, run) => attack(`store.${name}`, roles, async (role) => {
    const kind = name.split('.')[0];
    if (!adversary.config.planted.includes(kind)) throw new Missing(`the victim has no ${kind}`);
    return await run(role);
  });
  const found = (what, nothing = 'nothing is there') => {
    if (!what) throw new Error(nothing);
    return `found ${what}`;
  };
  const canary = (text) => found(String(text ?? '').includes(CANARY) && CANARY);

  loot('cookie', PAGES, () => canary(document.cookie));
  loot('local', PAGES, () => canary(localStorage.getItem('canary')));
  loot('session', PAGES, () => canary(sessionStorage.getItem('canary')));
  loot('indexeddb', OWN, async () => {
    const database = await opened();
    const kept = await asked(database.transaction('kept').objectStore('kept').get('canary'));
    database.close();
    return canary(kept);
  });
  loot('caches', OWN, async () => canary(await (await caches.match('/canary'))?.text()));
  loot('opfs', OWN, async () => {
    const root = await navigator.storage.getDirectory();
    await root.getFileHandle('canary');
    return 'found its file';
  });
  loot('locks', OWN, async () => {
    const { held } = await navigator.locks.query();
    return found(held.some(({ name }) => name === 'victim') && 'its lock');
  });
  loot('broadcast', OWN, () => new Promise((got, refused) => {
    const channel = new BroadcastChannel('victim');
    channel.onmessage = ({ data }) => data === CANARY && got('heard its messages');
    setTimeout(() => refused(new Error('silence')), 1200);
  }));
  loot('broadcast.speak', OWN, (role) => {
    new BroadcastChannel('victim').postMessage(adversary.marker('store.broadcast.speak'));
    return POSTED;
  });
  loot('storage_event.write', PAGES, () => {
    localStorage.setItem(adversary.marker('store.storage_event.write'), '1');
    return POSTED;
  });
  loot('shared_worker', PAGES, () => new Promise((got, refused) => {
    // The victim's own, if it is within reach; otherwise its script would have to be.
    const url = `/mashups/${adversary.config.victim}/adversary-keeper.js`;
    const worker = new SharedWorker(url, 'keeper');
    worker.onerror = () => refused(new Error('its script is refused'));
    worker.port.postMessage('tell');
    worker.port.onmessage = ({ data }) => (data === CANARY ? got('its worker tells') : refused(new Error('a worker of its own')));
  }));
  loot('service_worker', PAGES, async () => {
    const all = await navigator.serviceWorker.getRegistrations();
    return found(all.find(({ scope }) => scope.includes(adversary.config.victim))?.scope);
  });
  loot('service_worker.clients', ['service_worker'], async () => {
    const all = await self.clients.matchAll({ includeUncontrolled: true });
    return found(all.find(({ url }) => url.includes(adversary.config.victim))?.url);
  });
  loot('blob', OWN, async () => canary(await (await fetch(adversary.config.blob)).text()));
  loot('http_cache', OWN, async () => {
    const answer = await fetch(`${adversary.foreign}/cached`, { cache: 'force-cache' });
    const asked = await answer.text();
    return found(asked === 'asked 1 times' && 'the copy that the victim fetched', `the server was asked: ${asked}`);
  });
  loot('named_window', ['page', 'popup'], () => {
    const named = window.open('', 'victim');
    if (!named) throw new Error('no such window');
    const kept = named.canary;
    named.close();
    return canary(kept);
  });
  attack('store.opener', ['page'], () => found(window.opener && 'an opener'));

  // The victim's session on Qlik, whose cookie no script can read.
  attack('session.user', OWN, async () => {
    const answer = await fetch(adversary.config.user_url, { credentials: 'include' });
    const { userId } = await answer.json();
    return found(userId === adversary.config.victim_user && `itself to be ${userId}`, `it is ${userId}`);
  });
  attack('session.content', OWN, async () => {
    const answer = await fetch(adversary.config.victim_image, { credentials: 'include', cache: 'no-store' });
    return found(answer.ok && `an image of the victim's library: ${answer.status}`, `refused with ${answer.status}`);
  });
  attack('session.image', PAGES, () => new Promise((got, refused) => {
    const image = new Image();
    image.onload = () => got(`an image of the victim's library, ${image.width} pixels wide`);
    image.onerror = () => refused(new Error('an error event'));
    image.src = `${adversary.config.victim_image}?${Math.random()}`;
  }));
  // The website's own pages of the victim's mashup, behind its cookie.
  attack('session.website', OWN, async () => {
    const answer = await fetch(`/mashups/${adversary.config.victim}/config.json`, { credentials: 'include' });
    return found(answer.ok && (await answer.json()).title, `refused with ${answer.status}`);
  });
})();
