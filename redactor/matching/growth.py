"""How the work of a pattern grows with the text: its steps are counted on texts made of the pattern's own literals and classes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from math import inf, log
from typing import Final, NamedTuple

import regex

from redactor.matching.machine import Machine, OutOfStepsError
from redactor.matching.syntax import Node

LONGEST: Final = 4_000
"""Length of the longest probe, in characters; the others have a fourth and a sixteenth of it."""
_FEW: Final = 500_000
"""So many steps on the longest probe are nothing to care about, however they come about."""
_MOST: Final = 1_000_000
"""A probe on which the tries that are counted take more is not gone through to the end."""
_TRIES: Final = 6
"""So many tries are counted of those that begin in what a probe repeats; the rest take as much."""
_ENOUGH: Final = 1.5
_PROBES: Final = 36
_WIDE: Final = 8
_POOL: Final = "a1王的Z0，。.-_@:/ \n\t　×（)九十"
_USUAL: Final = ("1", "a", "a.", "王", " ", "　", "：", "，", "1,", "a@", "关注公众号", "\n")
_STOP: Final = "\0"
"""Ends what is repeated, so that all that has matched so far must be given back."""

Starts = Callable[[str], Iterable[int]]
"""Of a text, the places at which the pattern is tried, from the first to the last."""


class _Probe(NamedTuple):
    """A text that can be made in any length: a head, a unit over and over, a tail."""

    head: str
    unit: str
    tail: str

    def text(self, size: int) -> str:
        return self.head + (self.unit * (size // len(self.unit) + 1))[:size] + self.tail


def everywhere(text: str) -> Iterable[int]:
    """All places of a text: where a pattern is tried of which nothing better is known."""
    return range(len(text) + 1)


def growth(machine: Machine, tree: Node, starts: Starts = everywhere, longest: int = LONGEST) -> float:
    """The exponent of steps over length at its worst: 1 is linear, 2 quadratic; `inf` when only the shortest probes end.

    The first probe that is plainly worse than linear ends the search.
    """
    worst = 1.0
    # A whole match behind the stop: what begins before it may reach over it.
    for tail in (_STOP, _STOP + _example(tree)):
        for head, unit in probes(tree):
            worst = max(worst, _exponent(machine, starts, longest, _Probe(head, unit, tail)))
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
    match node.kind:
        case "text" | "words":
            return node.texts[0]
        case "set":
            return "".join(_samples(node.source)[:1])
        case "either":
            return _example(node.parts[0])
        case "sequence" | "group" | "repeat" | "look" if node.source not in ("(?=", "(?!", "(?<!"):
            return "".join(_example(part) for part in node.parts) * min(node.low, 20)
    return ""


def _samples(source: str) -> list[str]:
    """Up to two characters that a class matches."""
    own = regex.compile(source)
    return [c for c in dict.fromkeys((*_POOL, *source)) if own.fullmatch(c)][:2]


def _exponent(machine: Machine, starts: Starts, longest: int, probe: _Probe) -> float:
    """Between the two longest probes that end."""
    found: list[tuple[int, float]] = []
    for size in (longest, longest // 4, longest // 16):
        try:
            steps = _steps(machine, starts, probe, size)
        except OutOfStepsError:
            continue
        if size == longest and steps <= _FEW:
            return 1.0
        found.append((size, max(steps, 1.0)))
        if len(found) == 2:
            (long, many), (short, few) = found
            return log(many / few) / log(long / short)
    return inf


def _steps(machine: Machine, starts: Starts, probe: _Probe, size: int) -> float:
    """About how many steps all tries take: those at the beginning, the rest as much as the next few."""
    text = probe.text(size)
    repeats_from = len(probe.head) + len(probe.unit)
    machine.most = machine.steps + _MOST
    began = machine.steps
    places = iter(starts(text))
    at = _tried(machine, text, places, 0, repeats_from, None)
    opening, began = machine.steps - began, machine.steps
    first = max(at, repeats_from)
    at = _tried(machine, text, places, at, len(text) + 1, _TRIES)
    return opening + (machine.steps - began) * max(1.0, (len(text) - first) / max(1, at - first))


def _tried(machine: Machine, text: str, places: Iterator[int], at: int, end: int, most: int | None) -> int:
    """Try at the places up to `end`, or at so many of them, as a search does; the place at which it would go on."""
    for place in places:
        if place >= at:
            found = machine.match(text, place)
            at = max(found or 0, place + 1)
            most = most and most - 1
        if place >= end - 1 or most == 0:
            break
    return at
