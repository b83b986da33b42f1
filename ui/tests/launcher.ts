// The launcher over a fake host, driven as a person at a keyboard would.

import { render, screen, waitFor } from "@testing-library/svelte";
import userEvent, { type UserEvent } from "@testing-library/user-event";
import { expect } from "vitest";
import App from "../src/App.svelte";
import type { Snapshot } from "../src/bindings";
import { FakeHost } from "../src/host.fake";

export type Opened = { host: FakeHost; keyboard: UserEvent };

export async function launch(now: Snapshot, prepare: (host: FakeHost) => void = () => {}): Promise<Opened> {
  const host = new FakeHost(now);
  prepare(host);
  render(App, { host });
  await waitFor(() => expect(screen.queryByText("Starting Mashdesk…")).not.toBeInTheDocument());
  return { host, keyboard: userEvent.setup() };
}

export const rows = (): HTMLElement[] => screen.queryAllByTestId("mashup-row");
export const problems = (): string[] => screen.queryAllByTestId("problem").map(({ dataset }) => dataset["code"] ?? "");

/** The row that the search field says is marked. */
export function marked(): HTMLElement | null {
  const id = screen.getByTestId("search").getAttribute("aria-activedescendant");
  return id === null ? null : document.getElementById(id);
}

/** Tabs until an element has the keyboard, so that a test fails when a person could not get there. */
export async function tabTo(keyboard: UserEvent, element: HTMLElement): Promise<void> {
  for (let step = 0; step < 60; step += 1) {
    if (document.activeElement === element) return;
    await keyboard.tab();
  }
  throw new Error(`the keyboard does not reach ${element.outerHTML.slice(0, 120)}`);
}
