// The state that the page shows on its root element, for people (the notice) and for tests.

import type { Config } from './config';

export type State = 'connecting' | 'ready' | 'lost' | 'failed';

const root = document.documentElement;

export function element<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`no #${id} in the page`);
  return found as T;
}

export function setState(state: State, error?: string): void {
  root.dataset.state = state;
  if (error) root.dataset.error = error;
  else delete root.dataset.error;
}

export function showNotice(text: string): void {
  const notice = element('notice');
  notice.textContent = text;
  notice.hidden = text === '';
}

export function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The colour and the letters by which a mashup is told from the others. */
export function dress(config: Config): void {
  document.documentElement.style.setProperty('--accent', config.accent);
  element('badge').textContent = config.title
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => word.charAt(0))
    .join('');
}
