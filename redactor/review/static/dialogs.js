// What is shown over the page: find, finish, help, the queue. Each closes by Esc; nothing in them decides without a button.

import { $, fill, h, shown } from "/dom.js";
import { entityName, t } from "/i18n.js";
import { get, post, Refused } from "/api.js";
import { changed, chooseItem, state } from "/store.js";
import { find, go, retype, say } from "/commands.js";
import { called } from "/keys.js";

/** A dialog over the page; its id is that of nothing else. */
export function dialog(id, title, ...children) {
  $(`#${id}`)?.remove();
  const close = h("button", { type: "button", class: "close", onclick: () => box.close() }, t("close"), " ", h("kbd", {}, "Esc"));
  const box = h("dialog", { id, "aria-labelledby": `${id}-title` }, h("h2", { id: `${id}-title` }, title), children, close);
  box.addEventListener("close", () => {
    box.remove();
    const list = [$('#list [aria-selected="true"]'), $("#grid"), $("#text")].find((each) => each && !each.hidden);
    list.focus({ preventScroll: true });
  });
  document.body.append(box);
  box.showModal();
  return box;
}

/** Enter in a field, unless an input method is at work. */
const onEnter = (run) => (event) => {
  if (event.key === "Enter" && !event.isComposing && event.keyCode !== 229) {
    event.preventDefault();
    run(event);
  }
};

export function openFind() {
  const field = h("input", { id: "find-text", autocomplete: "off", spellcheck: "false", maxlength: "200" });
  const run = async () => {
    if (!field.value) return;
    const number = await find(field.value);
    if (number) box.close();
  };
  field.addEventListener("keydown", onEnter(run));
  const box = dialog("find", t("find.title"), h("label", {}, t("find.label"), field), h("p", {}, t("find.then")), h("button", { type: "button", onclick: run }, t("find.do")));
  field.focus();
}

export function openRetype() {
  const pick = h("select", { id: "retype-all" }, state.session.entities.map((name) => h("option", { value: name }, entityName(name))));
  const run = () => {
    box.close();
    retype(pick.value);
  };
  const box = dialog("more", t("retype.title"), h("label", {}, t("detail.entity"), pick), h("button", { type: "button", onclick: run }, t("retype.do")));
  pick.focus();
}

const HELP = [
  ["j ↓ / k ↑", "next"], ["Tab / ⇧Tab", "open"], ["g / G", "ends"], ["← →", "places"], ["y Enter / ⇧Y", "mask"], ["n Delete / ⇧N", "keep"],
  ["d", "later"], ["1 … 9, 0", "retype"], ["a", "add"], ["f /", "find"], ["[ ] { }", "edges"], ["m", "merge"], ["t", "columns"], ["r", "reason"],
  ["u / U", "undo"], ["Space", "read"], ["o", "peek"], ["w", "why"], ["p", "jump"], ["< >", "queue"], ["q", "carry"], ["e", "export"], ["c", "finish"], ["F6", "region"], ["? / Esc", "help"],
];

export function openHelp() {
  const rows = HELP.map(([key, what]) => [h("dt", {}, h("kbd", {}, called(key))), h("dd", {}, t(`help.${what}`))]);
  dialog("keys-help", t("help.title"), h("p", {}, t("help.way")), h("dl", { class: "keys" }, rows.flat()), h("p", {}, t("help.leaves")));
}

/** What decisions teach, written as files beside what is kept of the review: text of the documents leaves it only here. */
export function openExport() {
  const told = h("ul", { id: "exported", role: "status" });
  const run = (what) => async () => {
    fill(told, h("li", {}, t("export.running")));
    try {
      const { lines } = await post("/api/export", { what });
      fill(told, lines.map((line) => h("li", { translate: "no" }, line)));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      fill(told, h("li", { class: "warn" }, error.message || t("gone")));
    }
  };
  const choices = ["keep", "mask", "rules", "gold"].map((what) => [h("dt", {}, h("button", { type: "button", "data-export": what, onclick: run(what) }, t(`export.${what}`))), h("dd", {}, t(`export.${what}.for`))]);
  dialog("export-of", t("export.title"), h("p", { class: "warn" }, t("export.warning")), h("dl", { class: "exports" }, choices.flat()), told);
}

/** The check before the end, and the end. */
export async function openFinish() {
  let check;
  if (state.doc.share < 1 || state.doc.behind) say(t("finish.waits"));
  try {
    check = await get(`/api/doc/${state.doc.id}/check`);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return say(error.message || t("gone"));
  }
  const must = check.points.filter((point) => point.must);
  const seen = check.points.filter((point) => !point.must);
  const boxes = seen.map((point) => h("input", { type: "checkbox", value: point.id, onchange: () => ready() }));
  const go = h("button", { type: "button", id: "finish-go", class: "main", onclick: () => finish(go, boxes, result) }, t(`finish.${ending()}`));
  const all = h("button", { type: "button", id: "finish-all", onclick: () => { boxes.forEach((each) => (each.checked = true)); ready(); } }, t("finish.all", { number: seen.length }));
  const ready = () => (go.disabled = must.length > 0 || boxes.some((each) => !each.checked));
  const result = h("div", { id: "finished", role: "status" });
  const links = (point) =>
    point.items.slice(0, 30).map((id) => {
      const item = state.items.get(id);
      return item && h("button", { type: "button", class: "link", onclick: () => { $("#finish").close(); chooseItem(id); } }, shown([...item.text].slice(0, 20).join("")));
    });
  dialog(
    "finish",
    t("finish.title"),
    h("p", {}, t("finish.counts", check.counts)),
    must.length > 0 && [h("h3", {}, t("finish.must")), h("ul", {}, must.map((point) => h("li", { class: "must" }, point.text, " ", links(point))))],
    seen.length > 0 && [h("h3", {}, t("finish.seen")), h("ul", { class: "seen" }, seen.map((point, number) => h("li", {}, h("label", {}, boxes[number], " ", point.text), " ", links(point)))), seen.length > 1 && all],
    !must.length && !seen.length && h("p", {}, t("finish.nothing")),
    h("label", {}, h("input", { type: "checkbox", id: "context-considered" }), " ", t("finish.context")),
    h("p", { class: "law" }, t("finish.law")),
    go,
    result,
  );
  ready();
  (boxes[0] ?? go).focus();
}

/** What the end of this review comes to. */
function ending() {
  if (state.session.role !== "approve") return "do";
  if ([...state.items.values()].some((item) => item.state === "later" && item.by === state.session.by)) return "return";
  return state.session.signs ? "sign" : "approve";
}

async function finish(button, boxes, result) {
  button.disabled = true;
  fill(result, t("finish.writing"));
  const body = { doc: state.doc.id, version: state.doc.version, seen: boxes.map((each) => each.value), context: $("#context-considered").checked };
  try {
    const done = await post("/api/finish", body);
    state.doc.state = "finished";
    fill(
      result,
      h("p", { id: "verdict", tabindex: "-1", "data-verdict": done.verdict, class: ["pass", "held-pass", "approved"].includes(done.verdict) ? "good" : "warn" }, t(`finish.${done.verdict}`)),
      h("p", {}, h("code", { id: "output", translate: "no" }, done.output)),
      h("ul", {}, done.lines.map((line) => h("li", {}, line))),
    );
    changed("finished");
    $("#verdict").focus();
    say(t(`finish.${done.verdict}`));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    fill(result, h("p", { class: "warn" }, error.message || t("gone")));
    button.disabled = false;
  }
}

/** All documents of the folder, those with most doubt first, and the values that stand in more than one. */
export async function openQueue() {
  state.session = await get("/api/session");
  const columns = ["name", "state", "undecided", "doubtful", "left"];
  const doubt = ({ error, state: how, counts }) => (error ? -3 : how === "finished" ? -2 : counts ? counts.doubtful + counts.left : -1);
  const documents = [...state.session.documents].sort((one, other) => doubt(other) - doubt(one) || one.id - other.id);
  const rows = documents.map((each) =>
    h(
      "tr",
      {},
      h("td", {}, each.error ? each.name : h("button", { type: "button", class: "link", onclick: () => { $("#documents").close(); go(each.id); } }, each.name)),
      h("td", {}, each.error ? `${t("queue.failed")} ${each.error}` : t(each.counts ? `queue.${each.state}` : "queue.unread")),
      ["open", "doubtful", "left"].map((name) => h("td", { class: "number" }, String(each.counts?.[name] ?? ""))),
    ),
  );
  const values = h("details", { id: "values" }, h("summary", {}, t("values.title")), h("div", { id: "values-list" }));
  values.addEventListener("toggle", () => values.open && drawValues());
  dialog("documents", t("queue.title"), table(columns.map((name) => t(`queue.${name}`)), rows), values);
}

export const table = (columns, rows) => h("table", {}, h("thead", {}, h("tr", {}, columns.map((name) => h("th", { scope: "col" }, name)))), h("tbody", {}, rows));

/** The values that stand in more than one document: one decision for all. */
async function drawValues() {
  const { values, more, unread } = await get("/api/values");
  const act = (each, action) => async () => {
    try {
      const { files, places } = await post("/api/everywhere", { value: each.key, action });
      say(t("did.carry", { value: each.value, files, places }));
      await drawValues();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      say(error.message || t("gone"));
    }
  };
  const button = (each, action) => h("button", { type: "button", onclick: act(each, action), "aria-label": `${t(`do.${action}`)} ${each.value}` }, t(`do.${action}`));
  const rows = values.map((each) =>
    h("tr", {}, h("td", { translate: "no" }, shown([...each.value].slice(0, 40).join(""))), h("td", {}, entityName(each.entity)), [each.files, each.places, each.open].map((number) => h("td", { class: "number" }, String(number))), h("td", {}, button(each, "mask"), " ", button(each, "keep"))),
  );
  fill(
    $("#values-list"),
    unread > 0 && h("p", {}, t("values.unread", { number: unread })),
    values.length ? table(["value", "entity", "files", "places", "open", "decide"].map((name) => t(`values.${name}`)), rows) : h("p", {}, t("values.none")),
    more > 0 && h("p", {}, t("values.more", { number: more })),
  );
}
