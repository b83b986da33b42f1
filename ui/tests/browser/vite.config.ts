// The page that the browser's tests open: the launcher over the fake host, under the app's own policy.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

const app = JSON.parse(readFileSync(join(import.meta.dirname, "../../../tauri.conf.json"), "utf8"));

export default defineConfig({
  root: import.meta.dirname,
  plugins: [svelte({ configFile: join(import.meta.dirname, "../../svelte.config.js") })],
  clearScreen: false,
  logLevel: "info",
  build: {
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // How long each plugin takes is no news of a test.
    rolldownOptions: { checks: { pluginTimings: false } },
  },
  preview: { headers: { "Content-Security-Policy": app.app.security.csp } },
});
