// What the switcher lists: open windows first, then mashups.

import type { MashupView, WindowView } from "../bindings";
import { find, index, type Index } from "../catalog/search";

/** Nobody reads further: another letter is quicker. */
const MASHUPS_AT_MOST = 50;

export type Found = {
  readonly windows: readonly WindowView[];
  readonly mashups: readonly MashupView[];
  /** How many mashups match, listed or not. */
  readonly matches: number;
};

/** `mashups` come in the order to list them in when nothing is looked for. */
export function lookFor(query: string, windows: readonly WindowView[], mashups: Index): Found {
  const group = new Map(mashups.mashups.map((mashup) => [mashup.id, mashup.group]));
  const failed = ({ status }: WindowView) => Number(status.state === "failed");
  const newest = [...windows].reverse().sort((a, b) => failed(a) - failed(b));
  const byId = new Map(newest.map((window) => [window.id, window]));
  const asMashups = newest.map(({ id, mashup, title }) => ({
    id,
    title,
    group: group.get(mashup) ?? "",
    description: "",
    accent: null,
    updated: null,
    icon: false,
  }));
  const matching = find(mashups, query);
  return {
    windows: find(index(asMashups), query).flatMap(({ id }) => byId.get(id) ?? []),
    mashups: matching.slice(0, MASHUPS_AT_MOST),
    matches: matching.length,
  };
}

/** Last used first, then favourites, then the rest as it comes. */
export function likely(
  mashups: readonly MashupView[],
  favourites: ReadonlySet<string>,
  recent: readonly string[],
): MashupView[] {
  const lastUsed = new Map(recent.map((id, position) => [id, position]));
  const place = ({ id }: MashupView) => lastUsed.get(id) ?? (favourites.has(id) ? recent.length : recent.length + 1);
  return [...mashups].sort((a, b) => place(a) - place(b));
}
