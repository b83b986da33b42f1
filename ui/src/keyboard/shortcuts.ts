// Every key that the launcher listens to: the handlers, the hints and the list of keys read this table.

import type { MessageKey } from "../messages/messages.svelte";

export type Chord = {
  readonly key: string;
  /** With Ctrl, or Command on a Mac. */
  readonly command?: true;
  /** A character like others where something is being written. */
  readonly written?: true;
};
type Shortcut = { readonly does: string; readonly says: MessageKey; readonly chords: readonly Chord[] };

/** In the order of the list that people read; neighbours that say the same share a line there. */
export const SHORTCUTS = [
  { does: "switch", says: "keyboard.switch", chords: [{ key: "k", command: true }] },
  { does: "search", says: "keyboard.search", chords: [{ key: "/", written: true }, { key: "f", command: true }] },
  { does: "previous", says: "keyboard.move", chords: [{ key: "ArrowUp" }] },
  { does: "next", says: "keyboard.move", chords: [{ key: "ArrowDown" }] },
  { does: "page_up", says: "keyboard.page", chords: [{ key: "PageUp" }] },
  { does: "page_down", says: "keyboard.page", chords: [{ key: "PageDown" }] },
  { does: "first", says: "keyboard.ends", chords: [{ key: "Home", command: true }] },
  { does: "last", says: "keyboard.ends", chords: [{ key: "End", command: true }] },
  { does: "open", says: "keyboard.open", chords: [{ key: "Enter" }] },
  { does: "open_another", says: "keyboard.open_another", chords: [{ key: "Enter", command: true }] },
  { does: "favourite", says: "keyboard.favourite", chords: [{ key: "d", command: true }] },
  { does: "clear", says: "keyboard.clear", chords: [{ key: "Escape" }] },
  { does: "refresh", says: "keyboard.refresh", chords: [{ key: "F5" }, { key: "r", command: true }] },
  { does: "settings", says: "keyboard.settings", chords: [{ key: ",", command: true }] },
  { does: "help", says: "help.title", chords: [{ key: "F1" }] },
  { does: "keyboard", says: "keyboard.keyboard", chords: [{ key: "?", written: true }] },
] as const satisfies readonly Shortcut[];

export type Action = (typeof SHORTCUTS)[number]["does"];
export type Key = Pick<
  KeyboardEvent,
  "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey" | "isComposing" | "target" | "defaultPrevented"
>;

/** What a key stroke asks for; nothing where it belongs to what is being written. */
export function actionOf(event: Key): Action | null {
  // Enter, Escape and arrows belong to an input method while it composes.
  if (event.isComposing || event.altKey || event.defaultPrevented) return null;
  return SHORTCUTS.find(({ chords }) => chords.some((chord) => pressed(chord, event)))?.does ?? null;
}

function pressed(chord: Chord, event: Key): boolean {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const command = event.ctrlKey || event.metaKey;
  if (chord.key !== key || (chord.command ?? false) !== command || (command && event.shiftKey)) return false;
  return !(chord.written && writing(event.target, key));
}

/** In the search field a slash is a slash, but nobody looks for a title that begins with `?`. */
function writing(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (key === "?" && target instanceof HTMLInputElement && target.role === "combobox" && target.value === "") return false;
  return target.matches("input:not([type=radio]), textarea, select, [contenteditable]");
}
