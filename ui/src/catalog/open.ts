// Which mashups have a window.

import type { WindowView } from "../bindings";

export function isOpen(windows: readonly WindowView[], mashup: string): boolean {
  return windows.some((window) => window.mashup === mashup);
}
