// The list of products: a click selects in the engine, and every value shows its associative state.

import type { Cell, Doc, GenericObject } from './engine';

const PATH = '/qListObjectDef';

/** The engine's qState, less what makes no difference to a reader (locked, optional, hidden). */
const STATES: Record<string, string> = {
  S: 'selected',
  L: 'selected',
  O: 'possible',
  D: 'possible',
  A: 'alternative',
  X: 'excluded',
  XS: 'excluded',
  XL: 'excluded',
};

export async function createList(doc: Doc): Promise<GenericObject> {
  return await doc.createSessionObject({
    qInfo: { qType: 'mashup-list' },
    qListObjectDef: {
      qDef: { qFieldDefs: ['Product'] },
      qInitialDataFetch: [{ qTop: 0, qLeft: 0, qWidth: 1, qHeight: 100 }],
    },
  });
}

export async function drawList(list: GenericObject, into: HTMLElement, selections: HTMLElement): Promise<void> {
  const { qListObject: layout } = await list.getLayout();
  const values = (layout?.qDataPages[0]?.qMatrix ?? []).flatMap((row) => row.slice(0, 1));

  // Redrawing takes the focus away from the value that was just chosen by keyboard.
  const focused = (document.activeElement as HTMLElement | null)?.dataset.value;
  into.replaceChildren(...values.map((value) => button(list, value)));
  if (focused) into.querySelector<HTMLElement>(`[data-value="${CSS.escape(focused)}"]`)?.focus();

  const chosen = values.filter((value) => stateOf(value) === 'selected').map((value) => value.qText);
  selections.textContent = chosen.length > 0 ? `Product: ${chosen.join(', ')}` : 'No selections';
}

export async function clearList(list: GenericObject): Promise<void> {
  await list.clearSelections(PATH);
}

function button(list: GenericObject, value: Cell): HTMLButtonElement {
  const made = document.createElement('button');
  made.type = 'button';
  made.className = 'value';
  made.textContent = value.qText ?? '';
  made.dataset.value = value.qText ?? '';
  made.dataset.state = stateOf(value);
  made.setAttribute('aria-pressed', String(stateOf(value) === 'selected'));
  made.addEventListener('click', () => {
    void list.selectListObjectValues(PATH, [value.qElemNumber ?? -1], true);
  });
  return made;
}

function stateOf(value: Cell): string {
  return STATES[value.qState ?? ''] ?? 'possible';
}
