// What a screen reader is told when something ends that the person is not looking at.

import type { ExportView, WindowView } from "./bindings";
import { t } from "./messages/messages.svelte";
import { inWords } from "./problems/words";

type Activity = { windows: readonly WindowView[]; exports: readonly ExportView[] };

export function announcements(
  before: Activity,
  after: Activity,
  titleOf: (mashup: string) => string,
): string[] {
  const news: string[] = [];

  const windowsBefore = new Map(before.windows.map((window) => [window.id, window.status.state]));
  for (const { id, title, status } of after.windows) {
    if (windowsBefore.get(id) === status.state) continue;
    if (status.state === "opening" && !windowsBefore.has(id)) news.push(t("windows.announce.opening", { title }));
    if (status.state === "live") news.push(t("windows.announce.live", { title }));
    if (status.state === "failed") news.push(inWords(status.problem, titleOf).title);
  }

  const exportsBefore = new Map(before.exports.map((entry) => [entry.id, entry.status.state]));
  for (const { id, file_name, status } of after.exports) {
    if (exportsBefore.get(id) === status.state) continue;
    if (status.state === "running") news.push(t("exports.announce.running", { file: file_name }));
    if (status.state === "cancelled") news.push(t("exports.announce.cancelled", { file: file_name }));
    if (status.state === "saved") news.push(t("exports.announce.saved", { file: file_name }));
    if (status.state === "failed") news.push(inWords(status.problem, titleOf).title);
  }

  return news;
}
