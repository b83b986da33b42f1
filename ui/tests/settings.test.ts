import { readFileSync } from "node:fs";
import { screen, waitFor, within } from "@testing-library/svelte";
import { expect, test } from "vitest";
import type { Snapshot } from "../src/bindings";
import { AT_WORK, problem, someMashups } from "../src/host.fake.scenes";
import { launch, tabTo } from "./launcher";

const desk: Snapshot = { ...AT_WORK, catalog: { state: "ready", mashups: someMashups(8), problem: null } };
const OPEN = "{Control>},{/Control}";

const dialog = () => screen.findByRole("dialog", { name: "Settings" });
const theme = () => document.documentElement.dataset["theme"];

test("the gear opens the settings, Escape closes them, the keyboard comes back", async () => {
  const { keyboard } = await launch(desk);
  const gear = screen.getByRole("button", { name: "Settings" });
  await tabTo(keyboard, gear);
  await keyboard.keyboard("{Enter}");
  await dialog();
  await keyboard.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
  await waitFor(() => expect(gear).toHaveFocus());
});

test("the theme is chosen with the arrows and applied at once", async () => {
  const { host, keyboard } = await launch(desk);
  expect(theme()).toBe("");
  await keyboard.keyboard(OPEN);
  const group = within(await dialog()).getByRole("group", { name: "Theme" });
  expect(group).toHaveAccessibleDescription(/as this computer is/);
  await waitFor(() => expect(within(group).getByRole("radio", { name: "System" })).toHaveFocus());
  await keyboard.keyboard("{ArrowRight}");
  await waitFor(() => expect(theme()).toBe("light"));
  expect(within(group).getByRole("radio", { name: "Light" })).toHaveFocus();
  await keyboard.keyboard("{ArrowRight}");
  await waitFor(() => expect(theme()).toBe("dark"));
  await keyboard.keyboard("{ArrowRight}");
  await waitFor(() => expect(theme()).toBe(""));
  expect(host.asked).toEqual(["setTheme light", "setTheme dark", "setTheme system"]);
});

test("the page's colours follow the chosen theme, and the system without one", () => {
  const css = readFileSync("src/theme.css", "utf8");
  expect(css).toMatch(/:root \{\s*color-scheme: light dark;/);
  expect(css).toMatch(/:root\[data-theme="light"\] \{\s*color-scheme: light;/);
  expect(css).toMatch(/:root\[data-theme="dark"\] \{\s*color-scheme: dark;/);
  const colours = [...css.matchAll(/^ {2}(--[\w-]+): (.*(?:#|rgb).*);$/gm)].filter(([, , value]) => !value?.includes("light-dark("));
  expect(colours.map(([, name]) => name), "give it for light and for dark").toEqual([]);
});

test("the language is chosen and every word follows at once", async () => {
  const { host, keyboard } = await launch(desk);
  await keyboard.keyboard(OPEN);
  await tabTo(keyboard, within(within(await dialog()).getByRole("group", { name: "Language" })).getByRole("radio", { name: "System" }));
  await keyboard.keyboard("{ArrowRight}{ArrowRight}");
  expect(await screen.findByRole("dialog", { name: "Ajustes" })).toBeInTheDocument();
  expect(screen.getByRole("radio", { name: "Español" })).toHaveFocus();
  expect(document.documentElement.lang).toBe("es");
  await keyboard.keyboard("{ArrowLeft}");
  await dialog();
  expect(document.documentElement.lang).toBe("en");
  expect(host.asked).toEqual(["setLanguage en", "setLanguage es", "setLanguage en"]);
});

test("when windows sleep is chosen, and explained", async () => {
  const { host, keyboard } = await launch(desk);
  await keyboard.keyboard(OPEN);
  const sleep = within(await dialog()).getByRole("group", { name: "Let windows sleep" });
  expect(sleep).toHaveAccessibleDescription(/Exports, and what you have typed, keep it awake/);
  expect(within(sleep).getByRole("radio", { name: "2 hours" })).toBeChecked();
  await keyboard.click(within(sleep).getByRole("radio", { name: "Never" }));
  expect(host.asked).toEqual(["setSleep never"]);
});

test("what was chosen in an earlier run holds from the start", async () => {
  await launch({ ...desk, personal: { ...desk.personal, theme: "dark", language: "es" } });
  expect(theme()).toBe("dark");
  expect(screen.getByRole("button", { name: "Ajustes" })).toBeInTheDocument();
});

test("a choice that cannot be kept is said in the dialog, and the old one shows again", async () => {
  const { keyboard } = await launch(desk, (host) =>
    host.refuses.set("setTheme", problem("settings_unwritable", { path: "settings.json", reason: "denied" })),
  );
  await keyboard.keyboard(OPEN);
  const open = await dialog();
  await keyboard.click(within(open).getByRole("radio", { name: "Dark" }));
  expect(await within(open).findByRole("alert")).toHaveAttribute("data-code", "settings_unwritable");
  const group = within(open).getByRole("group", { name: "Theme" });
  expect(within(group).getByRole("radio", { name: "System" })).toBeChecked();
  expect(theme()).toBe("");
});

test("the website's address is shown, another one is asked for, and the way back is named", async () => {
  const { host, keyboard } = await launch(desk);
  await keyboard.keyboard(OPEN);
  const open = await dialog();
  expect(open).toHaveTextContent("https://mashups.contoso.example");
  await tabTo(keyboard, within(open).getByRole("button", { name: "Use another website" }));
  await keyboard.keyboard("{Enter}");
  const field = await screen.findByTestId("website-url");
  await waitFor(() => expect(field).toHaveFocus());
  await tabTo(keyboard, screen.getByRole("button", { name: "Back to your mashups" }));
  await keyboard.keyboard("{Enter}");
  expect(await screen.findByTestId("search")).toHaveFocus();
  expect(host.asked).toEqual([]);
});

test("what IT has settled is marked, and cannot be changed", async () => {
  const managed = ["website", "start_with_system"];
  const { keyboard } = await launch({ ...desk, personal: { ...desk.personal, start_with_system: true, managed } });
  await keyboard.keyboard(OPEN);
  const open = await dialog();
  expect(within(open).getAllByText("Managed by your organisation")).toHaveLength(2);
  const start = within(open).getByRole("checkbox", { name: "Start with the system" });
  expect(start).toBeDisabled();
  expect(start).toBeChecked();
  expect(start).toHaveAccessibleDescription(/Managed by your organisation/);
  expect(within(open).queryByRole("button", { name: "Use another website" })).not.toBeInTheDocument();
});

test("the folder for exports is chosen in the system's dialog, and given up again", async () => {
  const { host, keyboard } = await launch(desk);
  await keyboard.keyboard(OPEN);
  const settings = within(await dialog());
  expect(settings.getByTestId("download-folder")).toHaveTextContent("/home/ana/Downloads");
  expect(settings.queryByRole("button", { name: "Use Downloads" })).not.toBeInTheDocument();
  await keyboard.click(settings.getByRole("button", { name: "Choose the folder for exports" }));
  await waitFor(() => expect(settings.getByTestId("download-folder")).toHaveTextContent("/home/ana/Reports"));
  await keyboard.click(settings.getByRole("button", { name: "Use Downloads" }));
  await waitFor(() => expect(settings.getByTestId("download-folder")).toHaveTextContent("/home/ana/Downloads"));
  expect(host.asked).toEqual(["chooseDownloadFolder", "resetDownloadFolder"]);
});

test("each export can ask where it goes", async () => {
  const { host, keyboard } = await launch(desk);
  await keyboard.keyboard(OPEN);
  const box = within(await dialog()).getByRole("checkbox", { name: "Ask where to save each export" });
  expect(box).not.toBeChecked();
  await keyboard.click(box);
  await waitFor(() => expect(box).toBeChecked());
  expect(host.asked).toEqual(["setAskWhereToSave true"]);
});
