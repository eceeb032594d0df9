"""How much work one try of a pattern can be at most, told from its tree: what has a small bound needs no clock.

The bound is that of a backtracking matcher: each piece of a pattern can match in so many ways from one place, and what follows is tried
once for each. It is far above what happens; where it is small all the same, nothing can make the try run away.
"""

from __future__ import annotations

from collections import Counter
from math import inf
from typing import Final, NamedTuple

from redactor.ruleset.syntax import UNBOUNDED, Node

FEW: Final = 300_000
"""Steps that take some hundredths of a second at most."""
_MOST_LENGTHS: Final = 30
"""Of the words in a named list; they are tried by length."""


class Work(NamedTuple):
    """Of a piece of a pattern, from one place: in how many ways it can match, and how many steps it takes to find them all."""

    ways: float
    steps: float


def most_steps(tree: Node, reach: int) -> float:
    """The steps of a try at one place of a text that ends `reach` characters later; infinite when nothing bounds them."""
    return _work(tree, reach).steps


def _work(node: Node, reach: int) -> Work:
    match node.kind:
        case "text":
            return Work(1, len(node.source))
        case "words":
            return Work(_ways_of(node.source.split("|")), len(node.source))
        case "list":
            return Work(_MOST_LENGTHS, _MOST_LENGTHS * min(node.most, reach))
        case "back":
            return Work(1, reach)
        case "sequence":
            ways, steps = 1.0, 0.0
            for part in node.parts:
                own = _work(part, reach)
                steps += ways * own.steps
                ways *= own.ways
            return Work(ways, steps)
        case "either":
            works = [_work(part, reach) for part in node.parts]
            return Work(sum(own.ways for own in works), sum(own.steps + 1 for own in works))
        case "group":
            own = _work(node.parts[0], reach)
            return Work(1, own.steps) if node.source == "(?>" else own
        case "look":
            inside = node.parts[0]
            # It may look beyond the reach, backwards to the beginning of the text: only its own length bounds it.
            return Work(1, _work(inside, max(reach, inside.most)).steps if inside.most < UNBOUNDED else inf)
        case "repeat":
            return _repeated(node, reach)
        case _:
            return Work(1, 1)


def _ways_of(words: list[str]) -> int:
    """Of words of one length only one stands at a place, if none is there twice; case may not count."""
    often = Counter(word.casefold() for word in words)
    most: dict[int, int] = {}
    for word, count in often.items():
        most[len(word)] = max(count, most.get(len(word), 0))
    return sum(most.values())


def _repeated(node: Node, reach: int) -> Work:
    inside = node.parts[0]
    own = _work(inside, reach)
    if inside.least == 0 and node.high is None:
        return Work(inf, inf)
    times = min(reach // max(1, inside.least) + 1, node.high if node.high is not None else UNBOUNDED)
    ways = steps = 0.0
    before = 1.0
    for number in range(times + 1):
        if number >= node.low:
            ways += before
        if number < times:
            steps += before * (own.steps + 1)
            before *= own.ways
        if steps > FEW or ways > FEW:
            return Work(inf, inf)
    # What is possessive gives nothing back, but has found each of its repeats by trying.
    return Work(1, steps) if len(node.source) > 1 and node.source.endswith("+") else Work(ways, steps)
