// What an editor can do, by key or by button: each of these is one step, and can be undone.

import { $ } from "/dom.js";
import { entityName, t } from "/i18n.js";
import { get, post, Refused } from "/api.js";
import { act, changed, choose, chooseItem, chosenGroup, chosenItem, idle, isUnread, loadPart, open, shownItems, state } from "/store.js";
import { listed, numberOf, openFrom } from "/listing.js";
import { moveReading, selection } from "/text.js";

/** Say a sentence, to the eye and to a screen reader. */
export function say(text) {
  $("#said").textContent = text;
}

const failed = (error) => say(error.message || t(error.status ? "failed" : "gone"));
const does = (what, body) => act(what, body, failed);

/** Open a document; what can't be opened is said, and what is open stays. */
export async function go(number) {
  try {
    // What was said of another document, or in another language, is of no use here.
    say("");
    await open(number);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    failed(error);
  }
}

/** Mask, keep, leave for later or open again: all of the chosen value, or the chosen place alone. */
export async function decide(action, scope) {
  const group = chosenGroup();
  const item = chosenItem();
  if (!group || !item) return say(t("choose.first"));
  const next = following(group, item, scope);
  const reason = state.reason?.group === group.id ? state.reason.text : "";
  const answer = await does("decide", { items: [item.id], action, scope, reason });
  if (!answer) return;
  state.reason = null;
  const number = scope === "place" ? 1 : (answer.number ?? group.items.length);
  const outside = number - shownItems(group).length;
  say([t(`did.${action}`, { value: brief(item.text), number }), outside > 0 && scope === "value" ? t("did.outside", { number: outside }) : "", t("undo.hint")].filter(Boolean).join(" · "));
  if (action !== "open") await goTo(next);
  if (action !== "open" && scope === "value") await tellElsewhere(item);
}

let last = null; // the item whose value was decided last, and stands in other documents too

/** Say in how many other documents a value stands that was just decided. */
async function tellElsewhere(item) {
  last = null;
  if (state.session.documents.length < 2) return;
  const { files, places } = await get(`/api/doc/${state.doc.id}/elsewhere/${item.id}`);
  if (!files) return;
  last = { doc: state.doc.id, item };
  say(`${$("#said").textContent} · ${t("elsewhere", { files, places })}`);
}

/** Decide in the other documents as was decided here last. */
export async function carry() {
  if (state.session.documents.length < 2) return;
  if (!last || last.doc !== state.doc.id) return say(t("carry.none"));
  const { item } = last;
  last = null;
  const answer = await does("carry", { item: item.id });
  if (answer) say(t("did.carry", { value: brief(item.text), files: answer.files, places: answer.places }));
}

/** What comes after the chosen item once it is decided: an open place of it, else the next open value. */
function following(group, item, scope) {
  if (scope === "place") {
    const rest = shownItems(group).find((each) => each.id !== item.id && each.open);
    if (rest) return { item: rest.id };
  }
  const next = openFrom(numberOf(group.id) + 1) ?? openFrom(0);
  return next && next.id !== group.id ? { group: next.id } : {};
}

async function goTo(next) {
  if (next.item && state.items.has(next.item)) return chooseItem(next.item);
  if (next.group && state.groups.has(next.group)) return choose(next.group, 0);
  // Nothing is open any more in this list: what was chosen stays so.
  changed("choice");
}

/** Mask all of these values at once, one step; their number stands on the button. */
export async function accept(groups) {
  const answer = await does("decide", { items: groups.map((group) => group.items[0]), action: "mask", scope: "value" });
  if (answer) say(`${t("did.accepted", { number: groups.length })} · ${t("undo.hint")}`);
}

export async function retype(entity) {
  const item = chosenItem();
  if (!item) return say(t("choose.first"));
  if (!entity) return;
  const answer = await does("decide", { items: [item.id], action: "mask", scope: "value", entity });
  if (answer) {
    say(`${t("did.retyped", { value: brief(item.text), entity: entityName(entity) })} · ${t("undo.hint")}`);
    if (state.items.has(item.id)) await chooseItem(item.id);
  }
}

/** Give a decision its reason; of what is not decided yet it is kept for when it is. */
export async function reason(text) {
  const item = chosenItem();
  if (!item) return;
  if (item.state === "open") {
    state.reason = { group: item.group, text };
    return say(t("reason.kept"));
  }
  if (await does("reason", { item: item.id, reason: text })) say(t("did.reason"));
}

export async function grow(left, right) {
  const item = chosenItem();
  if (!item) return say(t("choose.first"));
  const answer = await does("span", { item: item.id, left, right });
  if (answer?.chosen) await chooseItem(answer.chosen);
}

export async function undo(what) {
  const answer = await does(what, {});
  if (answer) {
    say(answer.number ? t(`did.${what}`, { number: answer.number }) : t(`did.${what}.none`));
    if (answer.chosen && state.items.has(answer.chosen)) await chooseItem(answer.chosen);
  }
}

/** Mask what is selected in the original, or else what was found. */
export async function add() {
  const chosen = selection();
  if (chosen) {
    getSelection().removeAllRanges();
    return added(await does("add", { spans: [chosen] }));
  }
  if (state.hits.length) {
    const spans = state.hits;
    state.hits = [];
    return added(await does("add", { spans }));
  }
  say(t("add.what"));
}

async function added(answer) {
  if (!answer) return;
  say(`${t("did.added", { value: brief(answer.value), entity: entityName(answer.entity), number: answer.number })} · ${t("undo.hint")}`);
  if (answer.chosen && state.items.has(answer.chosen)) await chooseItem(answer.chosen);
}

/** Look for a text in the document; its places are what `add` masks. */
export async function find(text) {
  try {
    const { hits, number } = await post("/api/find", { doc: state.doc.id, text });
    state.hits = hits;
    changed("hits");
    if (hits[0]) {
      const id = hits[0].paragraph;
      if (hits[0].part !== state.part) {
        await loadPart(hits[0].part);
        changed("part");
      }
      moveReading(id);
    }
    say(number ? t("found", { number, text: brief(text) }) : t("found.none", { text: brief(text) }));
    return number;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    failed(error);
    return 0;
  }
}

/** Mask all that stands in a column, keep all that was found in it, or leave it to the rules again. */
export async function decideColumn(column, action) {
  const answer = await does("column", { column: column.id, action });
  if (answer) say(`${t(`did.column.${action}`, { name: column.name || column.where, number: answer.number })} · ${t("undo.hint")}`);
  await idle();
}

/** The paragraph of the result is read: on to the next. */
export async function read() {
  const id = state.paragraph;
  if (id === null) return;
  await does("read", { paragraphs: [id] });
  const ids = state.parts.get(state.part);
  const at = ids.indexOf(id);
  // To the end, then on with the next part, then to what was passed over.
  let next = ids.slice(at + 1).find(isUnread);
  if (next === undefined && state.part + 1 < state.doc.parts) {
    await loadPart(state.part + 1);
    changed("part");
    next = state.parts.get(state.part)[0];
  }
  next ??= ids.find(isUnread);
  if (next !== undefined) moveReading(next);
  say(t("read.progress", { share: Math.round(100 * state.doc.counts.read) }));
}

export async function step(by) {
  const group = chosenGroup();
  if (!group) return;
  const count = shownItems(group).length;
  if (count) await choose(group.id, (state.place + by + count) % count);
}

/** Go to another value of the list: the next, the first that is open … Going never decides. */
export async function move(to) {
  const groups = listed();
  const at = numberOf(state.group);
  const target = {
    next: () => groups[Math.min(at + 1, groups.length - 1)],
    previous: () => groups[Math.max(at - 1, 0)],
    first: () => openFrom(0),
    last: () => openFrom(groups.length - 1, -1),
    nextOpen: () => openFrom(at + 1),
    previousOpen: () => openFrom(at < 0 ? groups.length - 1 : at - 1, -1),
  }[to]();
  if (target) await choose(target.id, 0);
}

export async function policy(name) {
  say(t("policy.running"));
  const answer = await does("policy", { policy: name });
  if (answer) {
    await go(state.doc.id);
    say(t("did.policy", { policy: name, number: answer.number }));
  }
}

/** Mark a value, then another: they are one person, and are decided together. */
export async function merge() {
  const group = chosenGroup();
  if (!group) return say(t("choose.first"));
  if (state.marked === null || state.marked === group.id) {
    state.marked = group.id;
    return say(t("merge.marked", { value: brief(group.value) }));
  }
  const other = state.groups.get(state.marked);
  state.marked = null;
  if (!other) return say(t("choose.first"));
  const items = [other.items[0], group.items[0]];
  const action = chosenItem().state === "keep" ? "keep" : "mask";
  const more = action === "mask" ? { entity: other.entity, same: other.items[0] } : {};
  const answer = await does("decide", { items, action, scope: "value", ...more });
  if (answer) say(`${t("did.merged", { one: brief(other.value), other: brief(group.value) })} · ${t("undo.hint")}`);
}

export const brief = (text) => ([...text].length > 24 ? `${[...text].slice(0, 24).join("")}…` : text);
