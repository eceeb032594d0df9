"""Names of persons: what they are made of, and what stands before a surname."""

from __future__ import annotations

from collections.abc import Mapping
from math import log
from typing import Final

BEFORE_SURNAMES: Final = "小老阿"
"""小王, 老王, 阿王."""


def read_surnames(text: str) -> Mapping[str, float]:
    """Surnames with the log probability of each, from lines `surname<TAB>count`."""
    counts = {}
    for line in text.splitlines():
        if line and line[0] != "#":
            surname, _, count = line.partition("\t")
            counts[surname] = int(count or 1)
    total = float(sum(counts.values()))
    return {surname: log(count / total) for surname, count in counts.items()}


def read_given(text: str) -> Mapping[str, tuple[float, float, float]]:
    """Characters of given names with log weights as first of two, second of two and the only one, from lines of four cells."""
    rows = (line.split("\t") for line in text.splitlines() if line and line[0] != "#")
    return {row[0]: (float(row[1]), float(row[2]), float(row[3])) for row in rows}
