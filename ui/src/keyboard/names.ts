// What is printed on the keys.

import { t, type MessageKey } from "../messages/messages.svelte";
import { SHORTCUTS, type Action, type Chord } from "./shortcuts";

const MAC = /Mac/.test(navigator.platform);

const NAMES: Record<string, MessageKey> = {
  Enter: "keyboard.key_enter",
  Escape: "keyboard.key_escape",
  Home: "keyboard.key_home",
  End: "keyboard.key_end",
  PageUp: "keyboard.key_page_up",
  PageDown: "keyboard.key_page_down",
  ArrowUp: "keyboard.key_up",
  ArrowDown: "keyboard.key_down",
};

export function chordName({ key, command }: Chord): string {
  const message = NAMES[key];
  const name = message ? t(message) : key.toUpperCase();
  if (!command) return name;
  return `${MAC ? "⌘" : t("keyboard.key_command")} ${name}`;
}

/** The first way to ask for something. */
export function keyOf(action: Action): string {
  const chord = SHORTCUTS.find(({ does }) => does === action)?.chords[0];
  return chord ? chordName(chord) : "";
}

export type Line = { readonly says: MessageKey; readonly chords: readonly Chord[] };

/** The table as people read it. */
export function lines(): Line[] {
  const lines: { says: MessageKey; chords: Chord[] }[] = [];
  for (const { says, chords } of SHORTCUTS) {
    const last = lines.at(-1);
    if (last?.says === says) last.chords.push(...chords);
    else lines.push({ says, chords: [...chords] });
  }
  return lines;
}
