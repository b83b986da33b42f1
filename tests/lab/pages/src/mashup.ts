// The mashup: connects to its app, draws it, and says so when the connection is lost.

import { createChart, drawChart } from './chart';
import { loadConfig } from './config';
import { openApp, type GenericObject } from './engine';
import { createTable, wireExports } from './exports';
import { wireImages } from './images';
import { clearList, createList, drawList } from './list';
import { dress, element, reason, setState, showNotice } from './page';

try {
  await start();
} catch (error) {
  setState('failed', reason(error));
  showNotice(`This mashup did not open. ${reason(error)}`);
}

async function start(): Promise<void> {
  const config = await loadConfig();
  dress(config);

  const doc = await openApp(config, (why) => {
    setState('lost', why);
    showNotice(`${why} What you see is no longer live; reload the page to go on.`);
  });
  // The title comes from the engine and not from the configuration, so that it proves which app
  // this is.
  const { qTitle } = await doc.getAppLayout();
  document.documentElement.dataset.app = qTitle;
  document.title = qTitle;
  element('title').textContent = qTitle;

  const chart = await createChart(doc);
  await live(chart, () => drawChart(chart, element('chart'), element('total')));
  const list = await createList(doc);
  await live(list, () => drawList(list, element('list'), element('selections')));
  element('clear').addEventListener('click', () => void clearList(list));

  wireExports(config, await createTable(doc));
  wireImages(config);
  element('open-popup').addEventListener('click', () => {
    window.open('popup.html');
  });

  if (document.documentElement.dataset.state === 'connecting') {
    setState('ready');
    showNotice('');
  }
}

/** Draws an object now and whenever the engine says that it changed. */
async function live(object: GenericObject, draw: () => Promise<void>): Promise<void> {
  object.on('changed', () => void draw());
  await draw();
}
