// The contract is a valid OpenAPI document, and the running website answers as it says.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';

import { Validator } from '@seriousme/openapi-schema-validator';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';

import { startLab } from './lab.js';

const FILE = new URL('../../../docs/website-contract.openapi.yaml', import.meta.url);
const contract = parse(await readFile(FILE, 'utf8'));

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats(ajv);
ajv.addSchema(contract, 'contract');

describe('the contract', () => {
  it('is a valid OpenAPI 3.1 document', async () => {
    const { valid, errors } = await new Validator().validate(structuredClone(contract));
    assert.ok(valid, JSON.stringify(errors, null, 2));
  });

  it('has examples that keep to its own schemas', () => {
    let checked = 0;
    visit(contract, '', (node, pointer) => {
      if (!node.schema || pointer.includes('event-stream')) return;
      const examples = Object.entries(node.examples ?? {}).map(([, { value }]) => value);
      if (node.example !== undefined) examples.push(node.example);
      for (const example of examples) {
        assertValid(`${pointer}/schema`, example);
        checked += 1;
      }
    });
    assert.ok(checked > 10, `only ${checked} examples found`);
  });

  it('would notice a wrong answer', () => {
    const pointer = '/components/schemas/Ticket';
    const validate = ajv.compile({ $ref: `contract#${pointer}` });
    assert.equal(validate({ redeem_url: 'https://q.example/?t=1' }), false);
  });
});

describe('the website', () => {
  let lab;
  let api;
  let tokens;
  const seen = new Set();

  before(async () => {
    lab = await startLab('--cool-down', '0');
    tokens = Object.fromEntries(lab.people.map(({ name, token }) => [name, token]));
    const discovery = await call('discover', '/.well-known/mashdesk.json', 'GET', new URL('/.well-known/mashdesk.json', lab.website.url));
    api = new URL(discovery.body.api, lab.website.url).href.replace(/\/$/, '');
  });

  after(() => lab?.stop());

  it('tells who is signed in', async () => {
    const { body } = await call('me', '/me', 'GET', `${api}/me`, { person: 'ana' });
    assert.equal(body.name, 'ana');
    await refused('/me', 'GET', `${api}/me`, {}, 401, 'sign_in_again');
  });

  it('lists the catalog, and knows who holds it already', async () => {
    const first = await call('catalog', '/mashups', 'GET', `${api}/mashups`, { person: 'ana' });
    assert.equal(first.body.mashups.length, 300);
    const again = await call('catalog', '/mashups', 'GET', `${api}/mashups`, {
      person: 'ana',
      headers: { 'if-none-match': first.answer.headers.get('etag') },
    });
    assert.equal(again.answer.status, 304);
    await refused('/mashups', 'GET', `${api}/mashups`, {}, 401, 'sign_in_again');
  });

  it('gives tickets, or says why not', async () => {
    const [{ id, title }] = lab.mashups;
    const ask = `${api}/mashups/${id}/tickets`;
    const path = '/mashups/{id}/tickets';
    const wish = () => ({ window: randomUUID(), instance: randomUUID() });

    await refused(path, 'POST', ask, { json: wish() }, 401, 'sign_in_again');
    await refused(path, 'POST', ask, { person: 'ana', json: { window: 'mine' } }, 400, 'bad_request');
    await refused(path, 'POST', `${api}/mashups/m999/tickets`, { person: 'ana', json: wish() }, 404, 'unknown_mashup');
    const denied = await refused(path, 'POST', ask, { person: 'eve', json: wish() }, 403, 'not_authorised');
    assert.ok(denied.detail.includes(title), denied.detail);

    const windows = [];
    for (let used = 0; used < 5; used += 1) {
      const json = wish();
      const { body, answer } = await call('ticket', path, 'POST', ask, { person: 'ana', json });
      assert.equal(answer.status, 201);
      assert.deepEqual(body.quota, { used, limit: 5 });
      const redeemed = await fetch(body.redeem_url, { redirect: 'manual' });
      const names = redeemed.headers.getSetCookie().map((line) => line.split('=', 1)[0]);
      assert.deepEqual(names, [body.session_cookie]);
      windows.push(json.window);
    }
    const full = await refused(path, 'POST', ask, { person: 'ana', json: wish() }, 409, 'session_limit');
    assert.deepEqual(full.quota, { used: 5, limit: 5 });

    await call('endSession', '/sessions/{window}', 'DELETE', `${api}/sessions/${windows[0]}`, { person: 'ana' });
    const { body } = await call('ticket', path, 'POST', ask, { person: 'ana', json: wish() });
    assert.equal(body.quota.used, 4);
  });

  it('ends sessions, those that are gone included', async () => {
    const one = '/sessions/{window}';
    await call('endSession', one, 'DELETE', `${api}/sessions/${randomUUID()}`, { person: 'ana' });
    await refused(one, 'DELETE', `${api}/sessions/mine`, { person: 'ana' }, 400, 'bad_request');
    await refused(one, 'DELETE', `${api}/sessions/${randomUUID()}`, {}, 401, 'sign_in_again');
    const all = '/sessions';
    await call('endSessionsOfInstance', all, 'DELETE', `${api}/sessions?instance=${randomUUID()}`, { person: 'ana' });
    await refused(all, 'DELETE', `${api}/sessions`, { person: 'ana' }, 400, 'bad_request');
    await refused(all, 'DELETE', `${api}/sessions?instance=${randomUUID()}`, {}, 401, 'sign_in_again');
  });

  it('streams events', async () => {
    const { answer } = await call('events', '/events', 'GET', `${api}/events`, { person: 'ana' });
    assert.equal(answer.status, 200);
    await answer.body.cancel();
    await refused('/events', 'GET', `${api}/events`, {}, 401, 'sign_in_again');
  });

  it('was asked for every call of the contract', () => {
    const calls = Object.values(contract.paths).flatMap((path) => Object.values(path));
    const named = calls.map(({ operationId }) => operationId).filter(Boolean);
    assert.deepEqual([...seen].sort(), named.sort());
  });

  /** One request, whose answer must be one that the contract has for this call. */
  async function call(operationId, path, method, url, { person, json, headers = {} } = {}) {
    seen.add(operationId);
    const answer = await fetch(url, {
      method,
      redirect: 'manual',
      headers: {
        ...headers,
        ...(person && { authorization: `Bearer ${tokens[person]}` }),
        ...(json && { 'content-type': 'application/json' }),
      },
      body: json && JSON.stringify(json),
    });
    return { answer, body: await checked(path, method, answer) };
  }

  async function refused(path, method, url, options, status, code) {
    const { operationId } = contract.paths[path][method.toLowerCase()];
    const { answer, body } = await call(operationId, path, method, url, options);
    assert.equal(answer.status, status);
    assert.equal(body.code, code);
    return body;
  }
});

/** Asserts that the contract has this answer for this call, and returns its JSON body. */
async function checked(path, method, answer) {
  const name = `${method} ${path} ${answer.status}`;
  const pointer = resolve(`/paths/${escape(path)}/${method.toLowerCase()}/responses/${answer.status}`);
  const documented = at(pointer);
  assert.ok(documented, `${name} is not in the contract`);
  for (const [header, { required }] of Object.entries(documented.headers ?? {})) {
    if (required) assert.ok(answer.headers.has(header), `${name}: no ${header}`);
  }
  if (!documented.content) {
    assert.equal(await answer.text(), '', `${name}: a body that is not in the contract`);
    return undefined;
  }
  const type = answer.headers.get('content-type').split(';', 1)[0];
  assert.ok(documented.content[type], `${name}: ${type} is not in the contract`);
  if (!type.endsWith('json')) return undefined;
  const body = await answer.json();
  assertValid(`${pointer}/content/${escape(type)}/schema`, body);
  return body;
}

function assertValid(pointer, value) {
  const validate = ajv.compile({ $ref: `contract#${pointer}` });
  assert.ok(validate(value), `${pointer}: ${ajv.errorsText(validate.errors)}`);
}

/** Follows a reference to a component. */
function resolve(pointer) {
  const reference = at(pointer)?.$ref;
  return reference ? reference.replace(/^#/, '') : pointer;
}

function at(pointer) {
  return pointer
    .split('/')
    .slice(1)
    .reduce((node, key) => node?.[key.replaceAll('~1', '/').replaceAll('~0', '~')], contract);
}

function escape(key) {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

function visit(node, pointer, found) {
  if (typeof node !== 'object' || node === null) return;
  found(node, pointer);
  for (const [key, child] of Object.entries(node)) visit(child, `${pointer}/${escape(key)}`, found);
}
