"""A backtracking matcher that counts its steps, for measuring patterns: slow, but the same on every machine.

A pattern's tree becomes a list of instructions. Where several ways lead on, all but the first are put on a stack, to be taken up when it
has failed. What the engine of `regex` saves by looking for literals first is not saved here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple

import regex

from redactor.matching.syntax import Node

Caught = Mapping[str, tuple[int, int]]
"""Where each group stands, and where each repeat that may match nothing began."""
Ends = tuple[int, ...]
"""The places in a text to which an instruction leads: none when it fails."""
Step = Callable[[str, int, Caught], Ends]

_REFERENCE: Final = regex.compile(r"\\g<(\w+)>|\\(\d+)|\(\?P=(\w+)\)")


class OutOfStepsError(Exception):
    """More steps than the machine was given."""


class _Code(NamedTuple):
    """One instruction: a step in the text; a fork to other instructions; a note of where something begins (`start`) or ends."""

    step: Step | None = None
    fork: tuple[int, ...] = ()
    start: str = ""
    end: str = ""
    moved: str = ""
    """Goes on only where something has been matched since this began."""
    inside: tuple[_Code, ...] = ()
    """A program of its own, of which only the first match counts."""
    look: bool | None = None
    """Of `inside`: whether it must match here, or must not; None: what it matches is matched."""


class Machine:
    """A pattern, ready to be tried; `steps` counts the looks at the text that its tries have taken."""

    def __init__(self, tree: Node, words: Mapping[str, tuple[str, ...]] | None = None) -> None:
        self.steps = 0
        self.most = 0
        flags = "".join(n.source[2:-1] for n in tree.walk() if n.kind == "edge" and n.source[:2] == "(?")
        self._program = tuple(_Compiler(words or {}).program(tree, flags, 1))

    def match(self, text: str, at: int) -> int | None:
        """Where the match that begins there ends; OutOfStepsError when `steps` goes over `most`."""
        found = self._run(self._program, text, at, {})
        return found[0] if found else None

    def _run(self, program: tuple[_Code, ...], text: str, at: int, caught: Caught) -> tuple[int, Caught] | None:
        waiting: list[tuple[int, int, Caught]] = [(0, at, caught)]
        while waiting:
            here, at, caught = waiting.pop()
            if here == len(program):
                return at, caught
            code = program[here]
            if code.step is not None:
                self.steps += 1
                if self.steps > self.most:
                    raise OutOfStepsError
                waiting.extend((here + 1, end, caught) for end in reversed(code.step(text, at, caught)))
            elif code.fork:
                waiting.extend((other, at, caught) for other in reversed(code.fork))
            elif code.start or code.end:
                first = at if code.start else caught[code.end][0]
                waiting.append((here + 1, at, {**caught, code.start or code.end: (min(first, at), max(first, at))}))
            elif code.inside or code.look is not None:
                found = self._run(code.inside, text, at, caught)
                if code.look is None and found:
                    waiting.append((here + 1, *found))
                elif code.look is not None and code.look == (found is not None):
                    waiting.append((here + 1, at, caught))
            elif not code.moved or caught[code.moved][0] != at:
                waiting.append((here + 1, at, caught))
        return None


@dataclass
class _Compiler:
    words: Mapping[str, tuple[str, ...]]
    groups: int = 0
    repeats: int = 0

    def program(self, node: Node, flags: str, way: int) -> list[_Code]:
        """The instructions of a node; `way`: 1 when it is matched forwards, -1 backwards, as what looks behind is."""
        match node.kind:
            case "sequence":
                code: list[_Code] = []
                for part in node.parts[::way]:
                    code += _moved(self.program(part, flags, way), len(code))
                return code
            case "either":
                return self.either([self.program(part, flags, way) for part in node.parts])
            case "group":
                return self.group(node, flags, way)
            case "look":
                inside = self.program(node.parts[0], flags, -1 if "<" in node.source else 1)
                return [_Code(inside=tuple(inside), look=not node.source.endswith("!"))]
            case "repeat":
                return self.repeat(node, flags, way)
            case "edge" if node.source.startswith("(?"):
                return []
            case _:
                return [_Code(self.step(node, flags, way))]

    def either(self, branches: list[list[_Code]]) -> list[_Code]:
        """All behind one fork; each but the last ends with a way to the end."""
        at, starts = 1, []
        for branch in branches:
            starts.append(at)
            at += len(branch) + 1
        code = [_Code(fork=tuple(starts))]
        for start, branch in zip(starts, branches, strict=True):
            code += [*_moved(branch, start), _Code(fork=(at,))]
        return code

    def group(self, node: Node, flags: str, way: int) -> list[_Code]:
        set_flags = regex.match(r"\(\?([ims]*)(?:-([ims]+))?:", node.source)
        if set_flags:
            flags = "".join(sign for sign in flags + set_flags[1] if sign not in (set_flags[2] or ""))
        name = ""
        if node.source == "(" or node.source.startswith(("(?P<", "(?<")):
            self.groups += 1
            name = node.source.strip("(?P<>") or str(self.groups)
        inside = self.program(node.parts[0], flags, way)
        if node.source == "(?>":
            return [_Code(inside=tuple(inside))]
        return [_Code(start=name), *_moved(inside, 1), _Code(end=name)] if name else inside

    def repeat(self, node: Node, flags: str, way: int) -> list[_Code]:
        one = self.program(node.parts[0], flags, way)
        self.repeats += 1
        mark = f"*{self.repeats}"
        lazy = len(node.source) > 1 and node.source.endswith("?")
        code: list[_Code] = []
        for _ in range(node.low):
            code += _moved(one, len(code))
        often = 1 if node.high is None else node.high - node.low
        size = len(one) + 4
        end = len(code) + often * size
        for _ in range(often):
            # fork to once more or to the end; where it began; the thing itself; whether it moved; back, or on
            at = len(code)
            code += [_Code(fork=(end, at + 1) if lazy else (at + 1, end)), _Code(start=mark), *_moved(one, at + 2)]
            code += [_Code(moved=mark), _Code(fork=(at if node.high is None else at + size,))]
        possessive = len(node.source) > 1 and node.source.endswith("+")
        return [_Code(inside=tuple(code))] if possessive else code

    def step(self, node: Node, flags: str, way: int) -> Step:
        if node.kind in ("text", "words", "list"):
            words = self.words.get(node.source, ()) if node.kind == "list" else tuple(node.texts)
            return _words(words, "i" in flags, way)
        if node.kind == "back":
            name = _REFERENCE.sub(r"\1\2\3", node.source)

            def again(text: str, at: int, caught: Caught) -> Ends:
                start, end = caught.get(name, (0, 0))
                return _words((text[start:end],), False, way)(text, at, caught)

            return again
        pattern = regex.compile(f"(?{flags})" * bool(flags) + node.source)
        if node.kind == "edge":
            return lambda text, at, caught: (at,) if pattern.match(text, at) else ()

        @cache
        def holds(char: str) -> bool:
            return pattern.fullmatch(char) is not None

        if way == 1:
            return lambda text, at, caught: (at + 1,) if at < len(text) and holds(text[at]) else ()
        return lambda text, at, caught: (at - 1,) if at and holds(text[at - 1]) else ()


def _moved(code: list[_Code], by: int) -> list[_Code]:
    """The instructions as they are further on in a program."""
    return [one._replace(fork=tuple(at + by for at in one.fork)) if one.fork else one for one in code] if by else code


def _words(words: tuple[str, ...], fold: bool, way: int) -> Step:
    """Each of some words that stands there; those of one length are told apart by what they are."""
    often = Counter(word.lower() if fold else word for word in words)
    lengths = dict.fromkeys(map(len, words))

    def step(text: str, at: int, caught: Caught) -> Ends:
        ends: Ends = ()
        for size in lengths:
            stands = text[at : at + size] if way == 1 else text[max(0, at - size) : at]
            # One that is written twice is tried twice.
            ends += (at + way * size,) * often[stands.lower() if fold else stands]
        return ends

    return step
