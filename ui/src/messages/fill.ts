// Puts values into a message. Values come from websites and servers: they are shown, never trusted.

export type Values = { readonly [name: string]: string | number | undefined };

/** Control characters, and the marks that turn the direction of the text after them. */
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g;
const LONGEST = 500;

export function fill(template: string, values: Values): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => plain(String(values[name] ?? "—")));
}

/** A value as one line of its visible characters. */
export function plain(value: string): string {
  const seen = value.replace(UNSEEN, " ").trim();
  return seen.length > LONGEST ? `${seen.slice(0, LONGEST)}…` : seen;
}
