"""F13: a document is handled in a process with limits and without a network; one bad file can't stop the batch."""

from __future__ import annotations

import ctypes
import faulthandler
import io
import os
import signal
import socket
from collections.abc import Callable
from functools import cache
from pathlib import Path
from urllib.request import urlopen

import pytest
import regex
from docx import Document

from redactor.model import FormatError, LimitError
from redactor.parallel.pool import in_order
from redactor.parallel.sandbox import Limits, confined
from tests.build.packages import operated
from tests.conftest import Run
from tests.draws import slow

LIMITS = Limits(memory=512 << 20, seconds=60, written=1 << 30)


def test_f13_what_work_gives_comes_back() -> None:
    assert confined(lambda: ("王建国", os.getpid()), LIMITS)[0] == "王建国"
    assert confined(os.getpid, LIMITS) != os.getpid()


def test_f13_what_work_raises_comes_back() -> None:
    def refuse() -> None:
        raise FormatError("is broken")

    with pytest.raises(FormatError, match="^is broken$"):
        confined(refuse, LIMITS)


class _UnportableError(Exception):
    def __init__(self, one: int, two: int) -> None:
        super().__init__(one + two)


def test_f13_an_error_that_cannot_be_sent_is_named() -> None:
    def fail() -> None:
        raise _UnportableError(1, 2)

    with pytest.raises(RuntimeError, match="_UnportableError"):
        confined(fail, LIMITS)


def loop() -> None:
    while True:
        pass


def crash() -> None:
    faulthandler.disable()  # or pytest's would say so in the middle of all that the tests say
    ctypes.string_at(0)


def killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize(
    ("work", "reason"),
    [
        pytest.param(loop, "took more processor time than a document may", id="endless"),
        pytest.param(crash, f"ended by signal {signal.SIGSEGV:d}", id="crash-in-c"),
        pytest.param(killed, f"ended by signal {signal.SIGKILL:d}", id="killed"),
    ],
)
def test_f13_a_process_that_dies_is_an_error_of_the_file(work: Callable[[], None], reason: str) -> None:
    with pytest.raises(LimitError, match=reason):
        confined(work, Limits(memory=1 << 30, seconds=0, written=1 << 30))


def test_f13_memory_is_bounded() -> None:
    with pytest.raises(MemoryError):
        confined(lambda: len(bytearray(1 << 30)), LIMITS)
    assert confined(lambda: len(bytearray(1 << 28)), LIMITS) == 1 << 28


def test_f13_files_are_bounded(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="too large"):
        confined(lambda: (tmp_path / "big").write_bytes(bytes(2000)), Limits(1 << 30, 60, 1000))


@pytest.mark.parametrize(
    "reach",
    [lambda port: socket.create_connection(("127.0.0.1", port)), lambda port: urlopen(f"http://127.0.0.1:{port}/")],
)
def test_f13_there_is_no_network(reach: Callable[[int], object]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(OSError, match="may not reach the network"):
            confined(lambda: repr(reach(port)), LIMITS)


@cache
def large_docx() -> bytes:
    made = io.BytesIO()
    Document().save(made)
    body = "".join(f"<w:p><w:r><w:t>{f'{n}号件由王建国同志负责，' * 20}</w:t></w:r></w:p>" for n in range(4000))
    return operated(made.getvalue(), {"word/document.xml": lambda text: text.replace("<w:sectPr", f"{body}<w:sectPr")})


# The installed command: a fork of the tests' own process has memory at hand that counts for nothing more.
@pytest.mark.slow
@pytest.mark.parametrize("jobs", [slow("1"), "2"])
def test_f13_a_document_that_takes_too_much_stops_nothing_else(run_installed: Run, tmp_path: Path, jobs: str) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.html").write_text("<p>请王建国同志牵头</p>", encoding="utf-8")
    (folder / "b.docx").write_bytes(large_docx())
    (folder / "c.txt").write_text("请王建国同志牵头\n", encoding="utf-8")
    done = run_installed("clean", folder, "-o", tmp_path / "out", "--jobs", jobs, "--max-memory", "40", "--quiet")
    assert done.returncode == 2
    assert regex.search(
        r"b\.docx: needs more memory than it may take(?:, twice)?; nothing was written", done.stderr.decode()
    )
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["a.html", "c.txt"]
    assert (tmp_path / "out" / "a.html").read_text(encoding="utf-8") == "<p>请×同志牵头</p>"


@pytest.mark.slow
def test_f13_scan_is_confined_too(run_installed: Run, tmp_path: Path) -> None:
    (tmp_path / "b.docx").write_bytes(large_docx())
    (tmp_path / "a.html").write_text("<p>请王建国同志牵头</p>", encoding="utf-8")
    done = run_installed("scan", "a.html", "b.docx", "--max-memory", "40")
    assert done.returncode == 2
    assert "PERSON 王建国" in done.stdout.decode()
    assert "b.docx" in done.stderr.decode()


def test_f13_a_document_goes_to_standard_output_whole(run: Run) -> None:
    page = "<p>请王建国同志牵头</p>\n".encode() * 3000
    done = run("clean", "-", stdin=page)
    assert done.returncode == 0
    assert done.stdout == "<p>请×同志牵头</p>\n".encode() * 3000


def test_a_process_may_read_what_the_command_may(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("closed", "another's")]
    for path in paths:
        path.write_text("text", encoding="utf-8")
        if os.geteuid() == 0:
            os.chown(path, 65_534, 65_534)
        path.chmod(0o600 if path.name == "another's" else 0)
    readable = [is_readable(path) for path in paths]
    assert list(in_order(is_readable, paths, 2, lambda *_: None)) == readable


def is_readable(path: Path) -> bool:
    try:
        path.read_bytes()
    except PermissionError:
        return False
    return True
