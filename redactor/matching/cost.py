"""How much work one try of a pattern can be at most, told from its tree: what has a small bound needs no clock.

The bound is that of a backtracking matcher: each piece of a pattern can match in so many ways from one place, and what follows is tried
once for each. It is far above what happens; where it is small all the same, nothing can make the try run away.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import combinations, product
from math import inf
from typing import Final, NamedTuple

from redactor.matching.following import apart
from redactor.matching.openings import ignores_case, opening
from redactor.matching.syntax import UNBOUNDED, Node

FEW: Final = 2_000_000
"""Steps that take a tenth of a second at most."""
_MOST_LENGTHS: Final = 30
"""Of the words in a named list; they are tried by length."""
_MOST_BRANCHES: Final = 8
"""Of so many branches it is found out whether their first characters tell them apart."""
_MAY_FAIL: Final = ("look", "edge", "back")
_WANTED: Final = Node("edge", "", 0, 0, 1)


class Work(NamedTuple):
    """Of a piece of a pattern, from one place: in how many ways it can match, and how many steps it takes to find them all."""

    ways: float
    steps: float


def most_steps(tree: Node, reach: int, words: Mapping[str, tuple[str, ...]] | None = None) -> float:
    """The steps of a try at one place of a text that ends `reach` characters later; infinite when nothing bounds them."""
    return _Bound(reach, words or {}, told_apart=not ignores_case(tree)).work(tree, ()).steps


class _Bound(NamedTuple):
    """What bounds the work of a pattern's pieces."""

    reach: int
    words: Mapping[str, tuple[str, ...]]
    told_apart: bool
    """Whether it may be told from their first characters that two pieces never match at one place."""
    backwards: bool = False
    """Whether pieces are matched from the last to the first, as what looks behind is: then nothing is told of what comes next."""

    def work(self, node: Node, rest: tuple[Node, ...]) -> Work:
        """The most work that the node can be; `rest`: what comes after it."""
        match node.kind:
            case "text":
                return Work(1, len(node.source))
            case "words":
                return Work(_ways_of(node.source), len(node.source))
            case "list":
                return Work(_MOST_LENGTHS, _MOST_LENGTHS * min(node.most, self.reach))
            case "back":
                return Work(1, self.reach)
            case "sequence":
                ways, steps = 1.0, 0.0
                for number, part in enumerate(node.parts):
                    own = self.work(part, (*node.parts[number + 1 :], *rest))
                    steps += ways * own.steps
                    ways *= own.ways
                return Work(ways, steps)
            case "either":
                works = [self.work(part, rest) for part in node.parts]
                each = [own.ways for own in works]
                return Work(max(each) if self.exclusive(node.parts) else sum(each), sum(own.steps + 1 for own in works))
            case "group":
                if node.source == "(?>":
                    return Work(1, self.work(node.parts[0], ()).steps)
                return self.work(node.parts[0], rest)
            case "look":
                inside = node.parts[0]
                if node.source in ("(?=", "(?!"):
                    return Work(1, self._replace(backwards=False).work(inside, ()).steps)
                # It may look to the beginning of the text: only its own length bounds it.
                back = self._replace(reach=self.reach + inside.most, backwards=True)
                return Work(1, back.work(inside, ()).steps if inside.most < UNBOUNDED else inf)
            case "repeat":
                return self.repeated(node, rest)
            case _:
                return Work(1, 1)

    def repeated(self, node: Node, rest: tuple[Node, ...]) -> Work:
        """The most work of a repeat."""
        inside = node.parts[0]
        again = replace(node, source="*", least=0, low=0, high=None)
        # One more may be wanted, and not be there.
        own = self.work(inside, (again, *rest) if node.low < 2 else (again, _WANTED, *rest))
        if inside.least == 0 and node.high is None:
            return Work(inf, inf)
        times = min(self.reach // max(1, inside.least) + 1, node.high if node.high is not None else UNBOUNDED)
        # Where one more repeat is, what follows can't be: there it ends at once, and no way leads on.
        possessive = len(node.source) > 1 and node.source.endswith("+")
        refusal = self.refusal(inside, rest) if own.ways == 1 and not possessive else 0
        ways = steps = 0.0
        before = 1.0
        for number in range(times + 1):
            if number >= node.low:
                ways = 1 if refusal else ways + before
                steps += refusal
            if number < times:
                steps += before * (own.steps + 1)
                before *= own.ways
            if steps > FEW or ways > FEW:
                return Work(inf, inf)
        # What is possessive gives nothing back, but has found each of its repeats by trying.
        return Work(1, steps) if possessive else Work(ways, steps)

    def exclusive(self, branches: Sequence[Node]) -> bool:
        """Whether no two of some branches can begin at one place."""
        if not self.told_apart or self.backwards or len(branches) > _MOST_BRANCHES:
            return False
        try:
            begins = [opening(branch, self.words) for branch in branches]
        except LookupError:
            return False
        return not any(empty for _, empty in begins) and all(
            apart(one, other)
            for (first, _), (second, _) in combinations(begins, 2)
            for one, other in product(first, second)
        )

    def refusal(self, inside: Node, rest: tuple[Node, ...]) -> float:
        """The steps in which the rest is found not to match where `inside` could begin; 0 when both might."""
        if self.backwards:
            return 0
        if all(part.least == 0 and not any(node.kind in _MAY_FAIL for node in part.walk()) for part in rest):
            return 1  # nothing can be wrong with what follows: it is not gone back to
        if not self.told_apart:
            return 0
        try:
            begins, empty = opening(inside, self.words)
            if empty:
                return 0
            steps = 1.0
            for part in rest:
                steps += self.openers(part)
                follows, empty = opening(part, self.words)
                if not all(apart(one, other) for one, other in product(begins, follows)):
                    return 0
                if not empty:
                    return steps
        except LookupError:
            pass
        return 0

    def openers(self, node: Node) -> float:
        """The steps in which a node is found not to begin at a place."""
        match node.kind:
            case "words":
                return node.source.count("|") + 1
            case "list" | "look":
                return self.work(node, ()).steps
            case "either":
                return sum(self.openers(part) + 1 for part in node.parts)
            case "sequence":
                return sum(self.openers(part) for part in node.parts)
            case "group" | "repeat":
                return self.openers(node.parts[0]) + 1
            case _:
                return 1


@lru_cache(maxsize=512)
def _ways_of(words: str) -> int:
    """Of words of one length only one stands at a place, if none is there twice; case may not count."""
    often = Counter(word.casefold() for word in words.split("|"))
    most: dict[int, int] = {}
    for word, count in often.items():
        most[len(word)] = max(count, most.get(len(word), 0))
    return sum(most.values())
