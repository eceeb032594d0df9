"""Pivot tables (ECMA-376 part 1, 18.10): their caches hold copies of rows that may be nowhere else in the workbook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lxml import etree

from redactor.formats.office.cells import escaped, plain, shown
from redactor.formats.office.formulas import look_at
from redactor.formats.office.markup import elements, local, namespace
from redactor.formats.pieces import numbered
from redactor.formats.unit import Session, Unit

_ITEMS: Final = frozenset("sned")
"""Items of a cache: texts, numbers, errors, dates."""
_EXTREMES: Final = ("minValue", "maxValue", "minDate", "maxDate")


def redact_cache(
    where: str,
    definition: etree._Element,
    records: etree._Element | None,
    entities: Mapping[str, str],
    copies: Mapping[str, str],
    session: Session,
) -> bool:
    """Redact the items of a pivot cache, those of fields known by their names as such values; whether any were.

    Then the records can't stay as they are: the cache is to be filled again from its source when it is opened.
    """
    fields = [f for f in elements(definition) if local(f) == "cacheField"]
    known = [entities.get(field.get("name", ""), "") for field in fields]
    found: list[tuple[etree._Element, str]] = []
    for field, entity in zip(fields, known, strict=True):
        found += [(item, entity) for item in elements(field) if local(item) in _ITEMS]
    texts = {_text(item): where for item, entity in found if not entity}
    rows = [row for row in records if local(row) == "r"] if records is not None else []
    for row in rows:
        for item, entity in zip(row, known, strict=False):
            if local(item) in _ITEMS and entity:
                found.append((item, entity))
            elif local(item) in _ITEMS:
                texts[_text(item)] = where
    extremes = [(e, a) for f in fields for e in elements(f) for a in _EXTREMES if e.get(a)]
    texts.update({shown(e.get(a, "")): where for e, a in extremes})
    answers = {text: answer.text for text, answer in look_at({t: where for t in texts if t}, session).items()}
    for text in texts:
        if text in copies:
            answers[text] = copies[text]
    new = {
        item: session.value(Unit(_text(item), where), entity).text if entity else answers.get(_text(item), "")
        for item, entity in found
    }
    hit = any(new[item] != _text(item) for item, _ in found) or any(t != a for t, a in answers.items())
    if not hit:
        return False
    for field in fields:
        items = [item for item in elements(field) if item in new]
        _put(items, new)
    for element, attribute in extremes:
        if answers.get(shown(element.get(attribute, ""))) != shown(element.get(attribute, "")) or _is_known(
            element, fields, known
        ):
            element.attrib.pop(attribute, "")
    definition.set("refreshOnLoad", "1")
    return True


def _is_known(shared: etree._Element, fields: list[etree._Element], known: list[str]) -> bool:
    return any(entity and shared.getparent() is field for field, entity in zip(fields, known, strict=True))


def _text(item: etree._Element) -> str:
    value = item.get("v", "")
    return shown(value) if local(item) == "n" else plain(value)


def _put(items: list[etree._Element], new: Mapping[etree._Element, str]) -> None:
    """Write the items of a field; no two may be the same, and what is a number no more is a text."""
    taken = {_text(item) for item in items if new[item] == _text(item)}
    for item in items:
        text = new[item]
        if text == _text(item):
            continue
        unique = next(each for each in numbered(text, " ") if each not in taken)
        taken.add(unique)
        kept = item.get("u")
        item.tag = f"{{{namespace(item)}}}s"
        item.attrib.clear()
        item.set("v", escaped(unique))
        if kept:
            item.set("u", kept)
        shared = item.getparent()
        if shared is not None:
            for attribute in [a for a in shared.attrib if str(a).startswith("contains")]:
                del shared.attrib[attribute]
