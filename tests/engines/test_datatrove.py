"""datatrove with two workers: killed and run again, it gives what one process gives."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.engines.shared import BROKEN, FILES, as_files

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not find_spec("datatrove"), reason="datatrove is not installed"),
    pytest.mark.skipif(sys.platform == "win32", reason="needs groups of processes"),
]
KILLED = 3
"""The task whose worker is killed in its middle."""
JOB = f"""
import os, signal
from pathlib import Path
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.base import PipelineStep
from datatrove.pipeline.readers import ParquetReader
from datatrove.pipeline.writers import ParquetWriter
from redactor.contrib.datatrove import RedactorStep
from tests.engines.tasks import settings

class Killed(PipelineStep):
    def run(self, data, rank=0, world_size=1):
        for number, document in enumerate(data):
            yield document
            if rank == {KILLED} and number == 100 and not Path("killed").exists():
                Path("killed").touch()
                os.kill(os.getpid(), signal.SIGKILL)

if __name__ == "__main__":
    steps = [ParquetReader("in"), RedactorStep(settings("publish")), Killed(), ParquetWriter("out")]
    LocalPipelineExecutor(steps, tasks={FILES}, workers=2, logging_dir="log").run()
"""


def test_datatrove(expected: Callable[[str], pa.Table], tmp_path: Path) -> None:
    as_files(tmp_path / "in", "publish")
    (tmp_path / "job.py").write_text(JOB, "utf-8")
    first = start(tmp_path)
    until = time.monotonic() + 300
    while first.poll() is None and len(completed(tmp_path)) < FILES - 1:
        assert time.monotonic() < until
        time.sleep(0.05)
    # What its worker had in hand nobody takes up, and the job waits for it for ever.
    with pytest.raises(subprocess.TimeoutExpired):
        first.wait(1)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    assert completed(tmp_path) == {*range(FILES)} - {KILLED}
    done = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").iterdir() if int(path.stem) != KILLED}
    assert start(tmp_path).wait(300) == 0
    assert len(done) == FILES - 1
    assert done == {path: path.stat().st_mtime_ns for path in done}
    written = [row for path in (tmp_path / "out").iterdir() for row in pq.read_table(path).to_pylist()]
    rows = expected("publish").to_pylist()
    # Its reader passes over what has no text; what can't be redacted is left out.
    wanted = [(row["id"], row["text"]) for row in rows if row["text"]]
    assert rows[BROKEN]["text"] is None
    assert sorted((row["id"], row["text"]) for row in written) == sorted(wanted)


def start(folder: Path) -> subprocess.Popen[bytes]:
    paths = os.pathsep.join(filter(None, [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")]))
    return subprocess.Popen(
        [sys.executable, "job.py"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": paths},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def completed(folder: Path) -> set[int]:
    """The tasks that are done."""
    return {int(path.name) for path in (folder / "log" / "completions").glob("*")}
