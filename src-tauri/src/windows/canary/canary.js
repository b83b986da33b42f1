// Plants this window's canary in what pages keep, and says what it finds there:
// before, after, and once the other window has planted its own. Each answer is
// waited for: it is the sign to go on.
"use strict";

const asked = new URL(location.href).searchParams;
const canary = asked.get("canary");
const kinds = asked.get("kinds").split(",");

/** A kind that this webview lacks has nothing to share. */
const MISSING = Symbol("missing");

const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

async function database() {
  const opening = indexedDB.open("canary", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("canary");
  return done(opening);
}

/** The last canary heard on the channel; the page's own comes by its second end. */
let heard = null;
let channel = null;

/** What the shared worker answers. */
function worker(message) {
  const shared = new SharedWorker("shared-worker.js", "canary");
  return new Promise((resolve, reject) => {
    shared.onerror = () => reject(new Error("the shared worker did not start"));
    shared.port.onmessage = ({ data }) => resolve(data);
    shared.port.postMessage(message);
  });
}

async function registration() {
  const [found] = await navigator.serviceWorker.getRegistrations();
  return found;
}

const LOOKS = {
  local_storage: {
    plant: () => localStorage.setItem("canary", canary),
    find: () => localStorage.getItem("canary"),
  },
  indexed_db: {
    lacks: () => !("indexedDB" in self),
    async plant() {
      const store = (await database()).transaction("canary", "readwrite").objectStore("canary");
      await done(store.put(canary, "canary"));
    },
    async find() {
      const store = (await database()).transaction("canary").objectStore("canary");
      return (await done(store.get("canary"))) ?? null;
    },
  },
  cache_storage: {
    lacks: () => !("caches" in self),
    async plant() {
      await (await caches.open("canary")).put("kept", new Response(canary));
    },
    async find() {
      const kept = await (await caches.open("canary")).match("kept");
      return kept ? kept.text() : null;
    },
  },
  broadcast_channel: {
    lacks: () => !("BroadcastChannel" in self),
    listen() {
      channel = new BroadcastChannel("canary");
      channel.onmessage = ({ data }) => (heard = data);
    },
    async plant() {
      const end = new BroadcastChannel("canary");
      const arrived = new Promise((resolve) => channel.addEventListener("message", resolve, { once: true }));
      end.postMessage(canary);
      await arrived;
      end.close();
    },
    find: () => heard,
  },
  shared_worker: {
    lacks: () => !("SharedWorker" in self),
    plant: () => worker(canary),
    find: () => worker(null),
  },
  service_worker: {
    lacks: () => !("serviceWorker" in navigator),
    async plant() {
      await navigator.serviceWorker.register(`service-worker.js?canary=${canary}`);
    },
    async find() {
      const found = await registration();
      const script = (found?.installing ?? found?.waiting ?? found?.active)?.scriptURL;
      return script ? new URL(script).searchParams.get("canary") : null;
    },
  },
};

/** Longest that one look may take: a webview may well never answer. */
const PATIENCE_MS = 5000;

function inTime(promise) {
  const late = new Promise((_, reject) => setTimeout(() => reject(new Error("no answer in time")), PATIENCE_MS));
  return Promise.race([promise, late]);
}

async function each(step) {
  const found = {};
  for (const kind of kinds) {
    const look = LOOKS[kind];
    // Cookies are looked at from outside: what travels with a request.
    if (!look) continue;
    try {
      if (look.lacks?.()) throw MISSING;
      if (step === "before") look.listen?.();
      if (step === "planted") await inTime(Promise.resolve(look.plant()));
      found[kind] = { value: await inTime(Promise.resolve(look.find())) };
    } catch (error) {
      found[kind] = error === MISSING ? "missing" : { failed: `${kind}: ${error?.message ?? error}` };
    }
  }
  return found;
}

async function say(step) {
  const said = new URLSearchParams({ canary, step, sight: JSON.stringify(await each(step)) });
  await fetch(`said?${said}`);
}

void (async () => {
  await say("before");
  await say("planted");
  await say("after");
})();
