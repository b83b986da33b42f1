// What axe finds in every view: in light, in dark and in forced colours, in both languages.

import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, test, type Launcher } from "./launcher";

type View = {
  scene: string;
  before?: (launcher: Launcher) => Promise<void>;
  /** At most so many; axe finds in hundreds what it finds in a dozen. */
  mashups?: number;
};

const opened = (keys: string) => async (launcher: Launcher) => {
  await launcher.press(keys);
  await expect(launcher.page.getByRole("dialog")).toBeVisible();
};

const VIEWS: Record<string, View> = {
  "the first run": { scene: "first-run" },
  "a website that failed": { scene: "website-failed" },
  "signing in": { scene: "sign-in", before: async ({ page }) => page.locator("summary").press("Enter") },
  "signing in by a token": { scene: "sign-in-token" },
  "a refused sign-in": { scene: "sign-in-refused" },
  "signing in in the browser": { scene: "sign-in", before: async ({ page }) => page.keyboard.press("Enter") },
  "a sign-in that ended": { scene: "sign-in-again" },
  "a busy desk": { scene: "busy" },
  "5,000 mashups": { scene: "many", mashups: 5000 },
  "a list that loads": { scene: "loading" },
  "an empty list": { scene: "empty" },
  "a list that failed": { scene: "failed" },
  "an old list": { scene: "stale" },
  "a sign-in that is not kept": { scene: "not-remembered" },
  "a notice": { scene: "notice" },
  "names in bad faith": { scene: "hostile" },
  "a marked row": { scene: "showcase", before: async ({ page }) => page.keyboard.press("ArrowDown") },
  "the switcher": { scene: "showcase", before: opened("Control+k") },
  "the settings": { scene: "showcase", before: opened("Control+,") },
  "the list of keys": { scene: "showcase", before: opened("?") },
  "a question": {
    scene: "showcase",
    before: async (launcher) => {
      await launcher.tabToAndPress(launcher.page.locator("header").getByRole("button").first());
      await expect(launcher.page.getByRole("alertdialog")).toBeVisible();
    },
  },
};

const APPEARANCES = {
  light: { colorScheme: "light", forcedColors: "none" },
  dark: { colorScheme: "dark", forcedColors: "none" },
  "forced colours": { colorScheme: "dark", forcedColors: "active" },
} as const;

/** What is serious, with where it is. */
async function found(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`));
}

for (const [name, { scene, before, mashups = 12 }] of Object.entries(VIEWS)) {
  test(`axe finds nothing serious in ${name}`, async ({ launcher, page }) => {
    for (const [appearance, media] of Object.entries(APPEARANCES)) {
      // Chromium follows a change to forced colours only in part, so each begins anew.
      await page.emulateMedia({ ...media, reducedMotion: "reduce" });
      await launcher.open(scene, mashups);
      await before?.(launcher);
      for (const language of ["en", "es"] as const) {
        await launcher.speak(language);
        await expect(page.locator("html")).toHaveAttribute("lang", language);
        expect(await found(page), `${appearance}, ${language}`).toEqual([]);
      }
    }
  });
}

test("nothing moves for those who ask for no motion, and something does for others", async ({ launcher, page }) => {
  const moving = () => page.evaluate(() => document.getAnimations().filter(({ playState }) => playState === "running").length);
  await page.emulateMedia({ reducedMotion: "no-preference" });
  for (const scene of ["busy", "loading", "signing-in", "signing-in-browser"]) {
    await page.emulateMedia({ reducedMotion: "no-preference" });
    await launcher.open(scene);
    await expect.poll(moving, scene).toBeGreaterThan(0);
    await page.emulateMedia({ reducedMotion: "reduce" });
    await expect.poll(moving, scene).toBe(0);
  }
});

test("in forced colours the marked row, the focus and what is chosen can be told", async ({ launcher, page }) => {
  await page.emulateMedia({ forcedColors: "active" });
  await launcher.open("showcase");
  await launcher.press("ArrowDown");
  await expect(launcher.marked()).not.toHaveCSS("outline-color", "rgba(0, 0, 0, 0)");
  await expect(launcher.marked()).toHaveCSS("outline-style", "solid");
  await launcher.press("Control+,");
  const chosen = launcher.dialog("Settings").getByRole("radio", { checked: true }).first();
  await expect(chosen).toHaveCSS("appearance", "auto");
  await expect(chosen).toHaveCSS("outline-style", "solid");
});

test("a theme that is chosen wins over the system's", async ({ launcher, page }) => {
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await page.emulateMedia({ colorScheme: "dark" });
  await launcher.open("work");
  const dark = await ground();
  await page.emulateMedia({ colorScheme: "light" });
  const light = await ground();
  expect(light).not.toBe(dark);
  await page.evaluate(() => window.host.setTheme("dark"));
  await expect.poll(ground).toBe(dark);
  await page.emulateMedia({ colorScheme: "dark" });
  await page.evaluate(() => window.host.setTheme("light"));
  await expect.poll(ground).toBe(light);
});
