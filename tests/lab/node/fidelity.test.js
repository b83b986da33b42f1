// How faithful the engine is, seen through enigma.js: with and without delta, in and out of the
// selection mode, over a connection that is lost and picked up again, on two sockets at once.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import enigma from 'enigma.js';
import SenseUtilities from 'enigma.js/sense-utilities.js';
import schema from 'enigma.js/schemas/12.2027.0.json' with { type: 'json' };
import WebSocket from 'ws';

import { startLab } from './lab.js';
import { ticketFor } from './tickets.js';

/** What nebula.js uses as the sign that another object is in selection mode. */
const MODAL = 6003;

const ACCESS_DENIED = 5;
const METHOD_NOT_FOUND = -32601;

const CUBE = '/qHyperCubeDef';

const sales = (mode) => ({
  qInfo: { qType: 'sales' },
  qHyperCubeDef: {
    qMode: mode,
    qDimensions: [{ qDef: { qFieldDefs: ['Region'], cId: 'region' } }, { qDef: { qFieldDefs: ['[Product]'] } }],
    qMeasures: [{ qDef: { qDef: 'Sum([Sales])' } }],
    qInitialDataFetch: [{ qTop: 0, qLeft: 0, qWidth: 3, qHeight: 1000 }],
  },
});

for (const delta of [true, false]) {
  describe(`an engine session with delta ${delta ? 'on' : 'off'}`, () => {
    let lab;
    let app;
    let cookie;
    let url;
    let session;
    let global;
    let doc;

    const connect = () => enigma.create({
      schema,
      url,
      protocol: { delta },
      // A mixin sees every answer that a generated method gets.
      mixins: [{
        types: ['GenericObject'],
        init: ({ api }) => {
          api.layouts = 0;
        },
        override: {
          async getLayout(base, ...rest) {
            this.layouts += 1;
            return await base(...rest);
          },
        },
      }],
      createSocket: (address) => new WebSocket(address, { headers: { cookie } }),
    });

    const create = (mode = 'S') => doc.createSessionObject(sales(mode));
    const matrix = async (object) => (await object.getLayout()).qHyperCube.qDataPages[0].qMatrix;
    const states = async (object) => (await matrix(object)).map(([cell]) => cell.qState);
    const count = async () => (await doc.evaluateEx('Count(Order)')).qNumber;

    before(async () => {
      lab = await startLab('--apps', '3', '--csrf', 'false');
      app = lab.mashups[0].app;
      const { target } = await ticketFor(lab, lab.qlik.user_directory, app);
      const signedIn = await fetch(target, { redirect: 'manual' });
      cookie = signedIn.headers.getSetCookie().map((line) => line.split(';', 1)[0]).join('; ');
      const proxy = new URL(lab.qlik.proxy);
      url = SenseUtilities.buildUrl({
        host: proxy.hostname,
        port: Number(proxy.port),
        secure: proxy.protocol === 'https:',
        prefix: lab.qlik.virtual_proxy,
        appId: app,
        identity: 'node',
        ttl: 60,
      });
      session = connect();
      global = await session.open();
      doc = await global.openDoc(app);
    });

    after(async () => {
      await session?.close();
      await lab?.stop();
    });

    it('lays a cube out, page by page and as a tree', async () => {
      const straight = await create();
      const layout = await straight.getLayout();
      assert.equal(straight.layouts, 1);
      assert.equal(layout.qHyperCube.qMode, 'S');
      assert.equal(layout.qHyperCube.qDimensionInfo[0].cId, 'region', 'what the client keeps there');
      const rows = await matrix(straight);
      assert.equal(rows.length, layout.qHyperCube.qSize.qcy);
      const [page] = await straight.getHyperCubeData(CUBE, [{ qTop: 2, qLeft: 1, qWidth: 2, qHeight: 3 }]);
      assert.deepEqual(page.qMatrix, rows.slice(2, 5).map((row) => row.slice(1)));

      const stacked = (await (await create('K')).getLayout()).qHyperCube;
      assert.equal(stacked.qMode, 'K');
      const [{ qData: [root] }] = stacked.qStackedDataPages;
      const leaves = root.qSubNodes.flatMap(({ qText: region, qSubNodes }) => qSubNodes
        .flatMap(({ qText: product, qSubNodes: [{ qValue }] }) => [[region, product, qValue]]));
      assert.deepEqual(leaves, rows.map(([region, product, { qNum }]) => [region.qText, product.qText, qNum]));
      assert.equal(stacked.qSize.qcy, root.qSubNodes.length);
    });

    it('keeps a modal object in its rows, and takes the selection back or a step back', async () => {
      const chart = await create();
      const other = await create();
      const all = (await matrix(chart)).length;
      const orders = await count();
      await chart.beginSelections([CUBE]);
      await assert.rejects(other.beginSelections([CUBE]), { code: MODAL });
      assert.equal(await chart.selectHyperCubeValues(CUBE, 0, [0], false), true);
      assert.equal((await matrix(chart)).length, all, 'the modal object stays as it was');
      assert.deepEqual([...new Set(await states(chart))].sort(), ['A', 'S']);
      assert.ok((await matrix(other)).length < all, 'the others follow');
      assert.deepEqual((await chart.getLayout()).qSelectionInfo, { qInSelections: true, qMadeSelections: true });
      await chart.endSelections(false);
      assert.equal(await count(), orders);
      assert.equal(await doc.backCount(), 0);

      await chart.beginSelections([CUBE]);
      await chart.selectHyperCubeCells(CUBE, [0], [0]);
      await doc.abortModal(true);
      const fewer = await count();
      assert.ok(fewer < orders);
      assert.equal(await doc.backCount(), 1);
      await doc.back();
      assert.equal(await count(), orders);
      await doc.forward();
      assert.equal(await count(), fewer);
      await doc.clearAll();
    });

    it('selects what lies in a range, and keeps what is locked', async () => {
      const chart = await create();
      const amounts = (await matrix(chart)).map((row) => row[2].qNum).sort((a, b) => b - a);
      const range = { qRange: { qMin: amounts[0], qMax: amounts[0], qMinInclEq: true, qMaxInclEq: true }, qMeasureIx: 0 };
      assert.equal(await chart.rangeSelectHyperCubeValues(CUBE, [range], [0, 1], false), true);
      assert.deepEqual((await matrix(chart)).map((row) => row[2].qNum), [amounts[0]]);

      await doc.lockAll();
      assert.equal(await chart.selectHyperCubeValues(CUBE, 0, [1], true), false);
      await doc.clearAll();
      assert.deepEqual(await states(chart), ['L']);
      const bar = await doc.createSessionObject({ qInfo: { qType: 'bar' }, qSelectionObjectDef: {} });
      const { qSelections } = (await bar.getLayout()).qSelectionObject;
      assert.deepEqual(qSelections.map(({ qField, qLocked }) => [qField, qLocked]), [['Region', true], ['Product', true]]);
      await doc.unlockAll();
      await doc.clearAll();
      assert.ok((await matrix(chart)).length > 1);
    });

    it('patches softly for itself, and for good only its own objects', async () => {
      const own = await create();
      const path = '/qHyperCubeDef/qDimensions/0/qDef/qFieldDefs/0';
      const patch = [{ qOp: 'replace', qPath: path, qValue: '"Month"' }];
      const field = async (object) => (await object.getLayout()).qHyperCube.qDimensionInfo[0].qGroupFieldDefs[0];
      await own.applyPatches(patch, true);
      assert.equal(await field(own), 'Month');
      assert.equal((await own.getProperties()).qHyperCubeDef.qDimensions[0].qDef.qFieldDefs[0], 'Region');
      await own.clearSoftPatches();
      assert.equal(await field(own), 'Region');
      await own.applyPatches(patch, false);
      assert.equal((await own.getProperties()).qHyperCubeDef.qDimensions[0].qDef.qFieldDefs[0], 'Month');

      const published = await doc.getObject('sales-by-product');
      await published.applyPatches(patch, true);
      assert.equal(await field(published), 'Month');
      for (const change of [() => published.applyPatches(patch, false), () => published.setProperties({})]) {
        await assert.rejects(change(), { code: ACCESS_DENIED });
      }
    });

    it('refuses by the codes of the engine', async () => {
      const chart = await create();
      const broken = await doc.createSessionObject({ ...sales(), qHyperCubeDef: { qMeasures: [{ qDef: { qDef: 'Rank(Sales)' } }] } });
      const refusals = [
        ['an unknown path', () => chart.getHyperCubeData('/nowhere', []), 4],
        ['an unknown expression', () => broken.getLayout(), 8],
        ['a value that is not there', () => chart.selectHyperCubeValues(CUBE, 0, [999], false), -32602],
        ['a patch of nothing', () => chart.applyPatches([{ qOp: 'remove', qPath: '/nowhere', qValue: '' }], false), 4],
        ['a method that it does not have', () => doc.doReload(), METHOD_NOT_FOUND],
      ];
      for (const [name, refused, code] of refusals) {
        await assert.rejects(refused, (error) => {
          assert.equal(error.code, code, name);
          return true;
        });
      }
      assert.equal((await global.getProgress(1)).qFinished, true);
    });

    it('tells a second socket of the same session what changed', async () => {
      const chart = await create();
      const second = connect();
      try {
        const theirs = await (await (await second.open()).getActiveDoc()).getObject(chart.id);
        const all = (await matrix(theirs)).length;
        const told = new Promise((resolve) => theirs.once('changed', resolve));
        await chart.selectHyperCubeValues(CUBE, 0, [0], false);
        await told;
        assert.ok((await matrix(theirs)).length < all);
        await doc.clearAll();
      } finally {
        await second.close();
      }
    });

    it('goes on after it was suspended', async () => {
      const chart = await create();
      await chart.selectHyperCubeValues(CUBE, 0, [0], false);
      const selected = (await matrix(chart)).length;
      const suspended = new Promise((resolve) => session.once('suspended', resolve));
      await session.suspend();
      await suspended;
      await session.resume(true);
      assert.equal((await matrix(chart)).length, selected, 'the same handle, and what was selected');
      await doc.clearAll();
    });
  });
}
