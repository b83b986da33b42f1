// A window's state, in the analyst's words: tickets and stores are ours to think of.

import type { WindowView } from "../bindings";
import { t } from "../messages/messages.svelte";

/** A state for a list of many things; a failed window says no more than that it failed. */
export function inBrief(status: WindowView["status"], since: string): string {
  return status.state === "failed" ? t("windows.failed") : stateOf(status, since);
}

type Status = Exclude<WindowView["status"], { state: "failed" }>;

/** A failed window says its problem instead. */
export function stateOf(status: Status, since: string): string {
  switch (status.state) {
    case "opening":
      switch (status.step) {
        case "probe":
          return t("windows.checking");
        case "ticket":
          return t("windows.asking_access");
        case "redeem":
          return t("windows.connecting");
        case "store":
          return t("windows.preparing");
        case "page":
          return t("windows.loading");
      }
    case "renewing":
      return t("windows.renewing");
    case "waiting":
      return t("windows.waiting");
    case "asleep":
      return t("windows.asleep");
    case "live":
      return t("windows.live", { time: since });
  }
}
