import { screen, waitFor, within } from "@testing-library/svelte";
import { expect, test } from "vitest";
import { AT_WORK, NOTHING, problem, someFindings } from "../src/host.fake.scenes";
import { CHECKS } from "../src/help/checks";
import { launch } from "./launcher";

const dialog = () => screen.findByRole("dialog", { name: "Help" });

test("the wire that is cut is told, with what to do and who can mend it", async () => {
  const { keyboard } = await launch(AT_WORK, (host) => (host.findings = someFindings()));
  await keyboard.click(screen.getByRole("button", { name: "Help" }));
  const help = within(await dialog());
  await keyboard.click(help.getByRole("button", { name: "Check the connection" }));
  expect(await help.findByText("1 step fails.")).toBeInTheDocument();
  const findings = help.getAllByTestId("finding");
  const wrong = findings.filter(({ dataset }) => dataset["state"] === "wrong");
  expect(wrong.map(({ dataset }) => dataset["check"])).toEqual(["redemption"]);
  expect(findings[0]).toBe(wrong[0]);
  expect(wrong[0]).toHaveTextContent("Who can mend it: the website’s team");
});

test("every check has a name", async () => {
  expect(someFindings().map(({ check }) => check).filter((check) => !(check in CHECKS))).toEqual([]);
});

test("before a website is connected, F1 and the failure itself lead to help", async () => {
  const failed = { state: "failed", url: "https://a.example", problem: problem("website_tls", { host: "a.example", reason: "" }) };
  const { keyboard } = await launch({ ...NOTHING, website: failed as typeof NOTHING.website });
  await keyboard.click(screen.getByRole("button", { name: "Find out where it fails" }));
  await dialog();
  await keyboard.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
  await keyboard.keyboard("{F1}");
  await dialog();
});

test("the support file is shown before it is saved", async () => {
  const { host, keyboard } = await launch(AT_WORK);
  await keyboard.keyboard("{F1}");
  const help = within(await dialog());
  await keyboard.click(help.getByRole("button", { name: "Gather a support file" }));
  expect(await help.findByText("versions.txt")).toBeInTheDocument();
  expect(host.asked).toEqual(["supportBundle"]);
  await keyboard.click(help.getByRole("button", { name: "Save…" }));
  expect(await help.findByText("Saved in /home/ana/mashdesk-support.zip")).toBeInTheDocument();
});
