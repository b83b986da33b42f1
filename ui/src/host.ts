// What the launcher asks of the program around it: this handful and nothing more.
// Nothing here throws. `host.tauri.ts` is the real one, `host.fake.ts` the one for tests and browsers.

import type { BundleFile, Change, FindingView, IsolationView, LanguageView, Problem, SleepView, Snapshot, ThemeView } from "./bindings";

/** Named by what it holds, not by Rust's `Result`, so it stands whatever the generator exports. */
export type Outcome<T> = { status: "ok"; data: T } | { status: "error"; error: Problem };

export interface Host {
  /** Everything the launcher shows, as it is now. */
  snapshot(): Promise<Outcome<Snapshot>>;
  /** Every change from now on; the answer ends it. */
  onChange(listener: (change: Change) => void): Promise<Outcome<() => void>>;

  dismissNotice(): Promise<Outcome<null>>;

  setWebsite(url: string): Promise<Outcome<null>>;
  /** Signs in in the system's browser; answers when that ended, also by being cancelled or replaced. */
  signInWithBrowser(): Promise<Outcome<null>>;
  /** The same in a window with the website's own page. */
  signInWithWebsite(): Promise<Outcome<null>>;
  cancelSignIn(): Promise<Outcome<null>>;
  signIn(token: string): Promise<Outcome<null>>;
  signOut(): Promise<Outcome<null>>;
  /** Opens the website's page about tokens in the system browser. */
  openTokenHelp(): Promise<Outcome<null>>;
  /** Opens the website's support link in the system browser. */
  openSupport(): Promise<Outcome<null>>;

  refreshCatalog(): Promise<Outcome<null>>;
  /** Answers with a `data:` URL for an image, or none. */
  mashupIcon(mashup: string): Promise<Outcome<string | null>>;
  /** The person has come to a mashup that they may open next. */
  expectMashup(mashup: string): Promise<Outcome<null>>;
  /** Answers with the id of the window. */
  openMashup(mashup: string): Promise<Outcome<string>>;

  focusWindow(window: string): Promise<Outcome<null>>;
  retryWindow(window: string): Promise<Outcome<null>>;
  closeWindow(window: string): Promise<Outcome<null>>;
  closeAllWindows(): Promise<Outcome<null>>;

  /** Shows a saved export in its folder. */
  showExport(id: string): Promise<Outcome<null>>;
  /** Opens a saved export in the program that the system has for it. */
  openExport(id: string): Promise<Outcome<null>>;
  cancelExport(id: string): Promise<Outcome<null>>;
  /** Fetches an export that failed or was cancelled once more. */
  retryExport(id: string): Promise<Outcome<null>>;

  /** Has two hidden windows look for each other's canaries. */
  checkIsolation(): Promise<Outcome<IsolationView[]>>;

  setFavourite(mashup: string, favourite: boolean): Promise<Outcome<null>>;
  setTheme(theme: ThemeView): Promise<Outcome<null>>;
  setLanguage(language: LanguageView): Promise<Outcome<null>>;
  setSleep(sleep: SleepView): Promise<Outcome<null>>;
  setAskWhereToSave(ask: boolean): Promise<Outcome<null>>;
  /** Answers when the person has chosen a folder in the system's dialog, or closed it. */
  chooseDownloadFolder(): Promise<Outcome<null>>;
  resetDownloadFolder(): Promise<Outcome<null>>;
  setStartWithSystem(on: boolean): Promise<Outcome<null>>;

  /** Examines every wire from this computer to a mashup and back. */
  examine(): Promise<Outcome<FindingView[]>>;
  /** Gathers what support needs to see; nothing is written. */
  supportBundle(): Promise<Outcome<BundleFile[]>>;
  /** Saves what was shown; answers where, or nothing where the person does not say where. */
  saveSupportBundle(): Promise<Outcome<string | null>>;
}
