"""The recipes of docs/collections.md, each run as it stands there, give what one process gives."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from shutil import which

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from redactor.arrow import RedactTable

PAGES = [Path(__file__).parent.parent / "docs" / name for name in ("collections.md", "collections.zh-CN.md")]
MODULES = {
    "Ray Data": "ray",
    "Spark": "pyspark",
    "Daft": "daft",
    "Polars": "polars",
    "DuckDB": "duckdb",
    "Hugging Face datasets": "datasets",
    "pandas": "pandas",
    "datatrove": "datatrove",
}
ELSEWHERE = {"Ray Data"}
"""What is run in `tests/engines/test_ray.py`, on the Ray that is there."""
TEXTS = ["请王建国同志牵头", "今天天气好", "同比增长12.5%以上", "到云岭县调研，电话13900001111"]


def recipes(page: Path) -> dict[str, str]:
    """By heading, the program below it."""
    found = {}
    for section in page.read_text("utf-8").split("\n## "):
        heading, _, rest = section.partition("\n")
        _, fence, program = rest.partition("```python\n")
        if fence:
            found[heading] = program.partition("```")[0]
    return found


RECIPES = recipes(PAGES[0])


def needed(name: str) -> str:
    """What a recipe needs and is not there. CI has no Spark (extra `engines` leaves it out, for it is large): there its recipe is not run."""
    if name == "Spark" and not which("java"):
        return "Java"
    return "" if find_spec(MODULES[name]) else MODULES[name]


def test_both_pages_have_the_same_recipes_and_each_is_run() -> None:
    first, second = (list(recipes(page).values()) for page in PAGES)
    assert first == second
    assert set(RECIPES) - {next(iter(RECIPES))} == set(MODULES)


def test_the_first_example_holds() -> None:
    exec(compile(next(iter(RECIPES.values())), str(PAGES[0]), "exec"), {})


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted({*MODULES} - ELSEWHERE))
def test_a_recipe_gives_what_one_process_gives(name: str, tmp_path: Path) -> None:
    if missing := needed(name):
        pytest.skip(f"the recipe of {name} is not run here: {missing} is not installed")
    recipe_gives(name, tmp_path)


def recipe_gives(name: str, folder: Path, **environment: str) -> None:
    """Run a recipe, and compare what it has written with one process."""
    (folder / "in").mkdir()
    before = pa.table({"id": [f"{number:03}" for number in range(200)], "text": [*TEXTS * 50]})
    for part in range(2):
        pq.write_table(before.slice(part * 100, 100), folder / "in" / f"{part}.parquet")
    (folder / "recipe.py").write_text(RECIPES[name], "utf-8")
    own = {"PYTHONPATH": str(PAGES[0].parents[1]), "HF_HOME": str(folder / "hf"), "PYTHONWARNINGS": ""}
    done = subprocess.run(
        [sys.executable, "recipe.py"],
        cwd=folder,
        env={**os.environ, **own, **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    written = [*folder.glob("out.parquet"), *folder.glob("out/*.parquet")]
    rows = sorted((row for file in written for row in pq.read_table(file).to_pylist()), key=lambda row: row["id"])
    expected = RedactTable(["text"])(before).to_pylist()
    assert [(row["id"], row["text"]) for row in rows] == [(row["id"], row["text"]) for row in expected]
