// Scenes to look at: `npm run dev`, then `?fake=1&scene=busy`. Each is a moment of a working day.

import type { FindingView, MashupView, Problem, SignInWay, Snapshot, WindowView } from "./bindings";
import { FakeHost } from "./host.fake";

const GROUPS = ["Finance", "Human resources", "Logistics", "Manufacturing", "Marketing", "Procurement", "Sales", "Service"];
const SUBJECTS = [
  ["Cash flow forecast", "Expected payments by week and bank, with the last four forecasts beside it"],
  ["Margin by product", "Contribution by product line, plant and customer"],
  ["Open orders", "What is ordered, promised and late, down to the order line"],
  ["Previsión de ventas", "Ventas previstas por región y equipo comercial"],
  ["Stock coverage", "Days of stock by warehouse and the parts that run out first"],
  ["Headcount and absence", "People, vacancies and absence by department"],
  ["Supplier delivery", "Punctuality and quality of each supplier over twelve months"],
  ["Energy use", "Consumption by line and shift, compared with plan"],
  ["Complaints", "Causes, cost and time to answer"],
  ["Campaign results", "Reach, response and cost of each campaign"],
] as const;
/** The group that each subject is at home in. */
const HOMES: readonly string[] = [
  "Finance",
  "Finance",
  "Sales",
  "Sales",
  "Logistics",
  "Human resources",
  "Procurement",
  "Manufacturing",
  "Service",
  "Marketing",
];
const COLOURS = ["#1c5fc4", "#0e8074", "#a8511b", "#7d4fb0", "#3f7d2c", "#b23a6a", "#b08a12", "#4a5b76"];
const PLACES = ["Group", "Iberia", "Nordics", "France", "DACH", "Benelux", "Italy", "UK and Ireland"];

const WEBSITE = {
  state: "ready" as const,
  url: "https://mashups.contoso.example",
  name: "Contoso Analytics",
  sign_in: [
    { kind: "oidc", host: "login.contoso.example" },
    { kind: "web", host: "mashups.contoso.example" },
    { kind: "token", help: null, has_page: true },
  ] as SignInWay[],
  has_support: true,
} satisfies Snapshot["website"];

const HOST = "mashups.contoso.example";
const SIGNED_IN = { state: "signed_in", name: "Ana Martín", remembered: true } as const;

export const NOTHING: Snapshot = {
  website: { state: "unset" },
  account: { state: "signed_out", problem: null },
  catalog: { state: "none" },
  windows: [],
  exports: [],
  personal: { favourites: [], recent: [], theme: "system", language: "system", sleep: "two_hours", download_folder: "/home/ana/Downloads", own_download_folder: false, ask_where_to_save: false, start_with_system: false, managed: [] },
  notice: null,
};
export const SIGNED_OUT: Snapshot & { website: typeof WEBSITE } = { ...NOTHING, website: WEBSITE };
export const AT_WORK = {
  ...SIGNED_OUT,
  account: SIGNED_IN,
  catalog: { state: "ready", mashups: someMashups(300), problem: null },
} satisfies Snapshot;

const scenes: Record<string, () => Snapshot> = {
  "first-run": () => NOTHING,
  connecting: () => ({ ...NOTHING, website: { state: "connecting", url: WEBSITE.url } }),
  "website-failed": () => ({
    ...NOTHING,
    website: {
      state: "failed",
      url: WEBSITE.url,
      problem: problem("website_unreachable", { host: HOST, reason: "dns error: no such host" }),
    },
  }),
  "sign-in": () => SIGNED_OUT,
  "sign-in-refused": () => ({
    ...SIGNED_OUT,
    account: { state: "signed_out", problem: problem("sign_in_refused", { host: HOST }) },
  }),
  "sign-in-website": () => offering("web", "oidc"),
  "sign-in-token": () => offering("token", "web"),
  "signing-in": () => ({ ...SIGNED_OUT, account: { state: "signing_in", way: null } }),
  "signing-in-browser": () => ({ ...SIGNED_OUT, account: { state: "signing_in", way: "oidc" } }),
  "signing-in-website": () => ({ ...SIGNED_OUT, account: { state: "signing_in", way: "web" } }),
  "sign-in-again": () => ({
    ...busy(),
    account: { state: "signed_out", problem: problem("sign_in_needed", { host: HOST }) },
    catalog: { state: "none" },
  }),
  work: () => AT_WORK,
  busy,
  showcase,
  many: () => ({ ...AT_WORK, catalog: { state: "ready", mashups: someMashups(5000), problem: null } }),
  loading: () => ({ ...AT_WORK, catalog: { state: "loading" } }),
  empty: () => ({ ...AT_WORK, catalog: { state: "ready", mashups: [], problem: null } }),
  failed: () => ({
    ...AT_WORK,
    catalog: { state: "failed", problem: problem("website_error", { host: HOST, status: "502" }) },
  }),
  stale: () => ({
    ...busy(),
    catalog: {
      state: "ready",
      mashups: someMashups(300),
      problem: problem("website_unreachable", { host: HOST, reason: "connection refused" }),
    },
  }),
  notice: () => ({ ...AT_WORK, notice: problem("link_invalid", { link: "mashdesk://open/m1?then=delete" }) }),
  hostile,
  managed: () => ({
    ...AT_WORK,
    personal: { ...AT_WORK.personal, start_with_system: true, managed: ["website", "start_with_system", "proxy"] },
  }),
  "not-remembered": () => ({ ...AT_WORK, account: { ...SIGNED_IN, remembered: false } }),
};

export function playedHost(scene: string | null, { step = 500 } = {}): FakeHost {
  const host = new FakeHost((scenes[scene ?? "first-run"] ?? scenes["first-run"] ?? (() => NOTHING))(), { step });
  host.icons = someIcon;
  host.findings = someFindings();
  if (host.mashups.length === 0 && scene !== "empty") host.mashups = someMashups(300);
  return host;
}

/** A morning on which the ticket is refused. */
export function someFindings(): FindingView[] {
  const fine = (check: string, detail: string): FindingView => ({ check, verdict: { state: "fine", detail } });
  const skipped = (check: string): FindingView => ({ check, verdict: { state: "skipped" } });
  return [
    fine("proxy", "proxy.contoso.example:3128"),
    fine("name", "the proxy resolves it"),
    fine("connection", "HTTP/2.0"),
    fine("certificate", "Contoso Root CA"),
    fine("clock", ""),
    fine("discovery", "Contoso Analytics"),
    fine("contract", "1"),
    fine("sign_in", "Ana Martín"),
    fine("catalog", "300"),
    fine("ticket", "m1"),
    fine("qlik", "qlik.contoso.example, Contoso Root CA"),
    {
      check: "redemption",
      verdict: { state: "wrong", problem: problem("ticket_refused", { host: "qlik.contoso.example" }), who: "website" },
    },
    ...["session_cookie", "image", "engine"].map(skipped),
    fine("giving_back", ""),
    fine("keyring", ""),
    fine("webview", "2.48.5"),
    fine("fonts", "DejaVuSans.ttf"),
    fine("gpu", "renderD128"),
    fine("disk", "/home/ana/Downloads, 48211 MB"),
  ];
}

export function problem(code: string, details: Record<string, string> = {}): Problem {
  return { code, details };
}

/** Always the same mashups, as many as asked for. */
export function someMashups(number: number): MashupView[] {
  return Array.from({ length: number }, (_, i) => {
    const group = GROUPS[i % GROUPS.length] ?? "";
    const [subject, description] = SUBJECTS[Math.floor(i / GROUPS.length) % SUBJECTS.length] ?? ["", ""];
    const place = PLACES[Math.floor(i / (GROUPS.length * SUBJECTS.length)) % PLACES.length] ?? "";
    const again = Math.floor(i / (GROUPS.length * SUBJECTS.length * PLACES.length));
    return {
      id: `m${i + 1}`,
      title: `${subject} · ${place}${again > 0 ? ` ${again + 1}` : ""}`,
      description,
      group,
      accent: i % 5 === 4 ? null : COLOURS[(i * 5 + Math.floor(i / 8)) % COLOURS.length] ?? null,
      updated: i % 7 === 6 ? null : new Date(Date.UTC(2026, i % 12, 1 + (i % 28), 8)).toISOString(),
      icon: i % 3 === 0,
    };
  });
}

/** Some mashups' icons are charts, drawn in a colour of their own; one cannot be drawn. */
export function someIcon(mashup: string): string | null {
  const number = Number(mashup.slice(1));
  if (number === 10) return "data:image/png;base64,broken";
  const colour = ["#0b6e99", "#a13d63", "#5b7f1e", "#b3541e"][number % 4];
  const chart = [
    "<path d='M3 21V3m0 18h18M7 17v-4m4 4V8m4 9v-6m4 6V5' stroke-width='2.4'/>",
    "<path d='M3 17l5-6 4 3 5-8 4 5' stroke-width='2.4'/>",
    "<circle cx='12' cy='12' r='9' stroke-width='2'/><path d='M12 12V3m0 9l7 5' stroke-width='2'/>",
  ][number % 3];
  const svg = `<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24' fill='none' stroke='${colour}'>${chart}</svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

/** A website that offers some ways to sign in, in this order. */
export function offering(...kinds: SignInWay["kind"][]): Snapshot {
  const ways = kinds.flatMap((kind) => WEBSITE.sign_in.find((way) => way.kind === kind) ?? []);
  return { ...SIGNED_OUT, website: { ...WEBSITE, sign_in: ways } };
}

/** Everything that a website or a file can be called in bad faith, everywhere that it is shown. */
function hostile(): Snapshot {
  const html = "<img src=x onerror=alert(1)><b>bold</b>";
  const turned = "Sales \u202egnp.exe\u202c \u2067north\u2069 \u0000end";
  const long = "Donaudampfschifffahrtsgesellschaftskapitaen".repeat(12);
  const names = [html, turned, long, "مبيعات الشمال · 2026", "", "🏳️‍🌈👩🏽‍💻 Z\u0351\u036b\u0343algo"];
  const mashups = someMashups(24).map((mashup, i) => {
    const name = names[i % names.length] ?? "";
    return { ...mashup, title: name, description: name, group: names[Math.floor(i / 6) % names.length] ?? "" };
  });
  const now = busy();
  return {
    ...now,
    website: { ...WEBSITE, name: `${long} ${html}`, url: `https://${long}.example/${long}` },
    account: { state: "signed_in", name: `${turned} ${long}`, remembered: false },
    catalog: { state: "ready", mashups, problem: problem("website_redirected", { host: long, location: `https://${long}/${html}` }) },
    personal: { ...now.personal, favourites: ["m1", "m2", "m3"], recent: ["m4", "m5", "m6"] },
    windows: now.windows.map((window, i) => ({ ...window, title: names[i] ?? "" })),
    exports: now.exports.map((entry, i) => ({ ...entry, title: names[i + 1] ?? "", file_name: names[i] ?? "" })),
    notice: problem("link_invalid", { link: `mashdesk://open/${long}${turned}` }),
  };
}

/** As busy, with a catalog such as a company has: no title twice. */
function showcase(): Snapshot {
  const atHome = someMashups(GROUPS.length * SUBJECTS.length * PLACES.length).filter(
    ({ group }, i) => group === HOMES[Math.floor(i / GROUPS.length) % SUBJECTS.length],
  );
  return { ...busy(), catalog: { state: "ready", mashups: atHome, problem: null } };
}

function minutesAgo(minutes: number): string {
  return new Date(Date.now() - minutes * 60_000).toISOString();
}

function busy(): Snapshot {
  const window = (number: number, part: Partial<WindowView>): WindowView => ({
    id: `w${number}`,
    mashup: `m${number}`,
    title: someMashups(number)[number - 1]?.title ?? "",
    since: minutesAgo(number * 7),
    status: { state: "live" },
    quota: { used: 2, limit: 5 },
    ...part,
  });
  return {
    ...AT_WORK,
    personal: { ...AT_WORK.personal, favourites: ["m1", "m60", "m9"], recent: ["m1", "m23", "m35", "m134"] },
    windows: [
      window(1, {}),
      window(9, { quota: { used: 5, limit: 5 } }),
      window(23, { status: { state: "opening", step: "redeem" }, quota: null }),
      window(35, {
        status: {
          state: "failed",
          problem: problem("not_authorised", {
            mashup: "m35",
            reason: "Stock coverage is for the logistics department. Ask logistics-data@contoso.example.",
          }),
        },
        quota: null,
      }),
    ],
    exports: [
      {
        id: "e1",
        window: "w1",
        title: "Cash flow forecast · Group",
        file_name: "cash-flow-2026-11.xlsx",
        since: minutesAgo(1),
        retry: true,
        status: { state: "running", received: 3_400_000, total: 8_100_000 },
      },
      {
        id: "e2",
        window: "w1",
        title: "Cash flow forecast · Group",
        file_name: "cash-flow-by-bank.csv",
        since: minutesAgo(4),
        retry: true,
        status: { state: "saved", path: "Downloads/cash-flow-by-bank.csv" },
      },
      {
        id: "e4",
        window: "w9",
        title: "Margin by product · Group",
        file_name: "margin-by-plant.pdf",
        since: minutesAgo(26),
        retry: true,
        status: { state: "cancelled" },
      },
      {
        id: "e3",
        window: "w9",
        title: "Margin by product · Group",
        file_name: "margin-all-plants.xlsx",
        since: minutesAgo(60 * 25),
        retry: false,
        status: { state: "failed", problem: problem("export_folder", { path: "Downloads", reason: "permission denied" }) },
      },
    ],
  };
}
