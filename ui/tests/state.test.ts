import { screen } from "@testing-library/svelte";
import { expect, test } from "vitest";
import type { ExportView, Snapshot } from "../src/bindings";
import { FakeHost } from "../src/host.fake";
import { AT_WORK, NOTHING, playedHost, problem, SIGNED_OUT } from "../src/host.fake.scenes";
import type { Outcome } from "../src/host";
import { Launcher } from "../src/state.svelte";
import { launch } from "./launcher";

test("a change that overtakes the snapshot is not undone by it", async () => {
  class Slow extends FakeHost {
    override async snapshot(): Promise<Outcome<Snapshot>> {
      const taken = await super.snapshot();
      this.change({ part: "website", website: SIGNED_OUT.website });
      return taken;
    }
  }
  const launcher = new Launcher(new Slow({ ...AT_WORK, website: NOTHING.website }));
  await launcher.start();
  expect(launcher.website.state).toBe("ready");
  expect(launcher.account.state).toBe("signed_in");
});

test("exports told one at a time keep their places, also while the list is awaited", async () => {
  const scene = playedHost("busy").now;
  const [first, second, ...others] = scene.exports as [ExportView, ExportView, ...ExportView[]];
  class Slow extends FakeHost {
    override async snapshot(): Promise<Outcome<Snapshot>> {
      const taken = await super.snapshot();
      this.exportFile({ ...first, id: "new" }, { state: "cancelled" });
      this.exportFile(second, { state: "cancelled" });
      this.change({ part: "export", id: first.id, export: null });
      return taken;
    }
  }
  const host = new Slow(scene);
  const launcher = new Launcher(host);
  await launcher.start();
  const rest = others.map(({ id }) => id);
  expect(launcher.exports.map(({ id }) => id)).toEqual(["new", second.id, ...rest]);
  expect(launcher.exports[1]?.status.state).toBe("cancelled");
  host.change({ part: "export", id: "new", export: null });
  expect(launcher.exports.map(({ id }) => id)).toEqual([second.id, ...rest]);
});

test("nothing is listened to after it ends", async () => {
  const host = new FakeHost(NOTHING);
  const launcher = new Launcher(host);
  await launcher.start();
  launcher.stop();
  host.change({ part: "website", website: SIGNED_OUT.website });
  expect(launcher.website.state).toBe("unset");
});

test("a host that does not answer is said in words and asked again", async () => {
  const { host, keyboard } = await launch(NOTHING, (host) =>
    host.refuses.set("snapshot", problem("internal", { reason: "no such command" })),
  );
  expect(screen.getByRole("alert")).toHaveTextContent("Something went wrong in Mashdesk itself");
  host.refuses.clear();
  await keyboard.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByTestId("website-url")).toBeInTheDocument();
});
