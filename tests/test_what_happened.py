"""The queries of docs/what-happened.md, run as they stand there on what the command of that page writes."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.command import Run

PAGES = [Path(__file__).parent.parent / "docs" / name for name in ("what-happened.md", "what-happened.zh-CN.md")]
TEXTS = ["请王建国同志牵头", "今天天气好", "同比增长12.5%以上", "到云岭县调研，电话13900001111"]


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page.read_text("utf-8"), re.S)


def test_the_queries_tell_what_happened(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    duckdb: Any = pytest.importorskip("duckdb")
    queries = blocks(PAGES[0], "sql")
    assert queries == blocks(PAGES[1], "sql")
    pq.write_table(pa.table({"id": [*range(8)], "text": TEXTS * 2}), tmp_path / "pages.parquet")
    first = blocks(PAGES[0], "console")[0].splitlines()[0].removeprefix("$ redactor ").split()
    assert run(*first).returncode == 0
    monkeypatch.chdir(tmp_path)
    by_rule, rates, edited, files = (duckdb.sql(query).fetchall() for query in queries)
    totals = json.loads(pq.read_schema("stats.parquet").metadata[b"redactor"])["totals"]
    counts: Counter[str] = Counter()
    for rule, _, count, _, _ in by_rule:
        counts[rule] += count
    assert counts == totals["rules"] == {rule: count for rule, count, _ in rates}
    assert sum(rate for _, _, rate in rates) == pytest.approx(10_000 * totals["edits"] / totals["characters"])
    assert Counter(text for _, _, text in edited) == Counter({"王建国": 2, "12.5": 2, "云岭": 2, "13900001111": 2})
    assert files == [("pages.parquet", "written", None, totals["residue"], totals["not_checked"])]
    assert os.stat("manifest.json").st_mode & 0o777 == 0o600  # noqa: PTH116
