"""The review on a terminal: asked and answered through a pseudo-terminal, as a person would."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from redactor.review.audit import verify as verify_log
from tests.command import COMMAND, Run

TEXT = "请王建国同志牵头。\n王建国同志到会，电话13800138000。\n会上说到磐石项目，\x1b[31m磐石项目已经开工。\n"
SECONDS = 120


class Talk:
    """A review on a terminal. `shown`: all that stood on it."""

    def __init__(self, process: subprocess.Popen[bytes], ours: int) -> None:
        self.process, self.ours, self.shown = process, ours, ""
        self.asked()

    def asked(self) -> str:
        """What is shown up to the next question, or to the end."""
        piece = b""
        while not piece.rstrip(b" ").endswith(b">"):
            assert select.select([self.ours], [], [], SECONDS)[0], piece
            try:
                more = os.read(self.ours, 65_536)
            except OSError:  # the other end has gone
                break
            if not more:
                break
            piece += more
        shown = piece.decode()
        self.shown += shown
        return shown

    def say(self, *answers: str) -> str:
        """Answer, and see what comes of the last answer."""
        shown = ""
        for answer in answers:
            os.write(self.ours, f"{answer}\n".encode())
            shown = self.asked()
        return shown


@contextmanager
def talk(folder: Path, language: str, *options: str) -> Iterator[Talk]:
    ours, theirs = pty.openpty()
    settings = {"TERM": "xterm", "REDACTOR_LANG": language, "XDG_STATE_HOME": str(folder / "state")}
    command = [COMMAND, "review", "a.txt", "--tty", "--by", "t", *options]
    process = subprocess.Popen(
        command, cwd=folder, stdin=theirs, stdout=theirs, stderr=theirs, env={**os.environ, **settings}
    )
    os.close(theirs)
    try:
        yield Talk(process, ours)
        process.wait(SECONDS)
    finally:
        process.kill()
        process.wait()
        os.close(ours)


ENDS: Sequence[tuple[str, str, str]] = [
    ("en", "王建国: 1 place kept", "verified: nothing that was masked is left"),
    ("zh", "王建国：1 处已保留", "已核验：遮盖的没有残留"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("language", "kept", "verified"), ENDS, ids=[each[0] for each in ENDS])
def test_from_the_first_value_to_the_verified_result(
    run: Run, tmp_path: Path, language: str, kept: str, verified: str
) -> None:
    (tmp_path / "a.txt").write_text(TEXT, "utf-8")
    with talk(tmp_path, language) as terminal:
        assert "[4/4]" in terminal.shown
        assert "[1/4]" in terminal.say("y", "y", "N")
        os.kill(terminal.process.pid, signal.SIGKILL)
    with talk(tmp_path, language) as terminal:  # nothing is lost
        assert "[1/4]" in terminal.shown
        listed = terminal.say("l")
        number = next(line.split()[0] for line in listed.splitlines() if "王建国" in line and "PERSON" in line)
        terminal.say(f"g {number}", "U", "u", f"g {number}", "y", f"g {number}")
        assert kept in terminal.say("Ｎ")  # as an input method writes it
        assert "ORGANIZATION" in terminal.say("a 磐石项目") or "磐石项目" in terminal.shown
        terminal.say("r 因为", "nonsense", "w", "g 99", "t", "")
        done = terminal.say("f", "y", "n")
        assert verified in done
    out = (tmp_path / "a.redacted.txt").read_text("utf-8")
    assert (out.count("王建国"), out.count("磐石项目"), out.count("13800138000")) == (1, 0, 0)
    assert "\x1b[31m" not in terminal.shown  # what a document holds does not speak to the terminal
    again = run(
        "clean", "a.txt", "--decisions", "a.txt.decisions.json", env={"XDG_STATE_HOME": str(tmp_path / "state")}
    )
    assert again.stdout.decode() == out
    assert verify_log(tmp_path / "review.audit.jsonl").seq > 5


@pytest.mark.slow
def test_it_stops_and_an_approver_decides_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, "utf-8")
    with talk(tmp_path, "en", "--require-approval") as terminal:
        terminal.say("A", "y")
        assert "nothing is written yet" in terminal.say("f", "y", "y")
    assert not (tmp_path / "a.redacted.txt").exists()
    with talk(tmp_path, "en", "--role", "approve", "--by", "other") as terminal:
        assert "approving changes no decision" in terminal.say("l", "g 1", "n")
        assert "approved and written" in terminal.say("f", "y", "y")
    assert "13800138000" not in (tmp_path / "a.redacted.txt").read_text("utf-8")
    with talk(tmp_path, "en", "--force") as terminal:
        os.write(terminal.ours, b"q\n")
    assert terminal.process.returncode == 0


def test_it_needs_a_terminal(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, "utf-8")
    done = run("review", "a.txt", "--tty")
    assert done.returncode == 2
    assert "--tty needs a terminal" in done.stderr.decode()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.txt"]
