// What the launcher knows: the host's snapshot, kept current by its changes.

import { createContext } from "svelte";
import { SvelteSet } from "svelte/reactivity";
import { announcements } from "./announcements";
import type {
  AccountView,
  CatalogView,
  Change,
  ExportView,
  MashupView,
  PersonalView,
  Problem,
  WebsiteView,
  WindowView,
} from "./bindings";
import { Icons } from "./catalog/icons";
import { withExport } from "./exports/list";
import type { Host, Outcome } from "./host";
import { t } from "./messages/messages.svelte";

/** How long a person stays at a mashup that they may open, in milliseconds; whoever passes by is faster. */
const STAYS = 120;

export type Phase = { state: "starting" } | { state: "running" } | { state: "failed"; problem: Problem };

/** What tells a mashup at a glance. */
export type MarkedMashup = Pick<MashupView, "id" | "title" | "accent" | "icon">;

export class Launcher {
  phase = $state.raw<Phase>({ state: "starting" });
  website = $state.raw<WebsiteView>({ state: "unset" });
  account = $state.raw<AccountView>({ state: "signed_out", problem: null });
  catalog = $state.raw<CatalogView>({ state: "none" });
  windows = $state.raw<readonly WindowView[]>([]);
  exports = $state.raw<readonly ExportView[]>([]);

  /** The last list that arrived: shown while a newer one is awaited. */
  mashups = $state.raw<readonly MashupView[]>([]);
  personal = $state.raw<PersonalView>({ favourites: [], recent: [], theme: "system", language: "system", sleep: "two_hours", download_folder: "", own_download_folder: false, ask_where_to_save: false, start_with_system: false, managed: [] });
  readonly favourites: ReadonlySet<string> = $derived(new Set(this.personal.favourites));

  /** Mashups asked for whose window is not listed yet: a double click opens one window. */
  readonly asked = new SvelteSet<string>();
  /** Why the last thing the person did was not done. */
  setback = $state.raw<Problem | null>(null);
  /** Why something that was asked from outside the launcher, as by a link, was not done. */
  notice = $state.raw<Problem | null>(null);
  /** What a screen reader says next. */
  announcement = $state.raw("");

  /** Whether help is on the screen, which can be asked for from every view. */
  helping = $state(false);

  /** Shows the switcher, wherever it can be shown now. */
  showSwitcher: (() => void) | null = null;

  readonly host: Host;
  readonly icons: Icons;
  /** Every mashup listed in this run: an open window keeps its colour when the list is gone. */
  readonly #known = new Map<string, MashupView>();
  #stopListening: (() => void) | null = null;
  #coming: ReturnType<typeof setTimeout> | undefined;

  constructor(host: Host) {
    this.host = host;
    this.icons = new Icons(host);
  }

  /**
   * Listens first and asks second. Changes come in order, and any that came before the snapshot's
   * answer will be followed by all later ones, so the snapshot only fills what no change has told.
   * Exports are told one at a time: those told meanwhile take their places in the snapshot's list.
   */
  async start(): Promise<void> {
    this.phase = { state: "starting" };
    this.stop();
    const told: Change[] = [];
    const listening = await this.host.onChange((change) => {
      if (this.phase.state === "starting") told.push(change);
      this.apply(change);
    });
    if (listening.status === "error") {
      this.phase = { state: "failed", problem: listening.error };
      return;
    }
    this.#stopListening = listening.data;

    const snapshot = await this.host.snapshot();
    if (snapshot.status === "error") {
      this.phase = { state: "failed", problem: snapshot.error };
      return;
    }
    const { website, account, catalog, windows, exports, personal, notice } = snapshot.data;
    const parts: Change[] = [
      { part: "website", website },
      { part: "account", account },
      { part: "catalog", catalog },
      { part: "windows", windows },
      { part: "personal", personal },
      { part: "notice", notice },
    ];
    parts.filter(({ part }) => !told.some((change) => change.part === part)).forEach((change) => this.#set(change));
    this.exports = exports;
    told.filter(({ part }) => part === "export").forEach((change) => this.#set(change));
    this.phase = { state: "running" };
  }

  stop(): void {
    this.expectMashup(undefined);
    this.#stopListening?.();
    this.#stopListening = null;
  }

  apply(change: Change): void {
    const before = { windows: this.windows, exports: this.exports };
    this.#set(change);
    const news = announcements(before, { windows: this.windows, exports: this.exports }, this.titleOf);
    if (news.length > 0) this.announcement = news.join(" ");
  }

  /** The person has come to a mashup, or left it: what they stay at is made ready. */
  expectMashup(mashup: string | undefined): void {
    clearTimeout(this.#coming);
    if (mashup !== undefined) this.#coming = setTimeout(() => void this.host.expectMashup(mashup), STAYS);
  }

  /** Opens a mashup, or goes to the window it already has: sessions are scarce. */
  async open(mashup: string, { another = false } = {}): Promise<void> {
    if (this.asked.has(mashup)) return;
    const window = this.windows.filter((w) => w.mashup === mashup).pop();
    if (window && !another) {
      await this.goTo(window);
      return;
    }
    this.asked.add(mashup);
    await this.attempt(this.host.openMashup(mashup));
    this.asked.delete(mashup);
  }

  /** Goes to a window, or tries it again where it failed. */
  async goTo({ id, status }: WindowView): Promise<void> {
    await this.attempt(status.state === "failed" ? this.host.retryWindow(id) : this.host.focusWindow(id));
  }

  /** Marks a mashup as a favourite, or takes the mark away, and says which. */
  async toggleFavourite(mashup: string): Promise<void> {
    const favourite = !this.favourites.has(mashup);
    if (!(await this.attempt(this.host.setFavourite(mashup, favourite)))) return;
    const title = this.titleOf(mashup);
    this.announcement = favourite ? t("catalog.announce.favourite", { title }) : t("catalog.announce.no_favourite", { title });
  }

  /** Waits for something the person asked for and keeps the reason if it was not done; says whether it was. */
  async attempt(asked: Promise<Outcome<unknown>>): Promise<boolean> {
    this.setback = null;
    const outcome = await asked;
    if (outcome.status === "error") this.setback = outcome.error;
    return outcome.status === "ok";
  }

  /** A mashup's title by its id; what is no id comes back as it is. */
  titleOf = (mashup: string): string =>
    this.mashups.find(({ id }) => id === mashup)?.title ??
    this.windows.find((window) => window.mashup === mashup)?.title ??
    mashup;

  /** The mashup of a window, which may have left the catalog meanwhile. */
  mashupOf({ mashup, title }: WindowView): MarkedMashup {
    const listed = this.mashups.find(({ id }) => id === mashup);
    const accent = (listed ?? this.#known.get(mashup))?.accent ?? null;
    return { id: mashup, title, accent, icon: listed?.icon ?? false };
  }

  #set(change: Change): void {
    switch (change.part) {
      case "website":
        if (addressOf(change.website) !== addressOf(this.website)) this.#forgetMashups();
        this.website = change.website;
        break;
      case "account":
        this.account = change.account;
        if (change.account.state !== "signed_in") this.setback = null;
        break;
      case "catalog":
        this.catalog = change.catalog;
        if (change.catalog.state === "ready") {
          this.mashups = change.catalog.mashups;
          this.mashups.forEach((mashup) => this.#known.set(mashup.id, mashup));
        } else if (change.catalog.state !== "loading") this.mashups = [];
        break;
      case "windows":
        this.windows = change.windows;
        break;
      case "export":
        this.exports = withExport(this.exports, change.id, change.export);
        break;
      case "personal":
        this.personal = change.personal;
        break;
      case "notice":
        this.notice = change.notice;
        break;
      case "switcher":
        this.showSwitcher?.();
        break;
    }
  }

  /** Another website's ids may be the same. */
  #forgetMashups(): void {
    this.#known.clear();
    this.icons.forget();
  }
}

function addressOf(website: WebsiteView): string | null {
  return website.state === "unset" ? null : website.url;
}

export const [launcher, provideLauncher] = createContext<Launcher>();
