// A mashup as most companies have them: requirejs and `js/qlik` come from the Qlik Sense server
// itself, and the page knows nothing of sockets.

import { loadConfig, proxyUrl, type Config } from './config';
import { dress, element, reason, setState, showNotice } from './page';
import type { CapabilityApi } from './qlik';

/** requirejs, as it puts itself into the page. */
interface Require {
  config(options: { baseUrl: string }): void;
  (modules: string[], ready: (qlik: CapabilityApi) => void, failed: (error: unknown) => void): void;
}

try {
  await start();
} catch (error) {
  setState('failed', reason(error));
  showNotice(`This mashup did not open. ${reason(error)}`);
}

async function start(): Promise<void> {
  const config = await loadConfig();
  dress(config);
  const qlik = await capabilityApi(config);
  qlik.setOnError(({ method, message }) => {
    setState('lost', method);
    showNotice(message);
  });

  const { hostname: host, port, protocol } = new URL(config.qlik);
  const prefix = config.prefix ? `/${config.prefix}/` : '/';
  const app = qlik.openApp(config.app, { host, prefix, port, isSecure: protocol === 'https:' });
  const title = await app.getAppLayout().then(({ layout }) => layout.qTitle);
  document.documentElement.dataset.app = title;
  document.title = title;
  element('title').textContent = title;

  const chart = await app.visualization.create('table', ['Region', '=Sum(Sales)'], { title: 'Sales by region' });
  await chart.show('chart');
  element('select').addEventListener('click', () => void app.field('Product').select([0], true));
  element('clear').addEventListener('click', () => void app.clearAll());
  element('export').addEventListener('click', () => {
    chart.exportData({ format: 'CSV_C', filename: 'Sales by region' }).then(
      (url) => {
        window.open(url);
      },
      (error: unknown) => showNotice(`The export failed: ${reason(error)}`),
    );
  });
  setState('ready');
  showNotice('');
}

/** `js/qlik`, by the requirejs that the server has beside it. */
async function capabilityApi(config: Config): Promise<CapabilityApi> {
  const resources = proxyUrl(config, '/resources');
  await script(`${resources}/assets/external/requirejs/require.js`);
  const { require } = window as unknown as { require: Require };
  require.config({ baseUrl: resources });
  return await new Promise((resolve, reject) => require(['js/qlik'], resolve, reject));
}

function script(src: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const made = document.createElement('script');
    made.src = src;
    made.addEventListener('load', () => resolve());
    made.addEventListener('error', () => reject(new Error(`${src} did not load.`)));
    document.head.append(made);
  });
}
