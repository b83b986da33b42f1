import { fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import { expect, test } from "vitest";
import type { CatalogView, Snapshot } from "../src/bindings";
import { AT_WORK, problem, someMashups } from "../src/host.fake.scenes";
import { launch, marked, problems, rows } from "./launcher";

/** Enough for two groups and a match or two; what needs a real catalog takes 300. */
const few: Snapshot = { ...AT_WORK, catalog: { state: "ready", mashups: someMashups(24), problem: null } };

const search = () => screen.getByTestId("search");
const withCatalog = (catalog: CatalogView): Snapshot => ({ ...AT_WORK, catalog });
const unreachable = problem("website_unreachable", { host: "mashups.contoso.example", reason: "dns" });

test("typing finds, Enter opens the best match, and the window shows what it does", async () => {
  const { host, keyboard } = await launch(AT_WORK);
  expect(search()).toHaveFocus();
  await keyboard.keyboard("cash flow nordics");
  expect(rows().length).toBeLessThan(50);
  expect(marked()).toHaveTextContent("Cash flow forecast · Nordics");
  const id = marked()?.dataset["mashup"];
  await keyboard.keyboard("{Enter}");
  expect(host.asked).toEqual([`openMashup ${id}`]);
  await waitFor(() => expect(screen.getByTestId("window-row")).toHaveAttribute("data-state", "live"));
  expect(screen.getByTestId("window-row")).toHaveAttribute("data-mashup", id);
});

test("what a person stays at is made ready, not what they pass", async () => {
  const { host, keyboard } = await launch(few);
  expect(host.expected).toEqual([]);
  await keyboard.keyboard("{ArrowDown}{ArrowDown}{ArrowDown}");
  const third = rows()[2]?.dataset["mashup"];
  await waitFor(() => expect(host.expected).toEqual([third]));

  const fourth = rows()[3];
  if (!fourth) throw new Error("a fourth row");
  fireEvent.mouseMove(fourth, { movementX: 0, movementY: 0 });
  const fifth = rows()[4];
  if (!fifth) throw new Error("a fifth row");
  fireEvent.mouseMove(fifth, { movementX: 3, movementY: 1 });
  await waitFor(() => expect(host.expected).toEqual([third, fifth.dataset["mashup"]]));
});

test("Enter opens nothing before something is marked", async () => {
  const { host, keyboard } = await launch(few);
  await keyboard.keyboard("{Enter}");
  expect(host.asked).toEqual([]);
});

test("arrows move through the groups as they are shown, and stop at the ends", async () => {
  const { keyboard } = await launch(few);
  const shown = rows().map(({ dataset }) => dataset["mashup"]);
  await keyboard.keyboard("{ArrowDown}");
  expect(marked()?.dataset["mashup"]).toBe(shown[0]);
  await keyboard.keyboard("{ArrowDown}{ArrowDown}{ArrowUp}");
  expect(marked()?.dataset["mashup"]).toBe(shown[1]);
  expect(marked()).toHaveAttribute("aria-selected", "true");
  await keyboard.keyboard("{Control>}{End}{/Control}{ArrowDown}");
  expect(marked()?.dataset["mashup"]).toBe(shown.at(-1));
  await keyboard.keyboard("{Control>}{Home}{/Control}{ArrowUp}");
  expect(marked()?.dataset["mashup"]).toBe(shown[0]);
});

test("Escape clears the search", async () => {
  const { keyboard } = await launch(AT_WORK);
  await keyboard.keyboard("zzzqq");
  expect(rows()).toHaveLength(0);
  expect(screen.getByText("No mashup matches “zzzqq”")).toBeInTheDocument();
  await keyboard.keyboard("{Escape}");
  expect(search()).toHaveValue("");
  expect(screen.getByTestId("catalog-count")).toHaveTextContent("300 mashups");
});

test.each([["/"], ["{Control>}f{/Control}"], ["{Meta>}f{/Meta}"]])("%s leads to the search from anywhere", async (key) => {
  const { keyboard } = await launch(few);
  screen.getByRole("button", { name: "Sign out" }).focus();
  await keyboard.keyboard(key);
  expect(search()).toHaveFocus();
  expect(search()).toHaveValue("");
});

test("a slash in the search field is a slash", async () => {
  const { keyboard } = await launch(few);
  await keyboard.keyboard("a/b");
  expect(search()).toHaveValue("a/b");
});

test("the number of results is announced once typing stops", async () => {
  const { keyboard } = await launch(AT_WORK);
  await keyboard.keyboard("cash nordics");
  const found = rows().length;
  await waitFor(() => {
    const said = screen.getAllByRole("status").map(({ textContent }) => textContent?.trim());
    expect(said).toContain(`${found} of 300 mashups`);
  });
});

test("a mashup that is open is gone to, and opened again only when asked for", async () => {
  const { host, keyboard } = await launch(few);
  await keyboard.keyboard("{ArrowDown}{Enter}");
  await waitFor(() => expect(screen.getByTestId("window-row")).toHaveAttribute("data-state", "live"));
  const id = marked()?.dataset["mashup"];
  expect(within(marked()!).getByText("Open")).toBeInTheDocument();
  await keyboard.keyboard("{Enter}");
  await keyboard.keyboard("{Control>}{Enter}{/Control}");
  expect(host.asked).toEqual([`openMashup ${id}`, "focusWindow window-1", `openMashup ${id}`]);
});

test("a double click opens one window", async () => {
  const { host, keyboard } = await launch(few);
  await keyboard.dblClick(rows()[4]!);
  await waitFor(() => expect(screen.getByTestId("window-row")).toHaveAttribute("data-state", "live"));
  expect(host.asked.filter((asked) => asked.startsWith("openMashup"))).toHaveLength(1);
});

test("a mashup that cannot be opened is said in words with its title, and can be dismissed", async () => {
  const { keyboard } = await launch(few, (host) =>
    host.refuses.set("openMashup", problem("not_authorised", { mashup: "m1", reason: "Only for finance." })),
  );
  await keyboard.keyboard("{ArrowDown}{Enter}");
  const alert = await screen.findByRole("alert");
  expect(alert).toHaveTextContent("You do not have access to Cash flow forecast · Group");
  expect(alert).toHaveTextContent("The website says: Only for finance.");
  await keyboard.click(within(alert).getByRole("button", { name: "Dismiss" }));
  expect(problems()).toEqual([]);
});

test("the list is refreshed by its button and by F5, and says so", async () => {
  const { host, keyboard } = await launch(few);
  host.mashups = someMashups(5);
  await keyboard.keyboard("{F5}");
  await waitFor(() => expect(rows()).toHaveLength(5));
  host.mashups = someMashups(6);
  await keyboard.click(screen.getByRole("button", { name: "Refresh the list" }));
  await waitFor(() => expect(rows()).toHaveLength(6));
  expect(host.asked).toEqual(["refreshCatalog", "refreshCatalog"]);
});

test("loading says what is awaited", async () => {
  await launch(withCatalog({ state: "loading" }));
  expect(screen.getByText("Loading your mashups from Contoso Analytics…")).toBeInTheDocument();
});

test("a newer list that is awaited does not take the last one away", async () => {
  const { host } = await launch(AT_WORK);
  host.change({ part: "catalog", catalog: { state: "loading" } });
  expect(await screen.findByText("Refreshing the list…")).toBeInTheDocument();
  expect(rows().length).toBeGreaterThan(0);
});

test("an empty catalog says whom to ask", async () => {
  await launch(withCatalog({ state: "ready", mashups: [], problem: null }));
  expect(screen.getByText("There are no mashups for you yet")).toBeInTheDocument();
  expect(screen.getByText(/Ask the people who manage access/)).toBeInTheDocument();
});

test("a failed catalog is said in words and tried again", async () => {
  const { host, keyboard } = await launch(withCatalog({ state: "failed", problem: unreachable }));
  expect(problems()).toEqual(["website_unreachable"]);
  host.mashups = someMashups(2);
  await keyboard.click(screen.getByRole("button", { name: "Try again" }));
  await waitFor(() => expect(rows()).toHaveLength(2));
  expect(problems()).toEqual([]);
});

test("a stale list stays usable and says so, once", async () => {
  const { keyboard } = await launch(
    withCatalog({ state: "ready", mashups: someMashups(20), problem: unreachable }),
    (host) => host.refuses.set("refreshCatalog", unreachable),
  );
  expect(screen.getByText(/Showing the last good list/)).toBeInTheDocument();
  expect(rows()).toHaveLength(20);
  await keyboard.click(screen.getByRole("button", { name: "Try again" }));
  expect(problems()).toEqual(["website_unreachable"]);
});

test("of 5,000 mashups only those in sight are drawn, and all are found", async () => {
  const { keyboard } = await launch(withCatalog({ state: "ready", mashups: someMashups(5000), problem: null }));
  expect(rows().length).toBeLessThan(60);
  expect(screen.getByText("5,000 mashups")).toBeInTheDocument();
  expect(rows()[0]).toHaveAttribute("aria-setsize", "5000");
  await keyboard.keyboard("complaints italy 7");
  expect(marked()).toHaveTextContent("Complaints · Italy 7");
});

test("markup and direction marks in a title are text", async () => {
  await launch(
    withCatalog({
      state: "ready",
      mashups: [{ ...someMashups(1)[0]!, title: "<img src=x onerror=alert(1)>\u202edesrever" }],
      problem: null,
    }),
  );
  expect(rows()[0]).toHaveTextContent("<img src=x onerror=alert(1)> desrever");
  expect(document.querySelector("img")).toBeNull();
});
