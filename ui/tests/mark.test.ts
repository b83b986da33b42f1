import { expect, test } from "vitest";
import { accent, initials, ink } from "../src/catalog/accent";
import { Icons } from "../src/catalog/icons";
import { FakeHost } from "../src/host.fake";
import { AT_WORK, problem } from "../src/host.fake.scenes";

const host = (icons: (mashup: string) => string | null) => {
  const host = new FakeHost(AT_WORK);
  host.icons = icons;
  return host;
};
const PICTURE = "data:image/svg+xml,%3Csvg/%3E";

test("a colour is the catalog's, or always the same of an id", () => {
  expect(accent({ id: "m1", accent: "#1c5fc4" })).toBe("#1c5fc4");
  expect(accent({ id: "m1", accent: "#Abc" })).toBe("#AAbbcc");
  for (const nonsense of [null, "red", "#12345", "url(x)"]) {
    expect(accent({ id: "m1", accent: nonsense })).toMatch(/^#[0-9a-f]{6}$/);
    expect(accent({ id: "m1", accent: nonsense })).toBe(accent({ id: "m1", accent: null }));
  }
  expect(accent({ id: "m1", accent: null })).not.toBe(accent({ id: "m2", accent: null }));
});

test.each([
  ["#ffffff", "#000000"],
  ["#f2bf4b", "#000000"],
  ["#1c5fc4", "#ffffff"],
  ["#000000", "#ffffff"],
])("on %s initials are %s", (colour, expected) => {
  expect(ink(colour)).toBe(expected);
});

test.each([
  ["Cash flow forecast", "CF"],
  ["Complaints", "C"],
  ["previsión de ventas", "PD"],
  ["  «2026» – östlich", "2Ö"],
  ["\u202eمبيعات الشمال", "ما"],
  ["<b>bold</b>", "BB"],
  ["👩🏽‍💻", ""],
  ["", ""],
])("the initials of %j are %j", (title, expected) => {
  expect(initials(title)).toBe(expected);
});

test("an icon is asked for once", async () => {
  const asked: string[] = [];
  const icons = new Icons(host((mashup) => (asked.push(mashup), PICTURE)));
  await Promise.all([icons.fetch("m1"), icons.fetch("m1")]);
  await icons.fetch("m1");
  expect(asked).toEqual(["m1"]);
  expect(icons.of("m1")).toBe(PICTURE);
});

test.each([["https://tracker.example/pixel.gif"], ["javascript:alert(1)"], ["data:text/html,x"], [null]])(
  "%s is no icon",
  async (answer) => {
    const icons = new Icons(host(() => answer));
    await icons.fetch("m1");
    expect(icons.of("m1")).toBeUndefined();
  },
);

test("what could not be asked for is asked for again, what could not be drawn is not", async () => {
  let answer: "problem" | "picture" = "problem";
  const asking = host(() => PICTURE);
  asking.mashupIcon = async () =>
    answer === "problem" ? { status: "error", error: problem("internal") } : { status: "ok", data: PICTURE };
  const icons = new Icons(asking);
  await icons.fetch("m1");
  answer = "picture";
  await icons.fetch("m1");
  expect(icons.of("m1")).toBe(PICTURE);
  icons.drop("m1");
  await icons.fetch("m1");
  expect(icons.of("m1")).toBeUndefined();
});

test("an icon that comes after its website has gone is not another website's", async () => {
  const icons = new Icons(host(() => PICTURE));
  const late = icons.fetch("m1");
  icons.forget();
  await late;
  expect(icons.of("m1")).toBeUndefined();
  await icons.fetch("m1");
  expect(icons.of("m1")).toBe(PICTURE);
});
