// A problem's code and details, as sentences. The shell's failure pages read the same files.

import english from "../../messages/problems.en.json";
import spanish from "../../messages/problems.es.json";
import type { Problem } from "../bindings";
import { fill } from "../messages/fill";
import { language, type Language } from "../messages/messages.svelte";

export type ProblemCode = keyof typeof english;
export type Words = { title: string; advice: string };

const catalogs: Record<Language, Record<ProblemCode, Words>> = { en: english, es: spanish };

export function inWords({ code, details }: Problem, titleOf: (mashup: string) => string): Words {
  const catalog: Record<string, Words> = catalogs[language.current];
  const { title, advice } = catalog[code] ?? catalogs[language.current].internal;
  const mashup = details["mashup"];
  const values = mashup === undefined ? details : { ...details, mashup: titleOf(mashup) };
  return { title: fill(title, values), advice: fill(advice, values) };
}
