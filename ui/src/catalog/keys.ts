// What a key means in the search field, and which keys lead there from elsewhere.

type Key = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey" | "isComposing">;

export type Move =
  | { do: "mark"; position: number }
  | { do: "open"; another: boolean }
  | { do: "clear" }
  | null;

/** `marked` of `rows` is marked, -1 is none; `page` rows fit the view. */
export function forList(event: Key, marked: number, rows: number, page: number): Move {
  // Enter, Escape and arrows belong to an input method while it composes.
  if (event.isComposing || event.altKey) return null;
  const mark = (position: number): Move =>
    rows === 0 ? null : { do: "mark", position: Math.min(Math.max(position, 0), rows - 1) };
  switch (event.key) {
    case "ArrowDown":
      return mark(marked + 1);
    case "ArrowUp":
      return mark(marked - 1);
    case "PageDown":
      return mark(marked + page);
    case "PageUp":
      return mark(marked - page);
    case "Home":
      return event.ctrlKey || event.metaKey ? mark(0) : null;
    case "End":
      return event.ctrlKey || event.metaKey ? mark(rows - 1) : null;
    case "Enter":
      return marked >= 0 && marked < rows ? { do: "open", another: event.ctrlKey || event.metaKey } : null;
    case "Escape":
      return { do: "clear" };
    default:
      return null;
  }
}

export function forSearch(event: Key & Pick<KeyboardEvent, "target">): "search" | "refresh" | null {
  const command = event.ctrlKey || event.metaKey;
  const key = event.key.toLowerCase();
  if (command && !event.altKey && !event.shiftKey && key === "f") return "search";
  if (command && !event.altKey && key === "r") return "refresh";
  if (key === "f5") return "refresh";
  if (key === "/" && !command && !event.altKey && !writing(event.target)) return "search";
  return null;
}

function writing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]");
}
