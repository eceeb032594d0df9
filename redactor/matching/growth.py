"""How the time of a pattern grows with the text, measured on texts made of the pattern's own literals and classes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from math import inf, log
from time import process_time
from typing import Final, NamedTuple

import regex

from redactor.matching.syntax import Node

LONGEST: Final = 4_000
"""Length of the longest probe, in characters; the others have a half, a quarter and an eighth of it."""
_SECONDS = 0.3
_FLOOR_SECONDS = 0.002
"""A probe of the largest size that ends sooner shows nothing but noise, and no growth to care about."""
_ENOUGH = 1.5
_PROBES = 36
_WIDE = 8
_POOL = "a1王的Z0，。.-_@:/ \n\t　×（)九十"
_USUAL = ("1", "a", "a.", "王", " ", "　", "：", "，", "1,", "a@", "关注公众号", "\n")
_STOP = "\0"
"""Ends what is repeated, so that all that has matched so far must be given back."""


Search = Callable[[str, float], object]
"""Looks for all matches in a text; TimeoutError after so many seconds."""


class _Probe(NamedTuple):
    """A text that can be made in any length: a head, a unit over and over, a tail."""

    head: str
    unit: str
    tail: str

    def text(self, size: int) -> str:
        return self.head + (self.unit * (size // len(self.unit) + 1))[:size] + self.tail


def search_with(pattern: regex.Pattern[str]) -> Search:
    """The plain search of a pattern."""
    return lambda text, seconds: sum(1 for _ in pattern.finditer(text, timeout=seconds))


def growth(search: Search, tree: Node, longest: int = LONGEST) -> float:
    """The exponent of time over length at its worst: 1 is linear, 2 quadratic; `inf` when no probe but the least ends soon.

    The first probe that is plainly worse than linear ends the search.
    """
    worst = 1.0
    # A whole match behind the stop: without it the engine may give up at once for want of a literal, with it match across.
    for tail in (_STOP, _STOP + _example(tree)):
        for head, unit in probes(tree):
            worst = max(worst, _exponent(search, longest, _Probe(head, unit, tail)))
            if worst > _ENOUGH:
                return worst
    return worst


def probes(tree: Node) -> list[tuple[str, str]]:
    """(what opens the text, what it then repeats): usual suspects, the pattern's literals, and each of its wide repeats."""
    literals = [n.source for n in tree.walk() if n.kind == "text" and len(n.source) > 1]
    bare = [*_USUAL, _example(tree), *literals, *("".join(pair) for pair in pairwise(literals))]
    found = list(dict.fromkeys([*(("", unit) for unit in bare if unit), *_repeats(tree, "")]))
    # Of a long pattern, a spread of its parts.
    first = len(_USUAL)
    step = max(1, -(-(len(found) - first) // _PROBES))
    return found[:first] + found[first::step]


def _repeats(node: Node, head: str) -> Iterator[tuple[str, str]]:
    """Each repeat of more than a few, behind the shortest text that leads to it."""
    if node.kind == "repeat" and (node.high is None or node.high > _WIDE):
        inner = node.parts[0]
        units = [_example(branch) for branch in (inner, *inner.parts) if branch.kind != "set"]
        units += [c for n in inner.walk() if n.kind == "set" for c in _samples(n.source)]
        yield from ((head, unit) for unit in units if unit)
    for part in node.parts:
        yield from _repeats(part, head)
        if node.kind == "sequence":
            head = (head + _example(part))[-100:]


def _example(node: Node) -> str:
    """A short text that the node matches, as far as one part can be told without the others."""
    if node.kind == "text":
        return node.source
    if node.kind == "words":
        return node.source.partition("|")[0]
    if node.kind == "set":
        return "".join(_samples(node.source)[:1])
    if node.kind in ("edge", "back", "list") or node.source in ("(?=", "(?!", "(?<!"):
        return ""
    if node.kind == "either":
        return _example(node.parts[0])
    return "".join(_example(part) for part in node.parts) * min(node.low, 20)


def _samples(source: str) -> list[str]:
    """Up to two characters that a class matches."""
    own = regex.compile(source)
    return [c for c in dict.fromkeys((*_POOL, *source)) if own.fullmatch(c)][:2]


def _exponent(search: Search, longest: int, probe: _Probe) -> float:
    if _seconds(search, probe.text(longest)) < _FLOOR_SECONDS:
        return 1.0
    exponent = _slope(search, longest, probe, tries=2)
    # A busy machine can make any search look worse than it is, never better.
    return min(exponent, _slope(search, longest, probe, tries=4)) if 1.0 < exponent < inf else exponent


def _slope(search: Search, longest: int, probe: _Probe, *, tries: int) -> float:
    """Of log time over log length, by least squares."""
    points = []
    for size in (longest // 8, longest // 4, longest // 2, longest):
        text = probe.text(size)
        seconds = min(_seconds(search, text) for _ in range(tries))
        if seconds == inf:
            break
        points.append((log(size), log(max(seconds, 1e-6))))
    if len(points) < 2:
        return inf
    middle_x, middle_y = (sum(axis) / len(points) for axis in zip(*points, strict=True))
    above = sum((x - middle_x) * (y - middle_y) for x, y in points)
    slope: float = above / sum((x - middle_x) ** 2 for x, _ in points)
    return slope


def _seconds(search: Search, text: str) -> float:
    """Of this process alone: what else a machine does must not make a pattern look slow."""
    began = process_time()
    try:
        search(text, _SECONDS)
    except TimeoutError:
        return inf
    return process_time() - began
