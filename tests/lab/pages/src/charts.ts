// The same app drawn by Qlik's own charts: nebula.js and four of its charts, unmodified.

import { embed } from '@nebula.js/stardust';
import barChart from '@nebula.js/sn-bar-chart';
import kpi from '@nebula.js/sn-kpi';
import lineChart from '@nebula.js/sn-line-chart';
import table from '@nebula.js/sn-table';
import { loadConfig } from './config';
import { openApp } from './engine';
import { wireOwnFiles } from './files';
import { wireExport } from './exports';
import { dress, element, reason, setState, showNotice } from './page';

const TYPES = { 'sn-bar-chart': barChart, 'sn-kpi': kpi, 'sn-line-chart': lineChart, 'sn-table': table };

/** What each element shows: a chart of what, over which fields. */
const CHARTS: Record<string, { type: keyof typeof TYPES; title: string; fields: string[] }> = {
  kpi: { type: 'sn-kpi', title: '', fields: ['=Sum(Sales)'] },
  bar: { type: 'sn-bar-chart', title: 'Sales by region', fields: ['Region', '=Sum(Sales)'] },
  line: { type: 'sn-line-chart', title: 'Sales by month', fields: ['Month', 'Product', '=Sum([Sales])'] },
  table: {
    type: 'sn-table',
    title: 'Orders',
    fields: ['Order', 'Region', 'Product', 'Month', '=Sum(Sales)'],
  },
};

try {
  await start();
} catch (error) {
  setState('failed', reason(error));
  showNotice(`These charts did not open. ${reason(error)}`);
}

async function start(): Promise<void> {
  const config = await loadConfig();
  dress(config);
  const doc = await openApp(config, (why) => {
    setState('lost', why);
    showNotice(`${why} What you see is no longer live; reload the page to go on.`);
  });
  const { qTitle } = await doc.getAppLayout();
  document.documentElement.dataset.app = qTitle;
  document.title = qTitle;
  element('title').textContent = qTitle;

  // The page's types of the engine are its own, and shorter than nebula's.
  const nebula = embed(doc as unknown as Parameters<typeof embed>[0], {
    load: async ({ name }) => TYPES[name as keyof typeof TYPES],
  });
  (await nebula.selections()).mount(element('selections'));
  const drawn = Object.entries(CHARTS).map(async ([id, { type, title, fields }]) => {
    const properties = { qInfo: { qType: type }, title };
    const chart = await nebula.render({ element: element(id), type, fields, properties });
    return [id, chart.id] as const;
  });
  const ids = Object.fromEntries(await Promise.all(drawn));

  element('clear').addEventListener('click', () => void doc.clearAll());
  const rows = await doc.getObject(ids.table ?? '');
  const inNewWindow = (url: string): void => {
    window.open(url);
  };
  wireExport('export-xlsx', 'OOXML', config, rows, inNewWindow, { name: 'Orders' });
  wireExport('export-csv', 'CSV_C', config, rows, inNewWindow, { name: 'Orders' });
  wireExport('export-once', 'CSV_C', config, rows, inNewWindow, { name: 'Orders', once: true });
  wireOwnFiles();
  element('open-popup').addEventListener('click', () => {
    window.open('popup.html');
  });
  setState('ready');
  showNotice('');
}
