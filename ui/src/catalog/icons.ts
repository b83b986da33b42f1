// The mashups' icons, each fetched once, when its mark is first seen.

import { SvelteMap } from "svelte/reactivity";
import type { Host } from "../host";

export class Icons {
  readonly #host: Host;
  readonly #shown = new SvelteMap<string, string>();
  #asked = new Set<string>();

  constructor(host: Host) {
    this.#host = host;
  }

  /** A mashup's icon for an image; none before it is there, nor where there is none. */
  of(mashup: string): string | undefined {
    return this.#shown.get(mashup);
  }

  async fetch(mashup: string): Promise<void> {
    const asked = this.#asked;
    if (asked.has(mashup)) return;
    asked.add(mashup);
    const outcome = await this.#host.mashupIcon(mashup);
    // Another website's mashups may have come meanwhile.
    if (asked !== this.#asked) return;
    if (outcome.status === "error") asked.delete(mashup);
    else if (outcome.data?.startsWith("data:image/")) this.#shown.set(mashup, outcome.data);
  }

  /** What cannot be drawn is not shown again. */
  drop(mashup: string): void {
    this.#shown.delete(mashup);
  }

  forget(): void {
    this.#asked = new Set();
    this.#shown.clear();
  }
}
