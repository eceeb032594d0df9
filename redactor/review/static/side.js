// Beside the text: what was found, by value, doubt first; filters; and all that is known of what is chosen.

import { $, beforeFrame, fill, h, shown } from "/dom.js";
import { entityName, t } from "/i18n.js";
import * as commands from "/commands.js";
import { called } from "/keys.js";
import { stateSign } from "/text.js";
import { changed, choose, chosenGroup, chosenItem, shownItems, state } from "/store.js";
import { count, numberOf, slice, sure } from "/listing.js";

const TABS = ["open", "all", "left", "protected", "notes"];
const MOST = 80; // rows that are shown at a time, about the one that is chosen
const MARGIN = 15; // rows that are shown before and after that one, at least
export const KINDS = ["finding", "doubtful", "left", "protected", "block", "added"];
const STATES = ["open", "mask", "keep", "later"];
const ZONES = ["body", "table", "header", "metadata"];

export function buildSide(side) {
  const tab = (name) =>
    h("button", { type: "button", role: "tab", id: `tab-${name}`, "aria-selected": name === state.tab, "aria-controls": "list", onclick: () => openTab(name) }, t(`tab.${name}`));
  fill(
    side,
    h("h2", { class: "sr" }, t("side.title")),
    h("div", { class: "tabs", role: "tablist", "aria-label": t("side.title") }, TABS.map(tab)),
    h("details", { id: "filters" }, h("summary", {}, t("filter.title")), h("div", { id: "filter" })),
    h("div", { id: "list", role: "tabpanel", "aria-labelledby": "tab-open" }),
    h("div", { id: "detail", role: "region", "aria-label": t("detail.title") }),
  );
  side.setAttribute("aria-label", t("side.title"));
  buildFilter();
  buildDetail();
}

function openTab(name) {
  state.tab = name;
  changed("filter");
}

function buildFilter() {
  const pick = (name, values, said) =>
    h(
      "label",
      {},
      t(`filter.${name}`),
      h("select", { "data-filter": name, onchange: filtered }, h("option", { value: "" }, t("filter.any")), values.map((value) => h("option", { value }, said(value)))),
    );
  const write = (name, props) => h("label", {}, t(`filter.${name}`), h("input", { "data-filter": name, autocomplete: "off", spellcheck: "false", oninput: filtered, ...props }));
  fill(
    $("#filter"),
    pick("entity", state.session.entities, entityName),
    pick("kind", KINDS, (kind) => t(`kind.${kind}`)),
    pick("decision", STATES, (name) => t(`state.${name}`)),
    pick("where", ZONES, (zone) => t(`zone.${zone}`)),
    write("by", {}),
    write("rule", {}),
    write("text", {}),
    write("below", { type: "number", min: "0", max: "1", step: "0.05" }),
    h("label", {}, t("filter.order"), h("select", { "data-filter": "order", onchange: filtered }, ["doubt", "text"].map((name) => h("option", { value: name }, t(`order.${name}`))))),
    h("button", { type: "button", onclick: clearFilter }, t("filter.clear")),
  );
  readAddress();
}

function filtered() {
  for (const field of document.querySelectorAll("[data-filter]")) state.filter[field.dataset.filter] = field.value;
  writeAddress();
  changed("filter");
}

/** Show everything again. */
export function clearFilter() {
  for (const field of document.querySelectorAll("[data-filter]")) field.value = field.dataset.filter === "order" ? "doubt" : "";
  filtered();
}

// The filter stands in the fragment of the address alone: it is never sent, and a reload keeps it.
function writeAddress() {
  const said = new URLSearchParams(Object.entries(state.filter).filter(([name, value]) => value && name !== "text" && !(name === "order" && value === "doubt")));
  history.replaceState(null, "", said.size ? `#${said}` : location.pathname);
}

function readAddress() {
  for (const [name, value] of new URLSearchParams(location.hash.slice(1))) {
    const field = $(`[data-filter="${CSS.escape(name)}"]`);
    if (field && name in state.filter) {
      field.value = value;
      state.filter[name] = field.value;
    }
  }
}

let rows = new Map(); // the rows that are shown, by the id of their group
let from = 0; // the number of the first of them

/** Show the list: anew, or only what of it has changed, when `groups` says of which values. */
export function drawList(groups = null) {
  for (const name of TABS) $(`#tab-${name}`).setAttribute("aria-selected", name === state.tab);
  $("#list").setAttribute("aria-labelledby", `tab-${state.tab}`);
  const focused = $("#list").contains(document.activeElement);
  if (state.tab === "notes") return drawNotes();
  const chosen = numberOf(state.group);
  if (!groups || !$("#grid")) rows = new Map();
  else for (const id of groups) rows.delete(id);
  // As long as what is chosen is well inside of what is shown, the same is shown.
  if (chosen < from + MARGIN || chosen >= from + MOST - MARGIN) from = chosen - MOST / 2;
  from = Math.max(0, Math.min(from, count() - MOST));
  const some = slice(from, from + MOST);
  rows = new Map(some.map((group) => [group.id, rows.get(group.id) ?? row(group)]));
  if (!$("#grid")) fill($("#list"), h("p", { class: "empty", id: "list-before" }), h("div", { role: "grid", id: "grid" }), h("p", { class: "empty", id: "list-after" }), h("button", { type: "button", id: "accept", onclick: () => commands.accept(sure()) }));
  place($("#grid"), [...rows.values()]);
  choice();
  around(focused);
}

/** Let an element have these children: those that are there already stay untouched. */
function place(node, children) {
  const wanted = new Set(children);
  for (const child of [...node.children]) if (!wanted.has(child)) child.remove();
  let at = node.firstChild;
  for (const child of children) {
    if (child === at) at = at.nextSibling;
    else node.insertBefore(child, at);
  }
}

/** Mark the row that is chosen, and no other. */
function choice() {
  for (const [id, node] of rows) {
    const chosen = String(id === state.group);
    if (node.getAttribute("aria-selected") === chosen) continue;
    node.setAttribute("aria-selected", chosen);
    node.tabIndex = chosen === "true" ? 0 : -1;
  }
}

/** What stands about the rows. */
function around(focused) {
  const all = count();
  const told = (id, text) => Object.assign($(id), { textContent: text, hidden: !text });
  const grid = $("#grid");
  grid.hidden = !all;
  grid.setAttribute("aria-label", t(`tab.${state.tab}`));
  grid.setAttribute("aria-rowcount", all);
  grid.toggleAttribute("tabindex", !rows.has(state.group));
  if (!rows.has(state.group)) grid.tabIndex = 0;
  told("#list-before", all ? (from > 0 ? t("list.before", { number: from }) : "") : t(state.tab === "open" ? "list.done" : "list.empty"));
  told("#list-after", from + MOST < all ? t("list.after", { number: all - from - MOST }) : "");
  const number = state.tab === "open" ? sure().length : 0;
  told("#accept", number > 1 ? t("accept", { number }) : "");
  const chosen = rows.get(state.group);
  beforeFrame("list", () => rows.get(state.group)?.scrollIntoView({ block: "nearest" }));
  if (focused) (chosen ?? grid).focus({ preventScroll: true });
}

function row(group) {
  const items = shownItems(group);
  const chosen = group.id === state.group;
  const said = groupSign(group);
  const lead = items.find((item) => item.state === "open") ?? items[0];
  return h(
    "div",
    { role: "row", "aria-selected": chosen, tabindex: chosen ? "0" : "-1", "data-g": group.id, class: `item s-${groupState(group)} k-${lead.kind}`, onclick: () => choose(group.id, 0) },
    h("span", { role: "gridcell", class: "sign" }, said),
    h("span", { role: "gridcell", class: "value", translate: "no" }, shown(brief(group.value))),
    h("span", { role: "gridcell", class: "entity" }, entityName(group.entity)),
    h("span", { role: "gridcell", class: "count" }, t("places", { number: group.items.length })),
    h("span", { role: "gridcell", class: "score" }, lead.score ? lead.score.toFixed(2) : t(`kind.${lead.kind}`)),
  );
}

const brief = (text) => ([...text].length > 40 ? `${[...text].slice(0, 40).join("")}…` : text).replace(/\s+/g, " ");

function groupState(group) {
  const states = new Set(group.items.map((id) => state.items.get(id)?.state));
  return states.size === 1 ? [...states][0] : "mixed";
}

const groupSign = (group) => (groupState(group) === "mixed" ? t("sign.mixed") : stateSign(state.items.get(group.items[0])));

function drawNotes() {
  const notes = state.doc.notes ?? [];
  fill(
    $("#list"),
    notes.length ? h("ul", { class: "notes" }, notes.map((note) => h("li", {}, h("strong", {}, t(`note.${note.kind}`)), " ", note.text))) : h("p", { class: "empty" }, t("notes.none")),
  );
}

/** Build what tells of the item that is chosen: once, for it is filled at each key. */
function buildDetail() {
  const button = (name, key, run) => h("button", { type: "button", "data-act": name, onclick: run }, t(`do.${name}`), key && [" ", h("kbd", {}, called(key))]);
  const decide = (action, scope) => () => commands.decide(action, scope);
  const grow = (left, right) => () => commands.grow(left, right);
  fill(
    $("#detail"),
    h("p", { class: "empty", id: "detail-none" }, t("detail.none")),
    h(
      "div",
      { id: "detail-some", hidden: true },
      h("p", { class: "big", id: "detail-value", translate: "no" }),
      h("p", { id: "told" }),
      h("p", { id: "detail-outside" }),
      h("p", { id: "detail-same", translate: "no" }),
      h("p", { class: "warn", id: "detail-split" }, t("warn.split")),
      h("div", { class: "acts" }, button("mask", "y", decide("mask", "value")), button("keep", "n", decide("keep", "value")), button("later", "d", decide("later", "value"))),
      h("div", { class: "acts" }, button("mask_here", "⇧Y", decide("mask", "place")), button("keep_here", "⇧N", decide("keep", "place")), button("open", "", decide("open", "value")), button("merge", "m", commands.merge)),
      h("div", { class: "acts" }, button("before", "←", () => commands.step(-1)), button("after", "→", () => commands.step(1)), button("wider_left", "[", grow(-1, 0)), button("narrower_left", "]", grow(1, 0)), button("narrower_right", "{", grow(0, -1)), button("wider_right", "}", grow(0, 1))),
      h("label", { class: "retype" }, t("detail.entity"), h("select", { id: "retype", onchange: (event) => commands.retype(event.target.value) }, state.session.entities.map((name) => h("option", { value: name }, entityName(name))))),
      h("label", {}, t("detail.reason"), h("input", { id: "reason", maxlength: "200", autocomplete: "off", spellcheck: "false", onchange: (event) => commands.reason(event.target.value) })),
      h("details", { id: "why" }, h("summary", {}, t("detail.why")), h("p", { id: "detail-rule" }), h("p", { id: "detail-why" })),
      h("p", { id: "detail-where" }),
      h("p", { class: "context", id: "detail-context", translate: "no" }),
    ),
  );
}

/** Show what is known of what is chosen. */
export function drawDetail() {
  const group = chosenGroup();
  const item = chosenItem();
  const some = Boolean(group && item);
  $("#detail-none").hidden = some;
  $("#detail-some").hidden = !some;
  if (!some) return;
  const items = shownItems(group);
  const at = items.findIndex((each) => each.id === item.id);
  fill($("#detail-value"), shown(brief(group.value)));
  $("#told").textContent = rowText(group, item, at, items.length);
  // How far a decision on the value reaches is to be seen before it is made.
  const outside = group.items.length - items.length;
  $("#detail-outside").hidden = outside <= 0;
  $("#detail-outside").textContent = t("detail.outside", { number: outside });
  $("#detail-same").hidden = !item.same || item.same === item.text;
  $("#detail-same").textContent = t("detail.same", { value: item.same });
  $("#detail-split").hidden = !group.split;
  $("#retype").value = item.entity;
  // What is being written stays; it is of the item that was chosen when it was begun.
  if (document.activeElement !== $("#reason")) $("#reason").value = item.reason || (state.reason?.group === group.id ? state.reason.text : "");
  $("#detail-rule").textContent = [item.rule, item.title].filter(Boolean).join(" · ");
  $("#detail-why").textContent = item.why;
  $("#detail-where").textContent = `${t("detail.where")} ${item.where}`;
  fill($("#detail-context"), shown(item.before), h("mark", {}, shown(item.text)), shown(item.after));
}

/** An item in words, for who can't see the text. */
export function rowText(group, item, at, count) {
  const score = item.score ? t("row.score", { score: item.score.toFixed(2) }) : t(`kind.${item.kind}`);
  return t("row", { entity: entityName(item.entity), value: brief(group.value), number: at + 1, count, score, state: stateSign(item) });
}
