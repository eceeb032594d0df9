"""What one process makes of the shared table: made once in a run of the tests, whatever processes they are spread over."""

from __future__ import annotations

import os
from collections.abc import Callable

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.engines.shared import assert_redacted, table
from tests.engines.tasks import task


@pytest.fixture(scope="session")
def expected(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], pa.Table]:
    """By policy."""
    from fcntl import LOCK_EX, flock

    base = tmp_path_factory.getbasetemp()
    place = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base

    def of(policy: str) -> pa.Table:
        path = place / f"expected-{policy}.parquet"
        with path.with_suffix(".lock").open("w") as lock:
            flock(lock, LOCK_EX)
            if not path.exists():
                before = table(policy)
                after = task(policy)(before)
                assert_redacted(before, after)
                pq.write_table(after, path)
        return pq.read_table(path)

    return of
