"""Lines and blocks that a rule names whole: what is known to repeat on the pages of a collection."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from redactor.model import RuleError, Span
from redactor.text.lines import LONGEST_LINE, Line, fold

MAX_LINES: Final = 50_000
_DIGITS: Final = re.compile(r"\d[\d.,:/-]*")
_SPACE: Final = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Known:
    """Blocks by their first line, longest first, and the beginnings, up to a colon, of lines that go whatever follows."""

    blocks: dict[str, tuple[tuple[str, ...], ...]]
    beginnings: frozenset[str]

    def spans(self, lines: Iterable[Line]) -> Iterator[Span]:
        """Where they stand among the lines; blank lines count for nothing."""
        shown = [line for line in lines if not line.blank]
        keys = [key(line.text) if len(line.text) <= LONGEST_LINE else "" for line in shown]
        at = 0
        while at < len(keys):
            for block in self.blocks.get(keys[at], ()) if keys[at] else ():
                if all(self._is(keys[at + n], known) for n, known in enumerate(block) if at + n < len(keys)) and (
                    at + len(block) <= len(keys)
                ):
                    yield shown[at].start, shown[at + len(block) - 1].end
                    at += len(block)
                    break
            else:
                if self._begins(keys[at]):
                    yield shown[at].start, shown[at].end
                at += 1

    def _is(self, found: str, known: str) -> bool:
        return found == known or (known.endswith(":") and found.startswith(known))

    def _begins(self, found: str) -> bool:
        head, colon, _ = found.partition(":")
        return head + colon in self.beginnings


def key(text: str) -> str:
    """A line as known lines are compared: width, script and spaces folded away, each number one sign."""
    return _DIGITS.sub("0", _SPACE.sub("", fold(text)))


def read_known(text: str, where: str, *, blocks: bool) -> Known:
    """What a file of known lines says: one a line, `#` for notes; `blocks`: those between blank lines belong together."""
    groups: list[tuple[str, ...]] = []
    group: list[str] = []
    count = 0
    for line in [*text.splitlines(), ""]:
        if line.startswith("#"):
            continue
        if line.strip():
            count += 1
            group.append(key(line))
        if group and (not blocks or not line.strip()):
            groups.append(tuple(group))
            group = []
    if not groups:
        raise RuleError("{where}: lines_file names no line", where=where)
    if count > MAX_LINES:
        raise RuleError(
            "{where}: lines_file has {count} lines; at most {max_lines}",
            where=where,
            count=count,
            max_lines=MAX_LINES,
        )
    return known_of(groups)


def known_of(groups: Iterable[tuple[str, ...]]) -> Known:
    """Blocks of lines, each line as `key` has it, to be looked for."""
    by_first: dict[str, list[tuple[str, ...]]] = {}
    beginnings: set[str] = set()
    for each in dict.fromkeys(groups):
        if len(each) == 1 and each[0].endswith(":"):
            beginnings.add(each[0])
        by_first.setdefault(each[0], []).append(each)
    return Known({k: tuple(sorted(v, key=len, reverse=True)) for k, v in by_first.items()}, frozenset(beginnings))
