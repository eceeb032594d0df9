"""Places and stretches as arrays, against sets of places."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from redactor.matching import stretches
from redactor.matching.stretches import Windows, across, mark, merged, runs, spread
from redactor.model import Span

WINDOWS = st.lists(st.tuples(st.integers(-5, 60), st.integers(1, 12)).map(lambda p: (p[0], p[0] + p[1])), max_size=12)


def places(windows: list[Span]) -> set[int]:
    return {at for start, end in windows for at in range(start, end)}


def merge(windows: list[Span], length: int) -> list[Span]:
    starts, ends = np.array(windows, np.intp).reshape(-1, 2).T
    return spans(merged(starts, ends, length))


def spans(windows: Windows) -> list[Span]:
    return list(zip(windows[0].tolist(), windows[1].tolist(), strict=True))


def arrays(windows: list[Span]) -> Windows:
    starts, ends = np.array(windows, np.intp).reshape(-1, 2).T
    return starts, ends


@given(windows=WINDOWS)
def test_windows(windows: list[Span]) -> None:
    one = merge(windows, 50)
    assert places(one) == {at for at in places(windows) if 0 <= at < 50}
    assert all(a[1] < b[0] for a, b in itertools.pairwise(one))
    assert spread(arrays(one)).tolist() == sorted(places(one))


@pytest.mark.parametrize("scattered", [0, 4_096])
@given(
    hits=st.lists(st.integers(-1, 49), max_size=9, unique=True).map(sorted),
    low=st.integers(-20, 20),
    wide=st.integers(0, 30),
)
def test_marks(hits: list[int], low: int, wide: int, scattered: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stretches, "_SCATTERED", scattered)
        marks = mark(np.zeros(50, np.bool_), np.array(hits, np.intp), (low, low + wide))
    expected = {at for at in range(50) if any(low <= hit - at <= low + wide for hit in hits)}
    assert set(marks.nonzero()[0].tolist()) == expected
    assert places(spans(runs(marks))) == expected


@given(
    windows=WINDOWS, joins=st.lists(st.integers(1, 50), max_size=5, unique=True).map(sorted), reach=st.integers(1, 20)
)
def test_across_joins(windows: list[Span], joins: list[int], reach: int) -> None:
    expected = {at for at in places(merge(windows, 60)) if any(join - reach <= at < join for join in joins)}
    assert places(across(merge(windows, 60), joins, reach)) == expected
