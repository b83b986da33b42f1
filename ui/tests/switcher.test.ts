import { screen, waitFor, within } from "@testing-library/svelte";
import { expect, test } from "vitest";
import type { Snapshot, WindowView } from "../src/bindings";
import { AT_WORK, problem, SIGNED_OUT, someMashups } from "../src/host.fake.scenes";
import { launch } from "./launcher";

const window = (number: number, part: Partial<WindowView> = {}): WindowView => ({
  id: `w${number}`,
  mashup: `m${number}`,
  title: someMashups(24)[number - 1]!.title,
  since: new Date().toISOString(),
  status: { state: "live" },
  quota: null,
  ...part,
});
const desk: Snapshot = {
  ...AT_WORK,
  catalog: { state: "ready", mashups: someMashups(24), problem: null },
  windows: [window(1), window(11)],
};
const OPEN = "{Control>}k{/Control}";

const dialog = () => screen.findByRole("dialog", { name: "Go to a window or mashup" });
const field = () => within(screen.getByRole("dialog")).getByRole("combobox");
const marked = () => document.getElementById(field().getAttribute("aria-activedescendant") ?? "");
const options = (group: string) =>
  within(within(screen.getByRole("dialog")).getByRole("group", { name: group })).getAllByRole("option");
const gone = () => waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());

test.each([[OPEN], ["{Meta>}k{/Meta}"]])("%s opens it from anywhere, what is open first", async (keys) => {
  const { keyboard } = await launch(desk);
  screen.getByRole("button", { name: "Sign out" }).focus();
  await keyboard.keyboard(keys);
  await dialog();
  await waitFor(() => expect(field()).toHaveFocus());
  expect(options("Open windows").map(({ textContent }) => textContent)).toEqual([
    expect.stringContaining(someMashups(24)[10]!.title),
    expect.stringContaining(someMashups(24)[0]!.title),
  ]);
  expect(options("Mashups")).toHaveLength(24);
  expect(marked()).toBe(options("Open windows")[0]);
});

test("the mashup that is marked is made ready, a window is there", async () => {
  const { host, keyboard } = await launch(desk);
  await keyboard.keyboard(OPEN);
  await dialog();
  await keyboard.keyboard("{ArrowDown}{ArrowDown}");
  expect(marked()).toBe(options("Mashups")[0]);
  await waitFor(() => expect(host.expected).toHaveLength(1));
});

test("Enter goes to a window, and the keyboard is back where it was", async () => {
  const { host, keyboard } = await launch(desk);
  await keyboard.keyboard(OPEN);
  await dialog();
  await keyboard.keyboard("{ArrowDown}{Enter}");
  await gone();
  expect(host.asked).toEqual(["focusWindow w1"]);
  await waitFor(() => expect(screen.getByTestId("search")).toHaveFocus());
});

test("a window that failed comes last and is tried again", async () => {
  const status = { state: "failed", problem: problem("redeem_timeout", { host: "qlik.contoso.example" }) } as const;
  const { host, keyboard } = await launch({ ...desk, windows: [window(1), window(11, { status })] });
  await keyboard.keyboard(OPEN);
  await dialog();
  expect(options("Open windows").at(-1)).toHaveTextContent("Could not open");
  await keyboard.keyboard("{ArrowDown}{Enter}");
  expect(host.asked).toEqual(["retryWindow w11"]);
});

test("typing finds mashups as the catalog does, and Enter opens", async () => {
  const { host, keyboard } = await launch(desk);
  await keyboard.keyboard(OPEN);
  await dialog();
  await keyboard.keyboard("ordres");
  expect(marked()).toHaveTextContent("Open orders");
  expect(within(screen.getByRole("dialog")).queryByRole("group", { name: "Open windows" })).toBeNull();
  await keyboard.keyboard("{Enter}");
  await gone();
  expect(host.asked).toEqual([expect.stringMatching(/^openMashup m/)]);
  expect(screen.getByTestId("search")).toHaveValue("");
});

test("Ctrl Enter opens another window, of a window's mashup too", async () => {
  const { host, keyboard } = await launch(desk);
  await keyboard.keyboard(OPEN);
  await dialog();
  await keyboard.keyboard("{Control>}{Enter}{/Control}");
  await gone();
  expect(host.asked).toEqual(["openMashup m11"]);
});

test("what was used last comes first, then favourites", async () => {
  const personal = { ...desk.personal, favourites: ["m20"], recent: ["m7"] };
  const { keyboard } = await launch({ ...desk, windows: [], personal });
  await keyboard.keyboard(OPEN);
  await dialog();
  const titles = someMashups(24).map(({ title }) => title);
  expect(options("Mashups")[0]).toHaveTextContent(titles[6]!);
  expect(options("Mashups")[1]).toHaveTextContent(titles[19]!);
});

test("arrows stop at the ends, Escape closes and opens nothing", async () => {
  const { host, keyboard } = await launch(desk);
  await keyboard.keyboard(OPEN);
  await dialog();
  await keyboard.keyboard("{ArrowUp}");
  expect(marked()).toBe(options("Open windows")[0]);
  await keyboard.keyboard("{Control>}{End}{/Control}{ArrowDown}");
  expect(marked()).toBe(options("Mashups").at(-1));
  await keyboard.keyboard("{Escape}");
  await gone();
  expect(host.asked).toEqual([]);
});

test("counts are announced once typing stops, and so is that nothing matches", async () => {
  const { keyboard } = await launch(desk);
  await keyboard.keyboard(OPEN);
  const status = within(await dialog()).getByRole("status");
  await waitFor(() => expect(status).toHaveTextContent("2 open windows, 24 mashups"));
  await keyboard.keyboard("zzzqq");
  await waitFor(() => expect(status).toHaveTextContent("No window or mashup matches."));
  expect(field()).toHaveAttribute("aria-expanded", "false");
});

test("of 5,000 mashups it lists the first fifty and says so", async () => {
  const catalog = { state: "ready", mashups: someMashups(5000), problem: null } as const;
  const { keyboard } = await launch({ ...desk, catalog });
  await keyboard.keyboard(OPEN);
  expect(await dialog()).toHaveTextContent("50 of 5,000 mashups");
  expect(options("Mashups")).toHaveLength(50);
});

test("it leads to what is open while a sign-in is asked for again", async () => {
  const { host, keyboard } = await launch({ ...SIGNED_OUT, windows: [window(1)] });
  await keyboard.keyboard(OPEN);
  await dialog();
  await keyboard.keyboard("{Enter}");
  expect(host.asked).toEqual(["focusWindow w1"]);
});

test("it does not open over a question", async () => {
  const { keyboard } = await launch(desk);
  await keyboard.click(screen.getByRole("button", { name: "Close all windows" }));
  await screen.findByRole("alertdialog");
  await keyboard.keyboard(OPEN);
  expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
});

test("in Spanish it speaks Spanish", async () => {
  const { keyboard } = await launch({ ...desk, personal: { ...desk.personal, language: "es" } });
  await keyboard.keyboard(OPEN);
  const open = await screen.findByRole("dialog", { name: "Ir a una ventana o un mashup" });
  expect(options("Ventanas abiertas")).toHaveLength(2);
  await waitFor(() => expect(within(open).getByRole("status")).toHaveTextContent("2 ventanas abiertas, 24 mashups"));
});
