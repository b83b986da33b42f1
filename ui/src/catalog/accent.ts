// A mashup's colour mark: the catalog's, or one that its id always gives.

import type { MashupView } from "../bindings";

const HEX = /^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/i;

export function accent({ id, accent }: Pick<MashupView, "id" | "accent">): string {
  if (accent !== null && HEX.test(accent)) return accent;
  let hash = 0;
  for (const character of id) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 360;
  return `hsl(${hash} 45% 52%)`;
}
