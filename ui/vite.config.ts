import { svelte } from "@sveltejs/vite-plugin-svelte";
import { svelteTesting } from "@testing-library/svelte/vite";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [svelte(), svelteTesting()],
  clearScreen: false,
  build: {
    // The oldest webviews we ship on: WKWebView of macOS 12, WebView2 and WebKitGTK are newer.
    target: ["safari15", "chrome105"],
    // The content security policy admits files of our own and nothing inline, data: URLs included.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  test: {
    environment: "jsdom",
    include: ["tests/**/*.test.ts"],
    setupFiles: ["tests/setup.ts"],
    restoreMocks: true,
    // 300 rows take jsdom a second, and a busy machine several.
    testTimeout: 20_000,
  },
});
