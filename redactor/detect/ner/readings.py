"""What the network finds, as annotators would cut it: the place alone of 挪威政府, both countries of 中美."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

import regex

from redactor.detect.ner.decode import Tagged

Reading = tuple[int, int, str]
"""start, end, entity."""

_BODY: Final = regex.compile(r"(?:政府|军队|部队|军方|警方|当局|军)$")
"""What every country has, and no organisation of its own name."""
_COUNTRIES: Final = frozenset("中美俄日英法德意印韩朝越泰蒙以巴埃澳加欧非苏")
_DIVISION: Final = frozenset("省市区县州盟旗乡镇村")
"""A division's government is an organisation."""
_REGION: Final = regex.compile(r"(?:[东西][南北]|[东南西北中][亚欧非美东])地区")
_WAY: Final = "(?:游?步道|绿道|栈道|游道|慢道|公路)"
_DOTS: Final = frozenset("·•‧・∙⋅")
_ALONG: Final = regex.compile(rf"(?:[环沿绕][湖河江海山溪城岛湾库]{_WAY}?|[滨临傍][湖河江海水山]{_WAY})$")
"""A way along some water or hill that is not named: 环湖步道."""


def readings(text: str, start: int, end: int, entity: str, is_place: Callable[[int, int], bool]) -> list[Reading]:
    """The entities that a found one stands for, in order; `is_place`: whether the lexicon has that stretch as a place."""
    if entity == "ORGANIZATION":
        body = _BODY.search(text, start, end)
        if body and start < body.start():
            at = body.start()
            country = text[start] in _COUNTRIES if at - start == 1 else body[0] != "军" and is_place(start, at)
            if country and text[at - 1] not in _DIVISION:
                return [(start, at, "LOCATION")]
    elif entity == "LOCATION":
        if end - start == 2 and text[start] in _COUNTRIES and text[start + 1] in _COUNTRIES:
            return [(start, start + 1, entity), (start + 1, end, entity)]
        if _REGION.fullmatch(text, start, end):
            return [(start, end - 2, entity)]
        along = _ALONG.search(text, start, end)
        if along and along.start() > start:
            return [(start, along.start(), entity)]
    return [(start, end, entity)]


def dotted(text: str, entities: Iterable[Tagged]) -> Iterator[Tagged]:
    """The entities, with persons that only a middle dot parts made one (马克思·卢布里克)."""
    waiting: Tagged | None = None
    for found in entities:
        if waiting and waiting[2] == found[2] == "PERSON" and text[waiting[1] : found[0]] in _DOTS:
            found = (waiting[0], found[1], "PERSON", min(waiting[3], found[3]))
        elif waiting:
            yield waiting
        waiting = found
    if waiting:
        yield waiting


def nameless(text: str, start: int, end: int) -> bool:
    """Whether the place is a way along some water, and no name."""
    along = _ALONG.search(text, start, end)
    return along is not None and along.start() == start
