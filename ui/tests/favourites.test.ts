import { screen, waitFor, within } from "@testing-library/svelte";
import { expect, test } from "vitest";
import type { PersonalView, Snapshot } from "../src/bindings";
import { AT_WORK, problem, someMashups } from "../src/host.fake.scenes";
import { launch, marked, rows, tabTo } from "./launcher";

/** Each with a title of its own, to tell their stars apart. */
const MASHUPS = someMashups(24).map((mashup) => ({ ...mashup, title: `${mashup.title} (${mashup.id})` }));

const desk = (personal: Partial<PersonalView> = {}): Snapshot => ({
  ...AT_WORK,
  catalog: { state: "ready", mashups: MASHUPS, problem: null },
  personal: { ...AT_WORK.personal, ...personal },
});
const group = (name: string) => within(screen.getByRole("listbox")).queryByRole("group", { name });
const listed = (name: string) =>
  within(group(name) as HTMLElement)
    .getAllByRole("option")
    .map(({ dataset }) => dataset["mashup"]);
const stars = (title: string) => screen.getAllByRole("button", { name: `Favourite: ${title}` });
const said = () => screen.getAllByRole("status").map(({ textContent }) => textContent?.trim());

test("favourites stand first, then what was used last, then every group as it was", async () => {
  await launch(desk({ favourites: ["m9", "m2"], recent: ["m2", "m5", "m7"] }));
  const groups = within(screen.getByRole("listbox")).getAllByRole("group");
  expect(groups.slice(0, 3).map((each) => each.getAttribute("aria-label"))).toEqual(["Favourites", "Recently used", "Finance"]);
  expect(listed("Favourites").sort()).toEqual(["m2", "m9"]);
  expect(listed("Recently used")).toEqual(["m5", "m7"]);
});

test("each mashup has one plain row, its copies are told apart", async () => {
  await launch(desk({ favourites: ["m2"], recent: ["m5"] }));
  const ids = rows().map(({ dataset }) => dataset["mashup"]);
  expect(ids).toHaveLength(24);
  expect(new Set(ids).size).toBe(24);
  expect(screen.getAllByTestId("mashup-row-personal").map(({ dataset }) => dataset["mashup"])).toEqual(["m2", "m5"]);
});

test("while something is looked for there are only results", async () => {
  const { keyboard } = await launch(desk({ favourites: ["m1"], recent: ["m5"] }));
  await keyboard.keyboard("cash");
  expect(screen.queryAllByTestId("mashup-row-personal")).toHaveLength(0);
  expect(marked()).toHaveAttribute("data-testid", "mashup-row");
});

test("Ctrl D marks the selected mashup, keeps the selection on it, says so, and takes it back", async () => {
  const { host, keyboard } = await launch(desk());
  await keyboard.keyboard("{ArrowDown}{ArrowDown}{ArrowDown}");
  const row = marked()!;
  const id = row.dataset["mashup"]!;
  const title = MASHUPS.find((mashup) => mashup.id === id)!.title;
  await keyboard.keyboard("{Control>}d{/Control}");
  await waitFor(() => expect(listed("Favourites")).toEqual([id]));
  expect(marked()?.dataset["mashup"]).toBe(id);
  expect(marked()).toHaveAttribute("data-testid", "mashup-row");
  expect(marked()).toHaveTextContent("favourite");
  expect(said()).toContain(`${title} is a favourite.`);
  expect(stars(title).map((star) => star.getAttribute("aria-pressed"))).toEqual(["true", "true"]);

  await keyboard.keyboard("{Meta>}d{/Meta}");
  await waitFor(() => expect(group("Favourites")).toBeNull());
  expect(marked()?.dataset["mashup"]).toBe(id);
  expect(said()).toContain(`${title} is no longer a favourite.`);
  expect(host.asked).toEqual([`setFavourite ${id} true`, `setFavourite ${id} false`]);
});

test("the catalog does not move under the keyboard when a favourite is added above it", async () => {
  const { keyboard } = await launch(desk());
  await keyboard.keyboard("{ArrowDown}");
  const list = screen.getByRole("listbox").parentElement!;
  expect(list.scrollTop).toBe(0);
  await keyboard.keyboard("{Control>}d{/Control}");
  const added = parseFloat((group("Favourites") as HTMLElement).style.height);
  await waitFor(() => expect(list.scrollTop).toBe(added));
  await keyboard.keyboard("{Control>}d{/Control}");
  await waitFor(() => expect(list.scrollTop).toBe(0));
});

test("a selected favourite that is no longer one stays selected where it still is", async () => {
  const { keyboard } = await launch(desk({ favourites: ["m9"] }));
  await keyboard.keyboard("{ArrowDown}");
  expect(marked()).toHaveAttribute("data-testid", "mashup-row-personal");
  await keyboard.keyboard("{Control>}d{/Control}");
  await waitFor(() => expect(marked()).toHaveAttribute("data-testid", "mashup-row"));
  expect(marked()?.dataset["mashup"]).toBe("m9");
});

test("Tab leads to the star of the selected row, and only to that", async () => {
  const { host, keyboard } = await launch(desk({ favourites: ["m9"] }));
  await keyboard.keyboard("{ArrowDown}");
  const star = stars(MASHUPS[8]!.title)[0]!;
  await tabTo(keyboard, star);
  await keyboard.keyboard(" ");
  await waitFor(() => expect(group("Favourites")).toBeNull());
  expect(host.asked).toEqual(["setFavourite m9 false"]);
  // The star went with its row, so the keyboard is back where the list is worked from.
  await waitFor(() => expect(screen.getByTestId("search")).toHaveFocus());
});

test("a star is pressed with the mouse without opening its mashup or leaving the search", async () => {
  const { host, keyboard } = await launch(desk());
  const [star] = stars(MASHUPS[3]!.title);
  expect(star).toHaveAttribute("aria-pressed", "false");
  await keyboard.click(star!);
  await waitFor(() => expect(listed("Favourites")).toEqual(["m4"]));
  expect(host.asked).toEqual(["setFavourite m4 true"]);
  expect(screen.getByTestId("search")).toHaveFocus();
});

test("a favourite that cannot be kept is said in words", async () => {
  const { keyboard } = await launch(desk(), (host) =>
    host.refuses.set("setFavourite", problem("settings_unwritable", { path: "settings.json", reason: "denied" })),
  );
  await keyboard.keyboard("{ArrowDown}{Control>}d{/Control}");
  expect(await screen.findByRole("alert")).toHaveAttribute("data-code", "settings_unwritable");
  expect(group("Favourites")).toBeNull();
});

test("what is opened is listed as used last", async () => {
  const { keyboard } = await launch(desk());
  await keyboard.keyboard("{ArrowDown}{Enter}");
  const id = marked()?.dataset["mashup"];
  await waitFor(() => expect(listed("Recently used")).toEqual([id]));
  expect(marked()).toHaveAttribute("data-testid", "mashup-row");
});

test("in Spanish the groups and stars speak Spanish", async () => {
  await launch(desk({ favourites: ["m9"], recent: ["m5"], language: "es" }));
  expect(group("Favoritos")).toBeInTheDocument();
  expect(group("Usados recientemente")).toBeInTheDocument();
  expect(screen.getAllByRole("button", { name: `Favorito: ${MASHUPS[8]!.title}`, pressed: true })).toHaveLength(2);
});
