import { mount } from "svelte";
import App from "./App.svelte";
import type { Host } from "./host";
import { tauriHost } from "./host.tauri";
import "./theme.css";

async function host(): Promise<Host> {
  if (import.meta.env.DEV) {
    // `npm run dev` in a browser, `?fake=1&scene=stale`: no Mashdesk around it, so one is played.
    const parameters = new URLSearchParams(location.search);
    if (parameters.has("fake") || !("__TAURI_INTERNALS__" in window)) {
      const { playedHost } = await import("./host.fake.scenes");
      return playedHost(parameters.get("scene"));
    }
  }
  return tauriHost;
}

const target = document.getElementById("app");
if (target) mount(App, { target, props: { host: await host() } });
