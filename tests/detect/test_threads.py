"""Threads of the linear algebra: one while we use it, and as many as before when we are done."""

from __future__ import annotations

from typing import Any

import pytest
from threadpoolctl import ThreadpoolController

from redactor import Redactor
from redactor.detect.ner.network import Network


def threads() -> set[int]:
    """How many threads each library of linear algebra takes now."""
    return {library.num_threads for library in ThreadpoolController().select(user_api="blas").lib_controllers}


@pytest.mark.parametrize("before", [1, 2])
def test_the_network_takes_one_thread(publish: Redactor, monkeypatch: pytest.MonkeyPatch, before: int) -> None:
    seen: list[set[int]] = []
    scores = Network.scores

    def watched(*arguments: Any) -> Any:
        seen.append(threads())
        return scores(*arguments)

    monkeypatch.setattr(Network, "scores", watched)
    with ThreadpoolController().limit(limits=before, user_api="blas"):
        publish.redact("请王建国同志牵头")
        after = threads()
    assert seen
    assert all(number == {1} for number in seen)
    assert after == {before}
