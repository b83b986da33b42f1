// The rules of this folder, each failure with the way to mend it.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, type AST } from "svelte/compiler";
import { expect, test } from "vitest";
import english from "../messages/en.json";

const files = readdirSync("src", { recursive: true, encoding: "utf8" })
  .filter((name) => /\.(svelte|ts|css)$/.test(name))
  .map((name) => join("src", name));
const read = (file: string) => readFileSync(file, "utf8");

test("only the generated bindings know Tauri", () => {
  const importing = files.filter((file) => /from "@tauri-apps|import\("@tauri-apps/.test(read(file)));
  expect(importing, "ask through src/host.ts instead").toEqual([join("src", "bindings.ts")]);
});

test.each(files.filter((file) => file.endsWith(".svelte")))("%s holds no text", (file) => {
  expect(texts(parse(read(file), { modern: true }).fragment), "put it into messages/ and say t(key)").toEqual([]);
});

test("no markup sets a style attribute, which the page's policy refuses", () => {
  expect(files.filter((file) => /\sstyle=/.test(read(file))), "say style:property instead").toEqual([]);
});

test("every message is said somewhere", () => {
  const all = files.map(read).join("\n");
  const unsaid = Object.keys(english).filter((key) => !all.includes(`"${key.replace(/\.(one|other)$/, "")}"`));
  expect(unsaid, "take it out of both languages").toEqual([]);
});

const SPOKEN = new Set(["aria-label", "title", "placeholder", "alt"]);

function texts(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(texts);
  if (typeof node !== "object" || node === null || !("type" in node)) return [];
  if (node.type === "Text") {
    const { data } = node as AST.Text;
    return /\p{L}/u.test(data) ? [data.trim()] : [];
  }
  if (node.type === "StyleDirective") return [];
  if (node.type === "Attribute") {
    const { name, value } = node as AST.Attribute;
    return SPOKEN.has(name) ? texts(value) : [];
  }
  return Object.entries(node).flatMap(([key, value]) => (key === "metadata" ? [] : texts(value)));
}
