// The launcher in a real browser, Debian's Chromium, over the fake host. `npm run screenshots` draws docs/screenshots anew.

import { defineConfig, devices } from "@playwright/test";

const VITE = "vite --config tests/browser/vite.config.ts";

export default defineConfig({
  testDir: "tests/browser",
  outputDir: "node_modules/.playwright",
  forbidOnly: true,
  fullyParallel: true,
  workers: 2,
  retries: 0,
  // Axe takes its time on a machine that does other things too.
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: [["list"]],
  use: {
    ...devices["Desktop Chrome"],
    // As large as the launcher's window at its first start.
    viewport: { width: 960, height: 720 },
    locale: "en-US",
    timezoneId: "Europe/Madrid",
    trace: "off",
    launchOptions: { executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium" },
  },
  webServer: {
    command: `${VITE.replace("vite", "vite build")} && ${VITE.replace("vite", "vite preview")} --port 0`,
    env: { NO_COLOR: "1", FORCE_COLOR: "0" },
    // Whatever port is free; the tests read it from LAUNCHER_PORT.
    wait: { stdout: /localhost:(?<launcher_port>\d+)/ },
  },
});
