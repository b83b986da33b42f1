// The three ways in which mashups out there fetch an export, each after the engine has answered.

import { proxyUrl, type Config } from './config';
import type { Doc, GenericObject } from './engine';
import { element, reason, showNotice } from './page';

/** What is exported: the chart's figures, each row with the app that it comes from. */
export async function createTable(doc: Doc): Promise<GenericObject> {
  return await doc.createSessionObject({
    qInfo: { qType: 'mashup-table' },
    qHyperCubeDef: {
      qDimensions: [{ qDef: { qFieldDefs: ['App'] } }, { qDef: { qFieldDefs: ['Region'] } }],
      qMeasures: [{ qDef: { qDef: 'Sum(Sales)', qLabel: 'Sales' } }],
    },
  });
}

export function wireExports(config: Config, table: GenericObject): void {
  wire('export-window-open', 'OOXML', (url) => {
    window.open(url);
  });
  wire('export-link', 'CSV_C', (url) => {
    const link = document.createElement('a');
    link.href = url;
    link.target = '_blank';
    document.body.append(link);
    link.click();
    link.remove();
  });
  wire('export-location', 'CSV_T', (url) => {
    location.href = url;
  });

  function wire(id: string, type: string, fetchIt: (url: string) => void): void {
    element(id).addEventListener('click', () => {
      table.exportData(type, '/qHyperCubeDef', config.title, 'P').then(
        ({ qUrl }) => {
          element('last-export').textContent = qUrl;
          fetchIt(proxyUrl(config, qUrl));
        },
        (error: unknown) => showNotice(`The export failed: ${reason(error)}`),
      );
    });
  }
}
