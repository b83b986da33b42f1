// The launcher's host inside Mashdesk: the generated bindings, with whatever is thrown made a problem.

import { commands, events, type Problem } from "./bindings";
import type { Host, Outcome } from "./host";

export const tauriHost: Host = {
  snapshot: () => settle(async () => ({ status: "ok", data: await commands.snapshot() })),
  onChange: (listener) =>
    settle(async () => ({
      status: "ok",
      data: await events.change.listen(({ payload }) => listener(payload)),
    })),

  dismissNotice: () => settle(() => commands.dismissNotice()),

  setWebsite: (url) => settle(() => commands.setWebsite(url)),
  signInWithBrowser: () => settle(() => commands.signInWithBrowser()),
  signInWithWebsite: () => settle(() => commands.signInWithWebsite()),
  cancelSignIn: () => settle(() => commands.cancelSignIn()),
  signIn: (token) => settle(() => commands.signIn(token)),
  signOut: () => settle(() => commands.signOut()),
  openTokenHelp: () => settle(() => commands.openTokenHelp()),
  openSupport: () => settle(() => commands.openSupport()),

  refreshCatalog: () => settle(() => commands.refreshCatalog()),
  mashupIcon: (mashup) => settle(() => commands.mashupIcon(mashup)),
  expectMashup: (mashup) => settle(() => commands.expectMashup(mashup)),
  openMashup: (mashup) => settle(() => commands.openMashup(mashup)),

  focusWindow: (window) => settle(() => commands.focusWindow(window)),
  retryWindow: (window) => settle(() => commands.retryWindow(window)),
  closeWindow: (window) => settle(() => commands.closeWindow(window)),
  closeAllWindows: () => settle(() => commands.closeAllWindows()),

  showExport: (id) => settle(() => commands.showExport(id)),
  openExport: (id) => settle(() => commands.openExport(id)),
  cancelExport: (id) => settle(() => commands.cancelExport(id)),
  retryExport: (id) => settle(() => commands.retryExport(id)),

  checkIsolation: () => settle(() => commands.checkIsolation()),

  setFavourite: (mashup, favourite) => settle(() => commands.setFavourite(mashup, favourite)),
  setTheme: (theme) => settle(() => commands.setTheme(theme)),
  setLanguage: (language) => settle(() => commands.setLanguage(language)),
  setSleep: (sleep) => settle(() => commands.setSleep(sleep)),
  setAskWhereToSave: (ask) => settle(() => commands.setAskWhereToSave(ask)),
  chooseDownloadFolder: () => settle(() => commands.chooseDownloadFolder()),
  resetDownloadFolder: () => settle(() => commands.resetDownloadFolder()),
  setStartWithSystem: (on) => settle(() => commands.setStartWithSystem(on)),

  examine: () => settle(() => commands.examine()),
  supportBundle: () => settle(() => commands.supportBundle()),
  saveSupportBundle: () => settle(() => commands.saveSupportBundle()),
};

/**
 * The bindings type every rejection as a `Problem`, but Tauri itself rejects with bare strings
 * (a command that is not allowed, an argument that does not parse) and throws `Error`s.
 */
async function settle<T>(ask: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
  try {
    const outcome = await ask();
    return outcome.status === "ok" || isProblem(outcome.error) ? outcome : internal(outcome.error);
  } catch (thrown) {
    return isProblem(thrown) ? { status: "error", error: thrown } : internal(thrown);
  }
}

function internal(cause: unknown): { status: "error"; error: Problem } {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return { status: "error", error: { code: "internal", details: { reason } } };
}

function isProblem(value: unknown): value is Problem {
  return (
    typeof value === "object" &&
    value !== null &&
    "code" in value &&
    typeof value.code === "string" &&
    "details" in value &&
    typeof value.details === "object" &&
    value.details !== null
  );
}
