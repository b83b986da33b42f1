// The adversary: a mashup's page that tries everything, from windows, frames and workers alike. Each
// file beside this one adds attacks of its kind; this one runs them and tells what became of them.
//
// An attack answers with what it got (it got through), answers POSTED where only the harness can see
// whether it did, throws Missing where this webview lacks what it needs, and throws anything else
// when it was refused.

class Missing extends Error {}
const POSTED = Symbol('posted');

const adversary = (() => {
  const parameters = new URL(self.location.href).searchParams;
  const role = parameters.get('role') ?? 'page';
  const foreign = parameters.get('foreign');
  const attacks = [];
  const WINDOWS = ['page', 'frame', 'foreign_frame', 'popup'];
  const WORKERS = ['worker', 'shared_worker', 'service_worker'];
  const PATIENCE_MS = 5000;

  const it = {
    role,
    foreign,
    config: {},
    WINDOWS,
    WORKERS,
    /** The roles that have the mashup's own origin. */
    OWN: ['page', 'frame', 'popup', ...WORKERS],
    EVERYWHERE: [...WINDOWS, ...WORKERS],
    attack: (name, roles, run) => attacks.push({ name, roles, run }),
    /** A name that nobody else gives to anything, legal as a mashup's id. */
    marker: (name) => `adversary-${role}-${name}`.replaceAll(/[^a-z0-9-]/g, '-'),
    run,
    begin,
    tell,
    wait: (ms) => new Promise((done) => setTimeout(done, ms)),
  };
  return it;

  async function begin() {
    const configured = configure();
    if (role === 'service_worker') {
      // From its first moment on, before anything is waited for: a message that nobody hears is lost.
      self.addEventListener('message', (event) => event.waitUntil(configured.then(() => run(role))));
    }
    await configured;
    if (role === 'victim') return it.plant();
    if (role === 'keeper' || role === 'idle') return;
    if (role === 'shared_worker') self.onconnect = () => {};
    if (role === 'service_worker') return;
    if (role === 'page') {
      // One attack a click: what a click allows is used up by the first that asks.
      const left = attacks.filter(({ roles }) => roles.includes('gesture'));
      it.left = () => left.length;
      document.querySelector('#go').addEventListener('click', () => {
        const attack = left.shift();
        if (attack) void make(attack, 'gesture');
      });
    }
    await run(role);
    if (role === 'page') await spread();
  }

  async function configure() {
    it.config = await (await fetch(`${foreign}/config.json`, { cache: 'no-store' })).json();
  }

  /** From the page into whatever a page can start. */
  async function spread() {
    const own = (file, role) => `${file}?${new URLSearchParams({ role, foreign })}`;
    const frame = (url) => {
      const frame = document.createElement('iframe');
      frame.src = url;
      document.body.append(frame);
    };
    const start = async (role, start) => {
      try {
        await start();
      } catch (error) {
        await tell({ role, attack: 'start', outcome: 'missing', detail: String(error) });
        await tell({ role, attack: 'end', outcome: 'end', detail: '' });
      }
    };
    await start('frame', () => frame(own('adversary.html', 'frame')));
    await start('foreign_frame', () => {
      // Another site: the page is on 127.0.0.1.
      const elsewhere = foreign.replace('127.0.0.1', 'localhost');
      frame(`${elsewhere}/${own('adversary.html', 'foreign_frame')}`);
    });
    await start('worker', () => { it.worker = new Worker(own('adversary-worker.js', 'worker')); });
    await start('shared_worker', () => {
      it.sharedWorker = new SharedWorker(own('adversary-worker.js', 'shared_worker'));
    });
    await start('service_worker', async () => {
      const url = own('adversary-worker.js', 'service_worker');
      const registration = await navigator.serviceWorker.register(url);
      const worker = registration.installing ?? registration.waiting ?? registration.active;
      if (worker.state !== 'activated') {
        await new Promise((done) => {
          worker.addEventListener('statechange', () => worker.state === 'activated' && done());
        });
      }
      worker.postMessage('attack');
    });
    await start('popup', () => {
      if (!window.open(own('adversary.html', 'popup'))) throw new Error('no window');
    });
  }

  async function run(role) {
    // The sign-in window is a window as well, without another's store to look for.
    const wanted = ({ name, roles }) =>
      role === 'sign_in' ? roles.includes('page') && /^(ipc|local|tls)[.]/.test(name) : roles.includes(role);
    for (const attack of attacks.filter(wanted)) await make(attack, role);
    await tell({ role, attack: 'end', outcome: 'end', detail: '' });
  }

  async function make({ name, run }, role) {
    let outcome = 'refused';
    let detail;
    try {
      const late = it.wait(PATIENCE_MS).then(() => Promise.reject(new Error('nothing came of it')));
      const got = await Promise.race([run(role), late]);
      outcome = got === POSTED ? 'posted' : 'through';
      detail = got === POSTED ? it.marker(name) : String(got);
    } catch (error) {
      if (error instanceof Missing) outcome = 'missing';
      detail = String(error?.message ?? error);
    }
    await tell({ role, attack: name, outcome, detail: detail.slice(0, 400) });
  }

  /** The same from every origin: no answer is read, so nobody's leave is asked. */
  async function tell(what) {
    await fetch(`${foreign}/report`, { method: 'POST', mode: 'no-cors', body: JSON.stringify(what) });
  }
})();
