// An outside client against the lab: a ticket over mutual TLS, redeemed on the engine's
// websocket, and an app opened with enigma.js.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import enigma from 'enigma.js';
import SenseUtilities from 'enigma.js/sense-utilities.js';
import errorCodes from 'enigma.js/error-codes.js';
import schema from 'enigma.js/schemas/12.2027.0.json' with { type: 'json' };
import WebSocket from 'ws';

import { startLab } from './lab.js';
import { ticketFor } from './tickets.js';

const SALES = {
  qInfo: { qType: 'sales' },
  qHyperCubeDef: {
    qDimensions: [{ qDef: { qFieldDefs: ['Region'] } }],
    qMeasures: [{ qDef: { qDef: 'Sum(Sales)' } }],
    qInitialDataFetch: [{ qTop: 0, qLeft: 0, qWidth: 2, qHeight: 50 }],
  },
};

const PRODUCTS = {
  qInfo: { qType: 'products' },
  qListObjectDef: {
    qDef: { qFieldDefs: ['Product'] },
    qInitialDataFetch: [{ qTop: 0, qLeft: 0, qWidth: 1, qHeight: 50 }],
  },
};

describe('an app over the websocket', () => {
  let lab;
  let mashup;
  let other;
  let session;
  let cookie;
  let target;
  let global;
  let doc;

  before(async () => {
    lab = await startLab();
    [mashup, other] = lab.mashups;
    let ticket;
    ({ ticket, target } = await ticketFor(lab, lab.qlik.user_directory, mashup.app));
    assert.match(ticket, /^[-_.a-zA-Z0-9]{16}$/);

    const proxy = new URL(lab.qlik.proxy);
    const url = SenseUtilities.buildUrl({
      host: proxy.hostname,
      port: Number(proxy.port),
      secure: proxy.protocol === 'https:',
      prefix: lab.qlik.virtual_proxy,
      appId: mashup.app,
      urlParams: { qlikTicket: ticket },
    });
    session = enigma.create({
      schema,
      url,
      createSocket: (address) => {
        const socket = new WebSocket(address);
        socket.on('upgrade', (answer) => {
          [cookie] = (answer.headers['set-cookie'] ?? []).map((line) => line.split(';', 1)[0]);
        });
        return socket;
      },
    });
    global = await session.open();
    doc = await global.openDoc(mashup.app);
  });

  after(async () => {
    await session?.close();
    await lab?.stop();
  });

  it('redeems the ticket on the websocket', () => {
    assert.equal(cookie.split('=', 1)[0], lab.qlik.session_cookie);
  });

  it('is sent back to the page that was asked for', () => {
    assert.equal(target.pathname, `/${lab.qlik.virtual_proxy}/hub/`);
  });

  it('reads the app that the ticket was for', async () => {
    const { qTitle } = await doc.getAppLayout();
    assert.equal(qTitle, mashup.title);
  });

  it('selects, and other objects follow', async () => {
    const sales = await doc.createSessionObject(SALES);
    const products = await doc.createSessionObject(PRODUCTS);
    const total = async () => (await sales.getLayout()).qHyperCube.qGrandTotalRow[0].qNum;
    const all = await total();
    const [[first]] = (await products.getLayout()).qListObject.qDataPages[0].qMatrix;

    const changed = new Promise((resolve) => sales.on('changed', resolve));
    assert.equal(await products.selectListObjectValues('/qListObjectDef', [first.qElemNumber], true), true);
    await changed;

    assert.ok(await total() < all, 'the total follows the selection');
    const states = (await products.getLayout()).qListObject.qDataPages[0].qMatrix.map(([cell]) => cell.qState);
    assert.equal(states.filter((state) => state === 'S').length, 1);
    assert.ok(states.filter((state) => state !== 'S').every((state) => state === 'A'));
    await doc.clearAll();
    assert.equal(await total(), all);
  });

  it('exports, for the session that exported only', async () => {
    const sales = await doc.createSessionObject(SALES);
    const { qUrl } = await sales.exportData('CSV_C', '/qHyperCubeDef', 'sales', 'P');
    const url = new URL(`/${lab.qlik.virtual_proxy}${qUrl}`, lab.qlik.proxy);

    const mine = await fetch(url, { headers: { cookie } });
    assert.equal(mine.status, 200);
    assert.match(await mine.text(), /Region/);

    const { target: theirPage } = await ticketFor(lab, lab.qlik.user_directory, other.app);
    const signedIn = await fetch(theirPage, { redirect: 'manual' });
    const [theirs] = signedIn.headers.getSetCookie().map((line) => line.split(';', 1)[0]);
    assert.equal((await fetch(url, { headers: { cookie: theirs }, redirect: 'manual' })).status, 403);
  });

  it('fails by the codes of the engine and of enigma.js', async () => {
    const unknown = '00000000-0000-4000-8000-000000000000';
    const sales = await doc.createSessionObject(SALES);
    const failures = [
      ['another app', () => global.openDoc(other.app), 5],
      ['no such app', () => global.openDoc(unknown), 1003],
      ['no such object', () => doc.getObject('no-such-object'), errorCodes.OBJECT_NOT_FOUND],
      ['no such file type', () => sales.exportData('NO_SUCH_TYPE', '/qHyperCubeDef', 'sales', 'P'), -32602],
    ];
    for (const [name, fail, code] of failures) {
      await assert.rejects(fail, (error) => {
        assert.equal(error.code, code, name);
        return true;
      });
    }
  });
});
