"""Two runs compared, samples drawn: the same whatever the order, and true to what the tables hold."""

from __future__ import annotations

import random
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redactor.files.tables.drift import RunCounts, beyond, count_edits, drift
from redactor.files.tables.model import EditRow
from redactor.files.tables.sampling import Drawn, draw, hash_of, only_in


def edit(number: int, rule: str = "figures.percent", entity: str = "PERCENT") -> EditRow:
    return EditRow(f"{number % 7}.txt", None, None, "1:1", number, number + 2, entity, rule, 0.9)


ROWS = [edit(number, rule) for number in range(300) for rule in ("a.one", "b.two", "c.three")[: 1 + number % 3]]


def test_rates_are_compared_where_both_runs_tell_their_size() -> None:
    old, new = (count_edits(sorted(edit(n) for n in range(count))) for count in (10, 20))
    (by_rule, _) = drift(old, new)
    assert (by_rule.change, by_rule.old.rate, by_rule.state) == (1.0, None, "changed")
    old.characters, old.files, new.characters, new.files = 10_000, 14, 20_000, 7
    (by_rule, by_entity) = drift(old, new)
    assert (by_rule.change, by_rule.old.rate, by_rule.new.rate) == (0.0, 10.0, 10.0)
    assert (by_rule.old.share, by_rule.new.share) == (0.5, 1.0)
    assert (by_rule.by, by_entity.by) == ("rule", "entity")


def test_the_largest_change_comes_first() -> None:
    old = count_edits([edit(n, rule) for rule, most in (("same", 5), ("half", 10), ("gone", 3)) for n in range(most)])
    new = count_edits([edit(n, rule) for rule, most in (("same", 5), ("half", 5), ("new", 1)) for n in range(most)])
    rules = [each for each in drift(old, new) if each.by == "rule"]
    assert [(each.name, each.change, each.state) for each in rules] == [
        ("new", inf, "new"),
        ("gone", -1.0, "gone"),
        ("half", -0.5, "changed"),
        ("same", 0.0, "same"),
    ]
    assert [each.name for each in beyond(rules, 0.5, 1)] == ["new", "gone"]
    assert [each.name for each in beyond(rules, 0.2, 3)] == ["gone", "half"]


@given(st.randoms(use_true_random=False), st.integers(1, 40), st.integers(0, 3))
def test_a_sample_hangs_on_no_order(source: random.Random, most: int, seed: int) -> None:
    mixed = ROWS[:]
    source.shuffle(mixed)
    first, second = draw(ROWS, most, seed), draw(mixed, most, seed)
    assert {rule: each.rows for rule, each in first.items()} == {rule: each.rows for rule, each in second.items()}
    for rule, each in first.items():
        here = sorted((hash_of(row, seed), row.start) for row in ROWS if row.rule == rule)
        assert each.all == len(here)
        assert sorted(row.start for row in each.rows) == sorted(start for _, start in here[:most])


def test_another_seed_draws_others() -> None:
    assert draw(ROWS, 5, 0)["a.one"].rows != draw(ROWS, 5, 1)["a.one"].rows


@given(st.sets(st.integers(0, 400)), st.sets(st.integers(0, 400)), st.integers(1, 500))
def test_places_of_one_run_alone_are_never_in_the_other(one: set[int], other: set[int], most: int) -> None:
    drawn = []
    for numbers in (one, other):
        drawn.append(each := Drawn(most, 0))
        for number in numbers:
            each.add(edit(number))
    found = {row.start for row in only_in(*drawn)}
    assert found <= one - other
    if most > max(len(one), len(other)):
        assert found == one - other


@pytest.mark.parametrize("given_runs", [(RunCounts(), RunCounts()), (RunCounts(0, 0), RunCounts(0, 0))])
def test_nothing_is_nothing(given_runs: tuple[RunCounts, RunCounts]) -> None:
    assert drift(*given_runs) == []
