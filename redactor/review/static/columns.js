// The columns of tables, and the fields of JSON: one decision for all that stands in one.

import { fill, h, shown } from "/dom.js";
import { t } from "/i18n.js";
import { get, Refused } from "/api.js";
import { state } from "/store.js";
import { decideColumn, say } from "/commands.js";
import { dialog, table } from "/dialogs.js";

/** What there is in each column, and what is to become of it. */
export async function openColumns() {
  if (!state.doc.columns) return say(t("columns.none"));
  const list = h("div", { id: "columns-list" });
  dialog("columns-of", t("columns.title"), h("p", {}, t("columns.then")), list);
  await drawColumns(list);
  list.querySelector("button")?.focus();
}

async function drawColumns(list, focused = "") {
  let columns;
  try {
    ({ columns } = await get(`/api/doc/${state.doc.id}/columns`));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return say(error.message || t("gone"));
  }
  const act = (column, action) => {
    const id = `${action}-${column.id}`;
    const run = async () => {
      await decideColumn(column, action);
      await drawColumns(list, id);
    };
    return h("button", { type: "button", "data-column": id, "aria-label": `${t(`columns.${action}`)} ${column.name || column.where}`, onclick: run }, t(`columns.${action}`));
  };
  const rows = columns.map((column) =>
    h(
      "tr",
      {},
      h("td", {}, column.name ? [h("strong", { translate: "no" }, shown(column.name)), " "] : "", h("span", { class: "where" }, column.where === column.name ? "" : column.where)),
      h("td", { translate: "no" }, shown(column.examples.join(" / "))),
      h("td", { class: "number" }, String(column.cells)),
      h("td", { class: "number" }, String(column.masked)),
      h("td", {}, act(column, "mask"), " ", act(column, "keep"), " ", act(column, "open")),
    ),
  );
  fill(list, table(["name", "examples", "cells", "masked", "decide"].map((name) => t(`columns.${name}`)), rows));
  if (focused) list.querySelector(`[data-column="${CSS.escape(focused)}"]`)?.focus();
}
