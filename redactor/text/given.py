"""What callers hand in, checked at the door: one text, or several texts. Anything else is a TypeError of one sentence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")


def one_text(value: object, name: str) -> str:
    """The value, if it is a text. `name`: what the caller calls it."""
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a str, not {_kind(value)}")
    return value


def several_values(values: Iterable[T], name: str) -> Iterator[T]:
    """The values, of which none is looked at; a single str is refused, for each of its characters would count as a text."""
    if isinstance(values, str | bytes) or not isinstance(values, Iterable):
        raise TypeError(f"{name} must be several texts (a list of str), not {_kind(values)}")
    return iter(values)


def several_texts(values: Iterable[str], name: str) -> Iterator[str]:
    """The texts, each checked as it comes."""
    return (one_text(value, f"each of {name}") for value in several_values(values, name))


def _kind(value: object) -> str:
    name = type(value).__name__
    return "None" if value is None else f"one {name}" if name == "str" else name
