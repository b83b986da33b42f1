import { screen, within } from "@testing-library/svelte";
import { expect, test } from "vitest";
import type { Snapshot } from "../src/bindings";
import { AT_WORK, problem, someMashups } from "../src/host.fake.scenes";
import { launch } from "./launcher";

const desk: Snapshot = { ...AT_WORK, catalog: { state: "ready", mashups: someMashups(8), problem: null } };

async function check(prepare: (host: Awaited<ReturnType<typeof launch>>["host"]) => void = () => {}) {
  const { host, keyboard } = await launch(desk);
  prepare(host);
  await keyboard.click(screen.getByRole("button", { name: "Settings" }));
  await keyboard.click(await screen.findByRole("button", { name: "Check isolation" }));
  return { host, keyboard, dialog: within(await screen.findByRole("dialog", { name: "Check isolation" })) };
}

test("a person who asks sees each kind, and what it all means", async () => {
  const { host, dialog } = await check();
  expect(await dialog.findByText(/Windows are kept apart/)).toBeInTheDocument();
  expect(dialog.getByText("SharedWorker").nextElementSibling).toHaveTextContent("apart");
  expect(host.asked).toContain("checkIsolation");
});

test("one shared kind is enough to be told", async () => {
  const { dialog } = await check((host) => (host.stores = [
    { kind: "cookies", verdict: "shared" },
    { kind: "IndexedDB", verdict: "unproven" },
    { kind: "SharedWorker", verdict: "absent" },
  ]));
  expect(await dialog.findByText(/Windows are not kept apart.*tell IT/)).toBeInTheDocument();
  expect(dialog.getByText("cookies").nextElementSibling).toHaveTextContent("shared");
});

test("what could not be checked is said, and checked again", async () => {
  const { host, keyboard, dialog } = await check((host) =>
    host.refuses.set("checkIsolation", problem("isolation_unproven", { reason: "no window" })),
  );
  expect(await dialog.findByText("Mashdesk could not check that windows are kept apart")).toBeInTheDocument();
  host.refuses.delete("checkIsolation");
  await keyboard.click(dialog.getByRole("button", { name: "Check again" }));
  expect(await dialog.findByText(/Windows are kept apart/)).toBeInTheDocument();
});
