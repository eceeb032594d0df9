// The text: the original beside what the engine makes of it, paragraph by paragraph.

import { $, beforeFrame, fill, h, shown, pointsBefore } from "/dom.js";
import { entityName, t } from "/i18n.js";
import { changed, chooseItem, chosenItem, loadPart, state } from "/store.js";

const rows = new Map(); // paragraph id → its row
const places = new Map(); // item id → the elements that show it
const BLOCK = 10; // rows that the browser lays out together; those that are far from what is seen it leaves out
let lit = []; // elements that are marked as chosen, or as of the chosen value

/** Build the region of the text; its toolbar chooses what is shown. */
export function buildText(main) {
  const views = ["both", "result", "inline"].map((view) =>
    h("button", { type: "button", id: `view-${view}`, "aria-pressed": view === "both", onclick: () => show(view) }, t(`view.${view}`)),
  );
  fill(
    main,
    h("h1", { class: "sr" }, t("text.title")),
    h("div", { class: "bar", role: "group", "aria-label": t("view.title") }, views, h("span", { id: "parts" })),
    h("div", { class: "columns", "aria-hidden": "true" }, h("span", {}, t("text.original")), h("span", {}, t("text.result"))),
    h("div", { id: "text", class: "both", tabindex: "0", role: "region", "aria-label": t("text.title"), onclick: clicked }),
  );
}

function show(view) {
  for (const each of ["both", "result", "inline"]) {
    $(`#view-${each}`).setAttribute("aria-pressed", each === view);
    $("#text").classList.toggle(each, each === view);
  }
  scrollToChoice();
}

/** Show the part that is chosen. */
export function drawPart() {
  rows.clear();
  places.clear();
  lit = [];
  const made = (state.parts.get(state.part) ?? []).map((id) => {
    const row = h("div", { class: "row", "data-p": id });
    rows.set(id, row);
    drawRow(state.paragraphs.get(id), row);
    return row;
  });
  const blocks = [];
  for (let at = 0; at < made.length; at += BLOCK) blocks.push(h("div", { class: "block" }, made.slice(at, at + BLOCK)));
  fill($("#text"), blocks);
  $("#text").lang = state.doc.lang;
  drawParts();
  drawChoice();
}

function drawParts() {
  const count = state.doc.parts;
  const go = async (number) => {
    await loadPart(number);
    changed("part");
  };
  fill(
    $("#parts"),
    count > 1 && [
      h("button", { type: "button", disabled: state.part === 0, onclick: () => go(state.part - 1) }, t("part.before")),
      ` ${t("part.of", { number: state.part + 1, count })} `,
      h("button", { type: "button", disabled: state.part === count - 1, onclick: () => go(state.part + 1) }, t("part.after")),
    ],
  );
}

/** Show paragraphs anew that have changed, or that hold items which have. */
export function drawChanged({ paragraphs, items }) {
  for (const id of paragraphs) if (rows.has(id)) drawRow(state.paragraphs.get(id), rows.get(id));
  for (const id of items) {
    const item = state.items.get(id);
    for (const node of nodesOf(id)) if (node.tagName === "MARK") look(node, item);
  }
  drawChoice();
}

function drawRow(paragraph, row) {
  row.hidden = paragraph.wall;
  row.classList.toggle("read", paragraph.read);
  row.classList.toggle("reading", paragraph.id === state.paragraph);
  for (const node of row.querySelectorAll("[data-i]")) places.set(node.dataset.i, (places.get(node.dataset.i) ?? []).filter((each) => each !== node));
  const where = h("span", { class: "where" }, paragraph.where);
  fill(row, where, h("div", { class: "src text", "data-p": paragraph.id, translate: "no", spellcheck: "false" }, marked(paragraph)), result(paragraph));
  for (const node of row.querySelectorAll("[data-i]")) places.set(node.dataset.i, [...(places.get(node.dataset.i) ?? []), node]);
}

function marked(paragraph) {
  const signs = [...paragraph.text];
  const nodes = [];
  let at = 0;
  for (const [start, end, id] of paragraph.marks) {
    const item = state.items.get(id);
    if (start > at) nodes.push(...shown(signs.slice(at, start).join("")));
    nodes.push(mark(item, id, signs.slice(start, end).join("")));
    at = end;
  }
  nodes.push(...shown(signs.slice(at).join("")));
  return nodes;
}

function mark(item, id, text) {
  const node = h("mark", { "data-i": id }, shown(text), h("span", { class: "sr" }));
  if (item) look(node, item);
  return node;
}

/** Let a mark look as its item is. */
function look(node, item) {
  node.className = `it k-${item.kind} s-${item.state}${item.added ? " added" : ""}`;
  node.title = `${entityName(item.entity)} · ${item.rule}`;
  node.lastChild.textContent = stateSign(item);
}

/** The word for what becomes of an item, for those who don't see colours. */
export function stateSign(item) {
  if (item.added && item.state === "mask") return t("sign.added");
  if (item.state !== "open") return t(`sign.${item.state}`);
  return t(item.kind === "doubtful" || item.kind === "left" ? "sign.doubt" : "sign.open");
}

function result(paragraph) {
  const pieces = paragraph.out.map(([text, id, original]) => {
    if (original === undefined) return shown(text);
    const item = state.items.get(id);
    const title = item ? `${entityName(item.entity)} · ${item.rule}` : "";
    // The original is in an attribute, which the style sheet shows when it is asked for: an element more for each would cost at every jump.
    return h("ins", { class: text ? "rep" : "rep gone", "data-i": id ?? "", title, "data-was": original }, shown(text));
  });
  const gone = paragraph.gone ? " taken-out" : "";
  return h("div", { class: `out text${gone}`, translate: "no", spellcheck: "false" }, pieces);
}

function clicked(event) {
  const at = event.target.closest("[data-i]");
  const row = event.target.closest(".row");
  if (String(getSelection()).trim()) return;
  if (row && row.dataset.p !== state.paragraph) moveReading(row.dataset.p);
  if (at && at.dataset.i) {
    at.classList.toggle("peek");
    chooseItem(at.dataset.i);
  }
}

/** Read on from another paragraph. */
export function moveReading(id) {
  rows.get(state.paragraph)?.classList.remove("reading");
  state.paragraph = id;
  rows.get(id)?.classList.add("reading");
  rows.get(id)?.scrollIntoView({ block: "nearest" });
}

/** Show which item is chosen. */
export function drawChoice() {
  for (const node of lit) node.classList.remove("chosen", "same");
  lit = [];
  const item = chosenItem();
  if (!item) return;
  for (const id of state.groups.get(item.group).items) {
    for (const node of nodesOf(id)) {
      node.classList.add(id === item.id ? "chosen" : "same");
      lit.push(node);
    }
  }
  beforeFrame("text", scrollToChoice);
}

const nodesOf = (id) => places.get(id) ?? [];

function scrollToChoice() {
  const item = chosenItem();
  const row = item && nodesOf(item.id)[0]?.closest(".row");
  if (!row) return undefined;
  const [block, page] = [row.parentElement.getBoundingClientRect(), $("#text").getBoundingClientRect()];
  if (block.bottom < page.top || block.top > page.bottom) {
    // Far off, where the browser has laid nothing out: to measure there would make it do so twice. So go about there first.
    const share = ([...row.parentElement.children].indexOf(row) + 0.5) / row.parentElement.children.length;
    $("#text").scrollTop += block.top + share * block.height - (page.top + page.bottom) / 2;
    return beforeFrame("text", () => beforeFrame("text", scrollToChoice)); // once they are laid out
  }
  // What stands about it is to be seen too: at the edge of the page it is brought to the middle.
  const own = row.getBoundingClientRect();
  const hidden = own.top < page.top || own.bottom > page.bottom;
  if (hidden) row.scrollIntoView({ block: own.height > page.height ? "start" : "center" });
  return undefined;
}

/** What is selected in the original, as paragraphs and code points; null when nothing is. */
export function selection() {
  const chosen = getSelection();
  if (!chosen.rangeCount || chosen.isCollapsed) return null;
  const range = chosen.getRangeAt(0);
  const home = (node) => (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement)?.closest(".src");
  const [first, last] = [home(range.startContainer), home(range.endContainer)];
  if (!first || !last) return null;
  return {
    paragraph: first.dataset.p,
    start: pointsBefore(first, range.startContainer, range.startOffset),
    end_paragraph: last.dataset.p,
    end: pointsBefore(last, range.endContainer, range.endOffset),
  };
}
