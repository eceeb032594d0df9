"""Where processes can't be forked they are sent what they need: the same results."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from redactor import Redactor
from redactor.document.state import Memory
from redactor.files.job import Job
from redactor.files.report import Report
from redactor.files.state import State
from redactor.files.tasks import Task
from redactor.formats.options import Options
from redactor.parallel import worker
from redactor.parallel.records import Spread
from redactor.text.decode import Part
from redactor.text.document import Document

TEXTS = ["请王建国同志牵头。\n", "李晓明配合。\n", "王建国总结。\n"]
MASKED = ["请【人名1】同志牵头。\n", "【人名2】配合。\n", "【人名1】总结。\n"]


@pytest.fixture
def redactor(monkeypatch: pytest.MonkeyPatch) -> Redactor:
    monkeypatch.setattr(worker, "START", "spawn")
    return Redactor("label", builtin=False, ner="none", mask=["王建国", "李晓明"])


def parts() -> list[Part]:
    return [partial(str, text) for text in TEXTS]


def test_parts_and_batches(redactor: Redactor) -> None:
    with Spread(redactor, 2) as spread:
        assert [done.text for done in spread.parts(parts, Memory())] == MASKED
        found = spread.batches([([Document(text)], [Memory()]) for text in TEXTS])
    assert [done[0][0].text for done in found] == [text.replace("2】", "1】") for text in MASKED]


def test_files(redactor: Redactor, tmp_path: Path) -> None:
    tasks = [Task(tmp_path / f"{n}.txt", tmp_path / f"{n}.out") for n in range(3)]
    for task, text in zip(tasks, TEXTS, strict=True):
        task.source.write_text(text, "utf-8")
    with State(tmp_path / "state", "run") as state:
        job = Job(redactor, Report(), Options(), mode="write", state=state, jobs=2)
        done = list(job.run(tasks))
    assert [file.error for file in done] == [None] * 3
    with State(tmp_path / "state", "run") as state:
        assert all(state.has(task.source, task.target) for task in tasks if task.target)
