import { screen, waitFor, within } from "@testing-library/svelte";
import { expect, test } from "vitest";
import english from "../messages/en.json";
import { AT_WORK, someMashups } from "../src/host.fake.scenes";
import { chordName, lines } from "../src/keyboard/names";
import { actionOf, SHORTCUTS, type Action, type Chord } from "../src/keyboard/shortcuts";
import { launch, marked, type Opened } from "./launcher";

const desk = { ...AT_WORK, catalog: { state: "ready", mashups: someMashups(24), problem: null } } as const;
const search = () => screen.getByTestId("search");
const at = () => marked()?.getAttribute("aria-posinset");
const dialog = (name: string) => screen.findByRole("dialog", { name });

/** What each line of the table does, seen from outside. A line without a witness does not compile. */
const DOES: Record<Action, { before?: string; outside?: true; then: (opened: Opened) => unknown }> = {
  switch: { then: () => dialog("Go to a window or mashup") },
  help: { then: () => dialog("Help") },
  search: { outside: true, then: () => waitFor(() => expect(search()).toHaveFocus()) },
  previous: { before: "{ArrowDown}{ArrowDown}", then: () => expect(at()).toBe("1") },
  next: { before: "{ArrowDown}", then: () => expect(at()).toBe("2") },
  page_up: { before: "{Control>}{End}{/Control}", then: () => expect(Number(at())).toBeLessThan(23) },
  page_down: { before: "{ArrowDown}", then: () => expect(Number(at())).toBeGreaterThan(2) },
  first: { before: "{ArrowDown}{ArrowDown}", then: () => expect(at()).toBe("1") },
  last: { then: () => expect(at()).toBe("24") },
  open: { before: "{ArrowDown}", then: ({ host }) => expect(host.asked).toEqual([expect.stringMatching(/^openMashup/)]) },
  open_another: { before: "{ArrowDown}", then: ({ host }) => expect(host.asked).toEqual([expect.stringMatching(/^openMashup/)]) },
  favourite: { before: "{ArrowDown}", then: ({ host }) => expect(host.asked).toEqual([expect.stringMatching(/^setFavourite .* true$/)]) },
  clear: { before: "cash", then: () => expect(search()).toHaveValue("") },
  refresh: { then: ({ host }) => expect(host.asked).toEqual(["refreshCatalog"]) },
  settings: { then: () => dialog("Settings") },
  keyboard: { then: () => dialog("Keyboard") },
};

const typed = ({ key, command }: Chord) => {
  const name = key.length === 1 ? key : `{${key}}`;
  return command ? `{Control>}${name}{/Control}` : name;
};
const strokes = SHORTCUTS.flatMap(({ does, chords }) => chords.map((chord: Chord) => [typed(chord), does] as const));

test.each(strokes)("%s does what the table says: %s", async (keys, does) => {
  const opened = await launch(desk);
  const { before, outside, then } = DOES[does];
  if (outside) screen.getByRole("button", { name: "Sign out" }).focus();
  if (before) await opened.keyboard.keyboard(before);
  await opened.keyboard.keyboard(keys);
  await then(opened);
});

test("no key is in the table twice", () => {
  const keys = strokes.map(([keys]) => keys);
  expect(new Set(keys).size).toBe(keys.length);
});

test("the list of keys shows the whole table", async () => {
  const { keyboard } = await launch(desk);
  await keyboard.keyboard("?");
  const list = await dialog("Keyboard");
  const shown = within(list).getAllByRole("term").map(({ textContent }) => textContent);
  expect(shown).toEqual(lines().map(({ says }) => english[says]));
  const keys = [...list.querySelectorAll("kbd")].map(({ textContent }) => textContent);
  expect(keys).toEqual(SHORTCUTS.flatMap(({ chords }) => chords.map(chordName)));
  await keyboard.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
});

test("the settings lead to the list of keys", async () => {
  const { keyboard } = await launch(desk);
  await keyboard.keyboard("{Control>},{/Control}");
  await keyboard.click(within(await dialog("Settings")).getByRole("button", { name: "Keyboard" }));
  const list = await dialog("Keyboard");
  await waitFor(() => expect(within(list).getByRole("button", { name: "Close" })).toHaveFocus());
});

test("a question mark among other letters is a question mark", async () => {
  const { keyboard } = await launch(desk);
  await keyboard.keyboard("why?");
  expect(search()).toHaveValue("why?");
  expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
});

test("behind a dialog the keys of the list rest", async () => {
  const { host, keyboard } = await launch(desk);
  await keyboard.keyboard("{ArrowDown}?");
  await dialog("Keyboard");
  await keyboard.keyboard("{F5}{Control>}d{/Control}");
  expect(host.asked).toEqual([]);
});

const stroke = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, isComposing: false, target: null, defaultPrevented: false };

test.each([
  ["AltGr", { ...stroke, key: "k", ctrlKey: true, altKey: true }],
  ["Shift with a command", { ...stroke, key: "D", ctrlKey: true, shiftKey: true }],
  ["an input method at work", { ...stroke, key: "Enter", isComposing: true }],
  ["a letter alone", { ...stroke, key: "d" }],
])("%s is left alone", (_, event) => {
  expect(actionOf(event)).toBeNull();
});

test("keys that need Shift on some keyboards work with it", () => {
  expect(actionOf({ ...stroke, key: "?", shiftKey: true })).toBe("keyboard");
  expect(actionOf({ ...stroke, key: "/", shiftKey: true })).toBe("search");
});
