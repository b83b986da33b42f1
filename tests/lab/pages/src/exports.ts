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
  wireExport('export-window-open', 'OOXML', config, table, (url) => {
    window.open(url);
  });
  wireExport('export-link', 'CSV_C', config, table, (url) => {
    const link = document.createElement('a');
    link.href = url;
    link.target = '_blank';
    document.body.append(link);
    link.click();
    link.remove();
  });
  wireExport('export-location', 'CSV_T', config, table, (url) => {
    location.href = url;
  });
}

/** A button that exports an object to this type of file, and then fetches the file that the engine names. */
export function wireExport(
  id: string,
  type: string,
  config: Config,
  table: GenericObject,
  fetchIt: (url: string) => void,
  { name = config.title, once = false } = {},
): void {
  element(id).addEventListener('click', () => {
    table.exportData(type, '/qHyperCubeDef', name, 'P', once).then(
      ({ qUrl }) => {
        element('last-export').textContent = qUrl;
        fetchIt(proxyUrl(config, qUrl));
      },
      (error: unknown) => showNotice(`The export failed: ${reason(error)}`),
    );
  });
}
