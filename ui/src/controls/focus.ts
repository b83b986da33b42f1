// Attachments that put the keyboard where the work is.

import type { Attachment } from "svelte/attachments";

/** Focuses an element when it appears. */
export const focused: Attachment<HTMLElement> = (element) => element.focus();
