"""Data-Juicer with two processes: its operator gives what one process gives, and drops nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.util import find_spec

import pyarrow as pa
import pytest

from tests.engines.shared import BROKEN, table
from tests.engines.tasks import settings

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),  # of the library's own
    pytest.mark.skipif(not find_spec("data_juicer"), reason="py-data-juicer is not installed"),
]


def test_data_juicer(expected: Callable[[str], pa.Table]) -> None:
    from data_juicer.core.data import NestedDataset
    from data_juicer.utils.constant import Fields

    from redactor.contrib.data_juicer import RedactorMapper

    # The first ones of all are such in which nothing is found.
    rows = NestedDataset.from_list(table("publish").select(["id", "text"]).slice(1).to_pylist())
    done = rows.process([RedactorMapper(settings=settings("publish"), num_proc=2, batch_size=10)]).to_list()
    wanted = expected("publish").slice(1).to_pylist()
    assert [row["id"] for row in done] == [row["id"] for row in wanted]
    errors = [n for n, row in enumerate(done) if row[Fields.meta]["redactor_error"]]
    broken = BROKEN - 1
    assert (errors, done[broken].pop("text"), wanted[broken].pop("text")) == ([broken], "", None)
    assert [row.get("text") for row in done] == [row.get("text") for row in wanted]
    counts = [json.loads(row[Fields.meta]["redactor_rules"]) for row in done]
    assert [sum(each.values()) for each in counts][:20] == [0] * 19 + [len(wanted[19]["redactor_edits"]) - 1]
