// The list of exports, of which the host tells one at a time.

import type { ExportView } from "../bindings";

/** The list with an export in its place, new ones first; or without it. */
export function withExport(exports: readonly ExportView[], id: string, entry: ExportView | null): ExportView[] {
  if (entry === null) return exports.filter((other) => other.id !== id);
  if (exports.some((other) => other.id === id)) return exports.map((other) => (other.id === id ? entry : other));
  return [entry, ...exports];
}
