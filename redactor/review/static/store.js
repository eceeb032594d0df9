// What the page knows: the session, the document that is open, what is chosen in it. Nothing is kept in the browser.

import { get, post, Refused } from "/api.js";

/** Everything that is shown is made from this. */
export const state = {
  session: null,
  doc: null, // as the server tells of the open document
  parts: new Map(), // number → paragraphs in order
  paragraphs: new Map(), // id → paragraph
  items: new Map(), // id → item
  groups: new Map(), // id → group
  part: 0,
  group: null, // id of the chosen group
  place: 0, // which of its items
  paragraph: null, // id of the paragraph that is being read
  tab: "open",
  filter: { entity: "", rule: "", kind: "", decision: "", below: "", by: "", where: "", text: "", order: "doubt" },
  hits: [], // what was found, to be masked with `a`
  reason: null, // what was written of a group that is not decided yet
  marked: null, // the group that another one is to be merged with
};

const watchers = new Set();
/** Call a function after each change, with what has changed: "doc", "items", "choice", "filter" … */
export const watch = (watcher) => watchers.add(watcher);
export const changed = (what, detail) => watchers.forEach((watcher) => watcher(what, detail));

export async function openSession() {
  state.session = await get("/api/session");
}

/** Open a document, or the one that is open anew; what was chosen in it stays chosen. Nothing changes before all of it is there. */
async function openDocument(number) {
  const same = state.doc?.id === number ? { ...state, item: chosenItem()?.id } : null;
  const doc = await get(`/api/doc/${number}`);
  const part = same ? Math.min(same.part, doc.parts - 1) : 0;
  const [{ paragraphs }, found] = await Promise.all([get(`/api/doc/${number}/part/${part}`), valuesOf(number)]);
  Object.assign(state, { doc, part, hits: [], marked: null, reason: null, parts: new Map(), paragraphs: new Map(), ...found });
  keepPart(part, paragraphs);
  const item = same && state.items.get(same.item);
  state.group = item ? item.group : null;
  state.place = item ? Math.max(0, shownItems(state.groups.get(item.group)).indexOf(item)) : 0;
  state.paragraph = same && state.paragraphs.has(same.paragraph) ? same.paragraph : firstUnread();
  changed("doc", Boolean(same));
  // Something may have changed while it was being loaded.
  await hear();
}

function keepPart(number, paragraphs) {
  state.parts.set(number, paragraphs.map((paragraph) => paragraph.id));
  for (const paragraph of paragraphs) state.paragraphs.set(paragraph.id, paragraph);
}

export async function loadPart(number) {
  if (!state.parts.has(number)) keepPart(number, (await get(`/api/doc/${state.doc.id}/part/${number}`)).paragraphs);
  state.part = number;
}

async function valuesOf(number) {
  const [items, groups] = [new Map(), new Map()];
  for (let page = 0; ; page += 1) {
    const answer = await get(`/api/doc/${number}/values?page=${page}`);
    for (const item of answer.items) items.set(item.id, item);
    for (const group of answer.groups) groups.set(group.id, group);
    if (!answer.more) return { items, groups };
  }
}

/** Take over what has changed; where that is everything, for all of a long document was looked at now, load it. */
function take(answer) {
  if (answer.anew) return openDocument(state.doc.id);
  const groups = new Set((answer.groups ?? []).map((group) => group.id));
  for (const paragraph of answer.paragraphs ?? []) if (state.paragraphs.has(paragraph.id)) state.paragraphs.set(paragraph.id, paragraph);
  for (const item of answer.items ?? []) state.items.set(item.id, item) && groups.add(item.group);
  for (const group of answer.groups ?? []) state.groups.set(group.id, group);
  for (const id of answer.gone?.groups ?? []) state.groups.delete(id) && groups.add(id);
  for (const id of answer.gone?.items ?? []) state.items.delete(id);
  Object.assign(state.doc, answer.doc);
  changed("items", { paragraphs: (answer.paragraphs ?? []).map((paragraph) => paragraph.id), items: (answer.items ?? []).map((item) => item.id), groups });
  if (state.doc.behind) follow(state.doc);
  return undefined;
}

let waiting = Promise.resolve();

/** Do something when all that was asked for before is done: what is loaded must not be older than what an answer has changed. */
const inTurn = (run) => (waiting = waiting.then(run, run));

/** Ask for a change, one after the other; what has come of it, or null when it was refused (which is then said). */
export const act = (what, body, failed) =>
  inTurn(async () => {
    const { id, version, serial } = state.doc;
    try {
      const answer = await post(`/api/${what}`, { doc: id, version, since: serial, ...body });
      await take(answer);
      return answer;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (error.status === 409) await hear();
      failed(error);
      return null;
    }
  });

/** Hear what has changed, here or in another window. */
async function hear() {
  await take(await get(`/api/doc/${state.doc.id}/news?since=${state.doc.serial}`));
}

let following = null; // settles when the result is what comes of what was decided

/** Hear from the engine until it is done: decisions are not held up by it. */
function follow(doc) {
  following ??= (async () => {
    try {
      while (state.doc === doc && doc.behind) {
        const news = await get(`/api/doc/${doc.id}/news?since=${doc.serial}`);
        await inTurn(() => state.doc === doc && news.doc.serial > doc.serial && take(news));
      }
    } catch (error) {
      if (!(error instanceof Refused)) throw error; // the page says by itself that nobody answers
    } finally {
      following = null;
      if (state.doc !== doc && state.doc.behind) follow(state.doc);
    }
  })();
}

/** Open a document in its turn. */
export const open = (number) => inTurn(() => openDocument(number));

/** See in its turn whether something has changed that the page has not heard of, and show it. */
export const catchUp = () =>
  inTurn(async () => {
    const { serials } = await get("/api/version");
    if (state.doc && serials[state.doc.id] > state.doc.serial) await hear();
  });

/** Settles when all that was asked for is answered. */
export const busy = () => waiting;

/** Settles when all that was asked for is done, and the result is what comes of it. */
export async function idle() {
  await waiting;
  while (following) await following.then(() => waiting);
}

/** The items of a group that the filter leaves. */
export const shownItems = (group) => group.items.map((id) => state.items.get(id)).filter((item) => item && passes(item));

/** Whether the filter leaves an item. */
export function passes(item) {
  const { entity, rule, kind, decision, below, by, where, text } = state.filter;
  if (state.tab !== "protected" && item.kind === "protected" && item.state === "open") return false;
  return (
    (!entity || item.entity === entity) &&
    (!rule || item.rule === rule) &&
    (!kind || item.kind === kind) &&
    (!decision || item.state === decision) &&
    (!below || item.score < Number(below)) &&
    (!by || item.by.includes(by)) &&
    (!where || item.zone === where) &&
    (!text || item.text.includes(text))
  );
}

export const chosenGroup = () => (state.group === null ? null : state.groups.get(state.group) ?? null);

export function chosenItem() {
  const group = chosenGroup();
  if (!group) return null;
  const items = shownItems(group);
  return items[Math.min(state.place, items.length - 1)] ?? state.items.get(group.items[0]) ?? null;
}

/** Choose a group, and one of its places; the text goes there, loading its part where need be. */
export async function choose(groupId, place = 0) {
  state.group = groupId;
  state.place = place;
  const item = chosenItem();
  if (item && item.part !== state.part && item.part !== null) {
    await loadPart(item.part);
    changed("part");
  }
  changed("choice");
}

export async function chooseItem(id) {
  const item = state.items.get(id);
  if (!item) return;
  const group = state.groups.get(item.group);
  const place = shownItems(group).findIndex((each) => each.id === id);
  if (place < 0) {
    state.tab = "all";
    Object.assign(state.filter, { entity: "", rule: "", kind: "", decision: "", below: "", by: "", where: "", text: "" });
    changed("filter");
    return choose(item.group, Math.max(0, shownItems(group).findIndex((each) => each.id === id)));
  }
  return choose(item.group, place);
}

/** Whether a paragraph is still to be read. */
export function isUnread(id) {
  const { text, read, wall } = state.paragraphs.get(id);
  return Boolean(text.trim()) && !read && !wall;
}

/** The paragraph from which reading goes on. */
export function firstUnread() {
  const ids = state.parts.get(state.part) ?? [];
  return ids.find(isUnread) ?? ids[0] ?? null;
}
