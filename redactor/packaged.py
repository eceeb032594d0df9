"""What is shipped beside the code: where the built-in rules lie, and the word lists that code reads."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path


def packaged_rules() -> Path:
    """The folder of built-in rules: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parent
    inside = package / "rules"
    return inside if inside.is_dir() else package.parent / "rules"


def read_words(text: str) -> tuple[str, ...]:
    """The words of a list: the first column of each line that is neither blank nor a `#` note."""
    lines = (line.partition("\t")[0].strip() for line in text.splitlines() if line[:1] != "#")
    return tuple(word for word in lines if word)


@cache
def packaged_words(name: str) -> tuple[str, ...]:
    """The words of `rules/lists/NAME.txt`: facts of Chinese that no single rule speaks of."""
    return read_words((packaged_rules() / "lists" / f"{name}.txt").read_text(encoding="utf-8"))


def any_word_of(name: str) -> str:
    """A pattern for any of the words of a list."""
    return f"(?:{'|'.join(map(re.escape, packaged_words(name)))})"
