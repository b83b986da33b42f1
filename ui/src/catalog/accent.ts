// A mashup's colour mark: the catalog's colour, or one that its id always gives, and initials on it.

import type { MashupView } from "../bindings";
import { plain } from "../messages/fill";

const HEX = /^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/i;

/** As `#rrggbb`. */
export function accent({ id, accent }: Pick<MashupView, "id" | "accent">): string {
  if (accent !== null && HEX.test(accent)) {
    return accent.length === 7 ? accent : `#${[...accent.slice(1)].map((digit) => digit + digit).join("")}`;
  }
  let hash = 0;
  for (const character of id) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 360;
  return fromHue(hash);
}

/** Black or white, whichever reads better on a colour. */
export function ink(colour: string): "#000000" | "#ffffff" {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  // Where the contrast with either is the same.
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? "#000000" : "#ffffff";
}

/** The first letters of a title's first two words; none where it has no letters. */
export function initials(title: string): string {
  const words = plain(title).match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}'’]*/gu) ?? [];
  return words
    .slice(0, 2)
    .map((word) => /^.\p{M}?/u.exec(word)?.[0].toLocaleUpperCase() ?? "")
    .join("");
}

/** A colour of middling strength. */
function fromHue(hue: number): string {
  const [saturation, lightness] = [0.45, 0.52];
  const reach = saturation * Math.min(lightness, 1 - lightness);
  const part = (shift: number) => {
    const turn = (shift + hue / 30) % 12;
    const value = lightness - reach * Math.max(-1, Math.min(turn - 3, 9 - turn, 1));
    return Math.round(value * 255)
      .toString(16)
      .padStart(2, "0");
  };
  return `#${part(0)}${part(8)}${part(4)}`;
}
