// Which values the list shows, and in what order: kept in step, so that a decision costs what it changes, not what there is.

import { passes, state, watch } from "/store.js";

export const DOUBT = new Set(["doubtful", "left"]);
const MANY = 500; // when more values than these have changed, the list is made anew

let listing = null; // entries in order: { group, key, open, sure }
let entries = new Map(); // the same by the id of the group

watch((what, detail) => {
  if (what === "doc" || what === "filter") listing = null;
  if (what === "items") renew(detail.groups);
});

/** The groups that the tab and the filter leave, in the order that was asked for. */
export const listed = () => made().map((entry) => entry.group);

/** How many there are. */
export const count = () => made().length;

/** The groups from one number to another. */
export const slice = (from, to) => made().slice(from, to).map((entry) => entry.group);

/** The number of a group in the list; -1 when it is not in it. */
export function numberOf(id) {
  made();
  const entry = entries.get(id);
  return entry ? find(entry.key) : -1;
}

/** The groups that nobody has decided of and of which the rules are sure. */
export const sure = () => made().filter((entry) => entry.sure).map((entry) => entry.group);

/** The first group that is open from a number on, in one direction or the other; undefined when there is none. */
export function openFrom(at, step = 1) {
  const all = made();
  for (let number = at; number >= 0 && number < all.length; number += step) if (all[number].open) return all[number].group;
  return undefined;
}

function made() {
  if (listing) return listing;
  listing = [];
  for (const group of state.groups.values()) {
    const entry = entryOf(group);
    if (entry) listing.push(entry);
  }
  listing.sort((one, other) => compare(one.key, other.key));
  entries = new Map(listing.map((entry) => [entry.group.id, entry]));
  return listing;
}

function renew(ids) {
  if (!listing) return;
  if (ids.size > MANY) return void (listing = null);
  for (const id of ids) {
    const before = entries.get(id);
    if (before) listing.splice(find(before.key), 1);
    entries.delete(id);
    const group = state.groups.get(id);
    const entry = group && entryOf(group);
    if (!entry) continue;
    listing.splice(find(entry.key), 0, entry);
    entries.set(id, entry);
  }
}

/** Where a key stands in the list, or would. */
function find(key) {
  let [low, high] = [0, listing.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compare(listing[middle].key, key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function compare(one, other) {
  for (let at = 0; at < one.length; at += 1) if (one[at] !== other[at]) return one[at] < other[at] ? -1 : 1;
  return 0;
}

function entryOf(group) {
  const items = group.items.map((id) => state.items.get(id)).filter(Boolean);
  if (!inTab(items) || !items.some(passes)) return null;
  const open = items.some((item) => item.open);
  const certain = open && items.every((item) => ["finding", "block"].includes(item.kind));
  const key = state.filter.order === "text" ? [group.first] : [rank(items), group.score, group.first];
  return { group, open, sure: certain, key: [...key, group.id] };
}

function inTab(items) {
  switch (state.tab) {
    case "open":
      return items.some((item) => item.open);
    case "left":
      return items.some((item) => DOUBT.has(item.kind));
    case "protected":
      return items.some((item) => item.kind === "protected");
    default:
      return items.some((item) => item.kind !== "protected" || item.state !== "open");
  }
}

function rank(items) {
  const open = items.filter((item) => item.open);
  const kinds = new Set((open.length ? open : items).map((item) => item.kind));
  return kinds.has("doubtful") ? 0 : kinds.has("left") ? 1 : 2;
}
