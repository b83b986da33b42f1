import { screen, waitFor, within } from "@testing-library/svelte";
import { expect, test } from "vitest";
import type { ExportView, Snapshot, WindowView } from "../src/bindings";
import { AT_WORK, problem, SIGNED_OUT, someMashups } from "../src/host.fake.scenes";
import { launch, problems, rows, tabTo } from "./launcher";

const live: WindowView = {
  id: "w1",
  mashup: "m1",
  title: "Cash flow forecast",
  since: new Date().toISOString(),
  status: { state: "live" },
  quota: { used: 2, limit: 5 },
};
const failed: WindowView = {
  ...live,
  id: "w2",
  mashup: "m2",
  title: "Open orders",
  status: { state: "failed", problem: problem("redeem_timeout", { host: "qlik.contoso.example" }) },
  quota: null,
};
const running: ExportView = {
  id: "e1",
  window: "w1",
  title: "Cash flow forecast",
  file_name: "cash.xlsx",
  since: new Date().toISOString(),
  retry: true,
  status: { state: "running", received: 500_000, total: 1_000_000 },
};
const quiet: Snapshot = { ...AT_WORK, catalog: { state: "ready", mashups: someMashups(8), problem: null } };
const atWork: Snapshot = { ...quiet, windows: [live, failed] };

const windowRow = (id: string) =>
  screen.getAllByTestId("window-row").find(({ dataset }) => dataset["window"] === id) as HTMLElement;
const announced = () => screen.getAllByRole("status").map(({ textContent }) => textContent?.trim());

test("a window tells its state, since when, and its share of the sessions", async () => {
  await launch(atWork);
  expect(windowRow("w1")).toHaveAttribute("data-state", "live");
  expect(windowRow("w1")).toHaveTextContent(/Open since .+ 2 of 5 sessions/);
});

test.each([
  ["ticket", "Checking your access…"],
  ["redeem", "Connecting to Qlik…"],
  ["store", "Preparing the window…"],
  ["page", "Loading the mashup…"],
] as const)("a window at the step %s says what is awaited", async (step, words) => {
  await launch({ ...atWork, windows: [{ ...live, status: { state: "opening", step } }] });
  expect(windowRow("w1")).toHaveTextContent(words);
});

test("a window that sleeps says so, and can be gone to", async () => {
  await launch({ ...atWork, windows: [{ ...live, status: { state: "asleep" } }] });
  expect(windowRow("w1")).toHaveTextContent("Asleep to save memory");
  expect(within(windowRow("w1")).getByRole("button", { name: /Go to the window/ })).toBeInTheDocument();
});

test("a window is gone to, tried again and closed from the keyboard", async () => {
  const { host, keyboard } = await launch(atWork);
  await tabTo(keyboard, screen.getByRole("button", { name: "Go to the window of Cash flow forecast" }));
  await keyboard.keyboard("{Enter}");
  await tabTo(keyboard, screen.getByRole("button", { name: "Try again to open Open orders" }));
  await keyboard.keyboard(" ");
  await tabTo(keyboard, screen.getByRole("button", { name: "Close the window of Cash flow forecast" }));
  await keyboard.keyboard("{Enter}");
  expect(host.asked).toEqual(["focusWindow w1", "retryWindow w2", "closeWindow w1"]);
  await waitFor(() => expect(screen.getAllByTestId("window-row")).toHaveLength(1));
});

test("a failed window says why, is announced, and leaves the others as they are", async () => {
  const { host } = await launch({ ...quiet, windows: [live] });
  host.change({ part: "windows", windows: [live, failed] });
  await waitFor(() => expect(problems()).toEqual(["redeem_timeout"]));
  expect(windowRow("w2")).toHaveTextContent("Qlik took too long to answer");
  expect(windowRow("w1")).toHaveAttribute("data-state", "live");
  expect(announced()).toContain("Qlik took too long to answer");
});

test("a failed window is tried again from the list instead of opening a second one", async () => {
  const { host, keyboard } = await launch(atWork);
  await keyboard.click(rows().find(({ dataset }) => dataset["mashup"] === "m2") as HTMLElement);
  expect(host.asked).toEqual(["retryWindow w2"]);
});

test("closing a window asks first while it exports", async () => {
  const { host, keyboard } = await launch({ ...atWork, exports: [running] });
  const close = screen.getByRole("button", { name: "Close the window of Cash flow forecast" });
  await tabTo(keyboard, close);
  await keyboard.keyboard("{Enter}");
  const dialog = await screen.findByRole("alertdialog", { name: "Close Cash flow forecast?" });
  expect(dialog).toHaveAccessibleDescription(/still running and will stop/);
  await keyboard.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("alertdialog")).not.toBeInTheDocument());
  expect(host.asked).toEqual([]);

  await keyboard.click(close);
  await keyboard.click(within(await screen.findByRole("alertdialog")).getByRole("button", { name: "Close" }));
  expect(host.asked).toEqual(["closeWindow w1"]);
});

test("an export shows how far it is, then where it went", async () => {
  const { host, keyboard } = await launch({ ...atWork, exports: [running] });
  expect(screen.getByTestId("export-row")).toHaveAttribute("data-state", "running");
  expect(screen.getByRole("progressbar", { name: "Progress of cash.xlsx" })).toHaveValue(500_000);
  host.exportFile(running, { state: "saved", path: "Downloads/cash.xlsx" });
  const show = await screen.findByRole("button", { name: "Show in folder: cash.xlsx" });
  expect(screen.getByTestId("export-row")).toHaveAttribute("data-state", "saved");
  expect(announced()).toContain("cash.xlsx is saved.");
  await tabTo(keyboard, screen.getByRole("button", { name: "Open cash.xlsx" }));
  await keyboard.keyboard("{Enter}");
  await tabTo(keyboard, show);
  await keyboard.keyboard("{Enter}");
  expect(host.asked).toEqual(["openExport e1", "showExport e1"]);
});

test("an export that runs is cancelled, says so, and is tried again", async () => {
  const { host, keyboard } = await launch({ ...atWork, exports: [running] });
  await tabTo(keyboard, screen.getByRole("button", { name: "Cancel the export of cash.xlsx" }));
  await keyboard.keyboard("{Enter}");
  await waitFor(() => expect(screen.getByTestId("export-row")).toHaveAttribute("data-state", "cancelled"));
  expect(screen.getByTestId("export-row")).toHaveTextContent("Cancelled");
  expect(screen.queryByRole("progressbar")).not.toBeInTheDocument();
  expect(announced()).toContain("The export of cash.xlsx is cancelled.");
  await tabTo(keyboard, screen.getByRole("button", { name: "Try again to export cash.xlsx" }));
  await keyboard.keyboard("{Enter}");
  await waitFor(() => expect(screen.getByTestId("export-row")).toHaveAttribute("data-state", "running"));
  expect(host.asked).toEqual(["cancelExport e1", "retryExport e1"]);
});

test("closing all windows asks first, and says how many windows and exports", async () => {
  const { host, keyboard } = await launch({ ...atWork, exports: [running] });
  const all = screen.getByRole("button", { name: "Close all windows" });
  await tabTo(keyboard, all);
  await keyboard.keyboard("{Enter}");
  const dialog = await screen.findByRole("alertdialog", { name: "Close all windows?" });
  expect(dialog).toHaveTextContent("2 windows will close.");
  expect(dialog).toHaveTextContent("1 export is still running and will stop.");
  await keyboard.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("alertdialog")).not.toBeInTheDocument());
  expect(host.asked).toEqual([]);

  await keyboard.click(all);
  await tabTo(keyboard, within(await screen.findByRole("alertdialog")).getByRole("button", { name: "Close all" }));
  await keyboard.keyboard("{Enter}");
  await waitFor(() => expect(screen.queryAllByTestId("window-row")).toHaveLength(0));
  expect(host.asked).toEqual(["closeAllWindows"]);
});

test("nothing is offered to be closed where nothing is open", async () => {
  await launch(quiet);
  expect(screen.queryByRole("button", { name: "Close all windows" })).not.toBeInTheDocument();
});

test("an export without a known size still shows that it runs", async () => {
  await launch({ ...atWork, exports: [{ ...running, status: { state: "running", received: 2_000_000, total: null } }] });
  expect(screen.getByTestId("export-row")).toHaveTextContent("Saving… 2 MB");
  expect(screen.getByRole("progressbar")).not.toHaveAttribute("value");
});

test("a failed export says why and what to do", async () => {
  const status = { state: "failed", problem: problem("export_folder", { path: "Downloads", reason: "denied" }) } as const;
  const { host, keyboard } = await launch({ ...quiet, exports: [{ ...running, status }] });
  expect(problems()).toEqual(["export_folder"]);
  expect(screen.getByTestId("export-row")).toHaveTextContent("Mashdesk cannot write to Downloads.");
  await tabTo(keyboard, screen.getByRole("button", { name: "Try again to export cash.xlsx" }));
  await keyboard.keyboard("{Enter}");
  expect(host.asked).toEqual(["retryExport e1"]);
});

test("what cannot be fetched once more is not offered to be", async () => {
  await launch({ ...quiet, exports: [{ ...running, retry: false, status: { state: "cancelled" } }] });
  expect(screen.getByTestId("export-row")).toHaveTextContent("Cancelled");
  expect(screen.queryByRole("button", { name: "Try again to export cash.xlsx" })).not.toBeInTheDocument();
});

test("an export says where it came from and since when, today's before older ones", async () => {
  const saved = { state: "saved", path: "cash.xlsx" } as const;
  const old = { ...running, id: "e2", since: "2025-03-05T12:00:00Z", status: saved };
  await launch({ ...quiet, exports: [old, { ...running, id: "e3", status: saved }, running] });
  expect(screen.getAllByRole("heading", { level: 3 }).map(({ textContent }) => textContent)).toEqual(["Now", "Today", "Earlier"]);
  const [now, today, earlier] = screen.getAllByTestId("export-row");
  expect(now).toHaveAttribute("data-state", "running");
  expect(today).toHaveTextContent(/Saved \d+:\d\d\s[AP]M from Cash flow forecast/);
  expect(earlier).toHaveTextContent(/Saved Mar 5, .+ from Cash flow forecast/);
});

test("a command that fails is said in words", async () => {
  const { keyboard } = await launch(atWork, (host) => host.refuses.set("focusWindow", problem("window_gone")));
  await keyboard.click(screen.getByRole("button", { name: "Go to the window of Cash flow forecast" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("That window is closed already");
});

test("signing out asks first when something would be lost", async () => {
  const { host, keyboard } = await launch({ ...atWork, exports: [running] });
  await tabTo(keyboard, screen.getByRole("button", { name: "Sign out" }));
  await keyboard.keyboard("{Enter}");
  const dialog = await screen.findByRole("alertdialog");
  expect(dialog).toHaveTextContent("2 windows will close.");
  expect(dialog).toHaveTextContent("1 export is still running and will stop.");
  await waitFor(() => expect(dialog).toContainElement(document.activeElement as HTMLElement));
  await keyboard.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("alertdialog")).not.toBeInTheDocument());
  expect(host.asked).toEqual([]);

  await keyboard.click(screen.getByRole("button", { name: "Sign out" }));
  const confirm = within(await screen.findByRole("alertdialog")).getByRole("button", { name: "Sign out" });
  await tabTo(keyboard, confirm);
  await keyboard.keyboard("{Enter}");
  expect(await screen.findByTestId("sign-in-oidc")).toBeInTheDocument();
  expect(host.asked).toEqual(["signOut"]);
});

test("signing out asks nothing when nothing is open", async () => {
  const { host, keyboard } = await launch(quiet);
  await keyboard.click(screen.getByRole("button", { name: "Sign out" }));
  expect(host.asked).toEqual(["signOut"]);
  expect(await screen.findByTestId("sign-in-oidc")).toBeInTheDocument();
});

test("support is offered with a problem where the website has it", async () => {
  const { host, keyboard } = await launch(atWork);
  await keyboard.click(within(windowRow("w2")).getByRole("button", { name: "Get support" }));
  expect(host.asked).toEqual(["openSupport"]);
});

test("support is not offered where the website has none", async () => {
  await launch({ ...atWork, website: { ...SIGNED_OUT.website, has_support: false } as typeof SIGNED_OUT.website });
  expect(screen.queryByRole("button", { name: "Get support" })).not.toBeInTheDocument();
});
