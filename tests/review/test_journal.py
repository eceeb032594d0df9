"""The journal: whatever ends the program, no step that was answered is lost."""

from __future__ import annotations

import os
import signal
from contextlib import closing
from pathlib import Path
from time import sleep

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redactor.model import FormatError
from redactor.review.journal import Journal, OtherInputError

INPUT = "ab" * 32


def records(path: Path, of: str = INPUT, *, anew: bool = False) -> tuple[dict[str, object], ...]:
    """What a journal holds."""
    with closing(Journal(path, of, anew=anew)) as journal:
        return journal.records


def test_steps_come_back_in_order(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "a.decisions.journal", INPUT)
    assert journal.records == ()
    for number in range(3):
        journal.add({"step": number})
    journal.close()
    journal = Journal(tmp_path / "a.decisions.journal", INPUT)
    assert journal.records == tuple({"step": number} for number in range(3))
    journal.add({"step": 3})
    journal.close()
    assert len(records(tmp_path / "a.decisions.journal")) == 4
    assert (tmp_path / "a.decisions.journal").stat().st_mode & 0o777 == 0o600


def test_that_of_another_document_is_refused_or_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "j"
    journal = Journal(path, INPUT)
    journal.add({"step": 1})
    journal.close()
    with pytest.raises(OtherInputError):
        records(path, "cd" * 32)
    assert records(path) == ({"step": 1},)
    assert records(path, "cd" * 32, anew=True) == ()


@pytest.mark.parametrize("data", [b"text\n", b"[]\n", b'{"journal":2,"input":"' + INPUT.encode() + b'"}\n', b"{}\n"])
def test_what_is_none_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "j").write_bytes(data)
    with pytest.raises(FormatError):
        records(tmp_path / "j")
    assert (tmp_path / "j").read_bytes() == data


@given(cut=st.integers(0, 400))
def test_cut_anywhere_it_gives_the_steps_before(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    path = tmp_path_factory.getbasetemp() / "cut.journal"
    path.unlink(missing_ok=True)
    journal = Journal(path, INPUT)
    for number in range(5):
        journal.add({"step": number, "value": "0123456789abcdef"})
    journal.close()
    data = path.read_bytes()[:cut]
    path.write_bytes(data)
    journal = Journal(path, INPUT)
    assert journal.records == tuple(
        {"step": number, "value": "0123456789abcdef"} for number in range(max(0, data.count(b"\n") - 1))
    )
    journal.add({"step": "next"})
    journal.close()
    assert records(path)[-1] == {"step": "next"}


@pytest.mark.slow
@pytest.mark.parametrize("moment", [0.001 * number**2 for number in range(12)])
def test_a_process_killed_at_any_moment_has_lost_nothing_that_it_had_told(tmp_path: Path, moment: float) -> None:
    path = tmp_path / "j"
    told, tell = os.pipe()
    child = os.fork()
    if not child:
        try:
            journal = Journal(path, INPUT)
            for number in range(1_000_000):
                journal.add({"step": number, "value": "0123456789abcdef" * 20})
                os.write(tell, b"x")
        finally:
            os._exit(1)
    os.close(tell)
    assert os.read(told, 1) == b"x"
    sleep(moment)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    answered = 1
    while got := os.read(told, 1 << 16):
        answered += len(got)
    os.close(told)
    found = records(path)
    assert [each["step"] for each in found] == list(range(len(found)))
    assert answered <= len(found) <= answered + 1
