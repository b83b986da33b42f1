import { expect, test } from "vitest";
import type { MashupView } from "../src/bindings";
import { find, fold, index } from "../src/catalog/search";
import { someMashups } from "../src/host.fake.scenes";

const mashup = (id: string, title: string, group = "", description = ""): MashupView => ({
  id,
  title,
  group,
  description,
  accent: null,
  updated: null,
  icon: false,
});

const catalog = index([
  mashup("cash", "Cash flow forecast", "Finance", "Expected payments by week"),
  mashup("sales", "Previsión de ventas", "Ventas", "Por región"),
  mashup("stock", "Stock coverage", "Logistics", "Days of stock, and the forecast of it"),
  mashup("kyiv", "Продажі", "Київ", ""),
  mashup("tokyo", "売上予測", "東京", ""),
]);
const ids = (query: string) => find(catalog, query).map(({ id }) => id);

test("an empty query lists everything in its own order", () => {
  expect(ids("  ")).toEqual(["cash", "sales", "stock", "kyiv", "tokyo"]);
});

test.each([
  ["the title comes before the description", "forecast", ["cash", "stock"]],
  ["words in any order", "flow cash", ["cash"]],
  ["a part of a word", "cover", ["stock"]],
  ["the group", "logistics", ["stock"]],
  ["accents left out", "prevision region", ["sales"]],
  ["accents put in", "prévision", ["sales"]],
  ["one letter left out", "forcast", ["cash", "stock"]],
  ["two letters swapped", "cahs flow", ["cash"]],
  ["another script", "київ", ["kyiv"]],
  ["a script without spaces", "予測", ["tokyo"]],
  ["nothing that is there", "zzzqq", []],
  ["nothing but punctuation", "(((", []],
])("finds by %s", (_, query, expected) => {
  expect(ids(query)).toEqual(expected);
});

test.each(['"', "-", "-cash", "\\", ".*", "a".repeat(10_000), "\u202eabc", "'"])("stands the query %j", (query) => {
  expect(() => ids(query)).not.toThrow();
});

test("folding takes case and accents away", () => {
  expect(fold("PREVISIÓN Ångström")).toBe("prevision angstrom");
});

test("5,000 mashups are searched within a key stroke", () => {
  const many = index(someMashups(5000));
  const started = performance.now();
  for (const query of ["c", "ca", "cas", "cash", "cash f", "cash fo", "cash for", "cash fore"]) {
    expect(find(many, query).length).toBeGreaterThan(0);
  }
  // Some 20 ms a key on a slow machine; the bound leaves room for a busy one.
  expect((performance.now() - started) / 8).toBeLessThan(150);
});
