// A website that implements Mashdesk's contract for Qlik Sense, in one page and with nothing but
// Node.js itself. Run it with `node website.mjs config.json`; docs/website-guide.md explains both.
// What it keeps in memory belongs in a database, and its tokens there as hashes.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { request } from 'node:https';

const { port, url, name, qlik, certificates, tokens, mashups } = JSON.parse(readFileSync(process.argv[2]));
const [cert, key, ca] = ['client', 'client_key', 'root'].map((file) => readFileSync(certificates[file]));
const prefix = qlik.virtual_proxy && `/${qlik.virtual_proxy}`;
const LIMIT = 5; // sessions an identity, which no setting of Qlik Sense changes
const people = new Map(Object.entries(tokens)); // who a token signs in
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const windows = new Map(); // `person window` -> which identity's session it has, and of which instance
const codes = new Map(); // one-time codes of mashup URLs
const visits = new Map(); // by the cookie that a window has for its mashup's pages

/** Which Qlik user opens an app: one dummy user an app, or a directory an app and the person in it. */
const identity = (app, person) => (qlik.identity === 'directory-per-app'
  ? { UserDirectory: app, UserId: person.name } : { UserDirectory: qlik.user_directory, UserId: app });
const may = (person, mashup) => mashup.people.includes(person.name); // asked each time: permissions change

/** QPS over mutual TLS. Answers the status and the JSON, if any. */
function qps(method, path, body) {
  const xrf = randomBytes(8).toString('hex');
  const options = { method, cert, key, ca, timeout: 10_000, headers: { 'X-Qlik-Xrfkey': xrf, 'Content-Type': 'application/json' } };
  return new Promise((resolve, reject) => {
    const asking = request(new URL(`/qps${prefix}/${path}?Xrfkey=${xrf}`, qlik.qps), options, async (answer) => {
      try {
        let text = '';
        for await (const part of answer) text += part;
        if (answer.statusCode >= 300 && answer.statusCode !== 404) throw new Error(`QPS: ${answer.statusCode} to ${method}`);
        resolve({ status: answer.statusCode, json: text && answer.statusCode < 300 ? JSON.parse(text) : undefined });
      } catch (error) { reject(error); }
    });
    asking.on('error', reject).on('timeout', () => asking.destroy(new Error('QPS: no answer')));
    asking.end(body && JSON.stringify(body));
  });
}

async function sessions({ UserDirectory, UserId }) {
  const { json } = await qps('GET', `user/${encodeURIComponent(UserDirectory)}/${encodeURIComponent(UserId)}`);
  return json ?? [];
}

/** Ends the session of one window by its id. Never `DELETE …/user/…`: that ends other people's too. */
async function end(person, window) {
  const known = windows.get(`${person.name} ${window}`);
  if (!known) return;
  for (const held of [codes, visits]) {
    for (const [secret, visit] of held) if (visit.person === person && visit.window === window) held.delete(secret);
  }
  for (const { SessionId, Attributes } of await sessions(known.user)) {
    if (Attributes.some((pair) => pair.window === window)) await qps('DELETE', `session/${SessionId}`);
  }
}

class Problem extends Error {
  constructor(status, code, detail, more = {}, headers = {}) {
    super(detail);
    Object.assign(this, { status, headers, document: { type: 'about:blank', title: code, status, code, detail, ...more } });
  }
}
const badRequest = (detail) => new Problem(400, 'bad_request', detail);
const page = (status, text) => ({ status, headers: { 'Content-Type': 'text/html; charset=utf-8' }, body: `<!doctype html><p>${text}` });

/** Lets a window in to the pages of one mashup. */
function visitCookie(visit) {
  const value = randomUUID();
  visits.set(value, visit);
  return `visit=${value}; Path=/mashups/${visit.mashup.id}/; HttpOnly; SameSite=Lax${root.protocol === 'https:' ? '; Secure' : ''}`;
}

async function ticket(person, id, wish) {
  const { window, instance } = wish ?? {};
  if (!UUID.test(window) || !UUID.test(instance)) throw badRequest('`window` and `instance` are UUIDs.');
  const mashup = mashups.find((mashup) => mashup.id === id);
  if (!mashup) throw new Problem(404, 'unknown_mashup', `There is no mashup "${id}".`);
  if (!may(person, mashup)) throw new Problem(403, 'not_authorised', `${mashup.title} is not open to you; ask the analytics team.`);
  const user = identity(mashup.app, person);
  const quota = { used: (await sessions(user)).length, limit: LIMIT };
  if (quota.used >= LIMIT) throw new Problem(409, 'session_limit', `All ${LIMIT} sessions for ${mashup.title} are in use.`, { quota });
  const { json } = await qps('POST', 'ticket', { ...user, Attributes: [{ window }, { instance }] });
  windows.set(`${person.name} ${window}`, { user, instance });
  for (const [old, { until }] of codes) if (Date.now() > until) codes.delete(old);
  const visit = { person, window, mashup, until: Date.now() + 60_000 };
  let wayIn;
  if (wish.mashup_cookies) { // Mashdesk plants the cookie where it can; a code is for whom cannot
    wayIn = { mashup_url: new URL(`/mashups/${id}/`, root), mashup_cookies: [visitCookie(visit)] };
  } else {
    const code = randomBytes(24).toString('base64url');
    codes.set(code, visit);
    wayIn = { mashup_url: new URL(`/mashups/${id}/open?code=${code}`, root) };
  }
  return { status: 201, headers: { 'Cache-Control': 'no-store' }, json: {
    redeem_url: new URL(`${prefix}/resources/autogenerated/qlik-styles.css?qlikTicket=${json.Ticket}`, qlik.proxy),
    ...wayIn,
    session_cookie: qlik.session_cookie,
    allowed_origins: [...new Set([root.origin, new URL(qlik.proxy).origin])],
    expires_in: 60,
    quota,
  } };
}

async function answer(method, { pathname, searchParams }, { authorization = '', cookie = '', ...headers }, body) {
  const [, area, ...rest] = pathname.split('/');
  if (pathname === '/.well-known/mashdesk.json') {
    return { status: 200, json: { mashdesk: 1, name, api: '/api/v1', sign_in: [{ kind: 'token', help: 'Ask the analytics team for a token.' }] } };
  }
  if (area === 'mashups' && rest[1] === 'open') {
    const visit = codes.get(searchParams.get('code'));
    codes.delete(searchParams.get('code')); // spent, whatever comes of it
    if (!visit || visit.mashup.id !== rest[0] || Date.now() > visit.until) return page(403, 'This link is void. Open the mashup again.');
    const Location = `/mashups/${rest[0]}/`;
    return { status: 303, headers: { Location, 'Set-Cookie': visitCookie(visit), 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer' } };
  }
  if (area === 'mashups') {
    const visit = visits.get(/(?:^|; )visit=([^;]+)/.exec(cookie)?.[1]);
    if (!visit || visit.mashup.id !== rest[0] || !may(visit.person, visit.mashup)) return page(401, 'Open this mashup from Mashdesk.');
    return page(200, 'Here is the mashup.'); // its own files, in a real website
  }
  if (area !== 'api' || rest.shift() !== 'v1') return page(404, 'There is no such page.');
  const person = people.get(/^Bearer (\S+)$/i.exec(authorization)?.[1]);
  if (!person) throw new Problem(401, 'sign_in_again', 'Your token is missing or void.', {}, { 'WWW-Authenticate': 'Bearer' });
  const call = `${method} /${rest.map((step, place) => (place === 1 ? '*' : step)).join('/')}`;
  if (call === 'GET /me') return { status: 200, json: { name: person.name, display_name: person.display_name } };
  if (call === 'GET /mashups') {
    const json = { mashups: mashups.filter((mashup) => may(person, mashup)).map(({ id, title }) => ({ id, title })) };
    const ETag = `"${createHash('sha256').update(JSON.stringify(json)).digest('base64url')}"`;
    const same = headers['if-none-match']?.split(',').some((tag) => tag.trim().replace(/^W\//, '') === ETag);
    return { status: same ? 304 : 200, headers: { ETag, 'Cache-Control': 'private, no-cache' }, json: same ? undefined : json };
  }
  if (call === 'POST /mashups/*/tickets') {
    let wish;
    try { wish = JSON.parse(body); } catch { throw badRequest('The body is no JSON.'); }
    return ticket(person, rest[1], wish);
  }
  if (call === 'DELETE /sessions/*') {
    if (!UUID.test(rest[1])) throw badRequest('The window is a UUID.');
    await end(person, rest[1]);
    return { status: 204 };
  }
  if (call === 'DELETE /sessions') {
    const instance = searchParams.get('instance');
    if (!UUID.test(instance)) throw badRequest('`instance` is a UUID.');
    for (const [id, { instance: of }] of windows) {
      const [owner, window] = id.split(' ');
      if (owner === person.name && of === instance) await end(person, window);
    }
    return { status: 204 };
  }
  return page(404, 'There is no such call.'); // `GET /events` among them: Mashdesk polls the catalog
}

const server = createServer(async (asked, response) => {
  let told;
  try {
    let body = '';
    for await (const part of asked) if ((body += part).length > 10_000) throw badRequest('That is too long.');
    told = await answer(asked.method, new URL(root.origin + asked.url), asked.headers, body);
  } catch (error) {
    const problem = error instanceof Problem ? error
      : new Problem(503, 'busy', 'The Qlik server does not answer. Try again in a moment.', {}, { 'Retry-After': '5' });
    if (problem !== error) console.error(error.message); // no URL, no header: those hold secrets
    told = { status: problem.status, headers: { 'Content-Type': 'application/problem+json', ...problem.headers }, json: problem.document };
  }
  response.writeHead(told.status, { ...(told.json && { 'Content-Type': 'application/json' }), ...told.headers });
  response.end(told.json ? JSON.stringify(told.json) : told.body);
});
let root; // where people reach it: put HTTPS before it and name that in the config
server.listen(port ?? 8080, '127.0.0.1', () => {
  root = new URL(url ?? `http://127.0.0.1:${server.address().port}`);
  console.log(root.href);
});
