// Finds mashups as the person types. The catalog is folded once; a key stroke only matches.

import uFuzzy from "@leeoniya/ufuzzy";
import type { MashupView } from "../bindings";

export type Index = {
  readonly mashups: readonly MashupView[];
  /** One line a mashup: title, group, description; folded. */
  readonly lines: string[];
  readonly titles: readonly string[];
};

// The words of any script, in any order, each forgiven one slip (`forcast` finds `Forecast`).
const fuzzy = new uFuzzy({
  unicode: true,
  interSplit: "[^\\p{L}\\d']+",
  intraSplit: "\\p{Ll}\\p{Lu}",
  intraBound: "\\p{L}\\d|\\d\\p{L}|\\p{Ll}\\p{Lu}",
  intraChars: "[\\p{L}\\d']",
  intraContr: "'\\p{L}{1,2}\\b",
  intraMode: 1,
  intraIns: 1,
  intraSub: 1,
  intraTrn: 1,
  intraDel: 1,
});
const WORDS_IN_ANY_ORDER = 4;
const RANK_AT_MOST = 10_000;
const LONGEST_QUERY = 100;

export function index(mashups: readonly MashupView[]): Index {
  return {
    mashups,
    lines: mashups.map(({ title, group, description }) => fold(`${title} · ${group} · ${description}`)),
    titles: mashups.map(({ title }) => fold(title)),
  };
}

/** The mashups that match, best first; all of them, in their own order, for an empty query. */
export function find({ mashups, lines, titles }: Index, query: string): readonly MashupView[] {
  const needle = fold(query.slice(0, LONGEST_QUERY)).trim();
  if (needle === "") return mashups;
  // A query of nothing but punctuation leaves the fuzzy search no word to look for.
  if (!/[\p{L}\d]/u.test(needle)) return mashups.filter((_, i) => lines[i]?.includes(needle));

  const [matches, info, order] = fuzzy.search(lines, needle, WORDS_IN_ANY_ORDER, RANK_AT_MOST);
  const ranked = order && info ? order.map((at) => info.idx[at] ?? -1) : (matches ?? []);

  const words = needle.split(/\s+/);
  const place = (i: number): number => {
    const title = titles[i] ?? "";
    if (title.startsWith(needle)) return 0;
    if (words.every((word) => title.includes(word))) return 1;
    return words.every((word) => lines[i]?.includes(word)) ? 2 : 3;
  };
  return ranked
    .map((i) => ({ mashup: mashups[i], place: place(i) }))
    .sort((a, b) => a.place - b.place)
    .flatMap(({ mashup }) => (mashup ? [mashup] : []));
}

/** Lower case without accents, so that `prevision` finds `Previsión`. */
export function fold(text: string): string {
  return text.normalize("NFD").replace(/\p{M}+/gu, "").toLowerCase();
}
