// Times, dates and sizes as the person's language writes them.

import { language } from "./messages.svelte";
import { numbers, once } from "./once";

const dates = once((locale, options?: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, options));

/** The time of day, with the date unless it is today; empty for what is no time. */
export function moment(rfc3339: string, now = new Date()): string {
  const then = new Date(rfc3339);
  if (Number.isNaN(then.getTime())) return "";
  const today = then.toDateString() === now.toDateString();
  return dates(language.locale, {
    ...(today ? {} : { day: "numeric", month: "short" }),
    hour: "numeric",
    minute: "2-digit",
  }).format(then);
}

/** A day, with the year unless it is this one; empty for what is no time. */
export function day(rfc3339: string, now = new Date()): string {
  const then = new Date(rfc3339);
  if (Number.isNaN(then.getTime())) return "";
  const thisYear = then.getFullYear() === now.getFullYear();
  return dates(language.locale, {
    day: "numeric",
    month: "short",
    ...(thisYear ? {} : { year: "numeric" }),
  }).format(then);
}

export function number(value: number): string {
  return numbers(language.locale).format(value);
}

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

export function size(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), UNITS.length - 1);
  const amount = bytes / 1000 ** power;
  return numbers(language.locale, {
    style: "unit",
    unit: UNITS[power],
    unitDisplay: power === 0 ? "long" : "short",
    maximumFractionDigits: amount < 10 && power > 0 ? 1 : 0,
  }).format(amount);
}
