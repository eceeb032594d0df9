"""Ray itself, with four processors of its own: what it gives is what one process gives, whoever is killed."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from threading import Thread
from typing import Any

import pyarrow.parquet as pq
import pytest

from redactor.engines.run import QUARANTINE, STATE, Run
from tests.conftest import made
from tests.engines.runs import alone, assert_same, collection, on, parts, rows, totals, whole, whole_table
from tests.test_collections import recipe_gives

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),  # of Ray's own
    pytest.mark.skipif(not find_spec("ray"), reason="Ray is not installed"),
]
DOCUMENTS = 2_000
EVERY = 20
"""Of the documents every so manieth has something in it: what an engine does costs little, and what is found much."""
FEW = 300
"""Documents of the runs in which somebody is killed."""
BAD = '{"text": "请王建国同志牵头"'
PYTHONPATH = os.pathsep.join(filter(None, [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")]))


def test_ray(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One after the other on one Ray, for to begin one costs more than most of this."""
    from redactor.engines.on_ray import RayEngine

    monkeypatch.setenv("PYTHONPATH", PYTHONPATH)
    recipe = tmp_path / "recipe"
    recipe.mkdir()
    monkeypatch.chdir(recipe)  # where the workers begin
    collection(tmp_path / "in", DOCUMENTS, texts=50, every=EVERY, apart=True)
    with RayEngine("", 4) as engine:
        two_thousand_documents_are_as_one_process_writes_them(engine, tmp_path)
        so_they_are_under_another_policy(engine, tmp_path / "label")
        a_worker_that_is_killed_costs_nothing(engine, tmp_path / "killed")
        a_record_that_cannot_be_read_goes_to_the_quarantine(engine, tmp_path / "bad")
        a_run_whose_driver_is_killed_is_ended_by_the_same_command(tmp_path / "driver")
        the_recipe_of_the_docs_gives_what_one_process_gives(recipe)


def two_thousand_documents_are_as_one_process_writes_them(engine: Any, there: Path) -> None:
    run = as_one_process(engine, there, "publish", 16_000)
    assert sum(each.rows or 0 for each in run.inputs) + len([*(there / "in" / "texts").iterdir()]) == DOCUMENTS


def so_they_are_under_another_policy(engine: Any, there: Path) -> None:
    collection(there / "in", 160, texts=10, every=EVERY, apart=True)
    as_one_process(engine, there, "label", 4_000)


def as_one_process(engine: Any, there: Path, policy: str, size: int) -> Run:
    """A run over what is in a folder, compared with one process in all that it writes and tells."""
    run, files = on(engine, there / "in", there / "out", size=size, redactor=made(policy))
    expected = alone(there / "in", there / "one", redactor=made(policy))
    assert_same(there / "one", there / "out")
    assert all(len(parts(there / "out" / name)) > 1 for name in ("rows.jsonl", "rows.parquet"))
    assert totals(files) == totals(expected)
    before = pq.read_table(there / "in" / "rows.parquet")
    assert all(
        pq.read_schema(part).equals(before.schema, check_metadata=True)
        for part in parts(there / "out" / "rows.parquet")
    )
    after = whole_table(there / "out" / "rows.parquet")
    bare = [(not text, text is None) for text in after["text"].to_pylist()]
    assert {*bare} == {(False, False), (True, False), (True, True)}
    assert bare == [(not text, text is None) for text in before["text"].to_pylist()]
    return run


def a_worker_that_is_killed_costs_nothing(engine: Any, there: Path) -> None:
    as_lines(there / "in", FEW)
    out = there / "out"
    killed: list[int] = []
    ended: list[bool] = []

    def kill() -> None:
        while not ended:
            for process in busy_workers(os.getpid()):
                if [*out.glob("rows.jsonl/part-*")]:
                    os.kill(process, signal.SIGKILL)
                    killed.append(process)
                    return
            time.sleep(0.01)

    killer = Thread(target=kill)
    killer.start()
    run, (file,) = on(engine, there / "in", out, size=4_000)
    ended.append(True)
    killer.join()
    alone(there / "in", there / "one")
    assert killed
    assert file.error is None
    assert_same(there / "one", out)
    assert run.inputs[0].rows == FEW
    assert not [*out.rglob(".redactor-tmp-*")]


def a_record_that_cannot_be_read_goes_to_the_quarantine(engine: Any, there: Path) -> None:
    lines = as_lines(there / "in", 200)
    lines[150] = BAD + "\n"
    (there / "in" / "rows.jsonl").write_text("".join(lines), "utf-8")
    _, (file,) = on(engine, there / "in", there / "out", size=5_000)
    assert file.set_aside == ["line 151"]
    bad, reasons = sorted((there / "out" / QUARANTINE / "rows.jsonl").iterdir())
    assert bad.read_text("utf-8") == BAD + "\n"
    assert json.loads(reasons.read_text("utf-8"))["where"] == "line 151"
    assert stat.S_IMODE(bad.stat().st_mode) == stat.S_IMODE(reasons.stat().st_mode) == 0o600
    assert len(whole(there / "out" / "rows.jsonl").splitlines()) == 199


def a_run_whose_driver_is_killed_is_ended_by_the_same_command(there: Path) -> None:
    """The first on a Ray of its own, which goes with it; the second on the one that is there, whose workers began in another folder."""
    as_lines(there / "in", FEW)
    out = there / "out"
    first = start(there)
    state = out / STATE
    wait(lambda: first.poll() is not None or (state.exists() and b'{"done"' in state.read_bytes()))
    assert first.poll() is None
    first.kill()
    first.wait()
    done = {path: path.stat().st_mtime_ns for path in noted(out)}
    second = start(there, "--address", address())
    assert second.wait(300) == 0
    alone(there / "in", there / "one")
    assert_same(there / "one", out)
    assert done
    assert done == {path: path.stat().st_mtime_ns for path in done}
    manifest = json.loads((out / "_manifest.json").read_text("utf-8"))
    assert (manifest["inputs"][0]["rows"], sum(each["rows"] for each in manifest["outputs"])) == (FEW, FEW)
    assert len(manifest["outputs"]) == len(parts(out / "rows.jsonl"))
    assert not [*out.rglob(".redactor-tmp-*")]


def the_recipe_of_the_docs_gives_what_one_process_gives(there: Path) -> None:
    recipe_gives("Ray Data", there, RAY_ADDRESS=address())


def as_lines(folder: Path, number: int) -> list[str]:
    """Documents as JSON Lines, in a file of the folder."""
    folder.mkdir(parents=True)
    lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows(number, 5)]
    (folder / "rows.jsonl").write_text("".join(lines), "utf-8")
    return lines


def start(folder: Path, *more: str) -> subprocess.Popen[bytes]:
    """The command, with a Ray of its own unless it is told of one."""
    words = ["clean", "in", "-o", "out", "--engine", "ray", "--jobs", "2", "--partition-size", "3KB", "--quiet", *more]
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    return subprocess.Popen([sys.executable, "-m", "redactor", *words], cwd=folder, env=environment)


def address() -> str:
    """Of the Ray that this process has begun."""
    import ray

    return str(ray.get_runtime_context().gcs_address)


def noted(out: Path) -> list[Path]:
    """The outputs that the state says are whole."""
    found = []
    for line in (out / STATE).read_bytes().splitlines():
        with suppress(ValueError):
            found += [Path(record["done"]) for record in [json.loads(line)] if "done" in record]
    return found


def wait(ready: Callable[[], bool]) -> None:
    until = time.monotonic() + 120
    while not ready():
        assert time.monotonic() < until
        time.sleep(0.02)


def busy_workers(above: int) -> list[int]:
    """The processes of Ray below one of ours that are at work: Ray says so in their names."""
    found = {}
    for place in Path("/proc").iterdir():
        if place.name.isdigit():
            with suppress(OSError):
                parent = int((place / "stat").read_text("utf-8").rpartition(") ")[2].split()[1])
                found[int(place.name)] = (parent, (place / "cmdline").read_bytes())

    def ours(process: int) -> bool:
        while process in found:
            process = found[process][0]
            if process == above:
                return True
        return False

    return [
        process
        for process, (parent, words) in found.items()
        if words.startswith(b"ray::_call") and b"raylet" in found.get(parent, (0, b""))[1] and ours(process)
    ]
