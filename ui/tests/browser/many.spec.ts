// 5,000 mashups, and names in bad faith.

import type { Page } from "@playwright/test";
import { expect, test } from "./launcher";

test("of 5,000 mashups each is reached, and few are drawn at a time", async ({ launcher, page }) => {
  await launcher.open("many");
  const list = page.locator(".list");
  const reached = new Set<string>();
  let most = 0;
  // Page by page, as the wheel or the page keys move it.
  for (;;) {
    const { ids, end } = await list.evaluate(async (list) => {
      const rows = [...list.querySelectorAll<HTMLElement>("[data-testid=mashup-row]")];
      const end = list.scrollTop + list.clientHeight >= list.scrollHeight - 1;
      list.scrollTop += list.clientHeight;
      // The rows follow within the frame after the scroll event.
      await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
      return { ids: rows.map(({ dataset }) => dataset["mashup"] ?? ""), end };
    });
    ids.forEach((id) => reached.add(id));
    most = Math.max(most, ids.length);
    if (end) break;
  }
  expect(reached.size).toBe(5000);
  expect(most).toBeLessThan(80);
});

test("5,000 mashups are searched, and the keyboard goes from end to end", async ({ launcher, page }) => {
  await launcher.open("many");
  await expect(page.getByText("5,000 mashups", { exact: true }).first()).toBeVisible();
  await launcher.press("Control+End");
  await expect(launcher.marked()).toHaveAttribute("aria-posinset", "5000");
  await expect(launcher.marked()).toBeInViewport({ ratio: 1 });
  await launcher.press("Control+Home");
  await expect(launcher.marked()).toHaveAttribute("aria-posinset", "1");
  await expect(launcher.marked()).toBeInViewport({ ratio: 1 });
  await launcher.type("complaints italy 7");
  await expect(launcher.marked()).toContainText("Complaints · Italy 7");
  await launcher.press("Enter");
  await expect(launcher.windows).toContainText("Complaints · Italy 7");
});

test("the switcher finds any of 5,000", async ({ launcher }) => {
  await launcher.open("many");
  await launcher.press("Control+k");
  const switcher = launcher.dialog("Go to a window or mashup");
  await expect(switcher.getByRole("option")).toHaveCount(50);
  await launcher.type("energy benelux 5");
  await expect(switcher.getByRole("option", { selected: true })).toContainText("Energy use · Benelux 5");
});

/** Whatever reaches beyond the page, or beyond a part of it that scrolls, to the side. */
function overflowing(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const scrolling = [...document.querySelectorAll("*")].filter(
      (each) => each === document.documentElement || /auto|scroll/.test(getComputedStyle(each).overflowX),
    );
    const beyond = [...document.querySelectorAll("#app *, [role=dialog] *")].filter((each) => {
      const { right, left, width } = each.getBoundingClientRect();
      return width > 0 && !each.closest(".unseen, .clip *") && (right > innerWidth + 1 || left < -1);
    });
    return [...scrolling.filter((each) => each.scrollWidth > each.clientWidth), ...beyond].map((each) =>
      each.outerHTML.slice(0, 160),
    );
  });
}

// The smallest that the launcher's window can be made, its first size, and a large one.
for (const viewport of [{ width: 420, height: 480 }, { width: 960, height: 720 }, { width: 1600, height: 1000 }]) {
  test(`names in bad faith are text, and nothing overflows, at ${viewport.width} by ${viewport.height}`, async ({ launcher, page }) => {
    await page.setViewportSize(viewport);
    await launcher.open("hostile");
    await expect(launcher.rows.first()).toBeVisible();
    expect(await page.locator("img[src='x'], #app b, [role=dialog] b").count(), "no markup of theirs").toBe(0);
    await expect(launcher.rows.filter({ hasText: "<img src=x onerror=alert(1)><b>bold</b>" }).first()).toBeAttached();
    const shown = (await page.locator("#app").innerText()) + (await page.locator("#app").ariaSnapshot());
    expect(shown, "no mark turns the text after it").not.toMatch(/[\u202a-\u202e\u2066-\u2069\u0000]/);
    expect(await overflowing(page)).toEqual([]);
    // Each can be pressed, so nothing lies over it.
    for (const target of [launcher.search, launcher.rows.first(), launcher.windows.first().getByRole("button").first()]) {
      await target.click({ trial: true });
    }

    for (const [keys, close] of [["Control+k", "Escape"], ["Control+,", "Escape"]] as const) {
      await launcher.press(keys);
      await expect(page.getByRole("dialog")).toBeVisible();
      expect(await overflowing(page)).toEqual([]);
      await launcher.press(close);
      await expect(page.getByRole("dialog")).toHaveCount(0);
    }

    await launcher.tabToAndPress(launcher.button("Sign out"));
    await expect(page.getByRole("alertdialog")).toBeVisible();
    expect(await overflowing(page)).toEqual([]);
    await launcher.press("Escape");
    await expect(page.getByRole("alertdialog")).toHaveCount(0);

    await launcher.change({ part: "account", account: { state: "signed_out", problem: null } });
    await expect(launcher.page.getByTestId("sign-in-oidc")).toBeVisible();
    expect(await overflowing(page)).toEqual([]);
    await launcher.tabToAndPress(page.getByText("Other ways"));
    expect(await overflowing(page)).toEqual([]);
    for (const way of ["sign-in-oidc", "sign-in-web"]) {
      await launcher.tabToAndPress(page.getByTestId(way));
      await expect(launcher.button("Cancel")).toBeVisible();
      expect(await overflowing(page)).toEqual([]);
      await launcher.press("Escape");
      await expect(page.getByTestId(way)).toBeFocused();
    }
  });
}
