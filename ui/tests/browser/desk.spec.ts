// A working day in the launcher: find, open, mark, switch, set, and sign out.

import { expect, test } from "./launcher";

test("search, open, go back to it, open another", async ({ launcher }) => {
  await launcher.open("work");
  await expect(launcher.search).toBeFocused();
  await launcher.type("cash flow nordics");
  await expect(launcher.marked()).toContainText("Cash flow forecast · Nordics");
  const mashup = await launcher.marked().getAttribute("data-mashup");
  await launcher.press("Enter");
  await expect(launcher.windows).toHaveAttribute("data-state", "live");
  await expect(launcher.marked()).toContainText("Open");
  await launcher.press("Enter", "Control+Enter");
  await expect(launcher.windows).toHaveCount(2);
  await launcher.expectAsked(`openMashup ${mashup}`, "focusWindow window-1", `openMashup ${mashup}`);
  await launcher.press("Escape");
  await expect(launcher.count).toHaveText("300 mashups");
});

test("the marked row is always in sight", async ({ launcher }) => {
  await launcher.open("work");
  for (const keys of [["PageDown", "PageDown"], ["Control+End"], ["PageUp"], ["ArrowUp"], ["Control+Home"]]) {
    await launcher.press(...keys);
    await expect(launcher.marked()).toBeInViewport({ ratio: 1 });
  }
});

test("a favourite is given, stands first, and is taken away", async ({ launcher, page }) => {
  await launcher.open("work");
  await launcher.press("ArrowDown", "Control+d");
  const favourites = page.getByRole("listbox").getByRole("group", { name: "Favourites" });
  await expect(favourites.getByRole("option")).toHaveCount(1);
  const stars = page.getByRole("button", { name: /^Favourite:/, pressed: true });
  await expect(stars, "in its group and among the favourites").toHaveCount(2);
  await launcher.tabToAndPress(stars.and(page.locator("[tabindex='0']")), "Space");
  await expect(favourites).toHaveCount(0);
});

test("what is opened is listed as recently used", async ({ launcher, page }) => {
  await launcher.open("work");
  await launcher.press("ArrowDown", "Enter");
  const recent = page.getByRole("listbox").getByRole("group", { name: "Recently used" });
  await expect(recent.getByRole("option")).toHaveCount(1);
});

test("the switcher opens from anywhere, goes to a window, and the keyboard comes back", async ({ launcher }) => {
  await launcher.open("busy");
  await launcher.tabTo(launcher.button("Sign out"));
  await launcher.press("Control+k");
  const switcher = launcher.dialog("Go to a window or mashup");
  await expect(switcher.getByRole("combobox")).toBeFocused();
  await launcher.type("margin");
  await expect(switcher.getByRole("option", { selected: true })).toContainText("Open since");
  await launcher.press("Enter");
  await expect(switcher).toHaveCount(0);
  await expect(launcher.button("Sign out")).toBeFocused();
  await launcher.expectAsked("focusWindow w9");
});

test("the switcher comes when a mashup's window asks for it, but not over a question", async ({ launcher }) => {
  await launcher.open("busy");
  await launcher.change({ part: "switcher" });
  const switcher = launcher.dialog("Go to a window or mashup");
  await expect(switcher.getByRole("combobox")).toBeFocused();
  await launcher.change({ part: "switcher" });
  await launcher.press("Escape");
  await expect(switcher).toHaveCount(0);

  await launcher.tabToAndPress(launcher.button("Close all windows"));
  await expect(launcher.question("Close all windows?")).toBeVisible();
  await launcher.change({ part: "switcher" });
  await expect(switcher).toHaveCount(0);
});

test("the switcher takes the place of another dialog when it is asked for", async ({ launcher }) => {
  await launcher.open("busy");
  await launcher.press("Control+,");
  await expect(launcher.dialog("Settings")).toBeVisible();
  await launcher.change({ part: "switcher" });
  await expect(launcher.dialog("Go to a window or mashup").getByRole("combobox")).toBeFocused();
});

test("settings: theme, language, sleep, start with the system, and the way out", async ({ launcher, page }) => {
  await launcher.open("work");
  await launcher.press("Control+,");
  const settings = launcher.dialog("Settings");
  await expect(settings.getByRole("radio", { name: "System" }).first()).toBeFocused();
  await launcher.press("ArrowRight", "ArrowRight");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(page.locator("html")).toHaveCSS("color-scheme", "dark");

  await launcher.tabTo(settings.getByRole("group", { name: "Let windows sleep" }).getByRole("radio", { name: "2 hours" }));
  await launcher.press("ArrowRight");

  const start = settings.getByRole("checkbox", { name: "Start with the system" });
  await expect(start).not.toBeChecked();
  await expect(start).toHaveAccessibleDescription(/opens when you sign in to this computer/);
  await launcher.tabToAndPress(start, "Space");
  await expect(start).toBeChecked();
  await launcher.press("Space");
  await expect(start).not.toBeChecked();

  await launcher.tabTo(settings.getByRole("group", { name: "Language" }).getByRole("radio", { name: "System" }));
  await launcher.press("ArrowRight", "ArrowRight");
  await expect(launcher.dialog("Ajustes")).toBeVisible();
  await expect(page.locator("html")).toHaveAttribute("lang", "es");
  await launcher.press("Escape");
  await expect(launcher.search).toBeFocused();
  await launcher.expectAsked(
    "setTheme light",
    "setTheme dark",
    "setSleep eight_hours",
    "setStartWithSystem true",
    "setStartWithSystem false",
    "setLanguage en",
    "setLanguage es",
  );
});

test("starting with the system that cannot be set says so, and stays off", async ({ launcher }) => {
  await launcher.open("work");
  await launcher.refuse("setStartWithSystem", "settings_unwritable", { path: "autostart", reason: "denied" });
  await launcher.press("Control+,");
  const start = launcher.dialog("Settings").getByRole("checkbox", { name: "Start with the system" });
  await launcher.tabToAndPress(start, "Space");
  await expect(launcher.dialog("Settings").getByRole("alert")).toContainText("could not be saved");
  await expect(start).not.toBeChecked();
});

test("what was asked from outside in vain is said, and dismissed", async ({ launcher }) => {
  await launcher.open("work");
  await launcher.change({ part: "notice", notice: { code: "link_invalid", details: { link: "mashdesk://open/a b" } } });
  const alert = launcher.page.getByRole("alert");
  await expect(alert).toContainText("This link does not lead to a mashup");
  await expect(alert).toContainText("mashdesk://open/a b");
  await launcher.tabToAndPress(launcher.button("Dismiss"));
  await expect(alert).toHaveCount(0);
  await expect(launcher.search).toBeFocused();
  await launcher.expectAsked("dismissNotice");
});

test("a notice is there in every view", async ({ launcher }) => {
  for (const scene of ["first-run", "sign-in", "signing-in-browser", "work"]) {
    await launcher.open(scene);
    await launcher.change({ part: "notice", notice: { code: "unknown_mashup", details: { mashup: "m9999" } } });
    await expect(launcher.page.getByRole("alert")).toContainText("m9999 is no longer there");
  }
});

test("signing out says what it costs, and then asks for a way to sign in", async ({ launcher }) => {
  await launcher.open("busy");
  await launcher.tabToAndPress(launcher.button("Sign out"));
  const question = launcher.question("Sign out of Contoso Analytics?");
  await expect(question).toContainText("4 windows will close.");
  await expect(question).toContainText("1 export is still running and will stop.");
  await launcher.press("Escape");
  await expect(question).toHaveCount(0);
  await expect(launcher.button("Sign out")).toBeFocused();
  await launcher.press("Enter");
  await launcher.tabToAndPress(question.getByRole("button", { name: "Sign out" }));
  await expect(launcher.button("Continue in your browser")).toBeFocused();
  await launcher.expectAsked("signOut");
});

test("icons are fetched when they are seen, once, and what cannot be drawn gives way to initials", async ({ launcher, page }) => {
  await launcher.open("first-run");
  await page.evaluate(() => {
    const { host } = window;
    const { icons } = host;
    host.icons = (mashup) => (host.asked.push(`icon ${mashup}`), icons(mashup));
    host.change({ part: "website", website: { state: "ready", url: "https://a.example", name: "A", sign_in: [], has_support: false } });
    host.change({ part: "account", account: { state: "signed_in", name: "Ana", remembered: true } });
    host.change({ part: "catalog", catalog: { state: "ready", mashups: [...host.mashups], problem: null } });
  });
  await expect(launcher.count).toHaveText("300 mashups");
  await expect(page.locator(".mark img").first()).toHaveJSProperty("complete", true);
  const seen = (await launcher.asked()).length;
  expect(seen).toBeGreaterThan(0);
  expect(seen).toBeLessThan(20);

  const broken = launcher.rows.and(page.locator("[data-mashup=m10]")).locator(".mark");
  await launcher.type(await page.evaluate(() => window.host.mashups.find(({ id }) => id === "m10")?.title ?? ""));
  await expect(broken).toHaveText("MB");
  await expect.poll(() => launcher.asked()).toContain("icon m10");
  await expect(broken.locator("img")).toHaveCount(0);

  await launcher.press("Escape", "Control+End", "Control+Home", "Control+k");
  await expect(launcher.dialog("Go to a window or mashup").locator(".mark img").first()).toHaveAttribute("alt", "");
  const asked = await launcher.asked();
  expect(new Set(asked).size, "no icon is asked for twice").toBe(asked.length);
});
