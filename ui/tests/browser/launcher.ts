// The launcher in a browser, worked from the keyboard alone.

import { test as base, expect, type Locator, type Page } from "@playwright/test";
import type { Change } from "../../src/bindings";
import type { FakeHost } from "../../src/host.fake";

declare global {
  interface Window {
    host: FakeHost;
  }
}

export { expect };
export const test = base.extend<{ launcher: Launcher }>({
  baseURL: async ({}, use) => use(`http://localhost:${process.env["LAUNCHER_PORT"]}`),

  launcher: async ({ page, baseURL }, use) => {
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
    });
    page.on("request", (request) => {
      if (!request.url().startsWith(`${baseURL}/`) && !request.url().startsWith("data:")) complaints.push(request.url());
    });
    await use(new Launcher(page));
    expect(complaints, "what the browser complains of, and what leaves the computer").toEqual([]);
  },
});

export class Launcher {
  readonly page: Page;
  readonly search: Locator;
  readonly rows: Locator;
  readonly count: Locator;
  readonly windows: Locator;
  readonly exports: Locator;
  readonly problem: Locator;

  constructor(page: Page) {
    this.page = page;
    this.search = page.getByTestId("search");
    this.rows = page.getByTestId("mashup-row");
    this.count = page.getByTestId("catalog-count");
    this.windows = page.getByTestId("window-row");
    this.exports = page.getByTestId("export-row");
    this.problem = page.getByTestId("problem");
  }

  async open(scene: string, mashups = Infinity): Promise<void> {
    await this.page.goto(`/?scene=${scene}&mashups=${mashups}`);
    await expect(this.page.getByText(/^(Starting|Iniciando) Mashdesk…$/)).toHaveCount(0);
  }

  async press(...keys: string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  async type(text: string): Promise<void> {
    await this.page.keyboard.type(text);
  }

  /** Tabs until something has the keyboard, so that a test fails where a person could not get there. */
  async tabTo(target: Locator): Promise<void> {
    await expect(target).toBeVisible();
    for (let step = 0; step < 80; step += 1) {
      if (await target.evaluate((element) => element === document.activeElement)) return;
      await this.press("Tab");
    }
    throw new Error(`the keyboard does not reach ${target}`);
  }

  async tabToAndPress(target: Locator, key = "Enter"): Promise<void> {
    await this.tabTo(target);
    await this.press(key);
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole("button", { name, exact: typeof name === "string" });
  }

  dialog(name: string | RegExp): Locator {
    return this.page.getByRole("dialog", { name });
  }

  question(name: string | RegExp): Locator {
    return this.page.getByRole("alertdialog", { name });
  }

  /** The row that a search field says is marked. */
  marked(field: Locator = this.search): Locator {
    return this.page.locator(`[role=option][aria-selected=true]`).and(
      this.page.locator(field === this.search ? "[id^=mashup-list]" : "[id^=switcher-list]"),
    );
  }

  /** What the host was asked for, in order. */
  asked(): Promise<readonly string[]> {
    return this.page.evaluate(() => window.host.asked);
  }

  async expectAsked(...commands: string[]): Promise<void> {
    await expect.poll(() => this.asked()).toEqual(commands);
  }

  change(change: Change): Promise<void> {
    return this.page.evaluate((change) => window.host.change(change), change);
  }

  refuse(command: string, code: string, details: Record<string, string> = {}): Promise<void> {
    return this.page.evaluate(
      ([command, code, details]) => void window.host.refuses.set(command as "signIn", { code, details }),
      [command, code, details] as const,
    );
  }

  /** Every word in a language. */
  speak(language: "en" | "es"): Promise<void> {
    return this.page.evaluate(
      (language) => window.host.change({ part: "personal", personal: { ...window.host.now.personal, language } }),
      language,
    );
  }
}
