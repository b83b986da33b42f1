// The exports of a day: what runs first, then what ended, today's before what is older.

import type { ExportView } from "../bindings";

export type Day = { readonly name: "running" | "today" | "earlier"; readonly exports: readonly ExportView[] };

/** Without the empty ones. */
export function days(exports: readonly ExportView[], now = new Date()): Day[] {
  const nameOf = ({ status, since }: ExportView): Day["name"] => {
    if (status.state === "running") return "running";
    return new Date(since).toDateString() === now.toDateString() ? "today" : "earlier";
  };
  return (["running", "today", "earlier"] as const)
    .map((name) => ({ name, exports: exports.filter((entry) => nameOf(entry) === name) }))
    .filter(({ exports }) => exports.length > 0);
}
