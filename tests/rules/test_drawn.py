"""The drawn grid: values of the test grammar in contexts that no rule's examples hold, each kind to be hidden whole and alone."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from redactor import Redactor
from tests.draws import sample
from tests.rules.drawn import CONTEXTS, COUNT, GRID, read, rows, score, written
from tests.rules.grammar import KINDS, plain, redacted

EXACT, LEAK = 0.99, 0.005
DRAWN = read(GRID.read_text(encoding="utf-8").splitlines())
RULES = Path(__file__).parent.parent.parent / "rules"


@pytest.mark.sampled(3)
@pytest.mark.parametrize("kind", list(KINDS))
def test_values_in_contexts_of_their_own(publish: Redactor, kind: str) -> None:
    assert len(DRAWN[kind]) == COUNT
    found = score(publish, list(sample(DRAWN[kind], 3)))
    # A sample may hold as many as all of them may.
    assert len(found.wrong) <= (1 - EXACT) * COUNT, "\n".join(found.wrong)
    assert len(found.leaks) <= LEAK * COUNT, "\n".join(found.leaks)


def test_what_comes_out_is_what_the_marks_say() -> None:
    assert all(out == redacted(marked) for pairs in DRAWN.values() for marked, out in pairs)


def rule_texts() -> str:
    """All that the rule files say, word lists included; what was built from public data not."""
    files = [*RULES.rglob("*.toml"), *RULES.glob("lists/*.txt")]
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(files))


def test_no_rule_holds_the_contexts() -> None:
    rules = rule_texts()
    frames = {frame for frames in CONTEXTS.values() for frame in frames}
    pieces = {piece.strip("⇥⏎| ") for frame in frames for piece in frame.split("{}")}
    assert not [piece for piece in pieces if len(piece) > 1 and piece in rules]


def test_no_rule_holds_the_rows() -> None:
    rules = rule_texts()
    assert not [marked for pairs in DRAWN.values() for marked, _ in pairs if plain(marked) in rules]


def test_a_seed_draws_the_same_again() -> None:
    assert rows(7, 20) == rows(7, 20) != rows(8, 20)
    assert {kind: len(texts) for kind, texts in rows(7, 20).items()} == dict.fromkeys(KINDS, 20)
    kinds = rows(7, 20)
    assert read(written(kinds)) == {kind: [(text, redacted(text)) for text in texts] for kind, texts in kinds.items()}
    assert KINDS["mail"](Random(1)) == KINDS["mail"](Random(1))
