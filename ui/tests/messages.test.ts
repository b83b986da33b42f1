import { afterEach, expect, test, vi } from "vitest";
import { screen } from "@testing-library/svelte";
import english from "../messages/en.json";
import spanish from "../messages/es.json";
import problemsInEnglish from "../messages/problems.en.json";
import problemsInSpanish from "../messages/problems.es.json";
import { fill } from "../src/messages/fill";
import { day, moment, size } from "../src/messages/formats";
import { preferred } from "../src/messages/messages.svelte";
import { problem, SIGNED_OUT } from "../src/host.fake.scenes";
import { inWords } from "../src/problems/words";
import { launch } from "./launcher";

/** Every problem that core can report, with the details that it gives. */
const DETAILS: Record<string, string[]> = {
  website_unset: [],
  website_url_invalid: ["input"],
  website_insecure: ["host"],
  website_unreachable: ["host", "reason"],
  website_tls: ["host", "reason"],
  website_timeout: ["host"],
  website_foreign: ["host"],
  website_garbage: ["host", "what"],
  website_redirected: ["host", "location"],
  website_error: ["host", "status"],
  website_busy: ["host", "seconds"],
  sign_in_needed: ["host"],
  sign_in_refused: ["host"],
  sign_in_state: ["host"],
  sign_in_denied: ["host"],
  sign_in_provider: ["host", "reason"],
  sign_in_abandoned: ["host"],
  link_invalid: ["link"],
  update_refused: ["host", "reason"],
  update_failed: ["version", "reason"],
  print_unavailable: ["reason"],
  not_authorised: ["mashup", "reason"],
  unknown_mashup: ["mashup"],
  session_limit: ["mashup", "used", "limit", "yours"],
  revoked: ["mashup"],
  page_crashed: [],
  ticket_refused: ["host"],
  redeem_forbidden: ["host", "status"],
  redeem_no_cookie: ["host", "cookie"],
  redeem_unexpected: ["host", "status"],
  redeem_busy: ["host", "seconds"],
  redeem_unreachable: ["host", "reason"],
  redeem_tls: ["host", "reason"],
  redeem_timeout: ["host"],
  store_failed: ["reason"],
  system_too_old: ["system", "needed"],
  isolation_broken: ["what"],
  isolation_unproven: ["reason"],
  cookie_not_planted: ["cookie"],
  page_failed: ["host", "reason"],
  page_tls: ["host"],
  page_blocked: ["host"],
  page_sent_away: ["host"],
  too_many_windows: ["mashup"],
  too_many_files: ["mashup"],
  too_many_dialogs: ["mashup"],
  login_page: ["host"],
  export_refused: ["host", "status"],
  export_gone: ["host"],
  download_failed: [],
  export_cut: ["host"],
  export_folder: ["path", "reason"],
  export_unreachable: ["host", "reason"],
  keyring_unavailable: ["reason"],
  settings_broken: ["path", "reason"],
  settings_unwritable: ["path", "reason"],
  system_refused: ["what", "reason"],
  managed: ["setting"],
  policy_broken: ["place", "reason"],
  proxy_auth: ["host"],
  proxy_unreachable: ["proxy", "reason"],
  name_unresolved: ["host", "reason"],
  contract_version: ["host", "version"],
  clock_off: ["minutes"],
  no_mashups: ["host"],
  content_refused: ["host", "status"],
  engine_refused: ["host", "status"],
  engine_silent: ["host", "reason"],
  computer_lacks: ["what"],
  disk_full: ["path", "free"],
  window_gone: [],
  internal: ["reason"],
};

const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

function speak(...languages: string[]) {
  vi.spyOn(navigator, "languages", "get").mockReturnValue(languages);
  window.dispatchEvent(new Event("languagechange"));
}

afterEach(() => speak("en-US"));

test("both languages say the same things with the same values", () => {
  expect(Object.keys(spanish)).toEqual(Object.keys(english));
  for (const [key, text] of Object.entries(english)) {
    expect(placeholders(spanish[key as keyof typeof spanish]), key).toEqual(placeholders(text));
  }
});

test.each([
  ["English", problemsInEnglish],
  ["Spanish", problemsInSpanish],
] as const)("every problem has its words in %s, from the details it comes with", (_, words) => {
  expect(Object.keys(words).sort()).toEqual(Object.keys(DETAILS).sort());
  for (const [code, { title, advice }] of Object.entries(words)) {
    expect(title, code).not.toMatch(/HTTP|\{status\}|\{reason\}|TLS/);
    expect(advice, code).toMatch(/[.}]$/);
    for (const name of placeholders(title + advice)) expect(DETAILS[code], code).toContain(name);
  }
});

test("a problem of a newer core still has a sentence", () => {
  expect(inWords(problem("from_the_future"), String).title).toBe("Something went wrong in Mashdesk itself");
});

test.each([
  [["es-MX", "en-US"], { language: "es", locale: "es-MX" }],
  [["fr-FR", "es"], { language: "es", locale: "es" }],
  [["en-GB"], { language: "en", locale: "en-GB" }],
  [["fr-FR"], { language: "en", locale: "en" }],
  [[], { language: "en", locale: "en" }],
])("of %j the launcher speaks %j", (languages, expected) => {
  expect(preferred(languages)).toEqual(expected);
});

test.each([
  ["es", ["en-GB", "es-MX"], { language: "es", locale: "es-MX" }],
  ["es", ["en-GB"], { language: "es", locale: "es" }],
  ["en", ["es-ES"], { language: "en", locale: "en" }],
] as const)("chosen to speak %s to a person of %j it writes as in %j", (chosen, languages, expected) => {
  expect(preferred(languages, chosen)).toEqual(expected);
});

test("the language follows the system while the launcher is open", async () => {
  await launch(SIGNED_OUT);
  speak("es-ES");
  expect(await screen.findByRole("heading", { name: "Acceda a Contoso Analytics" })).toBeInTheDocument();
  expect(document.documentElement.lang).toBe("es");
});

test("dates, sizes and counts are written as the language does", async () => {
  await launch(SIGNED_OUT);
  const now = new Date(2026, 10, 24, 12);
  expect(size(8_100_000)).toBe("8.1 MB");
  expect(size(1)).toBe("1 byte");
  expect(day("2025-03-05T12:00:00Z", now)).toBe("Mar 5, 2025");
  expect(moment(new Date(2026, 10, 24, 9, 5).toISOString(), now)).toMatch(/^9:05\sAM$/);
  expect(moment(new Date(2026, 10, 23, 9, 5).toISOString(), now)).toMatch(/^Nov 23, 9:05\sAM$/);
  expect(moment("yesterday")).toBe("");
  speak("es-ES");
  expect(size(8_100_000)).toBe("8,1 MB");
  expect(day("2025-03-05T12:00:00Z", now)).toBe("5 mar 2025");
});

test("a list of thousands of days makes one formatter: each costs ICU a look at its data", () => {
  day("2020-01-01T12:00:00Z");
  const made = vi.spyOn(Intl, "DateTimeFormat");
  const days = Array.from({ length: 1000 }, (_, n) => day(new Date(2020, 0, n + 1).toISOString()));
  expect(new Set(days).size).toBe(1000);
  expect(made).not.toHaveBeenCalled();
  made.mockRestore();
});

test("a value is shown as one line of what can be seen of it", () => {
  expect(fill("{a}|{b}", { a: " x\n\u202ey\u0000 " })).toBe("x y|—");
  expect(fill("{a}", { a: "{b}", b: "no" })).toBe("{b}");
  expect(fill("{a}", { a: "x".repeat(10_000) }).length).toBeLessThan(600);
});
