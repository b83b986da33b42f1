// The launcher over a fake host that the tests hold by `window.host`: `?scene=busy`.

import { mount } from "svelte";
import App from "../../src/App.svelte";
import { playedHost } from "../../src/host.fake.scenes";
import "../../src/theme.css";

window.host = playedHost(new URLSearchParams(location.search).get("scene"), { step: 0 });
const target = document.getElementById("app");
if (target) mount(App, { target, props: { host: window.host } });
