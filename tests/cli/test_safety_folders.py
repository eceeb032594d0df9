"""What folders hold is done, or left out and told of, or fails by itself; nothing is passed over in silence. Ids are rows of the list of
attacks: N1 what is left out, N2 folders that can't be read, N3 links in place, N4 what a quiet run tells."""

from __future__ import annotations

import ctypes
import json
import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from redactor.files.walk import sources
from tests.cli.faults import MASKED, TEXT, pages
from tests.command import forked
from tests.conftest import Run, warm

NAMES = ("a.txt", "sub/b.txt", "sub/deep/c.txt")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in NAMES:
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_text(TEXT, "utf-8")
    return tmp_path / "in"


def hidden_file(place: Path) -> None:
    (place / ".x.txt").write_text(TEXT, "utf-8")


def hidden_folder(place: Path) -> None:
    (place / ".git").mkdir()
    (place / ".git/x.txt").write_text(TEXT, "utf-8")


def link(place: Path) -> None:
    (place.parent / "s.txt").write_text(TEXT, "utf-8")
    (place / "link.txt").symlink_to("../s.txt")


def link_to_a_folder_above(place: Path) -> None:
    (place / "loop").symlink_to("..")


def link_to_itself(place: Path) -> None:
    (place / "self").symlink_to("self")


def dangling(place: Path) -> None:
    (place / "gone.txt").symlink_to("nowhere")


def fifo(place: Path) -> None:
    os.mkfifo(place / "pipe.txt")


def device(place: Path) -> None:
    (place / "zero.txt").symlink_to("/dev/zero")


def unix_socket(place: Path) -> None:
    held = socket.socket(socket.AF_UNIX)
    try:
        held.bind(os.path.relpath(place / "socket"))
    finally:
        held.close()


def lock_of_an_office(place: Path) -> None:
    (place / "~$a.docx").write_text("王建国", "utf-8")


LEFT_OUT = {
    hidden_file: "hidden",
    hidden_folder: "hidden",
    link: "link",
    link_to_a_folder_above: "link",
    link_to_itself: "link",
    dangling: "link",
    device: "link",
    fifo: "special",
    unix_socket: "special",
    lock_of_an_office: "system",
}


WAYS = [(put, "in-place", True) for put in LEFT_OUT]
WAYS += [(hidden_file, command, quiet) for command in ("clean", "check", "scan") for quiet in (False, True)]


@pytest.mark.sampled(4)
@pytest.mark.parametrize(
    ("put", "command", "quiet"),
    [pytest.param(*way, id=f"SAFETY-N1-{way[0].__name__}-{way[1]}{'-quiet' * way[2]}") for way in WAYS],
)
def test_what_is_left_out_is_told(
    run: Run, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, put: object, command: str, quiet: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    reason = LEFT_OUT[put]
    put(folder / "sub")
    given = {"clean": ["-o", "out"], "in-place": ["--in-place"], "check": ["--check"], "scan": []}[command]
    report = [] if command == "scan" else ["--report", "r.json"]
    done = run("scan" if command == "scan" else "clean", "in", *given, *report, *(["-q"] if quiet else []))
    assert done.returncode == (1 if command == "check" else 0)
    assert f"redactor: skipped: {reason} 1\n" in done.stderr.decode()
    if report:
        told = json.loads((tmp_path / "r.json").read_text("utf-8"))
        assert [each["reason"] for each in told["left_out"]] == [reason]
        assert told["totals"]["skipped_by_reason"] == {reason: 1}


def test_what_was_asked_to_be_left_out_is_no_news_to_a_quiet_run(run: Run, folder: Path) -> None:
    done = run("clean", "in", "-o", "out", "-q", "--exclude", "sub/")
    assert (done.returncode, done.stderr) == (0, b"")


# N2: a user who may read all there is gives that up first


@pytest.fixture
def closed(folder: Path) -> Iterator[Path]:
    place = folder / "locked"
    place.mkdir()
    (place / "x.txt").write_text(TEXT, "utf-8")
    place.chmod(0)
    yield place
    place.chmod(0o700)


def without_privileges() -> None:
    """Give up CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH (capset(2)); without them a closed folder is closed."""
    library, header, sets = ctypes.CDLL(None), (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    library.capget(header, sets)
    for each in range(3):  # effective, permitted, inherited
        sets[each] &= ~0b110
    library.capset(header, sets)


def ordinary(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    """The command run by a user for whom a closed folder is closed."""
    warm()
    return forked(arguments, stdin=b"", cwd=cwd, settings={}, seconds=300, first=without_privileges)


@pytest.mark.sampled(2)
@pytest.mark.parametrize("jobs", [pytest.param("1", id="SAFETY-N2-one"), pytest.param("2", id="SAFETY-N2-two")])
def test_one_folder_that_cannot_be_read_fails_alone(tmp_path: Path, closed: Path, jobs: str) -> None:
    options = ["--jobs", jobs, "--report", "r.json", "--failed-list", "failed.txt"]
    done = ordinary("clean", "in", "-o", "out", *options, cwd=tmp_path)
    said = done.stderr.decode()
    assert done.returncode == 2, said
    assert "redactor: in/locked: can't be read: Permission denied\n" in said
    assert "3 files written" in said
    assert {path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*.txt")} == {*NAMES}
    assert (tmp_path / "out/a.txt").read_text("utf-8") == MASKED
    told = json.loads((tmp_path / "r.json").read_text("utf-8"))
    assert [each["name"] for each in told["files"] if each["error"]] == ["in/locked"]
    assert (tmp_path / "failed.txt").read_text("utf-8") == "in/locked\n"
    closed.chmod(0o755)
    again = ordinary("clean", "in", "-o", "out", "--files-from", "failed.txt", cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    assert (tmp_path / "out/locked/x.txt").read_text("utf-8") == MASKED


@pytest.mark.slow
@pytest.mark.parametrize(
    "command", [pytest.param(["scan", "in", "-q"], id="SAFETY-N2-scan"), ["clean", "in", "--check", "-q"]]
)
def test_other_ways_of_a_run_go_on_too(tmp_path: Path, closed: Path, command: list[str]) -> None:
    done = ordinary(*command, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr == b"redactor: in/locked: can't be read: Permission denied\n"
    assert (b"in/sub/deep/c.txt" in done.stdout) == (command[0] == "scan")


@pytest.mark.slow
def test_a_folder_that_is_named_and_cannot_be_read_fails_by_name(tmp_path: Path, closed: Path) -> None:
    done = ordinary("clean", "in/locked", "in/sub", "-o", "out", "-q", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr == b"redactor: in/locked: can't be read: Permission denied\n"
    assert (tmp_path / "out/sub/b.txt").exists()


def test_folders_may_lie_as_deep_as_names_go(tmp_path: Path) -> None:
    top = place = tmp_path / "in"
    top.mkdir()
    while len(os.fspath(place)) < 3_000:
        place = Path(f"{place}/d")
        place.mkdir()
    (place / "a.txt").touch()
    assert [source.path.name for source in sources([top]).sources] == ["a.txt"]
    # What clears up behind tests calls itself once a folder, and so often it can't.
    subprocess.run(["rm", "-rf", top], check=True)


# N3: in place, a link would become a file, and what it leads to stay as it was


@pytest.mark.parametrize("to", ["s.txt", "../elsewhere/s.txt"], ids=lambda to: f"SAFETY-N3-{to[:2].strip('s.')}link")
def test_in_place_a_link_is_refused(run: Run, tmp_path: Path, to: str) -> None:
    place = tmp_path / "in"
    (place / to).parent.resolve().mkdir(exist_ok=True)
    place.mkdir(exist_ok=True)
    (tmp_path / "elsewhere").mkdir(exist_ok=True)
    (place / to).write_text(TEXT, "utf-8")
    (place / "link.txt").symlink_to(to)
    (place / "own.txt").write_text(TEXT, "utf-8")
    done = run("clean", "in/link.txt", "in/own.txt", "--in-place", "-q")
    assert done.returncode == 2
    assert done.stderr == (
        b"redactor: in/link.txt: is a link, which --in-place would put a file in the place of; name the file that it leads to\n"
    )
    assert (place / "link.txt").is_symlink()
    assert (place / to).read_text("utf-8") == TEXT
    assert (place / "own.txt").read_text("utf-8") == MASKED
    out = run("clean", "in/link.txt", "-o", "out.txt")
    assert (out.returncode, (tmp_path / "out.txt").read_text("utf-8")) == (0, MASKED)


@pytest.mark.parametrize("quiet", [[], pytest.param(["-q"], id="SAFETY-N3-other-name")])
def test_in_place_another_name_of_the_file_is_told(run: Run, tmp_path: Path, quiet: list[str]) -> None:
    (tmp_path / "a.txt").write_text(TEXT, "utf-8")
    (tmp_path / "b.txt").hardlink_to(tmp_path / "a.txt")
    done = run("clean", "a.txt", "--in-place", *quiet)
    assert done.returncode == 0
    assert done.stderr == (b"redactor: a.txt: has 1 other name (a hard link), which keeps the text as it was\n")
    assert (tmp_path / "a.txt").read_text("utf-8") == MASKED
    alone = run("clean", "b.txt", "--in-place", "--backup")
    assert (alone.returncode, alone.stderr) == (0, b"")


@pytest.mark.parametrize("many", [False, pytest.param(True, id="SAFETY-N4-folder")])
def test_a_quiet_run_tells_what_it_could_not_check(run: Run, tmp_path: Path, many: bool) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in/pic.pdf").write_bytes(pages(1, ""))
    done = run("clean", "in" if many else "in/pic.pdf", "-o", "out" if many else "out.pdf", "-q")
    assert done.returncode == 0
    assert done.stderr == b"redactor: in/pic.pdf: page 1: drawing without text was not checked\n"
