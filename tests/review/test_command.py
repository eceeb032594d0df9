"""The command that opens the page: where results go that stand beside their files."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from pathlib import Path

import pytest

from redactor.cli.review import results_beside
from redactor.files.names import without_names
from tests.command import COMMAND
from tests.conftest import made


def test_no_name_that_would_be_masked_is_in_that_of_a_result() -> None:
    redactor = made("publish")
    assert without_names(redactor, "请王建国同志到会2023年5月8日") == "请×同志到会2023年5月8日"
    names = [
        "请王建国同志到会.docx",
        "请李秀芝同志到会.docx",
        "汇报.docx",
        "汇报.redacted.docx",
        "请×同志到会.redacted.docx",
        "a.redacted.txt",
    ]
    told = {
        path.name: target.name for path, target in results_beside([Path("d", name) for name in names], redactor).items()
    }
    assert told == {
        "请王建国同志到会.docx": "请×同志到会.redacted.docx",
        "请李秀芝同志到会.docx": "请×同志到会-2.redacted.docx",
        "汇报.docx": "汇报.redacted.docx",
        "a.redacted.txt": "a.redacted.redacted.txt",
    }


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="what a process ignores is not told here")
def test_a_browser_that_goes_away_does_not_end_the_program(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("请王建国同志到会。\n", "utf-8")
    command = [COMMAND, "review", "a.txt", "--no-browser"]
    settings = {"XDG_STATE_HOME": str(tmp_path / "state")}
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, env={**os.environ, **settings}) as process:
        assert process.stderr
        assert b"http://127.0.0.1:" in process.stderr.readline()
        status = Path(f"/proc/{process.pid}/status").read_text("ascii")
        ignored = re.search(r"^SigIgn:\s*([0-9a-f]+)$", status, re.MULTILINE)
        assert ignored
        assert int(ignored[1], 16) >> (signal.SIGPIPE - 1) & 1
        process.send_signal(signal.SIGINT)
        assert process.wait(60) in (0, 130, -signal.SIGINT)
