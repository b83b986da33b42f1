// What is open and what is exported: everything that can be done about it, from the keyboard.

import type { Locator } from "@playwright/test";
import { expect, test, type Launcher } from "./launcher";

const windowRow = (launcher: Launcher, id: string): Locator => launcher.page.locator(`[data-window=${id}]`);
const exportRow = (launcher: Launcher, file: string): Locator => launcher.exports.filter({ hasText: file });

test("each window tells its state, since when, and its share of the sessions", async ({ launcher, page }) => {
  await page.clock.setFixedTime("2026-11-24T09:41:00+01:00");
  await launcher.open("busy");
  await expect(windowRow(launcher, "w1")).toContainText(/Open since 9:34\sAM 2 of 5 sessions/);
  await expect(windowRow(launcher, "w9")).toContainText("5 of 5 sessions");
  await expect(windowRow(launcher, "w23")).toContainText("Connecting to Qlik…");
  await expect(windowRow(launcher, "w35")).toContainText("You do not have access to Stock coverage");
});

test("windows are gone to, tried again, reconnected and closed", async ({ launcher }) => {
  await launcher.open("busy");
  await launcher.tabToAndPress(launcher.button("Go to the window of Cash flow forecast · Group"));
  await launcher.tabToAndPress(launcher.button("Try again to open Stock coverage · Group"));
  await expect(windowRow(launcher, "w35")).toHaveAttribute("data-state", "live");

  await launcher.page.evaluate(() => {
    const problem = { code: "redeem_unreachable", details: { host: "qlik.contoso.example" } };
    const status = { state: "waiting", problem, open: true } as const;
    window.host.change({ part: "windows", windows: window.host.now.windows.map((each) => ({ ...each, status })) });
  });
  await expect(windowRow(launcher, "w9")).toContainText("Not reachable right now; tries again by itself");
  await launcher.tabToAndPress(launcher.button("Reconnect Margin by product · Group now"));
  await expect(windowRow(launcher, "w9")).toHaveAttribute("data-state", "live");

  await launcher.tabToAndPress(launcher.button("Close the window of Margin by product · Group"));
  await expect(launcher.windows).toHaveCount(3);
  await launcher.expectAsked("focusWindow w1", "retryWindow w35", "retryWindow w9", "closeWindow w9");
});

test("closing a window that exports, or all of them, asks first", async ({ launcher }) => {
  await launcher.open("busy");
  const close = launcher.button("Close the window of Cash flow forecast · Group");
  await launcher.tabToAndPress(close);
  const question = launcher.question("Close Cash flow forecast · Group?");
  await expect(question).toContainText("An export of this window is still running and will stop.");
  await launcher.press("Escape");
  await expect(close).toBeFocused();

  await launcher.tabToAndPress(launcher.button("Close all windows"));
  await launcher.tabToAndPress(launcher.question("Close all windows?").getByRole("button", { name: "Close all" }));
  await expect(launcher.windows).toHaveCount(0);
  await launcher.expectAsked("closeAllWindows");
});

test("exports: from where, since when, grouped by day; cancelled, tried again, opened and shown", async ({ launcher, page }) => {
  await page.clock.setFixedTime("2026-11-24T09:41:00+01:00");
  await launcher.open("busy");
  await expect(page.getByRole("list", { name: "Now" }).getByRole("listitem")).toHaveCount(1);
  await expect(page.getByRole("list", { name: "Today" }).getByRole("listitem")).toHaveCount(2);
  await expect(exportRow(launcher, "cash-flow-by-bank.csv")).toContainText(/Saved 9:37\sAM from Cash flow forecast/);
  const older = page.getByRole("list", { name: "Earlier" }).getByRole("listitem");
  await expect(older).toContainText("The export could not be saved");
  await expect(older.getByRole("button", { name: /Try again/ })).toHaveCount(0);

  const running = exportRow(launcher, "cash-flow-2026-11.xlsx");
  await expect(running.getByRole("progressbar")).toHaveAttribute("value", "3400000");
  await launcher.tabToAndPress(launcher.button("Cancel the export of cash-flow-2026-11.xlsx"));
  await expect(running).toHaveAttribute("data-state", "cancelled");
  await launcher.tabToAndPress(launcher.button("Try again to export cash-flow-2026-11.xlsx"));
  await expect(running).toHaveAttribute("data-state", "running");
  await launcher.tabToAndPress(launcher.button("Open cash-flow-by-bank.csv"));
  await launcher.tabToAndPress(launcher.button("Show in folder: cash-flow-by-bank.csv"));
  await launcher.expectAsked("cancelExport e1", "retryExport e1", "openExport e2", "showExport e2");
});

test("what goes away under the keyboard leaves it in the next row, or else where the work is", async ({ launcher, page }) => {
  await launcher.open("busy");
  await launcher.tabToAndPress(launcher.button("Close the window of Margin by product · Group"));
  await expect(windowRow(launcher, "w23")).toBeFocused();
  await launcher.tabToAndPress(launcher.button("Try again to open Stock coverage · Group"));
  await expect(windowRow(launcher, "w35")).toBeFocused();
  await launcher.tabToAndPress(launcher.button("Cancel the export of cash-flow-2026-11.xlsx"));
  await expect(exportRow(launcher, "cash-flow-2026-11.xlsx")).toBeFocused();

  await page.evaluate(() => window.host.now.exports.forEach(({ id }) => window.host.change({ part: "export", id, export: null })));
  await launcher.tabTo(windowRow(launcher, "w35").getByRole("button").first());
  await page.evaluate(() => window.host.change({ part: "windows", windows: [] }));
  await expect(launcher.search).toBeFocused();
});
