// The pictures of docs/screenshots. A test run draws them aside; `npm run screenshots` draws them there.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, type Launcher } from "./launcher";

type Picture = { scene: string; before?: (launcher: Launcher) => Promise<void> };

const PICTURES: Record<string, Picture> = {
  launcher: { scene: "showcase" },
  search: {
    scene: "showcase",
    before: async (launcher) => {
      await launcher.type("nordic stok");
      await expect(launcher.marked()).toContainText("Stock coverage");
    },
  },
  switcher: {
    scene: "showcase",
    before: async (launcher) => {
      await launcher.press("Control+k");
      await launcher.type("margin");
      await expect(launcher.dialog("Go to a window or mashup")).toContainText("Margin by product");
    },
  },
  "sign-in": { scene: "sign-in" },
  "signing-in": {
    scene: "sign-in",
    before: async (launcher) => {
      await launcher.press("Enter");
      await expect(launcher.button("Open the browser again")).toBeVisible();
    },
  },
  "sign-in-again": { scene: "sign-in-again" },
  settings: {
    scene: "showcase",
    before: async (launcher) => {
      await launcher.press("Control+,");
      await expect(launcher.dialog("Settings")).toBeVisible();
    },
  },
  isolation: {
    scene: "showcase",
    before: async (launcher) => {
      await launcher.press("Control+,");
      await launcher.button("Check isolation").click();
      await expect(launcher.dialog("Check isolation")).toContainText("Windows are kept apart");
    },
  },
  notice: { scene: "notice" },
  managed: {
    scene: "managed",
    before: async (launcher) => {
      await launcher.press("Control+,");
      await expect(launcher.dialog("Settings")).toBeVisible();
    },
  },
  help: {
    scene: "work",
    before: async (launcher) => {
      await launcher.press("F1");
      await launcher.button("Check the connection").click();
      await expect(launcher.dialog("Help")).toContainText("1 step fails.");
    },
  },
};

for (const [name, { scene, before }] of Object.entries(PICTURES)) {
  for (const colorScheme of ["light", "dark"] as const) {
    test(`${name}, ${colorScheme}`, async ({ launcher, page }, testInfo) => {
      // A working morning that is always the same.
      await page.clock.setFixedTime("2026-11-24T09:41:00+01:00");
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await launcher.open(scene);
      await before?.(launcher);
      // Icons come one after another; the last has come when the picture stands still.
      let picture = await page.screenshot({ animations: "disabled" });
      await expect
        .poll(async () => {
          const before = picture;
          picture = await page.screenshot({ animations: "disabled" });
          return picture.equals(before);
        })
        .toBe(true);
      const file = colorScheme === "dark" ? `${name}-dark.png` : `${name}.png`;
      const path = process.env["MASHDESK_SCREENSHOTS"]
        ? join(import.meta.dirname, "../../../docs/screenshots", file)
        : testInfo.outputPath(file);
      writeFileSync(path, picture);
    });
  }
}
