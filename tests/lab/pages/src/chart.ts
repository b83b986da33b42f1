// The bar chart, drawn by hand: a mashup's own drawing, not Qlik's.

import type { Cell, Doc, GenericObject } from './engine';

const SVG = 'http://www.w3.org/2000/svg';
const ROW = 42;
const LABEL = 130;
const WIDTH = 490;
const VALUE = 76;

const amount = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** The session object behind the chart. */
export async function createChart(doc: Doc): Promise<GenericObject> {
  return await doc.createSessionObject({
    qInfo: { qType: 'mashup-chart' },
    qHyperCubeDef: {
      qDimensions: [{ qDef: { qFieldDefs: ['Region'] } }],
      qMeasures: [{ qDef: { qDef: 'Sum(Sales)', qLabel: 'Sales' } }],
      qInitialDataFetch: [{ qTop: 0, qLeft: 0, qWidth: 2, qHeight: 50 }],
    },
  });
}

export async function drawChart(chart: GenericObject, into: HTMLElement, total: HTMLElement): Promise<void> {
  const { qHyperCube: cube } = await chart.getLayout();
  const rows = cube?.qDataPages[0]?.qMatrix ?? [];
  into.replaceChildren(bars(rows));
  total.textContent = amount.format(number(cube?.qGrandTotalRow[0]));
}

function bars(rows: Cell[][]): SVGElement {
  const most = Math.max(1, ...rows.map((row) => number(row[1])));
  const room = WIDTH - LABEL - VALUE;
  const chart = shape('svg', {
    viewBox: `0 0 ${WIDTH} ${rows.length * ROW}`,
    role: 'img',
    'aria-label': 'Sales by region',
  });
  rows.forEach((row, index) => {
    const middle = index * ROW + ROW / 2;
    const sales = number(row[1]);
    const length = Math.max(2, (sales / most) * room);
    chart.append(
      shape('text', { x: LABEL - 12, y: middle, class: 'name' }, row[0]?.qText),
      shape('rect', { x: LABEL, y: middle - 13, width: length, height: 26, rx: 3, class: 'bar' }),
      shape('text', { x: LABEL + length + 8, y: middle, class: 'amount' }, amount.format(sales)),
    );
  });
  return chart;
}

function number(cell: Cell | undefined): number {
  return typeof cell?.qNum === 'number' ? cell.qNum : 0;
}

function shape(name: string, attributes: Record<string, string | number>, text?: string): SVGElement {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  if (text) made.textContent = text;
  return made;
}
