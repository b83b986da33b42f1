import { screen } from "@testing-library/svelte";
import { expect, test } from "vitest";
import { host as hostOf } from "../src/first-run/address";
import { NOTHING, problem, SIGNED_OUT } from "../src/host.fake.scenes";
import { launch, problems } from "./launcher";

const field = () => screen.getByTestId("website-url");

test("the address field has the keyboard, Enter connects, and signing in follows", async () => {
  const { host, keyboard } = await launch(NOTHING);
  expect(field()).toHaveFocus();
  await keyboard.keyboard("mashups.contoso.example{Enter}");
  expect(host.asked).toEqual(["setWebsite mashups.contoso.example"]);
  expect(await screen.findByRole("heading", { name: "Sign in to Contoso Analytics" })).toBeInTheDocument();
  expect(screen.getByRole("button", { name: "Continue in your browser" })).toHaveFocus();
});

test("an empty address is asked for, and nothing is sent", async () => {
  const { host, keyboard } = await launch(NOTHING);
  await keyboard.keyboard("{Enter}");
  expect(field()).toBeInvalid();
  expect(field()).toHaveAccessibleDescription(/Enter the address first/);
  expect(host.asked).toEqual([]);
});

test("a website that does not answer is said in words, and the same field tries again", async () => {
  const { host, keyboard } = await launch(NOTHING, (host) =>
    host.refuses.set("setWebsite", problem("website_unreachable", { host: "nowhere.example", reason: "dns" })),
  );
  await keyboard.keyboard("nowhere.example{Enter}");
  expect(await screen.findByRole("alert")).toHaveTextContent("nowhere.example cannot be reached");
  expect(problems()).toEqual(["website_unreachable"]);
  expect(field()).toHaveFocus();
  expect(screen.getByTestId("website-submit")).toHaveTextContent("Try again");

  host.refuses.clear();
  await keyboard.keyboard("{Enter}");
  expect(await screen.findByTestId("sign-in-oidc")).toBeInTheDocument();
});

test("the wait names the website, and asking twice asks once", async () => {
  const { host, keyboard } = await launch({
    ...NOTHING,
    website: { state: "connecting", url: "https://mashups.contoso.example/app" },
  });
  expect(screen.getByText("Connecting to mashups.contoso.example…")).toBeInTheDocument();
  await keyboard.keyboard("{Enter}");
  expect(host.asked).toEqual([]);
});

test("another website can be chosen before signing in, or not after all", async () => {
  const { keyboard } = await launch(SIGNED_OUT);
  await keyboard.click(screen.getByRole("button", { name: "Use another website" }));
  expect(field()).toHaveValue("https://mashups.contoso.example");
  await keyboard.click(screen.getByRole("button", { name: "Back to signing in" }));
  expect(screen.getByTestId("sign-in-oidc")).toHaveFocus();
});

test("shows what is no address as it is", () => {
  expect(hostOf("https://")).toBe("https://");
  expect(hostOf("https://a.example:8443/x")).toBe("a.example:8443");
});
