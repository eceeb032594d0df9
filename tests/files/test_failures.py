"""SAFETY-F2: "nothing was written" is said only where it is true; what can't be loaded is told in one line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from redactor.files.failures import Standing, failure
from redactor.files.job import Job
from redactor.files.report import Report
from redactor.files.tasks import Task, size_of
from redactor.formats.options import Options
from redactor.text import charsets
from tests.cli.faults import TEXT
from tests.command import environment
from tests.conftest import COMMAND, Run, made


def replaced(place: Path) -> None:
    place.with_name("new").write_bytes(b"new")
    place.with_name("new").replace(place)


def put(place: Path) -> None:
    place.write_bytes(b"new")


def nothing(place: Path) -> None:
    pass


STATES = [
    pytest.param(None, nothing, "nothing was written", "nothing was written", id="SAFETY-F2-none"),
    pytest.param(None, put, "was written, and is whole", "may have been written", id="SAFETY-F2-new"),
    pytest.param(b"old", nothing, "nothing was written", "may have been written", id="SAFETY-F2-old"),
    pytest.param(b"old", replaced, "was written, and is whole", "may have been written", id="SAFETY-F2-replaced"),
]


@pytest.mark.parametrize(("old", "act", "said", "unsure"), STATES)
def test_what_became_of_an_output_is_looked_for(
    tmp_path: Path, old: bytes | None, act: object, said: str, unsure: str
) -> None:
    place = tmp_path / "out"
    if old is not None:
        place.write_bytes(old)
    standing = Standing.at(place)
    act(place)
    assert said in standing.said()
    assert standing.written == ("was written, and" in said)
    lost = Job(redactor=made(), report=Report(), options=Options(), mode="write").lost(
        Task(tmp_path / "in", place), "ended"
    )
    assert unsure in str(lost.error)


def test_without_an_output_nothing_was_written() -> None:
    assert Standing.at(None).said() == Standing.at(None).said(unsure=True) == "nothing was written"


@pytest.mark.parametrize("name", ["redactor.cli.scan"], ids=["SAFETY-F3-import"])
def test_a_part_that_cannot_be_loaded_is_told_in_one_line(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (tmp_path / "a.txt").write_text(TEXT, "utf-8")
    assert run("scan", "a.txt").returncode == 0
    monkeypatch.setitem(sys.modules, name, None)
    done = run("scan", "a.txt")
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr == f"redactor: a part of the program can't be loaded: {name}\n".encode()
    told = failure(ModuleNotFoundError(name=name), "a.docx")
    assert str(told) == f"a.docx: a part of the program can't be loaded: {name}"


def test_safety_f3_an_encoding_that_cannot_be_loaded_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(ImportError, match="encoding no-such can't be loaded"):
        charsets.load(("utf-8", "no-such"))
    told = failure(LookupError("unknown encoding: big5"), "a.docx")
    assert str(told) == "a.docx: a part of the program can't be loaded: unknown encoding: big5"
    assert failure(LookupError("another"), "a.docx") is None
    blocked = "import sys; sys.modules['encodings.big5'] = None; from redactor.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", blocked, "clean"], input=TEXT.encode(), capture_output=True, env=environment({}),
        cwd=tmp_path, timeout=300, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr == b"redactor: a part of the program can't be loaded: encodings.big5\n"


@pytest.mark.parametrize("row", [None], ids=["SAFETY-F3-output-full"])
def test_an_output_that_takes_nothing_ends_in_one_line(tmp_path: Path, row: None) -> None:
    (tmp_path / "a.txt").write_text(TEXT, "utf-8")
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [COMMAND, "clean", "a.txt"], cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, timeout=300, check=False,
            env={**os.environ, "REDACTOR_LANG": "en", "PYTHONUNBUFFERED": ""},
        )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr == b"redactor: standard output: can't be written: No space left on device\n"


def test_a_size_that_cannot_be_told_ends_no_run() -> None:
    assert size_of(Task(Path("x" * 300), None)) == 0
