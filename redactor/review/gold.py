"""Decided documents as annotated texts for `redactor eval`: each review becomes a test of the rules."""

from __future__ import annotations

import json
from collections.abc import Iterator

from redactor.model import FormatError
from redactor.review.drawing import Marks
from redactor.review.items import MASKED
from redactor.review.taken import HAN, Taken
from redactor.text.show import show


def gold_of(document: Taken, *, unfinished: bool = False) -> Iterator[str]:
    """A line of JSON for each text of a document: `text`, `spans`, and `id`, its number in it. Texts without Chinese in which nothing goes are left out.

    What is annotated is what goes by rules and decisions together, so only a finished review is taken, of which somebody has seen
    that; `unfinished`: any is. FormatError where it is not.
    """
    if document.file.finish is None and not unfinished:
        raise FormatError(
            "{path}: its review is not finished: finish it, or give --unfinished", path=show(document.source)
        )
    places = (place for entry in document.file.entries if entry.action == "keep" for place in entry.places)
    kept = Marks.at(places, (flow.text for flow in document.seen.flows))
    spans: list[list[dict[str, object]]] = [[] for _ in kept]
    for each in sorted(document.seen.found, key=lambda each: (each.flow, each.start, each.end)):
        if each.kind in MASKED and not kept[each.flow].covers(each.start, each.end):
            spans[each.flow].append({"start": each.start, "end": each.end, "entity": each.entity})
    for number, text in enumerate(document.texts):
        # Names of styles, fonts and the like are no text that anybody would score rules on.
        if not spans[number] and not HAN.search(text):
            continue
        row = {"id": f"{document.source.name}-{number}", "text": text, "spans": spans[number]}
        yield json.dumps(row, ensure_ascii=False).encode("utf-8", "backslashreplace").decode()
