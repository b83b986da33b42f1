import { expect, test } from "vitest";
import { at, DRAWN_WHOLE, drawn, grouped, HEADING, inOrder, layOut, personal, positionOf, ROW } from "../src/catalog/layout";
import { someMashups } from "../src/host.fake.scenes";

const layoutOf = (number: number) => layOut(grouped(inOrder(someMashups(number), "en")));
const count = (slices: ReturnType<typeof drawn>) => slices.reduce((sum, { from, to }) => sum + to - from, 0);

test("a short list is drawn whole", () => {
  expect(count(drawn(layoutOf(DRAWN_WHOLE), 0, 600))).toBe(DRAWN_WHOLE);
});

test.each([300, 5000])("wherever a list of %i is scrolled to, all that is seen is drawn and little else", (number) => {
  const layout = layoutOf(number);
  for (let scroll = 0; scroll <= layout.height - 600; scroll += 997) {
    const slices = drawn(layout, scroll, 600);
    expect(count(slices)).toBeLessThan(50);
    for (let position = 0; position < layout.rows; position += 1) {
      const row = at(layout, position);
      if (!row || row.top + ROW <= scroll || row.top >= scroll + 600) continue;
      expect(slices.some(({ section, from, to }) => position >= section.first + from && position < section.first + to)).toBe(true);
    }
  }
});

test("positions and sections agree", () => {
  const layout = layoutOf(300);
  expect(layout.rows).toBe(300);
  expect(at(layout, 0)).toEqual({ kind: "group", mashup: layout.sections[0]?.mashups[0], top: HEADING });
  expect(at(layout, 300)).toBeNull();
  expect(at(layout, -1)).toBeNull();
});

test("mashups without a group come last", () => {
  const [one, two] = someMashups(2);
  const groups = grouped(inOrder([{ ...one!, group: "  " }, two!], "en"));
  expect(groups.map(({ name }) => name)).toEqual([two!.group, ""]);
});

test("favourites come by title, then at most six used last that are none, newest first", () => {
  const [one, two, three] = someMashups(20).slice(0, 3).map(({ id }) => id) as [string, string, string];
  const recent = [two, one, "gone", ...someMashups(20).slice(3).map(({ id }) => id)];
  const groups = personal(someMashups(20), new Set([three, one, "gone"]), recent, "en");
  expect(groups.map(({ kind, mashups }) => [kind, mashups.map(({ id }) => id)])).toEqual([
    ["favourites", [one, three]],
    ["recent", [two, "m4", "m5", "m6", "m7", "m8"]],
  ]);
});

test("a person without favourites who has used nothing has no groups of their own", () => {
  expect(personal(someMashups(3), new Set(), ["gone"], "en")).toEqual([]);
});

test("a row is found in its own part of the list, or else where its mashup is", () => {
  const mashups = inOrder(someMashups(20), "en");
  const favourite = mashups[7]!.id;
  const layout = layOut([...personal(mashups, new Set([favourite]), [], "en"), ...grouped(mashups)]);
  expect(positionOf(layout, { kind: "favourites", mashup: favourite })).toBe(0);
  expect(positionOf(layout, { kind: "group", mashup: favourite })).toBe(8);
  expect(positionOf(layout, { kind: "recent", mashup: mashups[0]!.id })).toBe(1);
  expect(positionOf(layout, { kind: "group", mashup: "gone" })).toBe(-1);
  expect(positionOf(layout, null)).toBe(-1);
});
