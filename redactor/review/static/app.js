// The page: put together, and brought up to date when something changes.

import { $, fill, h } from "/dom.js";
import { language, speak, t } from "/i18n.js";
import { get, Refused } from "/api.js";
import { catchUp, choose, openSession, state, watch } from "/store.js";
import { numberOf, openFrom, slice } from "/listing.js";
import * as commands from "/commands.js";
import { openColumns } from "/columns.js";
import { openExport, openFind, openFinish, openHelp, openQueue, openRetype } from "/dialogs.js";
import { called, command, isForeign, keysOn, moveKeys, switchKeys } from "/keys.js";
import { buildSide, drawDetail, drawList } from "/side.js";
import { buildText, drawChanged, drawChoice, drawPart } from "/text.js";

const POLL = 2000;

function buildHead() {
  const button = (id, key, run, ...more) => h("button", { type: "button", id, onclick: run }, t(`head.${id}`), key && [" ", h("kbd", {}, called(key))], ...more);
  const policies = h("select", { id: "policy", onchange: (event) => soon(() => choosePolicy(event.target)) }, state.session.policies.map(({ name, title }) => h("option", { value: name, selected: name === state.doc?.policy, title }, title ? `${name} – ${title}` : name)));
  const other = language === "zh" ? "en" : "zh";
  fill(
    $("#head"),
    h("strong", { id: "name", translate: "no" }, state.doc?.name ?? "redactor"),
    h("span", { id: "counts" }),
    h("span", { id: "scanning", hidden: true }),
    h("span", { id: "behind", hidden: true }, t("text.behind")),
    h("span", { id: "trouble", class: "warn", role: "alert" }),
    h("label", { class: "policy" }, t("head.policy"), " ", policies),
    state.session.documents.length > 1 && h("span", { class: "group" }, button("before", "<", () => neighbour(-1)), button("queue", "", openQueue), button("after", ">", () => neighbour(1)), button("carry", "q", commands.carry)),
    button("search", "f", openFind),
    button("add", "a", commands.add),
    button("columns", "t", openColumns),
    button("undo", "u", () => commands.undo("undo")),
    button("redo", "U", () => commands.undo("redo")),
    button("read", "␣", commands.read),
    h("progress", { id: "progress", max: "1", value: "0", "aria-label": t("read.title") }),
    state.session.role === "review" && button("export", "e", openExport),
    button("keys", "", keys, h("span", { class: "sr" }, "")),
    h("button", { type: "button", id: "language", lang: other === "zh" ? "zh-Hans" : "en", onclick: () => changeLanguage(other) }, other === "zh" ? "中文" : "English"),
    button("help", "?", openHelp),
    h("button", { type: "button", id: "finish-open", class: "main", onclick: openFinish }, t("head.finish"), " ", h("kbd", {}, called("c"))),
  );
  $("#keys").setAttribute("aria-pressed", String(keysOn()));
}

let later = 0;

/** Do something once nothing else was asked for a moment: arrows go through the policies one by one. */
function soon(run) {
  clearTimeout(later);
  later = setTimeout(run, 700);
}

/** What is shown as chosen is what holds, also where the other policy is refused. */
async function choosePolicy(select) {
  await commands.policy(select.value);
  select.value = state.doc.policy;
}

function keys() {
  const on = switchKeys();
  $("#keys").setAttribute("aria-pressed", String(on));
  commands.say(t(on ? "keys.on" : "keys.off"));
}

function drawHead() {
  const { counts } = state.doc;
  $("#name").textContent = state.doc.name;
  document.title = `${state.doc.name} – redactor`;
  $("#policy").value = state.doc.policy;
  $("#counts").textContent = t("head.counts", counts);
  $("#columns").hidden = !state.doc.columns;
  $("#behind").hidden = !state.doc.behind;
  $("#scanning").hidden = state.doc.share === 1;
  $("#scanning").textContent = t("text.scanning", { share: Math.round(100 * state.doc.share) });
  $("#text").setAttribute("aria-busy", String(state.doc.behind));
  if ($("#trouble").textContent !== state.doc.trouble) $("#trouble").textContent = state.doc.trouble;
  $("#progress").value = counts.read;
  $("#progress").textContent = `${Math.round(100 * counts.read)}%`;
}

async function changeLanguage(wanted) {
  await get(`/api/language?name=${wanted}`);
  await speak(wanted);
  await openSession();
  buildPage();
  await commands.go(state.doc.id);
  $("#language").focus();
}

async function neighbour(by) {
  const usable = state.session.documents.filter((each) => !each.error);
  const at = usable.findIndex((each) => each.id === state.doc.id);
  const next = usable[at + by];
  if (next) await commands.go(next.id);
}

function buildPage() {
  buildHead();
  buildText($("#main"));
  buildSide($("#side"));
}

function peek(on) {
  $("#text").classList.toggle("peeking", on);
}

function region() {
  const regions = [$("#head button"), $("#text"), $('#list [aria-selected="true"]') ?? $("#grid") ?? $("#tab-open"), $("#detail button")].filter(Boolean);
  const homes = ["#head", "#main", "#list", "#detail"].map((id) => $(id));
  const at = homes.findIndex((home) => home.contains(document.activeElement));
  regions[(at + 1) % regions.length].focus();
}

const RUN = {
  reason: () => $("#reason")?.focus(),
  add: commands.add,
  find: openFind,
  help: openHelp,
  undo: () => commands.undo("undo"),
  redo: () => commands.undo("redo"),
  read: commands.read,
  why: () => $("#why") && ($("#why").open = !$("#why").open),
  jump: () => ($("#list").contains(document.activeElement) ? $("#text") : ($('#list [aria-selected="true"]') ?? $("#grid")))?.focus(),
  peek: () => peek(true),
  merge: commands.merge,
  carry: commands.carry,
  columns: openColumns,
  export: () => state.session.role === "review" && openExport(),
  finish: openFinish,
  more: openRetype,
  nextDocument: () => neighbour(1),
  previousDocument: () => neighbour(-1),
  region,
};

function keyDown(event) {
  // Undo and redo by the keys that every program has for them; not in a field, which has its own.
  if ((event.ctrlKey || event.metaKey) && event.code === "KeyZ" && !["INPUT", "TEXTAREA"].includes(event.target.tagName) && !document.querySelector("dialog[open]")) {
    event.preventDefault();
    return commands.undo(event.shiftKey ? "redo" : "undo");
  }
  if (event.key === "Escape" && event.target.tagName === "INPUT" && !event.isComposing) return $('#list [aria-selected="true"]')?.focus();
  if (["?", "？"].includes(event.key) && !isForeign(event) && keysOn()) {
    event.preventDefault();
    return openHelp();
  }
  if (isForeign(event) || (!keysOn() && event.code !== "F6") || !state.doc) return undefined;
  const name = command(event);
  if (!name) return undefined;
  const [what, detail] = name.split(":");
  if (what === "nextOpen" || what === "previousOpen") {
    // At the end of what is open Tab goes on as it does everywhere, so that nobody is caught in the list.
    const at = numberOf(state.group);
    if (!(what === "nextOpen" ? openFrom(at + 1) : openFrom(at - 1, -1))) return undefined;
  }
  event.preventDefault();
  if (["next", "previous", "first", "last", "nextOpen", "previousOpen"].includes(what)) return commands.move(what);
  if (["mask", "keep", "later"].includes(what)) return event.repeat ? undefined : commands.decide(what, detail);
  if (what === "retype") return commands.retype(detail);
  if (what === "place") return commands.step(Number(detail));
  if (what === "grow") return commands.grow(...detail.split(",").map(Number));
  return RUN[what]();
}

function update(what, detail) {
  if (!state.doc) return;
  if (what === "doc") {
    if ($("#scanning").hidden === false && state.doc.share === 1) commands.say(t("scanned"));
    drawHead();
    const top = $("#text").scrollTop;
    drawPart();
    if (detail) $("#text").scrollTop = top;
    drawList();
    drawDetail();
    if (state.group === null) choose(slice(0, 1)[0]?.id ?? null).then(() => ($('#list [aria-selected="true"]') ?? $("#text")).focus({ preventScroll: true }));
  }
  if (what === "part") drawPart();
  if (what === "items" && state.group !== null && !state.groups.has(state.group)) {
    // What was chosen is gone, for it had been added and that was undone.
    choose((openFrom(0) ?? slice(0, 1)[0])?.id ?? null);
  }
  if (what === "items") {
    drawHead();
    drawChanged(detail);
    drawList(detail.groups);
    drawDetail();
  }
  if (what === "choice") {
    drawList(new Set());
    drawDetail();
    drawChoice();
  }
  if (what === "filter") {
    drawList();
    if (numberOf(state.group) < 0) choose(slice(0, 1)[0]?.id ?? null);
  }
  if (what === "hits") drawHits();
}

/** Show where a text was found, without changing anything of what is shown. */
function drawHits() {
  for (const node of document.querySelectorAll("#text .hit")) node.classList.remove("hit");
  for (const hit of state.hits) document.querySelector(`#text .row[data-p="${CSS.escape(hit.paragraph)}"]`)?.classList.add("hit");
}

/** Another tab may have decided something, or the server may have ended. */
async function poll() {
  try {
    await catchUp();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    commands.say(t("gone"));
  }
}

/** Open the first document, and say so as long as it takes. */
async function prepared({ id, name }) {
  const tell = (share) => state.doc || fill($("#text"), h("p", { class: "empty", translate: "no" }, t("preparing", { name, share: Math.round(100 * share) })));
  tell(0);
  const telling = setInterval(async () => {
    const { documents } = await get("/api/session").catch(() => state.session);
    tell(documents.find((each) => each.id === id).share);
  }, 1000);
  await commands.go(id);
  clearInterval(telling);
}

async function start() {
  await openSession();
  moveKeys(state.session.keys);
  await speak(state.session.language);
  document.body.dataset.role = state.session.role;
  watch(update);
  buildPage();
  document.addEventListener("keydown", keyDown);
  document.addEventListener("keyup", (event) => command(event) === "peek" && peek(false));
  window.addEventListener("blur", () => peek(false));
  window.addEventListener("resize", drawChoice);
  const first = state.session.documents.find((each) => !each.error);
  if (first) await prepared(first);
  if (!state.doc) await openQueue();
  setInterval(poll, POLL);
  document.body.dataset.ready = "yes";
}

start();
