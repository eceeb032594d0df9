"""Spark on two processors: what it gives is what one process gives, though a worker is killed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from shutil import which
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.engines.shared import SIZES, as_files, table
from tests.engines.tasks import KilledOnce, task

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),  # of Spark's own
    pytest.mark.skipif(
        not (find_spec("pyspark") and which("java")), reason="not run here, nor on CI: Spark or Java is not installed"
    ),
]


@pytest.fixture
def spark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    from pyspark.sql import SparkSession

    paths = os.environ.get("PYTHONPATH", "")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(Path(__file__).parents[2]), paths])))
    building = SparkSession.builder.master("local[2,4]")  # a task that fails is tried four times
    for name, value in {
        "spark.ui.enabled": "false",
        "spark.sql.warehouse.dir": str(tmp_path / "warehouse"),
        "spark.sql.files.openCostInBytes": "0",
        "spark.sql.files.maxPartitionBytes": "4KB",
        "spark.sql.execution.arrow.maxRecordsPerBatch": "64",
    }.items():
        building = building.config(name, value)
    session = building.getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    yield session
    session.stop()


def test_spark(spark: Any, expected: Callable[[str], pa.Table], tmp_path: Path) -> None:
    """Both policies in one session, for to begin one costs more than the rest."""
    from pyspark.sql.pandas.types import from_arrow_schema

    for policy in SIZES:
        as_files(tmp_path / policy, policy)
        redact = task(policy)
        mapped = KilledOnce(redact, tmp_path / "killed")
        schema = from_arrow_schema(redact.schema(table(policy).schema))
        frame = spark.read.parquet(str(tmp_path / policy))
        assert frame.rdd.getNumPartitions() > 2
        frame.mapInArrow(mapped, schema).write.parquet(str(tmp_path / f"{policy}-out"))
        assert (tmp_path / "killed").exists()
        done = pq.read_table(tmp_path / f"{policy}-out").sort_by("id")
        assert done.schema.names == expected(policy).schema.names
        assert done.to_pylist() == expected(policy).to_pylist()
