// Attachments that know what is in sight.

import type { Attachment } from "svelte/attachments";

/** Does something once, when an element is first in sight. */
export function whenSeen(act: () => void): Attachment<Element> {
  return (element) => {
    const observer = new IntersectionObserver((entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      observer.disconnect();
      act();
    });
    observer.observe(element);
    return () => observer.disconnect();
  };
}
