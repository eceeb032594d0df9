"""Documents made up of others: a head and a tail grafted onto another body, lines kept, wrapped and changed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import regex
from corpora import made_words
from marked import Marked

_CLAUSE: Final = regex.compile(r"[^。！？]+[。！？]*[”」』]?")
_FOREIGN: Final = 0.5
"""How often a document is put together with a text of those that have nothing marked."""
Sourced = tuple[Marked, tuple[str, ...]]
"""A document with the source of each of its lines."""
_KEPT_ABOVE: Final = made_words("kept-above")
_KEPT_BELOW: Final = made_words("kept-below")
_NAMES: Final = made_words("kept-names")


def composed(documents: Sequence[Marked], luck: random.Random, rounds: int) -> Iterator[Sourced]:
    """The documents, and documents put together of them; with each the source of every line."""
    clean = [document for document in documents if document.clean]
    marked = [document for document in documents if not document.clean]
    for document in documents:
        yield document, (document.source,) * len(document.lines)
    for _ in range(rounds):
        for document in marked:
            other = luck.choice(clean if luck.random() < _FOREIGN else marked)
            yield changed(*grafted(document, text_of(other), luck), luck)
        for document in clean:
            yield changed(*piece(document, luck), luck)


def text_of(document: Marked) -> Marked:
    """A document without what is marked in it."""
    rows = [(line, label) for line, label in zip(document.lines, document.labels, strict=True) if label == 0]
    return Marked(document.source, tuple(line for line, _ in rows), (0,) * len(rows))


def piece(document: Marked, luck: random.Random) -> Sourced:
    """Some lines of a document, from its head, its tail or within."""
    count = len(document.lines)
    size = min(count, luck.choice((2, 4, 7, 12, 20, 40)))
    start = luck.choice((0, count - size, luck.randint(0, count - size)))
    cut = replace(document, lines=document.lines[start : start + size], labels=document.labels[start : start + size])
    return cut, (document.source,) * size


def grafted(document: Marked, other: Marked, luck: random.Random) -> Sourced:
    """The head and tail of a document about the text of another."""
    places = [place for place, label in enumerate(document.labels) if label == 1]
    if not places:
        return document, (document.source,) * len(document.lines)
    middle = len(document.lines) // 2
    head_end = max((place + 1 for place in places if place < middle), default=0)
    tail_start = min((place for place in places if place >= middle), default=len(document.lines))
    body, _ = piece(other, luck)
    own = with_kept(body, luck)
    lines = (*document.lines[:head_end], *own.lines, *document.lines[tail_start:])
    labels = (*document.labels[:head_end], *own.labels, *document.labels[tail_start:])
    sources = (
        *(document.source,) * head_end,
        *(other.source,) * len(own.lines),
        *(document.source,) * (len(document.lines) - tail_start),
    )
    return Marked(document.source, lines, labels), sources


def with_kept(body: Marked, luck: random.Random) -> Marked:
    """A text with some of those lines at its head and tail that are a part of it: dates, sources, authors, pictures, signatures."""
    above = [kept(luck.choice(_KEPT_ABOVE), luck) for _ in range(luck.choice((0, 0, 1, 2)))]
    below = [kept(luck.choice(_KEPT_BELOW), luck) for _ in range(luck.choice((0, 0, 1, 1, 3)))]
    title, rest = (body.lines[:1], body.lines[1:]) if luck.random() < 0.6 else ((), body.lines)
    lines = (*title, *above, *rest, *below)
    return Marked(body.source, lines, (0,) * len(lines))


def kept(template: str, luck: random.Random) -> str:
    parts = {
        "date": luck.choice(("2023-04-18", "2019年6月3日", "2021/11/02", "2016-12-30")),
        "time": luck.choice(("09:15", "21:04:33")),
        "site": luck.choice(("news", "mmbiz", "img", "blog")),
        "number": str(luck.randint(1, 99)),
        "picture": "![](https://img.example/640?wx_fmt=jpeg)",
    }
    for key, value in parts.items():
        template = template.replace(f"{{{key}}}", value)
    while "{name}" in template:
        template = template.replace("{name}", luck.choice(_NAMES), 1)
    return template


def changed(document: Marked, sources: tuple[str, ...], luck: random.Random) -> Sourced:
    """The same with blank lines gone, or between all lines; some marked lines gone, and some in another order; paragraphs cut up."""
    rows = list(zip(document.lines, document.labels, sources, strict=True))
    loss = luck.choice((0.0, 0.0, 0.2, 0.5))
    rows = [row for row in rows if row[1] != 1 or luck.random() >= loss]
    for place in range(len(rows) - 1):
        if rows[place][1] == rows[place + 1][1] == 1 and luck.random() < 0.15:
            rows[place], rows[place + 1] = rows[place + 1], rows[place]
    how = luck.random()
    if how < 0.12:
        width = luck.randint(24, 42)
        rows = [(part, *row[1:]) for row in rows for part in wrapped(row[0], width)]
    elif how < 0.24:
        rows = [(part, *row[1:]) for row in rows for part in (_CLAUSE.findall(row[0]) or [row[0]])]
    elif how < 0.3:
        rows = [(row[0].rstrip("。"), *row[1:]) for row in rows]
    how = luck.random()
    if how < 0.25:
        rows = [row for row in rows if row[0].strip()]
    elif how < 0.4:
        rows = [part for row in rows if row[0].strip() for part in (row, ("", 0, row[2]))]
    lines, labels, origins = (tuple(part) for part in zip(*rows, strict=True)) if rows else ((), (), ())
    return Marked(document.source, lines, labels), origins


def wrapped(line: str, width: int) -> list[str]:
    return [line[at : at + width] for at in range(0, len(line), width)] or [""]
