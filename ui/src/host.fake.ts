// A host that plays Mashdesk without one: for tests, and for `npm run dev` in a browser.

import type {
  BundleFile,
  Change,
  ExportView,
  FindingView,
  IsolationView,
  LanguageView,
  SleepView,
  MashupView,
  PersonalView,
  Problem,
  SignInWay,
  Snapshot,
  ThemeView,
  WindowView,
} from "./bindings";
import { withExport } from "./exports/list";
import type { Host, Outcome } from "./host";

export type Command = Exclude<keyof Host, "snapshot" | "onChange" | "mashupIcon">;

/** How a sign-in elsewhere ends. */
type Ending = { how: "done" } | { how: "cancelled" } | { how: "replaced" } | { how: "failed"; problem: Problem };

const OK = { status: "ok", data: null } as const;

export class FakeHost implements Host {
  /** What was asked, in order, as `command argument`. */
  readonly asked: string[] = [];
  /** The mashups that somebody has come to. */
  readonly expected: string[] = [];
  /** What a command answers instead of doing its work, until taken out again. */
  readonly refuses = new Map<Command | "snapshot", Problem>();
  /** The catalog that the next sign-in or refresh brings. */
  mashups: readonly MashupView[];
  /** What a newly connected website offers. */
  ways: SignInWay[] = [
    { kind: "oidc", host: "login.contoso.example" },
    { kind: "web", host: "mashups.contoso.example" },
    { kind: "token", help: null, has_page: true },
  ];
  /** What two windows see of each other. */
  stores: IsolationView[] = ["cookies", "localStorage", "IndexedDB", "Cache Storage", "BroadcastChannel", "SharedWorker", "ServiceWorker"].map(
    (kind) => ({ kind, verdict: "apart" }),
  );
  /** A mashup's icon as a `data:` URL; the page asks for icons, not the person. */
  icons: (mashup: string) => string | null = () => null;

  #now: Snapshot;
  #step: number;
  #listeners = new Set<(change: Change) => void>();
  #made = 0;
  #endSignIn: ((ending: Ending) => void) | null = null;

  /** `step` is how many milliseconds each step of the work takes. */
  constructor(now: Snapshot, { step = 0 } = {}) {
    this.#now = now;
    this.#step = step;
    this.mashups = now.catalog.state === "ready" ? now.catalog.mashups : [];
  }

  get now(): Snapshot {
    return this.#now;
  }

  /** Something changes by itself, as the website or a window would make it. */
  change(change: Change): void {
    if (change.part === "export") {
      this.#now = { ...this.#now, exports: withExport(this.#now.exports, change.id, change.export) };
    } else {
      const { part, ...value } = change;
      this.#now = { ...this.#now, ...value };
    }
    this.#listeners.forEach((tell) => tell(change));
  }

  async snapshot(): Promise<Outcome<Snapshot>> {
    await this.#wait();
    const refusal = this.refuses.get("snapshot");
    return refusal ? { status: "error", error: refusal } : { status: "ok", data: this.#now };
  }

  async onChange(listener: (change: Change) => void): Promise<Outcome<() => void>> {
    this.#listeners.add(listener);
    return { status: "ok", data: () => void this.#listeners.delete(listener) };
  }

  setWebsite(url: string): Promise<Outcome<null>> {
    return this.#answer("setWebsite", url, async () => {
      this.change({ part: "website", website: { state: "connecting", url } });
      await this.#wait(2);
      this.change({
        part: "website",
        website: {
          state: "ready",
          url,
          name: "Contoso Analytics",
          sign_in: this.ways,
          has_support: true,
        },
      });
      return OK;
    });
  }

  signIn(token: string): Promise<Outcome<null>> {
    return this.#answer("signIn", token, async () => {
      this.change({ part: "account", account: { state: "signing_in", way: "token" } });
      await this.#wait(2);
      return this.#signedIn();
    });
  }

  signInWithBrowser = () => this.#answer("signInWithBrowser", "", () => this.#signInElsewhere("oidc"));
  signInWithWebsite = () => this.#answer("signInWithWebsite", "", () => this.#signInElsewhere("web"));

  cancelSignIn(): Promise<Outcome<null>> {
    return this.#answer("cancelSignIn", "", async () => {
      this.#endSignIn?.({ how: "cancelled" });
      return OK;
    });
  }

  /** The browser, or the website's window, comes back: signed in, or with a problem. */
  comeBack(problem?: Problem): void {
    this.#endSignIn?.(problem ? { how: "failed", problem } : { how: "done" });
  }

  signOut(): Promise<Outcome<null>> {
    return this.#answer("signOut", "", async () => {
      await this.#wait();
      this.change({ part: "windows", windows: [] });
      this.change({ part: "catalog", catalog: { state: "none" } });
      this.change({ part: "account", account: { state: "signed_out", problem: null } });
      return OK;
    });
  }

  openTokenHelp = () => this.#answer("openTokenHelp", "", async () => OK);
  openSupport = () => this.#answer("openSupport", "", async () => OK);

  refreshCatalog(): Promise<Outcome<null>> {
    return this.#answer("refreshCatalog", "", async () => {
      await this.#wait(2);
      this.#listMashups();
      return OK;
    });
  }

  async mashupIcon(mashup: string): Promise<Outcome<string | null>> {
    await this.#wait();
    return { status: "ok", data: this.icons(mashup) };
  }

  expectMashup(mashup: string): Promise<Outcome<null>> {
    this.expected.push(mashup);
    return Promise.resolve(OK);
  }

  openMashup(mashup: string): Promise<Outcome<string>> {
    return this.#answer("openMashup", mashup, async () => {
      await this.#wait();
      this.#made += 1;
      const id = `window-${this.#made}`;
      const window: WindowView = {
        id,
        mashup,
        title: this.mashups.find((m) => m.id === mashup)?.title ?? mashup,
        since: new Date().toISOString(),
        status: { state: "opening", step: "ticket" },
        quota: null,
      };
      this.change({ part: "windows", windows: [...this.#now.windows, window] });
      const recent = [mashup, ...this.#now.personal.recent.filter((before) => before !== mashup)].slice(0, 12);
      this.#setPersonal({ recent });
      void this.#openInSteps(id);
      return { status: "ok", data: id };
    });
  }

  focusWindow = (window: string) => this.#answer("focusWindow", window, async () => OK);

  retryWindow(window: string): Promise<Outcome<null>> {
    return this.#answer("retryWindow", window, async () => {
      void this.#openInSteps(window);
      return OK;
    });
  }

  closeWindow(window: string): Promise<Outcome<null>> {
    return this.#answer("closeWindow", window, async () => {
      await this.#wait();
      this.change({ part: "windows", windows: this.#now.windows.filter(({ id }) => id !== window) });
      return OK;
    });
  }

  closeAllWindows(): Promise<Outcome<null>> {
    return this.#answer("closeAllWindows", "", async () => {
      await this.#wait();
      this.change({ part: "windows", windows: [] });
      return OK;
    });
  }

  showExport = (id: string) => this.#answer("showExport", id, async () => OK);
  openExport = (id: string) => this.#answer("openExport", id, async () => OK);

  cancelExport(id: string): Promise<Outcome<null>> {
    return this.#answer("cancelExport", id, async () => {
      this.#setExport(id, { state: "cancelled" });
      return OK;
    });
  }

  retryExport(id: string): Promise<Outcome<null>> {
    return this.#answer("retryExport", id, async () => {
      this.#setExport(id, { state: "running", received: 0, total: null });
      return OK;
    });
  }

  checkIsolation(): Promise<Outcome<IsolationView[]>> {
    return this.#answer("checkIsolation", "", async () => {
      await this.#wait(3);
      return { status: "ok", data: this.stores };
    });
  }

  setFavourite(mashup: string, favourite: boolean): Promise<Outcome<null>> {
    return this.#answer("setFavourite", `${mashup} ${favourite}`, async () => {
      const others = this.#now.personal.favourites.filter((id) => id !== mashup);
      this.#setPersonal({ favourites: favourite ? [...others, mashup] : others });
      return OK;
    });
  }

  setTheme(theme: ThemeView): Promise<Outcome<null>> {
    return this.#answer("setTheme", theme, async () => {
      this.#setPersonal({ theme });
      return OK;
    });
  }

  setLanguage(language: LanguageView): Promise<Outcome<null>> {
    return this.#answer("setLanguage", language, async () => {
      this.#setPersonal({ language });
      return OK;
    });
  }

  setSleep(sleep: SleepView): Promise<Outcome<null>> {
    return this.#answer("setSleep", sleep, async () => {
      this.#setPersonal({ sleep });
      return OK;
    });
  }

  setAskWhereToSave(ask: boolean): Promise<Outcome<null>> {
    return this.#answer("setAskWhereToSave", `${ask}`, async () => {
      this.#setPersonal({ ask_where_to_save: ask });
      return OK;
    });
  }

  /** The person chooses the folder for reports. */
  chooseDownloadFolder(): Promise<Outcome<null>> {
    return this.#answer("chooseDownloadFolder", "", async () => {
      this.#setPersonal({ download_folder: "/home/ana/Reports", own_download_folder: true });
      return OK;
    });
  }

  resetDownloadFolder(): Promise<Outcome<null>> {
    return this.#answer("resetDownloadFolder", "", async () => {
      this.#setPersonal({ download_folder: "/home/ana/Downloads", own_download_folder: false });
      return OK;
    });
  }

  setStartWithSystem(on: boolean): Promise<Outcome<null>> {
    return this.#answer("setStartWithSystem", `${on}`, async () => {
      this.#setPersonal({ start_with_system: on });
      return OK;
    });
  }

  /** What the next examination finds. */
  findings: FindingView[] = [];

  examine(): Promise<Outcome<FindingView[]>> {
    return this.#answer("examine", "", async () => {
      await this.#wait(4);
      return { status: "ok", data: this.findings };
    });
  }

  supportBundle(): Promise<Outcome<BundleFile[]>> {
    return this.#answer("supportBundle", "", async () => {
      await this.#wait(4);
      return {
        status: "ok",
        data: [
          { name: "versions.txt", text: "Mashdesk 0.1.0\nsystem Debian GNU/Linux 12 (x86_64)" },
          { name: "policy.txt", text: "proxy  http://***@proxy:3128/  machine policy" },
        ],
      };
    });
  }

  saveSupportBundle(): Promise<Outcome<string | null>> {
    return this.#answer("saveSupportBundle", "", async () => ({ status: "ok", data: "/home/ana/mashdesk-support.zip" }));
  }

  dismissNotice(): Promise<Outcome<null>> {
    return this.#answer("dismissNotice", "", async () => {
      this.change({ part: "notice", notice: null });
      return OK;
    });
  }

  /** A mashup exports a file, as far as `received` of a megabyte. */
  exportFile(entry: Omit<ExportView, "status">, status: ExportView["status"]): void {
    this.change({ part: "export", id: entry.id, export: { ...entry, status } });
  }

  async #answer<T>(command: Command, argument: string, work: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
    this.asked.push(`${command} ${argument}`.trim());
    const refusal = this.refuses.get(command);
    if (!refusal) return work();
    await this.#wait();
    return { status: "error", error: refusal };
  }

  /** Waits for the person, who is busy elsewhere; where steps take time they are done after eight. */
  async #signInElsewhere(way: "oidc" | "web"): Promise<Outcome<null>> {
    this.#endSignIn?.({ how: "replaced" });
    this.change({ part: "account", account: { state: "signing_in", way } });
    const ending = await new Promise<Ending>((end) => {
      this.#endSignIn = end;
      if (this.#step > 0) void this.#wait(8).then(() => end({ how: "done" }));
    });
    if (ending.how === "replaced") return OK;
    this.#endSignIn = null;
    if (ending.how === "done") return this.#signedIn();
    this.change({ part: "account", account: { state: "signed_out", problem: null } });
    return ending.how === "failed" ? { status: "error", error: ending.problem } : OK;
  }

  #signedIn(): Outcome<null> {
    this.change({ part: "account", account: { state: "signed_in", name: "Ana Martín", remembered: true } });
    this.change({ part: "catalog", catalog: { state: "loading" } });
    void this.#wait(2).then(() => this.#listMashups());
    return OK;
  }

  async #openInSteps(id: string): Promise<void> {
    for (const step of ["ticket", "redeem", "store", "page"] as const) {
      this.#setWindow(id, { status: { state: "opening", step } });
      await this.#wait();
    }
    const open = this.#now.windows.filter(({ status }) => status.state === "live").length;
    this.#setWindow(id, { status: { state: "live" }, quota: { used: Math.min(open + 1, 5), limit: 5 } });
  }

  #setWindow(id: string, part: Partial<WindowView>): void {
    const windows = this.#now.windows.map((window) => (window.id === id ? { ...window, ...part } : window));
    this.change({ part: "windows", windows });
  }

  #setExport(id: string, status: ExportView["status"]): void {
    const entry = this.#now.exports.find((entry) => entry.id === id);
    if (entry) this.exportFile(entry, status);
  }

  #setPersonal(part: Partial<PersonalView>): void {
    this.change({ part: "personal", personal: { ...this.#now.personal, ...part } });
  }

  #listMashups(): void {
    this.change({ part: "catalog", catalog: { state: "ready", mashups: [...this.mashups], problem: null } });
  }

  #wait(steps = 1): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, steps * this.#step));
  }
}
