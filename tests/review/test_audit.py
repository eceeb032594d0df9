"""The audit log: what was changed in it is seen, and it holds no text."""

from __future__ import annotations

import json
import os
import resource
import signal
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from redactor.model import FormatError
from redactor.review.audit import Audit, BrokenError, Head, verify
from tests.command import Run

DOC = "ab" * 32


def log(path: Path, count: int = 5) -> Head:
    """A log with some lines; its end."""
    audit = Audit(path, by="小王", now=lambda: datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    audit.add("open", DOC, policy="publish")
    for number in range(count - 1):
        audit.add(
            "decide", DOC, item=f"{number:016x}", entity="PERSON", from_="open", to="mask", scope="value", count=3
        )
    audit.close()
    return audit.head


def test_a_log_that_nobody_touched_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "review.audit.jsonl"
    end = log(path)
    assert verify(path) == verify(path, end) == end
    assert path.stat().st_mode & 0o777 == 0o600
    first = json.loads(path.read_bytes().splitlines()[0])
    assert (first["seq"], first["at"], first["by"], first["doc"]) == (1, "2026-01-02T03:04:05Z", "小王", "ab" * 8)
    again = Audit(path, by="小李", role="approve")
    again.add("approve", DOC, decisions="c" * 64)
    again.close()
    assert verify(path, end) == again.head


CHANGES: list[tuple[str, Callable[[list[bytes]], list[bytes]]]] = [
    ("a word", lambda lines: [*lines[:2], lines[2].replace(b'"mask"', b'"keep"'), *lines[3:]]),
    ("a time", lambda lines: [lines[0].replace(b"03:04:05", b"03:04:06"), *lines[1:]]),
    ("a line out", lambda lines: [*lines[:2], *lines[3:]]),
    ("the first out", lambda lines: lines[1:]),
    ("two the other way", lambda lines: [lines[0], lines[2], lines[1], *lines[3:]]),
    ("one twice", lambda lines: [*lines[:2], *lines[1:]]),
    ("no hash", lambda lines: [*lines[:4], json.dumps({"seq": 5}).encode()]),
    ("no JSON", lambda lines: [*lines[:4], b"nothing"]),
    ("a list", lambda lines: [*lines[:4], b"[]"]),
]


@pytest.mark.parametrize("change", [each for _, each in CHANGES], ids=[name for name, _ in CHANGES])
def test_a_change_is_seen(tmp_path: Path, change: Callable[[list[bytes]], list[bytes]]) -> None:
    path = tmp_path / "a.jsonl"
    log(path)
    path.write_bytes(b"".join(line + b"\n" for line in change(path.read_bytes().splitlines())))
    with pytest.raises(BrokenError):
        verify(path)
    with pytest.raises(BrokenError):
        Audit(path, by="x")


def test_a_tail_that_was_cut_is_seen_by_who_knows_the_end(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    end = log(path)
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:3]))
    assert verify(path).seq == 3
    with pytest.raises(BrokenError, match="no line 5"):
        verify(path, end)


def test_a_log_that_was_written_anew_is_seen_by_who_knows_the_end(tmp_path: Path) -> None:
    end = log(tmp_path / "a.jsonl")
    log(tmp_path / "b.jsonl", 7)
    assert verify(tmp_path / "b.jsonl", end).seq == 7  # the same lines so far
    audit = Audit(tmp_path / "c.jsonl", by="somebody else")
    for _ in range(5):
        audit.add("open", DOC)
    audit.close()
    with pytest.raises(BrokenError):
        verify(tmp_path / "c.jsonl", end)


@pytest.mark.parametrize("details", [{"item": "王建国"}, {"text": "x"}, {"rule": "a b"}, {"to": "x" * 81}])
def test_no_text_gets_into_it(tmp_path: Path, details: dict[str, str]) -> None:
    audit = Audit(tmp_path / "a.jsonl", by="小王")
    with pytest.raises(ValueError, match="no text"):
        audit.add("decide", DOC, **details)
    audit.close()
    assert (tmp_path / "a.jsonl").read_bytes() == b""


def test_what_a_killed_process_had_begun_is_cut_off_and_told(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    end = log(path)
    with path.open("ab") as out:
        out.write(b'{"at":"2026')
    with pytest.raises(BrokenError, match="not whole"):
        verify(path)
    audit = Audit(path, by="小王")
    audit.close()
    assert verify(path, end).seq == end.seq + 1
    assert json.loads(path.read_bytes().splitlines()[-1])["event"] == "torn"


def test_one_process_has_it_at_a_time(tmp_path: Path) -> None:
    audit = Audit(tmp_path / "a.jsonl", by="甲")
    with pytest.raises(FormatError, match="in use"):
        Audit(tmp_path / "a.jsonl", by="乙")
    audit.close()
    Audit(tmp_path / "a.jsonl", by="乙").close()


def test_where_it_cannot_be_written_the_action_fails_and_nothing_is_torn(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    log(path)
    before = path.read_bytes()
    child = os.fork()
    if not child:  # a limit on the size of files can't be taken back
        code = 1
        try:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            audit = Audit(path, by="甲")
            resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 20, len(before) + 20))
            with pytest.raises(FormatError, match="can't be written"):
                audit.add("decide", DOC)
            code = 0
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert path.read_bytes() == before


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(b"")
    (tmp_path / "a.jsonl").symlink_to(tmp_path / "other")
    with pytest.raises(FormatError):
        Audit(tmp_path / "a.jsonl", by="甲")


def test_the_command_says_whether_it_is_whole(run: Run, tmp_path: Path) -> None:
    end = log(tmp_path / "a.jsonl")
    done = run("audit", "verify", "a.jsonl", "--head", f"{end.seq}:{end.hash}")
    assert done.returncode == 0
    assert f"whole, 5 lines; its end is 5:{end.hash}" in done.stdout.decode()
    (tmp_path / "a.jsonl").write_bytes((tmp_path / "a.jsonl").read_bytes().replace(b"mask", b"keep"))
    assert run("audit", "verify", "a.jsonl").returncode == 1
    assert run("audit", "verify", "none.jsonl").returncode == 2
    (tmp_path / "b.jsonl").write_bytes(b"something else\n")
    assert run("audit", "verify", "b.jsonl").returncode == 2
    assert run("audit", "verify", "a.jsonl", "--head", "5").returncode == 2
