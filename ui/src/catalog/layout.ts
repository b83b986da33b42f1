// Where each group and row of the list lies, so that a list of hundreds draws only what is seen.

import type { MashupView } from "../bindings";

export const ROW = 46;
export const HEADING = 30;
/** Space under a group's last row. */
export const GAP = 6;
/** Lists up to this long are drawn whole: not much more than is seen, and findable by every tool. */
export const DRAWN_WHOLE = 50;
/** Pixels drawn beyond each edge of what is seen. */
const MARGIN = 500;

/** A group of the catalog, or one of the person's own that repeats mashups of those. */
export type Kind = "favourites" | "recent" | "group";
export type Group = { readonly kind: Kind; readonly name: string; readonly mashups: readonly MashupView[] };
/** A row, wherever it is: a mashup may be listed among the favourites and in its group. */
export type Place = { readonly kind: Kind; readonly mashup: string };
export type Section = Group & {
  readonly top: number;
  readonly height: number;
  /** Position of its first mashup in the whole list. */
  readonly first: number;
};
export type Layout = { readonly sections: readonly Section[]; readonly height: number; readonly rows: number };
export type Slice = { readonly section: Section; readonly from: number; readonly to: number };

/** Groups in the order their first mashup comes; with a query that is the best match first. */
export function grouped(mashups: readonly MashupView[]): Group[] {
  const groups = new Map<string, MashupView[]>();
  for (const mashup of mashups) {
    const name = mashup.group.trim();
    const group = groups.get(name);
    if (group) group.push(mashup);
    else groups.set(name, [mashup]);
  }
  return [...groups].map(([name, mashups]) => ({ kind: "group", name, mashups }));
}

/** At most so many mashups are listed as recently used. */
const RECENT_AT_MOST = 6;

/** What comes before the catalog's groups: favourites by title, then the last used that are none. */
export function personal(
  mashups: readonly MashupView[],
  favourites: ReadonlySet<string>,
  recent: readonly string[],
  language: string,
): Group[] {
  const collator = new Intl.Collator(language, { numeric: true, sensitivity: "base" });
  const marked = mashups.filter(({ id }) => favourites.has(id)).sort((a, b) => collator.compare(a.title, b.title));
  const wanted = new Set(recent.filter((id) => !favourites.has(id)));
  const known = new Map(mashups.filter(({ id }) => wanted.has(id)).map((mashup) => [mashup.id, mashup]));
  const used = [...wanted].flatMap((id) => known.get(id) ?? []).slice(0, RECENT_AT_MOST);
  const groups: Group[] = [
    { kind: "favourites", name: "", mashups: marked },
    { kind: "recent", name: "", mashups: used },
  ];
  return groups.filter(({ mashups }) => mashups.length > 0);
}

/** Groups and their mashups by name; those without a group come last. */
export function inOrder(mashups: readonly MashupView[], language: string): MashupView[] {
  const collator = new Intl.Collator(language, { numeric: true, sensitivity: "base" });
  return [...mashups].sort(
    (a, b) =>
      Number(a.group.trim() === "") - Number(b.group.trim() === "") ||
      collator.compare(a.group, b.group) ||
      collator.compare(a.title, b.title),
  );
}

export function layOut(groups: readonly Group[]): Layout {
  let top = 0;
  let first = 0;
  const sections = groups.map((group) => {
    const height = HEADING + group.mashups.length * ROW + GAP;
    const section = { ...group, top, height, first };
    top += height;
    first += group.mashups.length;
    return section;
  });
  return { sections, height: top, rows: first };
}

/** What of each section is drawn when the view shows `height` pixels from `scroll` on. */
export function drawn({ sections, rows }: Layout, scroll: number, height: number): Slice[] {
  if (rows <= DRAWN_WHOLE) return sections.map((section) => ({ section, from: 0, to: section.mashups.length }));
  const above = scroll - MARGIN;
  const below = scroll + height + MARGIN;
  return sections
    .filter((section) => section.top < below && section.top + section.height > above)
    .map((section) => {
      const start = section.top + HEADING;
      return {
        section,
        from: clamp(Math.floor((above - start) / ROW), 0, section.mashups.length),
        to: clamp(Math.ceil((below - start) / ROW), 0, section.mashups.length),
      };
    });
}

/** The mashup at a position of the whole list, and the top of its row. */
export function at({ sections }: Layout, position: number): { kind: Kind; mashup: MashupView; top: number } | null {
  const section = sections.find(({ first, mashups }) => position >= first && position < first + mashups.length);
  const mashup = section?.mashups[position - section.first];
  if (!section || !mashup) return null;
  return { kind: section.kind, mashup, top: section.top + HEADING + (position - section.first) * ROW };
}

/** Where a row is now: its own place, or else the first of the same mashup; -1 where it is gone. */
export function positionOf({ sections }: Layout, place: Place | null): number {
  if (place === null) return -1;
  const positions = sections.flatMap(({ kind, first, mashups }) => {
    const index = mashups.findIndex(({ id }) => id === place.mashup);
    return index < 0 ? [] : [{ kind, position: first + index }];
  });
  return (positions.find(({ kind }) => kind === place.kind) ?? positions[0])?.position ?? -1;
}

/** Where the catalog's own groups begin. */
export function catalogTop({ sections, height }: Layout): number {
  return sections.find(({ kind }) => kind === "group")?.top ?? height;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
