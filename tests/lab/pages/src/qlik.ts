// A small stand-in for Qlik's Capability API, `js/qlik`: the few calls that the lab's page makes,
// named and answered as the real one does. What it draws is a plain table.

import type { Config } from './config';
import { proxyUrl } from './config';
import { openApp, type Doc, type GenericObject } from './engine';

interface Connection {
  host: string;
  prefix: string;
  port: number | string;
  isSecure: boolean;
}

interface Failure {
  code: number;
  method: string;
  message: string;
}

interface Fields extends Doc {
  getField(name: string): Promise<{ lowLevelSelect(values: number[], toggle: boolean): Promise<boolean> }>;
}

export interface Visualization {
  id: string;
  show(element: string): Promise<void>;
  exportData(options: { format?: string; filename?: string; state?: string }): Promise<string>;
  close(): void;
}

export interface CapabilityApp {
  id: string;
  getAppLayout(): Promise<{ layout: { qTitle: string } }>;
  visualization: {
    create(type: string, columns: string[], options: { title?: string }): Promise<Visualization>;
  };
  field(name: string): { select(values: number[], toggle: boolean): Promise<boolean> };
  clearAll(): Promise<void>;
}

export interface CapabilityApi {
  openApp(id: string, connection: Connection): CapabilityApp;
  setOnError(onError: (error: Failure) => void): void;
}

let onError: (error: Failure) => void = () => {};

const qlik: CapabilityApi = {
  setOnError(heard) {
    onError = heard;
  },
  openApp(id, connection) {
    const config = configOf(id, connection);
    const opened = openApp(config, (why) => {
      onError({ code: 16, method: 'ProxyError.OnSessionTimedOut', message: why });
    });
    return {
      id,
      getAppLayout: async () => ({ layout: await (await opened).getAppLayout() }),
      visualization: {
        create: async (_type, columns, options) => await create(config, await opened, columns, options),
      },
      field: (name) => ({
        select: async (values, toggle) => {
          const field = await (await opened as Fields).getField(name);
          return await field.lowLevelSelect(values, toggle);
        },
      }),
      clearAll: async () => (await opened).clearAll(),
    };
  },
};

function configOf(app: string, { host, prefix, port, isSecure }: Connection): Config {
  const qlik = `${isSecure ? 'https' : 'http'}://${host}${port ? `:${port}` : ''}`;
  // Whoever serves this file knows whether the socket wants a token, and so does the real one.
  return { app, qlik, prefix: prefix.replaceAll('/', ''), csrf: true, title: '', accent: '', images: [] };
}

async function create(
  config: Config,
  doc: Doc,
  columns: string[],
  { title = '' }: { title?: string },
): Promise<Visualization> {
  const object = await doc.createSessionObject({
    qInfo: { qType: 'table' },
    title,
    qHyperCubeDef: {
      qDimensions: columns.filter((column) => !column.startsWith('=')).map((field) => ({ qDef: { qFieldDefs: [field] } })),
      qMeasures: columns.filter((column) => column.startsWith('=')).map((qDef) => ({ qDef: { qDef: qDef.slice(1) } })),
      qInitialDataFetch: [{ qTop: 0, qLeft: 0, qWidth: columns.length, qHeight: 50 }],
    },
  });
  return {
    id: object.id,
    show: async (element) => {
      const into = document.getElementById(element);
      if (!into) throw new Error(`no #${element} in the page`);
      object.on('changed', () => void draw(object, into));
      await draw(object, into);
    },
    exportData: async ({ format = 'OOXML', filename = '', state = 'P' }) => {
      const { qUrl } = await object.exportData(format, '/qHyperCubeDef', filename, state);
      return proxyUrl(config, qUrl);
    },
    close: () => {},
  };
}

async function draw(object: GenericObject, into: HTMLElement): Promise<void> {
  const { qHyperCube: cube } = await object.getLayout();
  const table = document.createElement('table');
  for (const row of cube?.qDataPages[0]?.qMatrix ?? []) {
    const line = table.insertRow();
    for (const cell of row) line.insertCell().textContent = cell.qText ?? '';
  }
  into.replaceChildren(table);
}

export default qlik;
