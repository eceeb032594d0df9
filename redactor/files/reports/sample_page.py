"""Some edits of each rule as one page of HTML, in the style of the report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from redactor.files.reports.page import framed
from redactor.files.tables.model import EditRow
from redactor.files.tables.originals import Shown
from redactor.files.tables.sampling import Drawn
from redactor.language import say
from redactor.text.places import said_place


def as_sample_page(drawn: Mapping[str, Drawn], texts: Mapping[EditRow, Shown], remarks: Sequence[str]) -> str:
    """The page. `texts`: of the edits whose text may be shown; `remarks`: what is to be said above all."""
    title = say("A sample of the edits of each rule")
    return framed(
        title,
        (*_head(title, remarks, bool(texts)), *(part for rule in drawn for part in _rule(rule, drawn[rule], texts))),
    )


def _head(title: str, remarks: Sequence[str], private: bool) -> Iterator[str]:
    yield f"<h1>{escape(title)}</h1>"
    for remark in remarks:
        yield f'<p class="soft">{escape(remark)}</p>'
    if private:
        yield f'<p class="warn">{escape(say("This page holds text of the originals: keep it with them."))}</p>'


def _rule(rule: str, drawn: Drawn, texts: Mapping[EditRow, Shown]) -> Iterator[str]:
    rows = drawn.rows
    entities = ", ".join(sorted({row.entity for row in rows}))
    told = say("{shown} of {number:,} edits", shown=len(rows), number=drawn.all)
    yield f'<section class="card files"><h2>{escape(rule)} <span class="soft">{escape(entities)}, {escape(told)}</span></h2>'
    heads = (
        (say("file"), say("place"), say("score"), say("text")) if texts else (say("file"), say("place"), say("score"))
    )
    yield f"<table><thead><tr>{''.join(f'<th>{escape(head)}</th>' for head in heads)}</tr></thead><tbody>"
    for row in rows:
        place = f"{said_place(row.where)} [{row.start}, {row.end})"
        score = "–" if row.score is None else f"{row.score:.2f}"
        cells = [
            f'<td class="name">{escape(row.file)}</td>',
            f"<td>{escape(place)}</td>",
            f'<td class="number">{score}</td>',
        ]
        if texts:
            cells.append(f"<td>{_text(texts.get(row), row.replacement)}</td>")
        yield f"<tr>{''.join(cells)}</tr>"
    yield "</tbody></table></section>"


def _text(shown: Shown | None, replacement: str | None) -> str:
    if shown is None:
        return "–"
    after = "" if replacement is None else f" → {escape(replacement)}"
    return f"{escape(shown.before)}<mark>{escape(shown.text)}</mark>{escape(shown.after)}{after}"
