"""Paths of JSON values as users write them: `text`, `meta.title`, `items[*].body`, `["a.b"]`; a leading `$.` may stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

import regex

from redactor.formats.tables.json_scan import Path
from redactor.language import say
from redactor.model import FormatError

_ANY: Final = "*"
_STEP = regex.compile(r"""\.?([^.\[\]"'*$]++|\*)|\[(\*|[0-9]{1,9})\]|\[(?:"([^"]*+)"|'([^']*+)')\]""")


@dataclass(frozen=True, slots=True)
class Step:
    """One step down: into a key or a place in an array; into any of them when `name` is None."""

    name: str | int | None
    array: bool

    def fits(self, part: str | int) -> bool:
        """Whether a part of a path is what this step goes into."""
        return isinstance(part, int) == self.array and self.name in (None, part)


Pattern = tuple[Step, ...]


def parse_path(path: str) -> Pattern:
    """The steps of a path. FormatError when it is none."""
    rest = path.removeprefix("$")
    steps: list[Step] = []
    at = 0
    while at < len(rest):
        match = _STEP.match(rest, at)
        if not match or (steps and match[1] and rest[at] != "."):
            break
        name, place, *in_quotes = match.groups()
        if place:
            steps.append(Step(None if place == _ANY else int(place), array=True))
        elif name:
            steps.append(Step(None if name == _ANY else name, array=False))
        else:
            steps.append(Step(next(text for text in in_quotes if text is not None), array=False))
        at = match.end()
    if at < len(rest) or not steps:
        raise FormatError("{path!r} is no path such as text, meta.title or items[*].body", path=path)
    return tuple(steps)


@dataclass
class Selection:
    """Which paths are meant by those that the user names, and which of these have been met."""

    patterns: dict[str, Pattern]
    met: set[str] = field(default_factory=set)

    def covering(self, path: Path) -> str | None:
        """The user's path that leads to this one or to what it lies in; in an array of documents, from each of them."""
        for name, pattern in self.patterns.items():
            if _leads(pattern, path) or (path and isinstance(path[0], int) and _leads(pattern, path[1:])):
                self.met.add(name)
                return name
        return None

    def check(self) -> None:
        """FormatError when a path was never met: a slip of the pen must not pass for a file with nothing in it."""
        missing = [name for name in self.patterns if name not in self.met]
        if missing:
            raise FormatError("nothing stands at {missing}", missing=say(", ").join(map(repr, missing)))


def select(paths: Iterable[str]) -> Selection:
    """A selection by the paths that the user names."""
    return Selection({path: parse_path(path) for path in paths})


def _leads(pattern: Sequence[Step], path: Path) -> bool:
    return len(pattern) <= len(path) and all(step.fits(part) for step, part in zip(pattern, path, strict=False))
