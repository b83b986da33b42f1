import axe from "axe-core";
import { expect, test } from "vitest";
import { playedHost } from "../src/host.fake.scenes";
import { launch } from "./launcher";

test.each([
  "first-run",
  "website-failed",
  "sign-in",
  "sign-in-refused",
  "sign-in-again",
  "busy",
  "many",
  "loading",
  "empty",
  "failed",
  "stale",
  "not-remembered",
])("axe finds nothing in the scene %s", async (scene) => {
  const { catalog, ...now } = playedHost(scene).now;
  // axe in jsdom takes ten seconds for 300 rows and finds in them what it finds in a dozen.
  const dozen = catalog.state === "ready" && scene !== "many" ? { ...catalog, mashups: catalog.mashups.slice(0, 12) } : catalog;
  await launch({ ...now, catalog: dozen });
  // jsdom lays nothing out, so colours cannot be compared here.
  const { violations } = await axe.run(document.body, { rules: { "color-contrast": { enabled: false } } });
  expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
}, 30_000);
