"""Hugging Face datasets with two processes: what they give is what one process gives."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec

import pyarrow as pa
import pytest

from tests.engines.shared import SIZES, table
from tests.engines.tasks import task

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),  # of the library's own
    pytest.mark.skipif(not find_spec("datasets"), reason="datasets is not installed"),
]


@pytest.mark.parametrize("policy", SIZES)
def test_datasets(expected: Callable[[str], pa.Table], policy: str) -> None:
    from datasets import Dataset
    from datasets.fingerprint import Hasher

    assert Hasher.hash(task(policy)) == Hasher.hash(task(policy))  # by which a result is known again
    rows = Dataset(table(policy)).with_format("arrow")
    done = rows.map(task(policy), batched=True, batch_size=97, num_proc=2)
    assert done.data.table.schema.remove_metadata() == expected(policy).schema.remove_metadata()
    assert done.with_format(None).to_list() == expected(policy).to_pylist()
