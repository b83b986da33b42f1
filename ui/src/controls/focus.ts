// Attachments that put the keyboard where the work is.

import type { Attachment } from "svelte/attachments";

/** Where the keyboard was put, the newest last. */
const places: HTMLElement[] = [];

/** Focuses an element when it appears. */
export const focused: Attachment<HTMLElement> = (element) => {
  places.push(element);
  element.focus();
  return () => void places.splice(places.indexOf(element), 1);
};

/** Back to where the work is, for what goes away with the keyboard on it. */
export function backToWork(): void {
  places.at(-1)?.focus();
}
