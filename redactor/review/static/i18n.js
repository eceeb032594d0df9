// What the page says, in the language that was chosen: texts by key, with {fields}.

import { called } from "/keys.js";

let texts = {};
export let language = "zh";

/** Speak a language from now on. */
export async function speak(wanted) {
  const answer = await fetch(`/i18n/${wanted}.json`);
  texts = await answer.json();
  language = wanted;
  document.documentElement.lang = wanted === "zh" ? "zh-Hans" : "en";
}

/** The text of a key, its fields and the names of keys (`{key.y}`) filled in; the key itself where there is none. */
export function t(key, fields = {}) {
  const text = (texts[key] ?? key).replace(/\{key\.(\w)\}/g, (_, name) => called(name));
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in fields ? String(fields[name]) : whole));
}

/** The name of an entity for people. */
export const entityName = (entity) => texts[`entity.${entity}`] ?? entity;
