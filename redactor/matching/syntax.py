"""The part of `regex` syntax that rules may use, read into a tree: what is not understood here is refused.

An allow-list, not a search for bad constructs: a pattern whose structure this module can't follow could hide fuzzy matching,
recursion or a compile bomb from any such search.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal, NamedTuple

import regex

from redactor.language import say

Kind = Literal["text", "words", "set", "edge", "back", "list", "sequence", "either", "group", "look", "repeat"]
MAX_DEPTH: Final = 60
MAX_REPEAT: Final = 1_000
UNBOUNDED: Final = 1_000_000
"""Stands for the length of what has no longest match."""

_TOKEN: Final = regex.compile(
    r"""
      (?P<text>    [^\\\[(){}|.^$*+?]++ | \} )
    | (?P<edge>    [\^$] | \\[bBAZzmM](?![\w]*\{) )
    | (?P<list>    \\L<(?P<list_name>[a-z][a-z0-9_]*)> )
    | (?P<back>    \\g<[A-Za-z_]\w*> | \\[1-9][0-9]?(?![0-9]) | \(\?P=[A-Za-z_]\w*\) )
    | (?P<set>     \\[pP](?:\{\^?[\w\ =:-]{1,60}\}|[A-Z]) | \\[dDwWsSRh] | \.
                 | \[\^?\]?(?:[^\[\]\\]|\\[pP]\{\^?[\w\ =:-]{1,60}\}|\\.|\[(?!:)|\[:\^?[a-z]{1,12}:\])*+\] )
    | (?P<escape>  \\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[nrtfva0](?!\d)|[^\w\s]|\s) )
    | (?P<flags>   \(\?(?:[ims]++(?:-[ims]++)?|-[ims]++)\) )
    | (?P<open>    \((?:\?(?:P?<(?P<name>[A-Za-z_]\w*)>|(?P<how>[:=!>]|<[=!]|[ims]*+(?:-[ims]++)?:))|(?![?*])) )
    | (?P<close>   \) )
    | (?P<bar>     \| )
    | (?P<repeat>  (?:[*+?]|\{(?:(?P<low>[0-9]{1,9})(?P<range>,(?P<high>[0-9]{1,9})?)?|,(?P<most>[0-9]{1,9}))\})[?+]? )
    """,
    regex.VERBOSE | regex.DOTALL,
)
_WORDS: Final = regex.compile(r"[^\\\[\](){}|.^$*+?]++(?:\|[^\\\[\](){}|.^$*+?]++)++(?=[|)]|\Z)")
_REFUSED: Final = (
    (regex.compile(r"\(\?(?:R|&|P>|[+-]?\d)"), "recursion is not allowed in rules"),
    (regex.compile(r"\(\?\((?:DEFINE\))?"), "conditions and (?(DEFINE)…) are not allowed in rules"),
    (regex.compile(r"\(\*"), "verbs such as (*SKIP) are not allowed in rules"),
    (regex.compile(r"\(\?[a-zA-Z01-]*[:)]"), "of the flags only i, m and s are allowed in rules"),
    (regex.compile(r"\(\?"), "this kind of group is not allowed in rules"),
    (regex.compile(r"\{"), r"not a repeat such as {0,20} (fuzzy matching is not allowed; for a brace write \{)"),
    (regex.compile(r"\\L"), "word lists are written {name}, not \\L<name>"),
    (regex.compile(r"\\"), "this escape is not allowed in rules"),
    (regex.compile(r"\["), r"a [ without its ], or a [: inside it (for a bracket write \[)"),
)


class SyntaxRefused(ValueError):  # noqa: N818
    """A pattern that rules may not use; the message says why and at which character (from 1)."""


@dataclass(frozen=True, slots=True)
class Node:
    """A piece of a pattern.

    `least`, `most`: how few and how many characters it matches. `weight`: about how many steps it compiles to, fixed repeats
    counted out.
    `low`, `high` (None: no bound) belong to repeats.
    """

    kind: Kind
    source: str
    least: int
    most: int
    weight: int
    parts: tuple[Node, ...] = ()
    low: int = 1
    high: int | None = 1

    def walk(self) -> Iterator[Node]:
        """This node and all below it, in the order of the source."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(reversed(node.parts))

    @property
    def texts(self) -> list[str]:
        """The literals that a `text` or `words` stands for."""
        return self.source.split("|") if self.kind == "words" else [self.source]

    @property
    def is_anchored(self) -> bool:
        """Whether all that it matches begins where the text begins; False too where that can't be told, as with flags inside."""
        match self.kind:
            case "edge":
                return self.source == "^"
            case "sequence" | "group":
                return self.source in ("", "(", "(?:") and bool(self.parts) and self.parts[0].is_anchored
            case "either":
                return all(part.is_anchored for part in self.parts)
        return False


class _Open(NamedTuple):
    """An open bracket: its text, where it stands, and the branches read so far inside it."""

    source: str
    at: int
    branches: list[list[Node]]


def parse(
    source: str, lengths: Mapping[str, tuple[int, int]] | None = None, runs: list[tuple[int, int]] | None = None
) -> Node:
    """The tree of a pattern; `lengths` gives the shortest and the longest word of each named list.

    `runs` is given the places in `source` of the runs of plain alternatives, which are one node each.

    Raises SyntaxRefused for what rules may not use, and for brackets that do not pair.
    """
    stack = [_Open("", 0, [[]])]
    at = 0
    while at < len(source):
        branch = stack[-1].branches[-1]
        words = None if branch else _WORDS.match(source, at)
        if words is not None:
            branch.append(_words(words.group()))
            if runs is not None:
                runs.append(words.span())
            at = words.end()
            continue
        match = _TOKEN.match(source, at)
        if match is None:
            raise SyntaxRefused(_why(source, at))
        text = match.group()
        if match["text"] is not None:
            # A repeat binds to the last character alone.
            if len(text) > 1:
                branch.append(_text(text[:-1]))
            branch.append(_text(text[-1]))
        elif match["open"] is not None:
            stack.append(_Open(text, at, [[]]))
            if len(stack) > MAX_DEPTH + 1:
                told = say("more than {most} brackets inside one another, at character {at}", most=MAX_DEPTH, at=at + 1)
                raise SyntaxRefused(told)
        elif match["close"] is not None:
            if len(stack) == 1:
                raise SyntaxRefused(say("a ) without its (, at character {at}", at=at + 1))
            closed = stack.pop()
            stack[-1].branches[-1].append(_group(closed))
        elif match["bar"] is not None:
            stack[-1].branches.append([])
        elif match["repeat"] is not None:
            _apply_repeat(branch, match, at)
        elif match["list"] is not None:
            least, most = (lengths or {}).get(match["list_name"], (1, UNBOUNDED))
            branch.append(Node("list", match["list_name"], least, most, 1))
        elif match["set"] is not None:
            branch.append(Node("set", text, 1, 1, 1))
        elif match["escape"] is not None:
            branch.append(_text(_unescape(text)))
        elif match["edge"] is not None or match["flags"] is not None:
            branch.append(Node("edge", text, 0, 0, 1))
        else:
            branch.append(Node("back", text, 0, UNBOUNDED, 1))
        at = match.end()
    if len(stack) > 1:
        raise SyntaxRefused(say("a ( without its ), at character {at}", at=stack[-1].at + 1))
    return _either(stack[0].branches)


def alternatives(source: str) -> list[str]:
    """The patterns of which one must match for a pattern to: parted at its outermost bars, whole where flags hold for all of it.

    The source must be one that `parse` takes.
    """
    depth, at = 0, 0
    starts = [0]
    while at < len(source):
        match = _TOKEN.match(source, at)
        if match is None:
            raise SyntaxRefused(_why(source, at))
        if match["flags"] is not None:
            return [source]
        depth += (match["open"] is not None) - (match["close"] is not None)
        at = match.end()
        if match["bar"] is not None and not depth:
            starts.append(at)
    return [source[start : end - 1] for start, end in pairwise([*starts, len(source) + 1])]


def _words(source: str) -> Node:
    """A run of literal alternatives (word lists filled in), as one node: lists are long."""
    lengths = [len(word) for word in source.split("|")]
    return Node("words", source, min(lengths), max(lengths), len(source))


def _group(closed: _Open) -> Node:
    inside = _either(closed.branches)
    if closed.source in ("(?=", "(?!", "(?<=", "(?<!"):
        return Node("look", closed.source, 0, 0, inside.weight + 1, (inside,))
    return Node("group", closed.source, inside.least, inside.most, inside.weight + 1, (inside,))


def _either(branches: list[list[Node]]) -> Node:
    rows = [_sequence(b) for b in branches]
    if len(rows) == 1:
        return rows[0]
    least, most = min(r.least for r in rows), max(r.most for r in rows)
    return Node("either", "", least, most, sum(r.weight + 1 for r in rows), tuple(rows))


def _sequence(branch: list[Node]) -> Node:
    parts: list[Node] = []
    for node in branch:
        if node.kind == "text" and parts and parts[-1].kind == "text":
            node = _text(parts.pop().source + node.source)
        parts.append(node)
    return parts[0] if len(parts) == 1 else joined(tuple(parts))


def joined(parts: tuple[Node, ...]) -> Node:
    """One piece after the other."""
    least, most = sum(n.least for n in parts), min(UNBOUNDED, sum(n.most for n in parts))
    return Node("sequence", "", least, most, sum(n.weight for n in parts), parts)


def _text(literal: str) -> Node:
    return Node("text", literal, len(literal), len(literal), len(literal))


def _apply_repeat(branch: list[Node], match: regex.Match[str], at: int) -> None:
    text = match.group()
    if not branch or branch[-1].kind in ("repeat", "edge"):
        raise SyntaxRefused(say("nothing that {text} could repeat, at character {at}", text=text, at=at + 1))
    low: int
    high: int | None
    if text[0] in "*+?":
        low, high = {"*": (0, None), "+": (1, None), "?": (0, 1)}[text[0]]
    elif match["most"] is not None:
        low, high = 0, int(match["most"])
    else:
        low = int(match["low"])
        high = low if match["range"] is None else int(match["high"]) if match["high"] else None
    if max(low, high or 0) > MAX_REPEAT:
        raise SyntaxRefused(
            say(
                "repeat {text} is too large (at most {max_repeat}), at character {at}",
                text=text,
                max_repeat=MAX_REPEAT,
                at=at + 1,
            )
        )
    if high is not None and high < low:
        raise SyntaxRefused(say("repeat {text} ends before it begins, at character {at}", text=text, at=at + 1))
    node = branch.pop()
    weight = node.weight * max(1, low, high or 0) + 1
    most = UNBOUNDED if high is None and node.most else min(UNBOUNDED, node.most * (high or 0))
    branch.append(Node("repeat", text, node.least * low, most, weight, (node,), low, high))


def _unescape(text: str) -> str:
    if text[1] in "xuU":
        return chr(int(text[2:], 16) & 0x1FFFFF) if int(text[2:], 16) < 0x110000 else "?"
    return {"n": "\n", "r": "\r", "t": "\t", "f": "\f", "v": "\v", "a": "\a", "0": "\0"}.get(text[1], text[1])


def _why(source: str, at: int) -> str:
    reason = next((why for pattern, why in _REFUSED if pattern.match(source, at)), "not a pattern that rules may use")
    return f"{reason}, at character {at + 1}"
