import { beforeEach, expect, test, vi } from "vitest";

const invoke = vi.hoisted(() => vi.fn());
vi.mock("@tauri-apps/api/core", () => ({ invoke }));
vi.mock("@tauri-apps/api/event", () => ({ listen: vi.fn().mockRejectedValue("event.listen not allowed") }));

const { tauriHost } = await import("../src/host.tauri");

beforeEach(() => void invoke.mockReset());

test("an answer is passed on", async () => {
  invoke.mockResolvedValue("window-1");
  expect(await tauriHost.openMashup("m1")).toEqual({ status: "ok", data: "window-1" });
});

test("a problem is passed on", async () => {
  const problem = { code: "unknown_mashup", details: { mashup: "m1" } };
  invoke.mockRejectedValue(problem);
  expect(await tauriHost.openMashup("m1")).toEqual({ status: "error", error: problem });
});

test.each([
  ["a bare string", "command not allowed by ACL", "command not allowed by ACL"],
  ["an Error", new TypeError("no internals"), "no internals"],
  ["nothing", undefined, "undefined"],
])("%s that Tauri throws becomes a problem", async (_, thrown, reason) => {
  invoke.mockRejectedValue(thrown);
  const internal = { status: "error", error: { code: "internal", details: { reason } } };
  expect(await tauriHost.signOut()).toEqual(internal);
  expect(await tauriHost.snapshot()).toEqual(internal);
});

test("an event that may not be listened to becomes a problem", async () => {
  expect(await tauriHost.onChange(() => {})).toMatchObject({ status: "error", error: { code: "internal" } });
});
