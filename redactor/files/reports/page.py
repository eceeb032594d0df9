"""The report as one page of HTML, for people who look rather than read: nothing is fetched, nothing runs, and no text
of documents is on it unless the report holds some."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import Any, Final

from redactor.language import current, later, say

WORDS: Final = {
    "title": later("Redaction report"),
    "broken-off": later("The run was broken off: files that it did not come to are not on this page."),
    "private": later("This page holds text of the originals: keep it with them."),
    "made": later("policy {policy}, redactor {version}"),
    "legal": later("in law: {legal}"),
    "files": later("files"),
    "changed": later("changed"),
    "failed": later("failed"),
    "edits": later("edits"),
    "residue": later("left to look at"),
    "not_checked": later("not checked"),
    "by-entity": later("Edits by entity"),
    "by-rule": later("Edits by rule"),
    "by-kind": later("Left to look at, by kind"),
    "by-reason": later("Failed, by reason"),
    "skipped": later("Not read, by reason"),
    "more": later("{number} more"),
    "files-by-doubt": later("Files, the most doubtful first"),
    "file": later("file"),
    "format": later("format"),
    "hidden": later("hidden text"),
    "none": later("no files"),
    "line": later("line {line}, column {column}"),
    "was-not-checked": later("{what} was not checked"),
    "is-hidden": later("hidden text ({what}), {count}×"),
    "removed": later("removed"),
}
"""What the page says, in one place."""
_BARS: Final = 15
"""Bars that a chart has; what is rarer is summed up."""
_LISTED: Final = 200
"""Places that are listed of a file."""
_STYLE: Final = """
:root { color-scheme: light dark; --page: #f7f8fa; --card: #fff; --ink: #1c2230; --soft: #5b6475; --line: #dde1e8;
 --bar: #2f6fb3; --warn: #9a5b00; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --page: #14171d; --card: #1d222b; --ink: #e7eaf0; --soft: #9aa4b5;
 --line: #343b47; --bar: #6aa9ea; --warn: #e5ac53; --bad: #ff8a80; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 2rem 1.25rem 4rem; background: var(--page); color: var(--ink);
 font: 16px/1.5 system-ui, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif; }
h1 { margin: 0; font-size: 1.6rem; } h2 { margin: 0 0 .75rem; font-size: 1rem; }
.soft { color: var(--soft); margin: .25rem 0 0; } .warn { color: var(--warn); } .bad { color: var(--bad); }
.tiles { display: grid; gap: .75rem; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); margin: 1.5rem 0; }
.cards { display: grid; gap: .75rem; grid-template-columns: repeat(auto-fit, minmax(min(30rem, 100%), 1fr)); }
.tile, .card { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: 1rem; }
.tile b { display: block; font-size: 1.7rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
.tile span { color: var(--soft); font-size: .875rem; }
svg { display: block; width: 100%; height: auto; } svg text { fill: var(--ink); font-size: 13px; }
svg rect { fill: var(--bar); }
.files { margin-top: .75rem; overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: .9375rem; }
th, td { padding: .4rem .6rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { color: var(--soft); font-weight: 500; white-space: nowrap; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.name { overflow-wrap: anywhere; min-width: 14rem; }
summary { cursor: pointer; } ul { margin: .5rem 0; padding-left: 1.25rem; font-size: .875rem; }
mark { background: none; color: var(--warn); font-weight: 600; }
"""
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"


def _word(name: str, **values: object) -> str:
    """What the page says, in the language in use."""
    return say(WORDS[name], **values)


def as_page(content: Mapping[str, Any]) -> str:
    """The page."""
    return framed(_word("title"), (*_head(content), *_charts(content["totals"]), *_files(content["files"])))


def framed(title: str, parts: Iterable[str]) -> str:
    """A page of these parts, in the style of all pages: nothing is fetched, nothing runs."""
    return "\n".join(
        [
            f'<!doctype html>\n<html lang="{current()}">\n<head>\n<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>",
            *parts,
            "</body>\n</html>\n",
        ]
    )


def _head(content: Mapping[str, Any]) -> Iterator[str]:
    totals = content["totals"]
    made = _word("made", policy=content["policy"], version=content["redactor"])
    yield f'<h1>{_word("title")}</h1>\n<p class="soft">{escape(made)}</p>'
    if content["legal"]:
        yield f'<p class="soft">{_word("legal", legal=content["legal"])}</p>'
    if not content["complete"]:
        yield f'<p class="bad">{_word("broken-off")}</p>'
    if any("text" in item for entry in content["files"] for item in (*entry["edits"], *entry["residue"])):
        yield f'<p class="warn">{_word("private")}</p>'
    yield '<div class="tiles">'
    marks = {"failed": "bad", "residue": "warn", "not_checked": "warn"}
    for name in ("files", "changed", "failed", "edits", "residue", "not_checked"):
        mark = marks.get(name, "") if totals[name] else ""
        yield f'<div class="tile"><b class="{mark}">{totals[name]:,}</b><span>{_word(name)}</span></div>'
    yield "</div>"


def _charts(totals: Mapping[str, Any]) -> Iterator[str]:
    yield '<div class="cards">'
    for title, name in (
        ("by-entity", "entities"),
        ("by-rule", "rules"),
        ("by-kind", "residue_by_kind"),
        ("not_checked", "not_checked_by_kind"),
        ("by-reason", "failed_by_reason"),
        ("skipped", "skipped_by_reason"),
    ):
        if totals[name]:
            title = _word(title)
            yield f'<section class="card"><h2>{title[0].upper()}{title[1:]}</h2>{_bars(totals[name], title)}</section>'
    yield "</div>"


def _bars(counts: Mapping[str, int], title: str) -> str:
    """A chart of numbers, the largest first: a label, a bar and the number a row."""
    rows = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    rest = rows[_BARS:]
    if rest:
        rows = [*rows[:_BARS], (_word("more", number=len(rest)), sum(number for _, number in rest))]
    most = max(number for _, number in rows)
    label, width, row = 215, 500, 22
    parts = [f'<svg viewBox="0 0 {width} {row * len(rows)}" role="img" aria-label="{escape(title)}">']
    for at, (name, number) in enumerate(rows):
        long = max(2.0, (width - label - 70) * number / most)
        name = say(name)
        shown = name if len(name) <= 30 else f"{name[:29]}…"
        parts.append(
            f'<text x="{label - 8}" y="{at * row + 15}" text-anchor="end">'
            f"<title>{escape(name)}</title>{escape(shown)}</text>"
            f'<rect x="{label}" y="{at * row + 4}" width="{long:.1f}" height="{row - 8}" rx="2"/>'
            f'<text x="{label + long + 6:.1f}" y="{at * row + 15}">{number:,}</text>'
        )
    return "".join((*parts, "</svg>"))


def doubt(entry: Mapping[str, Any]) -> tuple[int, ...]:
    """How much a file deserves a look, as a key to sort by: whether it failed, what was not checked, what is left,
    what is hidden."""
    return (
        int(entry["error"] is not None),
        len(entry["not_checked"]) + len(entry["residue"]),
        sum(item["count"] for item in entry["hidden"]),
        len(entry["warnings"]),
    )


def _files(entries: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    rows = sorted(entries, key=lambda entry: ([-part for part in doubt(entry)], entry["name"]))
    yield f'<section class="card files"><h2>{_word("files-by-doubt")}</h2>'
    if not rows:
        yield f'<p class="soft">{_word("none")}</p></section>'
        return
    numbers = ("edits", "residue", "not_checked", "hidden")
    heads = "".join(f'<th class="number">{_word(name)}</th>' for name in numbers)
    yield f"<table><thead><tr><th>{_word('file')}</th><th>{_word('format')}</th>{heads}</tr></thead><tbody>"
    for entry in rows:
        edits = sum(number for rules in entry["edited"].values() for number in rules.values())
        counts = (edits, *(len(entry[name]) for name in numbers[1:]))
        failed = entry["error"] is not None
        cells = "".join(f'<td class="number">{"–" if failed else f"{number:,}"}</td>' for number in counts)
        yield f'<tr><td class="name">{_named(entry)}</td><td>{escape(entry["format"] or "")}</td>{cells}</tr>'
    yield "</tbody></table></section>"


def _named(entry: Mapping[str, Any]) -> str:
    """The name of a file, and behind it what deserves a look."""
    name = escape(entry["name"])
    if entry["error"] is not None:
        return f'{name}<br><span class="bad">{escape(entry["error"].removeprefix(entry["name"] + ": "))}</span>'
    told = [line for kind in (_not_checked, _left, _hidden, _edited) for line in kind(entry)]
    if not told:
        return name
    more = [f"<li>{_word('more', number=len(told) - _LISTED)}</li>"] if len(told) > _LISTED else []
    return f"<details><summary>{name}</summary><ul>{''.join([*told[:_LISTED], *more])}</ul></details>"


def _not_checked(entry: Mapping[str, Any]) -> Iterator[str]:
    for item in entry["not_checked"]:
        yield f"<li>{escape(item['where'])} {escape(_word('was-not-checked', what=item['what']))}</li>"


def _left(entry: Mapping[str, Any]) -> Iterator[str]:
    for item in entry["residue"]:
        what = escape(f"{item['kind']} {item['entity']}")
        yield f"<li>{_place(item)}: {what}{_text(item)}</li>"


def _hidden(entry: Mapping[str, Any]) -> Iterator[str]:
    for item in entry["hidden"]:
        hidden = _word("is-hidden", what=item["what"], count=item["count"])
        yield f"<li>{escape(item['where'])} {escape(hidden)}</li>"


def _edited(entry: Mapping[str, Any]) -> Iterator[str]:
    """What went, where the report may say so."""
    for item in entry["edits"]:
        if "text" in item:
            written = escape(item["replacement"]) or f"<i>{_word('removed')}</i>"
            yield f"<li>{_place(item)}: {escape(item['entity'])} {escape(item['text'])} → {written}</li>"


def _place(item: Mapping[str, Any]) -> str:
    return escape(item["where"] if "where" in item else _word("line", **item))


def _text(item: Mapping[str, Any]) -> str:
    if "text" not in item:
        return ""
    before, found, after = item["context"].partition(item["text"])
    return f" …{escape(before)}<mark>{escape(found)}</mark>{escape(after)}…"
