// Scenes to look at: `npm run dev`, then `?fake=1&scene=busy`. Each is a moment of a working day.

import type { MashupView, Problem, Snapshot, WindowView } from "./bindings";
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
const PLACES = ["Group", "Iberia", "Nordics", "France", "DACH", "Benelux", "Italy", "UK and Ireland"];

const WEBSITE = {
  state: "ready",
  url: "https://mashups.contoso.example",
  name: "Contoso Analytics",
  token_help: null,
  has_help_page: true,
  has_support: true,
} as const;

const HOST = "mashups.contoso.example";
const SIGNED_IN = { state: "signed_in", name: "Ana Martín", remembered: true } as const;

export const NOTHING: Snapshot = {
  website: { state: "unset" },
  account: { state: "signed_out", problem: null },
  catalog: { state: "none" },
  windows: [],
  exports: [],
  personal: { favourites: [], recent: [], theme: "system", language: "system" },
};
export const SIGNED_OUT: Snapshot = { ...NOTHING, website: WEBSITE };
export const AT_WORK: Snapshot = {
  ...SIGNED_OUT,
  account: SIGNED_IN,
  catalog: { state: "ready", mashups: someMashups(300), problem: null },
};

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
  "signing-in": () => ({ ...SIGNED_OUT, account: { state: "signing_in" } }),
  "sign-in-again": () => ({
    ...busy(),
    account: { state: "signed_out", problem: problem("sign_in_needed", { host: HOST }) },
    catalog: { state: "none" },
  }),
  work: () => AT_WORK,
  busy,
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
  "not-remembered": () => ({ ...AT_WORK, account: { ...SIGNED_IN, remembered: false } }),
};

export function playedHost(scene: string | null): FakeHost {
  const host = new FakeHost((scenes[scene ?? "first-run"] ?? scenes["first-run"] ?? (() => NOTHING))(), { step: 500 });
  if (host.mashups.length === 0 && scene !== "empty") host.mashups = someMashups(300);
  return host;
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
      accent: i % 5 === 4 ? null : `#${((i * 2654435761) % 0xffffff).toString(16).padStart(6, "0")}`,
      updated: i % 7 === 6 ? null : new Date(Date.UTC(2026, i % 12, 1 + (i % 28), 8)).toISOString(),
    };
  });
}

function busy(): Snapshot {
  const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
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
    personal: { ...AT_WORK.personal, favourites: ["m1", "m60", "m11"], recent: ["m1", "m3", "m33", "m118"] },
    windows: [
      window(1, {}),
      window(11, { quota: { used: 5, limit: 5 } }),
      window(3, { status: { state: "opening", step: "redeem" }, quota: null }),
      window(33, {
        status: {
          state: "failed",
          problem: problem("not_authorised", {
            mashup: "m33",
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
        status: { state: "running", received: 3_400_000, total: 8_100_000 },
      },
      {
        id: "e2",
        window: "w1",
        title: "Cash flow forecast · Group",
        file_name: "cash-flow-by-bank.csv",
        status: { state: "saved", path: "Downloads/cash-flow-by-bank.csv" },
      },
      {
        id: "e4",
        window: "w11",
        title: "Margin by product · Group",
        file_name: "margin-by-plant.pdf",
        status: { state: "cancelled" },
      },
      {
        id: "e3",
        window: "w11",
        title: "Margin by product · Group",
        file_name: "margin-all-plants.xlsx",
        status: { state: "failed", problem: problem("export_folder", { path: "Downloads", reason: "permission denied" }) },
      },
    ],
  };
}
