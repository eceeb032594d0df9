"""What the name of a column says about its cells: the entity that they are, the label that is read before them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

import regex

from redactor.model import ENTITIES
from redactor.packaged import packaged_rules

_LONGEST_LABEL: Final = 12
_BESIDE = regex.compile(r"[（(\[【][^（）()\[\]【】]*+[）)\]】]|[\s_\-—.*:：\"'“”]")
"""What stands in a header beside its word: a remark in brackets, blanks, signs."""
_LABEL = regex.compile(r"[\p{Han}A-Za-z0-9]*\p{Han}[\p{Han}A-Za-z0-9]*")
_NO_VALUE: Final = frozenset(
    ("", "/", "\\", "-", "--", "—", "——", "0", "无", "暂无", "没有", "未知", "不详", "同上", "空")
)
_NO_VALUE_EN: Final = frozenset(("null", "none", "nan", "na", "n/a", "nil", "unknown", "#n/a"))


@lru_cache(maxsize=1)
def _table() -> Mapping[str, list[str]]:
    table = tomllib.loads((packaged_rules() / "data" / "columns.toml").read_text(encoding="utf-8"))
    assert set(table) <= set(ENTITIES)
    return table


@lru_cache(maxsize=1)
def _entities() -> Mapping[str, str]:
    return {_plain(name): entity for entity, names in _table().items() for name in names}


@lru_cache(maxsize=1)
def _labels() -> Mapping[str, str]:
    return {entity: names[0] for entity, names in _table().items()}


def _plain(name: str) -> str:
    return _BESIDE.sub("", name).casefold()


def entity_of(name: str) -> str:
    """The entity that a column of that name holds, as far as the name is well known; else an empty text."""
    return _entities().get(_plain(name), "") if len(name) <= 60 else ""


def label_of(name: str) -> str:
    """The name as a label before a cell's text (`经办人：`), where it is short and Chinese, as the rules' labels are."""
    word = _BESIDE.sub("", name)
    return f"{word}：" if len(word) <= _LONGEST_LABEL and _LABEL.fullmatch(word) else ""


def context_of(name: str) -> str:
    """A label that says what a well-known name says, for texts that may be something else all the same."""
    entity = entity_of(name)
    return f"{_labels()[entity]}：" if entity else ""


def is_no_value(text: str) -> bool:
    """Whether a cell says that there is no value."""
    word = text.strip()
    return word in _NO_VALUE or word.casefold() in _NO_VALUE_EN
