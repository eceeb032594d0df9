"""Tables: what the name of a column says about its cells, and which cells hold no value."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

import regex

from redactor.model import ENTITIES
from redactor.packaged import packaged_rules
from redactor.text.masked import masked_spans

_LONGEST_LABEL: Final = 12
_LONGEST_NAME: Final = 60
_BESIDE = regex.compile(r"[（(\[【][^（）()\[\]【】]*+[）)\]】]|[\s_\-—.*:：\"'“”]")
"""What stands in a header beside its word: a remark in brackets, blanks, signs."""
_OPENS: Final = "（([【"
_LABEL = regex.compile(r"[\p{Han}A-Za-z0-9]*\p{Han}[\p{Han}A-Za-z0-9]*")
_NO_VALUE: Final = "NO_VALUE"


@lru_cache(maxsize=1)
def _table() -> Mapping[str, list[str]]:
    table = tomllib.loads((packaged_rules() / "data" / "columns.toml").read_text(encoding="utf-8"))
    assert set(table) <= {*ENTITIES, _NO_VALUE}
    return table


@lru_cache(maxsize=1)
def known_names() -> Mapping[str, str]:
    """Names of columns as `plain_name` has them, each with the entity that its cells hold."""
    return {plain_name(name): entity for entity, names in _table().items() if entity != _NO_VALUE for name in names}


@lru_cache(maxsize=1)
def _no_values() -> frozenset[str]:
    return frozenset(_table()[_NO_VALUE])


def plain_name(name: str) -> str:
    """The name without what may stand beside it, in small letters; a label in brackets that stands for a value is no remark."""
    if has_remark(name) and any(name[start] in _OPENS for start, _ in masked_spans(name)):
        return name.casefold()
    return _BESIDE.sub("", name).casefold()


def has_remark(name: str) -> bool:
    """Whether something stands in brackets beside a header's word, which may be anything."""
    return any(sign in name for sign in _OPENS)


def entity_of(name: str) -> str:
    """The entity that a column of that name holds, as far as the name is well known; else an empty text."""
    return known_names().get(plain_name(name), "") if len(name) <= _LONGEST_NAME else ""


def label_of(name: str) -> str:
    """The name as a label before a cell's text (`经办人：`), where it is short and Chinese, as the rules' labels are."""
    word = _BESIDE.sub("", name)
    return f"{word}：" if len(word) <= _LONGEST_LABEL and _LABEL.fullmatch(word) else ""


def context_of(name: str) -> str:
    """A label that says what a well-known name says, for texts that may be something else all the same."""
    entity = entity_of(name)
    return f"{_table()[entity][0]}：" if entity else ""


def is_no_value(text: str) -> bool:
    """Whether a cell says that there is no value, or is of the rule below a header, as Markdown draws it."""
    word = text.strip().casefold()
    return not word.strip("-—:=") or word in _no_values()
