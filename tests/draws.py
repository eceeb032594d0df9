"""How much of what could be tried is tried: a sample, so that the suite is quick; more with --slow, as .ci/run has it; with --huge all of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import pytest
from hypothesis import settings

T = TypeVar("T")
everything = False
"""Whether --slow was given; set before any test is collected."""
huge = False
"""Whether --huge was given."""
_LEAST = 10


def draws(most: int, **more: Any) -> settings:
    """Settings of hypothesis: an eighth of so many examples, and all of them with --slow."""
    return settings(max_examples=some(most), deadline=None, **more)


def some(most: int) -> int:
    """How many of so many tries are made: an eighth, and all of them with --slow."""
    return most if everything else max(min(most, _LEAST), most // 8)


def sample(items: Sequence[T], of: int, slow: int = 1) -> Sequence[T]:
    """Every so manieth of the items, the first one among them; with --slow every `slow`-th, with --huge all."""
    return items[:: 1 if huge else slow if everything else of]


def huge_only(*values: Any, **more: Any) -> Any:
    """A set of parameters that is tried with --huge only."""
    return pytest.param(*values, marks=pytest.mark.huge, **more)


def slow(*values: Any, **more: Any) -> Any:
    """A set of parameters that is tried with --slow only."""
    return pytest.param(*values, marks=pytest.mark.slow, **more)
