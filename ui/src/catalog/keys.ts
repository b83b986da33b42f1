// What a key means to a search field with a list below it: the catalog's and the switcher's.

import { actionOf, type Key } from "../keyboard/shortcuts";

export type Move =
  | { do: "mark"; position: number }
  | { do: "open"; another: boolean }
  | { do: "clear" }
  | null;

/** `marked` of `rows` is marked, -1 is none; `page` rows fit the view. */
export function forList(event: Key, marked: number, rows: number, page: number): Move {
  const mark = (position: number): Move =>
    rows === 0 ? null : { do: "mark", position: Math.min(Math.max(position, 0), rows - 1) };
  const open = (another: boolean): Move => (marked >= 0 && marked < rows ? { do: "open", another } : null);
  switch (actionOf(event)) {
    case "next":
      return mark(marked + 1);
    case "previous":
      return mark(marked - 1);
    case "page_down":
      return mark(marked + page);
    case "page_up":
      return mark(marked - page);
    case "first":
      return mark(0);
    case "last":
      return mark(rows - 1);
    case "open":
      return open(false);
    case "open_another":
      return open(true);
    case "clear":
      return { do: "clear" };
    default:
      return null;
  }
}
