import { screen, waitFor } from "@testing-library/svelte";
import { expect, test } from "vitest";
import { AT_WORK, offering, problem, SIGNED_OUT, someMashups } from "../src/host.fake.scenes";
import { launch, problems, rows, tabTo } from "./launcher";

/** The website wants a token. */
const TOKEN = offering("token");
const field = () => screen.getByTestId("token");

test("a pasted token signs in, and the search field has the keyboard", async () => {
  const { host, keyboard } = await launch(TOKEN, (host) => (host.mashups = someMashups(3)));
  expect(field()).toHaveFocus();
  await keyboard.paste(" token-1 \n");
  await keyboard.keyboard("{Enter}");
  await waitFor(() => expect(rows()).toHaveLength(3));
  expect(host.asked).toEqual(["signIn token-1"]);
  expect(screen.getByTestId("search")).toHaveFocus();
});

test("the token is never readable on the screen", async () => {
  await launch(TOKEN);
  expect(field()).toHaveAttribute("type", "password");
});

test("no token is asked for, and nothing is sent", async () => {
  const { host, keyboard } = await launch(TOKEN);
  await keyboard.keyboard("{Enter}");
  expect(field()).toHaveAccessibleDescription("Paste your token first.");
  expect(host.asked).toEqual([]);
});

test("a refused token is said in words and marked to be replaced", async () => {
  const { keyboard } = await launch(TOKEN, (host) =>
    host.refuses.set("signIn", problem("sign_in_refused", { host: "mashups.contoso.example" })),
  );
  await keyboard.keyboard("old{Enter}");
  expect(await screen.findByRole("alert")).toHaveTextContent("did not accept this sign-in");
  expect(problems()).toEqual(["sign_in_refused"]);
  expect(field()).toHaveFocus();
  expect(field()).toBeInvalid();
});

test("the website's own words and its help page are at hand", async () => {
  const { host, keyboard } = await launch({
    ...SIGNED_OUT,
    website: { ...SIGNED_OUT.website, sign_in: [{ kind: "token", help: "Your token is in your profile.", has_page: true }] },
  });
  expect(screen.getByText("Your token is in your profile.")).toBeInTheDocument();
  const help = screen.getByRole("button", { name: /Get a token.*opens in your browser/ });
  await tabTo(keyboard, help);
  await keyboard.keyboard("{Enter}");
  expect(host.asked).toEqual(["openTokenHelp"]);
});

test("an ended sign-in is asked for again, and what is open stays in sight", async () => {
  const { host } = await launch(AT_WORK);
  await host.openMashup("m1");
  host.change({
    part: "account",
    account: { state: "signed_out", problem: problem("sign_in_needed", { host: "mashups.contoso.example" }) },
  });
  expect(await screen.findByText("Please sign in to mashups.contoso.example again")).toBeInTheDocument();
  expect(screen.getByTestId("window-row")).toBeInTheDocument();
});

test("a person whose sign-in cannot be kept is told", async () => {
  const { keyboard } = await launch({ ...AT_WORK, account: { state: "signed_in", name: "Ana", remembered: false } });
  expect(screen.getByText("You are signed in for this run only")).toBeInTheDocument();
  await keyboard.click(screen.getByRole("button", { name: "Dismiss" }));
  expect(screen.queryByText("You are signed in for this run only")).not.toBeInTheDocument();
});

test("a website whose ways are all unknown is not a dead end", async () => {
  await launch(offering());
  expect(screen.getByText(/offers no way to sign in that this Mashdesk knows/)).toBeInTheDocument();
  expect(screen.getByRole("button", { name: "Use another website" })).toBeInTheDocument();
});

test("while the sign-in of an earlier run is tried, the person waits for it or gives it up", async () => {
  const { host, keyboard } = await launch({ ...SIGNED_OUT, account: { state: "signing_in", way: null } });
  expect(screen.getByText("Signing in to Contoso Analytics…")).toBeInTheDocument();
  expect(screen.getAllByRole("button").map(({ textContent }) => textContent?.trim())).toEqual(["Cancel Esc"]);
  await keyboard.keyboard("{Escape}");
  expect(host.asked).toEqual(["cancelSignIn"]);
});

test("of a way that is offered twice there is one", async () => {
  const token = (help: string) => ({ kind: "token", help, has_page: false }) as const;
  await launch({ ...SIGNED_OUT, website: { ...SIGNED_OUT.website, sign_in: [token("First."), token("Second.")] } });
  expect(screen.getAllByLabelText("Sign-in token")).toHaveLength(1);
  expect(screen.getByText("First.")).toBeInTheDocument();
});

test("an attempt that a newer one has replaced ends without a word", async () => {
  const { host, keyboard } = await launch(SIGNED_OUT);
  await keyboard.keyboard("{Enter}");
  await keyboard.click(await screen.findByRole("button", { name: "Open the browser again" }));
  expect(host.asked).toEqual(["signInWithBrowser", "signInWithBrowser"]);
  expect(screen.getByText("Finish signing in in your browser")).toBeInTheDocument();
  host.comeBack(problem("sign_in_abandoned", { host: "login.contoso.example" }));
  await waitFor(() => expect(problems()).toEqual(["sign_in_abandoned"]));
});
