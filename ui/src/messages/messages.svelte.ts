// Every word the launcher says, in the language of the system or the one chosen instead.

import english from "../../messages/en.json";
import spanish from "../../messages/es.json";
import type { LanguageView } from "../bindings";
import { fill, type Values } from "./fill";
import { numbers, once } from "./once";

export type MessageKey = keyof typeof english;
export type Language = "en" | "es";
/** A message that counts: `x.one` and `x.other` make `x`. */
export type CountKey = MessageKey extends infer K ? (K extends `${infer Stem}.other` ? Stem : never) : never;

const catalogs: Record<Language, Record<MessageKey, string>> = { en: english, es: spanish };

const forms = once((locale) => new Intl.PluralRules(locale));

let system = $state.raw<readonly string[]>(navigator.languages);
let chosen = $state.raw<LanguageView>("system");
const current = $derived(preferred(system, chosen));

export const language = {
  get current(): Language {
    return current.language;
  },
  /** The same with its region, which decides how dates and numbers are written. */
  get locale(): string {
    return current.locale;
  },
  /** Follows the system, also when the person changes it while Mashdesk runs. */
  follow(): () => void {
    const update = () => {
      system = navigator.languages;
    };
    update();
    window.addEventListener("languagechange", update);
    return () => window.removeEventListener("languagechange", update);
  },
  choose(language: LanguageView) {
    chosen = language;
  },
};

export function t(key: MessageKey, values: Values = {}): string {
  return fill(catalogs[current.language][key], values);
}

export function count(key: CountKey, number: number, values: Values = {}): string {
  const catalog: Record<string, string> = catalogs[current.language];
  const form = forms(current.locale).select(number);
  const template = catalog[`${key}.${form}`] ?? catalog[`${key}.other`] ?? key;
  return fill(template, { count: numbers(current.locale).format(number), ...values });
}

/** The first language of the system that there are messages for, or the chosen one with the system's region. */
export function preferred(
  languages: readonly string[],
  chosen: LanguageView = "system",
): { language: Language; locale: string } {
  for (const locale of languages) {
    const language = locale.toLowerCase().split("-")[0];
    if ((language === "es" || language === "en") && (chosen === "system" || chosen === language)) return { language, locale };
  }
  const language = chosen === "system" ? "en" : chosen;
  return { language, locale: language };
}
