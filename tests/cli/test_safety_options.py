"""What sets a run may come from a stranger or by a slip: signs, keys and option files, each refused in one line that says why.

The rows of the list of attacks are the ids: P1 signs without bound, P2 files without end, P3 keys that can be guessed, C2 signs that no
format holds.
"""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path

import pytest

from redactor import Operator, Policy, PolicyError, Redactor
from redactor.files.baseline import Baseline
from redactor.files.state import State
from redactor.model import FormatError
from tests.conftest import Run

TEXT = "请王建国同志牵头。\n"
LONG_KEY = "0123456789abcdef"
UNHELD = ("\x01", "\x1b", "\n", "\t", "\x7f", "\x85", "\u2028", "\ufdd0", "\ufffe", "\uffff")
HELD = ("×", "＊", "[已遮盖]", "😀", "  ", "</script>", "=1+1", "]]>", "e\u0301", "\u202e", "某" * 100)


def escaped(text: str) -> str:
    return "".join(f"\\U{ord(c):08x}" for c in text)


SIGNS = [pytest.param(c, id=f"SAFETY-C2-U+{ord(c):04X}") for c in UNHELD]


@pytest.mark.sampled(3)
@pytest.mark.parametrize("sign", [*SIGNS, pytest.param("A" * 101, id="SAFETY-P1-long")])
@pytest.mark.parametrize(("key", "operator"), [("sign", "mask"), ("with", "replace"), ("name", "label")])
def test_what_not_every_format_can_hold_is_no_sign(
    run: Run, tmp_path: Path, sign: str, key: str, operator: str
) -> None:
    (tmp_path / "p.toml").write_text(
        f'name = "own"\n[entities]\nPERSON = {{ operator = "{operator}", {key} = "x{escaped(sign)}" }}\n', "utf-8"
    )
    (tmp_path / "in.xml").write_text(f"<a>{TEXT}</a>", "utf-8")
    done = run("clean", "in.xml", "-o", "out.xml", "--policy", "p.toml")
    assert (done.returncode, done.stdout) == (2, b"")
    said = done.stderr.decode()
    assert said.count("\n") == 1
    assert "p.toml" in said
    assert f"PERSON: {key}" in said
    assert "character" in said
    assert not (tmp_path / "out.xml").exists()


@pytest.mark.parametrize("sign", HELD)
def test_other_signs_are_taken(sign: str) -> None:
    own = Policy("own", {}, {"PERSON": Operator("mask", sign=sign)})
    assert Redactor(own).redact(TEXT).text == f"请{sign}同志牵头。\n"


@pytest.mark.parametrize("sign", ["\ud800", "\x00", *UNHELD, "A" * 101])
@pytest.mark.parametrize("key", ["sign", "replacement", "name"])
def test_the_library_refuses_them_too(sign: str, key: str) -> None:
    with pytest.raises(PolicyError, match="character"):
        Operator("mask", **{key: sign})


@pytest.mark.parametrize(
    "name", [pytest.param("A" * 101, id="SAFETY-P1-name"), pytest.param("\ufffe", id="SAFETY-C2-name")]
)
def test_a_policy_has_a_name_that_can_be_shown(run: Run, tmp_path: Path, name: str) -> None:
    (tmp_path / "p.toml").write_text(f'name = "{escaped(name)}"\n', "utf-8")
    done = run("clean", "-", "--policy", "p.toml", stdin=TEXT.encode())
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"p.toml: name must be" in done.stderr


# P2: what sets a run is a regular file of some size

OPTIONS = {
    "policy": ["clean", "a.txt", "--policy", "X/own.toml"],
    "rules": ["clean", "a.txt", "--rules", "X/own.toml"],
    "keep-file": ["clean", "a.txt", "--keep-file", "X/own.toml"],
    "mask-file": ["clean", "a.txt", "--mask-file", "X/own.toml"],
    "key-file": ["clean", "a.txt", "--key-file", "X/own.toml"],
    "files-from": ["clean", "--files-from", "X/own.toml", "-o", "out"],
    "baseline": ["clean", "a.txt", "--check", "--baseline", "X/own.toml"],
    "config": ["clean", "a.txt", "--config", "X/own.toml"],
    "state": ["clean", "a.txt", "-o", "out", "--state", "X/own.toml"],
    "eval": ["eval", "X/own.toml"],
    "rules-check": ["rules", "check", "X/own.toml"],
    "input": ["clean", "X/own.toml", "-o", "out"],
    "input-with-state": ["clean", "X/own.toml", "-o", "out", "--state", "st"],
    "input-scanned": ["scan", "X/own.toml"],
}


def put(kind: str, place: Path) -> None:
    place.parent.mkdir()
    if kind == "fifo":
        os.mkfifo(place)
    elif kind == "folder":
        place.mkdir()
    elif kind == "zero":
        place.symlink_to("/dev/zero")
    else:
        held = socket.socket(socket.AF_UNIX)
        try:
            held.bind(os.path.relpath(place))
        finally:
            held.close()


TAKE_FOLDERS = ("rules", "rules-check", "input", "input-with-state", "input-scanned")
OTHERS = [
    pytest.param(option, kind, id=f"SAFETY-P2-{option}-{kind}")
    for option in OPTIONS
    for kind in ("fifo", "zero", "socket", *(["folder"] if option not in TAKE_FOLDERS else []))
]


@pytest.mark.sampled(6)
@pytest.mark.parametrize(("option", "kind"), OTHERS)
def test_what_is_no_regular_file_is_refused_at_once(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: str, kind: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text(TEXT, "utf-8")
    put(kind, tmp_path / "X/own.toml")
    done = run(*OPTIONS[option], seconds=60)
    assert (done.returncode, done.stdout) == (2, b"")
    said = done.stderr.decode()
    assert "own.toml" in said
    assert "unexpected" not in said
    assert len(said.splitlines()) == 1 + ("Usage" in said) * 3
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("option", "most"), [pytest.param("policy", 1, id="SAFETY-P2-size-of-policies"), ("key-file", 1), ("config", 1)]
)
def test_files_that_set_a_run_have_a_size(run: Run, tmp_path: Path, option: str, most: int) -> None:
    (tmp_path / "a.txt").write_text(TEXT, "utf-8")
    (tmp_path / "X").mkdir()
    with (tmp_path / "X/own.toml").open("wb") as large:
        large.truncate((most << 20) + 1)
    done = run(*OPTIONS[option])
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr == f"redactor: X/own.toml: larger than {most << 10} KiB\n".encode()


def test_standard_input_may_be_a_pipe(run: Run) -> None:
    assert run("clean", "-", stdin=TEXT.encode()).stdout.decode() == "请×同志牵头。\n"


# P3: keys that can be guessed

KEYED = 'name = "h"\n[entities]\nPERSON = "hash"\n'


@pytest.mark.parametrize("key", ["1", "secret", "0123456789abcde"], ids=lambda key: f"SAFETY-P3-{len(key)}")
@pytest.mark.parametrize("way", ["file", "environment"])
def test_a_key_that_can_be_guessed_is_refused(run: Run, tmp_path: Path, way: str, key: str) -> None:
    (tmp_path / "p.toml").write_text(KEYED, "utf-8")
    (tmp_path / "key").write_text(f"{key}\n", "utf-8")
    given = ["--key-file", "key"] if way == "file" else []
    env = {} if way == "file" else {"REDACTOR_KEY": key}
    done = run("clean", "-", "--policy", "p.toml", *given, stdin=TEXT.encode(), env=env)
    assert (done.returncode, done.stdout) == (2, b"")
    said = done.stderr.decode()
    assert said.count("\n") == 1
    assert f"has {len(key)} bytes and needs at least 16" in said
    assert "openssl rand -hex 32" in said


def test_a_key_of_the_least_size_is_taken(run: Run, tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_text(KEYED, "utf-8")
    done = run("clean", "-", "--policy", "p.toml", stdin=TEXT.encode(), env={"REDACTOR_KEY": LONG_KEY})
    assert done.returncode == 0
    assert b"<PERSON:" in done.stdout


@pytest.mark.parametrize("key", ["", "31", "00" * 15], ids=lambda key: f"SAFETY-P3-kept-{len(key) // 2}")
def test_a_short_key_in_a_file_of_ours_is_none(tmp_path: Path, key: str) -> None:
    (tmp_path / "state").write_text(json.dumps({"key": key}) + "\n", "utf-8")
    with pytest.raises(FormatError, match="not a state file"):
        State(tmp_path / "state", "run")
    (tmp_path / "known").write_text(json.dumps({"baseline": 1, "key": key, "findings": {}}), "utf-8")
    with pytest.raises(FormatError, match="not a baseline"):
        Baseline.read(tmp_path / "known")
