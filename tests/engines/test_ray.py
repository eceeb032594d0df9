"""Ray itself, with four processors of its own: what it gives is what one process gives, whoever is killed."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from threading import Thread
from typing import Any

import pyarrow.parquet as pq
import pytest

from redactor.engines.run import QUARANTINE, STATE
from redactor.files.manifest import read_manifest
from tests.conftest import made
from tests.engines.runs import alone, assert_same, collection, on, parts, rows, totals, whole

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),  # of Ray's own
    pytest.mark.skipif(not find_spec("ray"), reason="Ray is not installed"),
]
DOCUMENTS = 2_000
EVERY = 20
"""Of the documents every so manieth has something in it: what an engine does costs little, and what is found much."""
KILLED = 300
"""Documents of the runs in which somebody is killed."""
BAD = '{"text": "请王建国同志牵头"'


@pytest.fixture(scope="module")
def engine() -> Iterator[Any]:
    from redactor.engines.on_ray import RayEngine

    paths = os.environ.get("PYTHONPATH", "")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(Path(__file__).parents[2]), paths]))
    with RayEngine("", 4) as begun:
        yield begun


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ray")
    collection(folder / "in", DOCUMENTS, texts=50, every=EVERY)
    return folder


@pytest.mark.parametrize("policy", ["publish", "label"])
def test_two_thousand_documents_are_as_one_process_writes_them(engine: Any, there: Path, policy: str) -> None:
    out, one = there / policy, there / f"one-{policy}"
    run, files = on(engine, there / "in", out, size=24_000, redactor=made(policy))
    expected = alone(there / "in", one, redactor=made(policy))
    assert_same(one, out)
    assert totals(files) == totals(expected)
    assert len(parts(out / "rows.jsonl")) > 1
    assert len(parts(out / "rows.parquet")) > 1
    assert [each.rows for each in run.inputs[:2]] == [DOCUMENTS, DOCUMENTS]
    schema = pq.read_schema(there / "in" / "rows.parquet")
    assert all(pq.read_schema(part).equals(schema, check_metadata=True) for part in parts(out / "rows.parquet"))
    texts = [row["text"] for part in parts(out / "rows.parquet") for row in pq.read_table(part).to_pylist()]
    assert [not text for text in texts] == [not row["text"] for row in rows(DOCUMENTS, EVERY)]
    assert [text is None for text in texts] == [row["text"] is None for row in rows(DOCUMENTS, EVERY)]


def test_a_worker_that_is_killed_costs_nothing(engine: Any, there: Path) -> None:
    folder, out = there / "lines", there / "killed"
    folder.mkdir()
    lines = (there / "in" / "rows.jsonl").read_bytes().splitlines(keepends=True)[:KILLED]
    (folder / "rows.jsonl").write_bytes(b"".join(lines))
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
    run, (file,) = on(engine, folder, out, size=4_000)
    ended.append(True)
    killer.join()
    alone(folder, there / "one-killed")
    assert killed
    assert file.error is None
    assert_same(there / "one-killed", out)
    assert run.inputs[0].rows == KILLED
    assert not [*out.rglob(".redactor-tmp-*")]


def test_a_record_that_cannot_be_read_goes_to_the_quarantine(engine: Any, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows(200)]
    lines[150] = BAD + "\n"
    (tmp_path / "in" / "rows.jsonl").write_text("".join(lines), "utf-8")
    _, (file,) = on(engine, tmp_path / "in", tmp_path / "out", size=5_000)
    assert file.set_aside == ["line 151"]
    bad, reasons = sorted((tmp_path / "out" / QUARANTINE / "rows.jsonl").iterdir())
    assert bad.read_text("utf-8") == BAD + "\n"
    assert json.loads(reasons.read_text("utf-8"))["where"] == "line 151"
    assert stat.S_IMODE(bad.stat().st_mode) == stat.S_IMODE(reasons.stat().st_mode) == 0o600
    assert len(whole(tmp_path / "out" / "rows.jsonl").splitlines()) == 199


def test_a_run_whose_driver_is_killed_is_ended_by_the_same_command(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows(KILLED)]
    (tmp_path / "in" / "rows.jsonl").write_text("".join(lines), "utf-8")
    out = tmp_path / "out"
    first = start(tmp_path)
    state = out / STATE
    wait(lambda: first.poll() is not None or (state.exists() and b'{"done"' in state.read_bytes()))
    assert first.poll() is None
    first.kill()
    first.wait()
    done = {path: path.stat().st_mtime_ns for path in noted(out)}
    second = start(tmp_path)
    assert second.wait(300) == 0
    alone(tmp_path / "in", tmp_path / "one")
    assert_same(tmp_path / "one", out)
    assert done
    assert done == {path: path.stat().st_mtime_ns for path in done}
    manifest = read_manifest(out / "_manifest.json")
    assert (manifest.inputs[0].rows, sum(each.rows or 0 for each in manifest.outputs)) == (KILLED, KILLED)
    assert len(manifest.outputs) == len(parts(out / "rows.jsonl"))
    assert not [*out.rglob(".redactor-tmp-*")]


def start(folder: Path) -> subprocess.Popen[bytes]:
    """The command, with a Ray of its own."""
    words = ["clean", "in", "-o", "out", "--engine", "ray", "--jobs", "2", "--partition-size", "4KB", "--quiet"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONWARNINGS": "ignore"}
    return subprocess.Popen([sys.executable, "-m", "redactor", *words], cwd=folder, env=environment)


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
