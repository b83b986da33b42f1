// From the first start to the catalog, by each way, and what is said when a way leads nowhere.

import english from "../../messages/problems.en.json" with { type: "json" };
import spanish from "../../messages/problems.es.json" with { type: "json" };
import { expect, test } from "./launcher";

test("the first run: an address, and its website's own way to sign in", async ({ launcher }) => {
  await launcher.open("first-run");
  await expect(launcher.page.getByTestId("website-url")).toBeFocused();
  await launcher.type("mashups.contoso.example");
  await launcher.press("Enter");
  await expect(launcher.button("Continue in your browser")).toBeFocused();
  await launcher.press("Enter");
  await expect(launcher.page.getByText("Finish signing in in your browser")).toBeVisible();
  await launcher.page.evaluate(() => window.host.comeBack());
  await expect(launcher.search).toBeFocused();
  await expect(launcher.count).toHaveText("300 mashups");
  await launcher.expectAsked("setWebsite mashups.contoso.example", "signInWithBrowser");
});

test("a website that does not answer is said in words, and the same field tries again", async ({ launcher }) => {
  await launcher.open("first-run");
  await launcher.refuse("setWebsite", "website_unreachable", { host: "nowhere.example", reason: "dns" });
  await launcher.type("nowhere.example");
  await launcher.press("Enter");
  await expect(launcher.page.getByRole("alert")).toContainText("nowhere.example cannot be reached");
  await expect(launcher.page.getByTestId("website-url")).toBeFocused();
});

test("in the browser: opened again, and given up by Escape", async ({ launcher }) => {
  await launcher.open("sign-in");
  await launcher.press("Enter");
  const elsewhere = launcher.page.getByRole("group", { name: "Finish signing in in your browser" });
  await expect(elsewhere).toBeFocused();
  await expect(elsewhere).toHaveAccessibleDescription(/It shows login\.contoso\.example\./);
  await launcher.tabToAndPress(launcher.button("Open the browser again"));
  await launcher.expectAsked("signInWithBrowser", "signInWithBrowser");
  await expect(elsewhere).toBeVisible();
  await launcher.press("Escape");
  await expect(launcher.button("Continue in your browser")).toBeFocused();
  await launcher.expectAsked("signInWithBrowser", "signInWithBrowser", "cancelSignIn");
  await expect(launcher.problem).toHaveCount(0);
});

test("at the website: first where the website prefers it, and given up by its button", async ({ launcher }) => {
  await launcher.open("sign-in-website");
  await expect(launcher.button("Sign in at Contoso Analytics")).toBeFocused();
  await launcher.press("Enter");
  await expect(launcher.page.getByRole("group", { name: "Finish signing in in the other window" })).toBeFocused();
  await launcher.tabToAndPress(launcher.button("Cancel"));
  await expect(launcher.button("Sign in at Contoso Analytics")).toBeFocused();

  await launcher.press("Enter");
  await launcher.tabToAndPress(launcher.button("Open the window again"));
  await launcher.page.evaluate(() => window.host.comeBack());
  await expect(launcher.search).toBeFocused();
  await launcher.expectAsked("signInWithWebsite", "cancelSignIn", "signInWithWebsite", "signInWithWebsite");
});

test("by a token: first where the website prefers it", async ({ launcher }) => {
  await launcher.open("sign-in-token");
  await expect(launcher.page.getByLabel("Sign-in token")).toBeFocused();
  await launcher.type("token-1");
  await launcher.press("Enter");
  await expect(launcher.search).toBeFocused();
  await launcher.expectAsked("signIn token-1");
});

test("the other ways are behind a fold, and a refused one keeps it open", async ({ launcher }) => {
  await launcher.open("sign-in");
  await expect(launcher.page.getByLabel("Sign-in token")).toBeHidden();
  await launcher.tabToAndPress(launcher.page.getByText("Other ways"));
  await expect(launcher.button("Sign in at Contoso Analytics")).toBeVisible();
  await launcher.refuse("signIn", "sign_in_refused", { host: "mashups.contoso.example" });
  await launcher.tabTo(launcher.page.getByLabel("Sign-in token"));
  await launcher.type("old");
  await launcher.press("Enter");
  await expect(launcher.page.getByRole("alert")).toContainText("did not accept this sign-in");
  await expect(launcher.page.getByLabel("Sign-in token")).toBeFocused();

  await launcher.tabToAndPress(launcher.button("Sign in at Contoso Analytics"));
  await launcher.press("Escape");
  await expect(launcher.button("Sign in at Contoso Analytics")).toBeFocused();
});

for (const [language, words] of [["en", english], ["es", spanish]] as const) {
  test(`each way that leads nowhere is said in words, with what to do next, in ${language}`, async ({ launcher }) => {
    await launcher.open("sign-in");
    await launcher.speak(language);
    for (const code of ["sign_in_state", "sign_in_denied", "sign_in_provider", "sign_in_abandoned"] as const) {
      await launcher.press("Enter");
      await expect(launcher.page.getByRole("group", { name: language === "en" ? "Finish signing in" : "Termine de acceder" })).toBeFocused();
      await launcher.page.evaluate(
        (code) => window.host.comeBack({ code, details: { host: "login.contoso.example", reason: "not JSON" } }),
        code,
      );
      const alert = launcher.page.getByRole("alert");
      await expect(alert).toContainText(words[code].title.replace("{host}", "login.contoso.example"));
      await expect(alert).toContainText(words[code].advice.replace("{host}", "login.contoso.example"));
      await expect(launcher.page.getByTestId("sign-in-oidc")).toBeFocused();
    }
  });
}

test("a sign-in that has ended is asked for over what is open, and loses nothing", async ({ launcher }) => {
  await launcher.open("sign-in-again");
  await expect(launcher.problem.first()).toContainText("Please sign in to mashups.contoso.example again");
  const before = await launcher.windows.count();
  expect(before).toBe(4);
  await expect(launcher.button("Continue in your browser")).toBeFocused();
  await launcher.press("Enter");
  await expect(launcher.windows).toHaveCount(before);
  await launcher.page.evaluate(() => window.host.comeBack());
  await expect(launcher.search).toBeFocused();
  await expect(launcher.windows).toHaveCount(before);
});
