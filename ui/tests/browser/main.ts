// The launcher over a fake host that the tests hold by `window.host`: `?scene=busy&mashups=12`.

import { mount } from "svelte";
import App from "../../src/App.svelte";
import { playedHost } from "../../src/host.fake.scenes";
import "../../src/theme.css";

const asked = new URLSearchParams(location.search);
const host = playedHost(asked.get("scene"), { step: 0 });
const { catalog } = host.now;
if (catalog.state === "ready") {
  const mashups = catalog.mashups.slice(0, Number(asked.get("mashups")));
  host.change({ part: "catalog", catalog: { ...catalog, mashups } });
}

window.host = host;
const target = document.getElementById("app");
if (target) mount(App, { target, props: { host } });
