"""The grammar of numbers, one alternative at a time taken out of it: each time some check must fail, or nobody needs it.

The checks are those of the other tests: the examples of the rules that use the grammar, the grids of figures. Each is tried with
the rules of figures alone, in a copy of their folder.
"""

from __future__ import annotations

import json
import shutil
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from redactor import Redactor
from redactor.matching.compiled import Memo
from redactor.model import RuleError
from redactor.ruleset.cache import KnownRules
from redactor.ruleset.pack import laid_out
from redactor.testing.rules import THRESHOLD
from redactor.text.document import Document
from tests.rules.drawn import FIGURES, GRID, read
from tests.rules.grammar import plain
from tests.rules.test_figures import grid

RULES = Path(__file__).parent.parent.parent / "rules"
NUMBERS = "figure/numbers.toml"
PACKS = ("keep/figure.toml", "keep/term.toml")
CHUNK = 100
"""Texts that are redacted together."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """The grammar without one alternative of one of its pieces."""

    piece: str
    number: int
    dropped: str
    source: str

    @property
    def name(self) -> str:
        return f"{self.piece}-{self.number}"


def alternatives(source: str) -> Iterator[tuple[int, int]]:
    """From where to where the alternatives of a pattern reach, those of every group that has several; one `|` goes with each."""
    groups: list[list[int]] = [[0]]
    """Of each open group, where its alternatives begin."""
    at, in_class = 0, False
    while at <= len(source):
        char = source[at : at + 1]
        if char == "\\":
            at += 2
            continue
        if in_class:
            in_class = char != "]"
        elif char == "[":
            in_class = True
            at += 1  # a ] that comes first is a character
        elif char == "(":
            groups.append([at + len(opening(source, at))])
        elif char == "|":
            groups[-1].append(at + 1)
        elif char in (")", ""):
            starts = groups.pop()
            if len(starts) > 1:
                ends = [*(start - 1 for start in starts[1:]), at]
                yield from ((start, end) for start, end in zip(starts, ends, strict=True))
        at += 1


def opening(source: str, at: int) -> str:
    """What opens the group: `(`, `(?:`, `(?>`, `(?<!` or the like."""
    for sign in ("(?<=", "(?<!", "(?:", "(?>", "(?=", "(?!"):
        if source.startswith(sign, at):
            return sign
    assert source[at + 1] != "?", source[at : at + 8]
    return "("


def mutants() -> list[Mutant]:
    table = tomllib.loads((RULES / NUMBERS).read_text(encoding="utf-8"))
    pieces = {name: laid_out(source, name) for name, source in table["define"].items()}
    made: list[Mutant] = []
    for piece, source in pieces.items():
        for number, (start, end) in enumerate(alternatives(source), 1):
            after = source[end : end + 1] == "|"
            kept = source[:start] + source[end + 1 :] if after else source[: start - 1] + source[end:]
            made.append(Mutant(piece, number, source[start:end], written({**pieces, piece: kept}, table["lists"])))
    return made


def written(pieces: Mapping[str, str], lists: Mapping[str, object]) -> str:
    """A rule file of these pieces and word lists."""
    lines = ["[define]", *(f"{name} = '''{source}'''" for name, source in pieces.items())]
    return "\n".join([*lines, "[lists]", *(f"{name} = {json.dumps(words)}" for name, words in lists.items())])


@dataclass(frozen=True, slots=True)
class Checks:
    """What holds under the grammar as it is: texts by what may come out of them, examples by rule and whether it finds something."""

    outputs: tuple[tuple[str, frozenset[str]], ...]
    examples: tuple[tuple[str, str, bool], ...]


def load(numbers: str, folder: Path) -> Redactor:
    """The rules of figures with this grammar; what they share with other mutants is compiled once."""
    for part in ("figure", "lists"):
        shutil.copytree(RULES / part, folder / part)
    (folder / "keep").mkdir()
    for pack in PACKS:
        shutil.copy(RULES / pack, folder / pack)
    (folder / NUMBERS).write_text(numbers, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("redactor.redactor.known_rules", lambda *_, **__: KnownRules(memo()))
        return Redactor(rules=[folder], builtin=False, ner="none")


@cache
def memo() -> Memo:
    return Memo()


def failing(redactor: Redactor, checks: Checks) -> Iterator[str]:
    """The checks that do not hold."""
    for at in range(0, len(checks.outputs), CHUNK):
        chunk = checks.outputs[at : at + CHUNK]
        results = redactor.redact_many([text for text, _ in chunk])
        for (text, allowed), result in zip(chunk, results, strict=True):
            if result.text not in allowed:
                yield text
    for rule, text, expected in checks.examples:
        if (rule in found(redactor, text)) is not expected:
            yield f"{rule}: {text}"


def found(redactor: Redactor, text: str) -> set[str]:
    """The rules that find something in the text which a policy would act on."""
    document = Document(text)
    plan = redactor.pipeline.plan
    return {f.rule for f in (*plan.candidates(document), *plan.kept(document)) if f.score >= THRESHOLD}


@cache
def sound() -> Checks:
    """All the checks that hold with the rules of figures alone."""
    outputs: dict[str, frozenset[str]] = {}
    for kind, pairs in read(GRID.read_text(encoding="utf-8").splitlines()).items():
        if kind in FIGURES:
            outputs.update({plain(marked): frozenset({out}) for marked, out in pairs})
    for pairs, frames in grid().values():
        for frame in frames:
            for value, allowed in pairs:
                outputs[frame.replace("{}", value)] = frozenset(frame.replace("{}", each) for each in allowed)
    examples: list[tuple[str, str, bool]] = []
    with TemporaryDirectory() as folder:
        redactor = load((RULES / NUMBERS).read_text(encoding="utf-8"), Path(folder))
    for rule in redactor.ruleset.rules:
        examples += [(rule.id, text, True) for text in rule.examples.match]
        examples += [(rule.id, text, False) for text in rule.examples.no_match]
        outputs.update({pair.before: frozenset({pair.after}) for pair in rule.examples.redact})
    every = Checks(tuple(outputs.items()), tuple(examples))
    broken = set(failing(redactor, every))
    return Checks(
        tuple((text, allowed) for text, allowed in every.outputs if text not in broken),
        tuple((rule, text, so) for rule, text, so in every.examples if f"{rule}: {text}" not in broken),
    )


TELLING: list[Checks] = []
"""Checks that mutants before have failed, the latest first: likely to tell on the next one too."""


def is_caught(redactor: Redactor) -> bool:
    """Whether a check fails."""
    for telling in TELLING:
        if any(True for _ in failing(redactor, telling)):
            TELLING.remove(telling)
            TELLING.insert(0, telling)
            return True
    checks = sound()
    failed = next(failing(redactor, checks), "")
    if failed:
        outputs = tuple(each for each in checks.outputs if each[0] == failed)
        examples = tuple(each for each in checks.examples if f"{each[0]}: {each[1]}" == failed)
        TELLING.insert(0, Checks(outputs, examples))
    return bool(failed)


@pytest.mark.slow
@pytest.mark.parametrize("mutant", [pytest.param(mutant, id=mutant.name) for mutant in mutants()])
def test_no_alternative_can_be_spared(mutant: Mutant, tmp_path: Path) -> None:
    try:
        redactor = load(mutant.source, tmp_path)
    except RuleError:
        return
    assert is_caught(redactor), f"{mutant.piece} without {mutant.dropped!r}: no check fails"


def test_alternatives_of_a_pattern() -> None:
    source = r"a(?:b|c[|)]\||(?<!d|e)f)|g"
    assert [source[start:end] for start, end in alternatives(source)] == [
        "d",
        "e",
        "b",
        r"c[|)]\|",
        "(?<!d|e)f",
        r"a(?:b|c[|)]\||(?<!d|e)f)",
        "g",
    ]
    assert len(mutants()) > 50
