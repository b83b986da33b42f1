// The same app drawn by Qlik's own charts: nebula.js and four of its charts, unmodified.

import { embed } from '@nebula.js/stardust';
import barChart from '@nebula.js/sn-bar-chart';
import kpi from '@nebula.js/sn-kpi';
import lineChart from '@nebula.js/sn-line-chart';
import table from '@nebula.js/sn-table';
import { loadConfig } from './config';
import { openApp } from './engine';
import { element, reason, setState, showNotice } from './page';

const TYPES = { 'sn-bar-chart': barChart, 'sn-kpi': kpi, 'sn-line-chart': lineChart, 'sn-table': table };

/** What each element shows: a chart, and its fields. */
const CHARTS = {
  kpi: ['sn-kpi', ['=Sum(Sales)']],
  bar: ['sn-bar-chart', ['Region', '=Sum(Sales)']],
  line: ['sn-line-chart', ['Month', '=Avg([Sales])']],
  table: ['sn-table', ['App', 'Product', 'Region', '=Sum(Sales)', '=Count(Product)']],
} as const;

try {
  await start();
} catch (error) {
  console.error(error);
  setState('failed', reason(error));
  showNotice(`These charts did not open. ${reason(error)}`);
}

async function start(): Promise<void> {
  const config = await loadConfig();
  document.documentElement.style.setProperty('--accent', config.accent);
  const doc = await openApp(config, (why) => {
    setState('lost', why);
    showNotice(`${why} What you see is no longer live; reload the page to go on.`);
  });
  const { qTitle } = await doc.getAppLayout();
  document.documentElement.dataset.app = qTitle;
  document.title = qTitle;
  element('title').textContent = qTitle;

  const nebula = embed(doc as unknown as Parameters<typeof embed>[0], {
    load: async ({ name }) => TYPES[name as keyof typeof TYPES],
  });
  (await nebula.selections()).mount(element('selections'));
  for (const [id, [type, fields]] of Object.entries(CHARTS)) {
    const chart = await nebula.render({ element: element(id), type, fields: [...fields] });
    (window as any)[id] = chart;
  }
  setState('ready');
  showNotice('');
}
