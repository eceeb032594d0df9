"""What the network finds, as annotators would cut it: the place alone of 挪威政府, both countries of 中美."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

import regex

from redactor.detect.ner.decode import Tagged
from redactor.packaged import packaged_words

Reading = tuple[int, int, str]
"""start, end, entity."""

_DOTS: Final = frozenset("·•‧・∙⋅")
_COUNTRIES: Final = frozenset(packaged_words("ner-countries"))
_DIVISION: Final = frozenset(packaged_words("ner-divisions"))
"""A division's government is an organisation."""


def _any_of(name: str) -> str:
    return f"(?:{'|'.join(packaged_words(name))})"


_STUDY: Final = regex.compile(rf"{_any_of('ner-study')}$")
"""What somebody does in a place: no body of it."""
_GROUPED: Final = regex.compile(
    r"([一二两三四五六七八九十百千])\p{Han}{1,2}[一二两三四五六七八九十百千]\p{Han}{1,2}|[二两三四五六七八九十][东南西北]"
)
"""Places that are counted, not named: 两城三镇, 四南."""
_WITHIN: Final = regex.compile(rf"{_any_of('ner-within')}[里上边头]人?")
"""What is in the village or by the water that is spoken of: 屯里, 河边."""
_BODY: Final = regex.compile(rf"{_any_of('ner-government')}$")
"""What every country has, and no organisation of its own name."""
_REGION: Final = regex.compile(rf"{_any_of('ner-regions')}地区")
_ALONG: Final = regex.compile(
    rf"(?:{_any_of('ner-around')}{_any_of('ner-ways')}?|{_any_of('ner-beside')}{_any_of('ner-ways')})$"
)
"""A way along some water or hill that is not named: 环湖步道."""


def readings(text: str, start: int, end: int, entity: str, is_place: Callable[[int, int], bool]) -> list[Reading]:
    """The entities that a found one stands for, in order; `is_place`: whether the lexicon has that stretch as a place."""
    study = _STUDY.search(text, start, end)
    if study and study.start() > start + 1:
        return [(start, study.start(), "LOCATION")]
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
    """Whether the place is a way along some water, counted or within what is spoken of, and no name."""
    if _GROUPED.fullmatch(text, start, end) or _WITHIN.fullmatch(text, start, end):
        return True
    along = _ALONG.search(text, start, end)
    return along is not None and along.start() == start
