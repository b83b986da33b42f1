import axe from "axe-core";
import { expect, test } from "vitest";
import { playedHost } from "../src/host.fake.scenes";
import { screen, waitFor } from "@testing-library/svelte";
import type { LanguageView } from "../src/bindings";
import { launch } from "./launcher";

/** What axe has to say about what is on the screen. */
async function found(): Promise<unknown[]> {
  // jsdom lays nothing out, so colours cannot be compared here.
  const { violations } = await axe.run(document.body, { rules: { "color-contrast": { enabled: false } } });
  return violations.map(({ id, nodes }) => [id, nodes[0]?.html]);
}

/** axe in jsdom takes ten seconds for 300 rows and finds in them what it finds in a dozen. */
function aDozen(language: LanguageView = "system") {
  const { catalog, personal, ...now } = playedHost("busy").now;
  const mashups = catalog.state === "ready" ? catalog.mashups.slice(0, 12) : [];
  return { ...now, catalog: { state: "ready", mashups, problem: null } as const, personal: { ...personal, language } };
}

test.each([
  "first-run",
  "website-failed",
  "sign-in",
  "sign-in-refused",
  "sign-in-again",
  "busy",
  "many",
  "loading",
  "empty",
  "failed",
  "stale",
  "not-remembered",
])("axe finds nothing in the scene %s", async (scene) => {
  const { catalog, ...now } = playedHost(scene).now;
  const dozen = catalog.state === "ready" && scene !== "many" ? { ...catalog, mashups: catalog.mashups.slice(0, 12) } : catalog;
  await launch({ ...now, catalog: dozen });
  expect(await found()).toEqual([]);
}, 30_000);

test.each([
  ["the switcher", "{Control>}k{/Control}", "en", "Go to a window or mashup"],
  ["the switcher", "{Control>}k{/Control}", "es", "Ir a una ventana o un mashup"],
  ["the settings", "{Control>},{/Control}", "en", "Settings"],
  ["the settings", "{Control>},{/Control}", "es", "Ajustes"],
  ["the list of keys", "?", "en", "Keyboard"],
  ["the list of keys", "?", "es", "Teclado"],
] as const)("axe finds nothing in %s opened by %s, in %s", async (_, keys, language, name) => {
  const { keyboard } = await launch(aDozen(language));
  await keyboard.keyboard(keys);
  await screen.findByRole("dialog", { name });
  expect(await found()).toEqual([]);
}, 30_000);

test("axe finds nothing in the question before all windows close", async () => {
  const { keyboard } = await launch(aDozen());
  await keyboard.click(screen.getByRole("button", { name: "Close all windows" }));
  await waitFor(() => expect(screen.getByRole("alertdialog")).toBeInTheDocument());
  expect(await found()).toEqual([]);
}, 30_000);
