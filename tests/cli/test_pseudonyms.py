"""Policies `code` and `fake` from the command: in each kind of document, with any number of processes, with good keys and bad ones."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
from pathlib import Path

import pytest

from redactor.policy.pseudonyms import keyed_surrogate
from redactor.redactor import Redactor
from tests.build.word import new_word
from tests.cli.test_vault import MADE, SECRETS, _command_lines, text
from tests.command import COMMAND, environment
from tests.conftest import Run

KEY = "a key of these tests, which is long"
NAMES = ("a.txt", "a.csv", "a.json", "a.jsonl", "a.docx", "a.xlsx", "a.html")


@pytest.fixture
def keyed(tmp_path: Path) -> tuple[str, ...]:
    (tmp_path / "key").write_text(KEY + "\n", "utf-8")
    return ("--key-file", "key")


def cleaned(run: Run, folder: Path, output: str, *options: str) -> dict[str, bytes]:
    done = run("clean", "in", "-o", output, "--quiet", *options)
    assert done.returncode == 0, done.stderr.decode()
    return {path.name: path.read_bytes() for path in sorted((folder / output).iterdir())}


@pytest.mark.slow
@pytest.mark.parametrize("policy", ["code", "fake"])
def test_each_format_is_pseudonymised_and_a_second_run_changes_nothing(
    run: Run, tmp_path: Path, policy: str, keyed: tuple[str, ...]
) -> None:
    (tmp_path / "in").mkdir()
    for name in NAMES:
        MADE[name](tmp_path / "in" / name)
    for way, options in (("document", ()), ("collection", keyed)):
        made = cleaned(run, tmp_path, way, "--policy", policy, "--jobs", "1", *options)
        assert cleaned(run, tmp_path, f"{way}-4", "--policy", policy, "--jobs", "4", *options) == made
        texts = {name: text(tmp_path / way / name) for name in made}
        assert not any(secret in each for secret in SECRETS for each in texts.values())
        again = run("clean", way, "--check", "--quiet", "--policy", policy, *options)
        assert (again.returncode, again.stdout) == (0, b"")
        if options:
            names = {each.partition("请")[2].partition("同志")[0] for each in texts.values() if "请" in each}
            assert len(names) == 1


def test_tables_and_records_are_one_document_each(run: Run, tmp_path: Path) -> None:
    """The same person is the same in each cell of a table, and a second run changes nothing."""
    for name in ("a.csv", "a.json"):
        MADE[name](tmp_path / name)
        first = run("clean", name, "--policy", "code").stdout
        (tmp_path / f"again-{name}").write_bytes(first)
        assert run("clean", f"again-{name}", "--policy", "code").stdout == first
        assert not any(secret.encode() in first for secret in SECRETS)
        assert "请甲同志" in first.decode() or "请乙同志" in first.decode()


@pytest.mark.parametrize("policy", ["code", "fake"])
@pytest.mark.parametrize("key", ["", "0123456789abcde"], ids=["empty", "15"])
def test_a_short_key_is_refused_and_nothing_is_written(run: Run, tmp_path: Path, policy: str, key: str) -> None:
    MADE["a.txt"](tmp_path / "a.txt")
    (tmp_path / "key").write_text(f"{key}\n", "utf-8")
    done = run("clean", "a.txt", "-o", "out.txt", "--policy", policy, "--key-file", "key")
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode().count("\n") == 1
    assert f"has {len(key)} bytes and needs at least 16" in done.stderr.decode()
    assert not (tmp_path / "out.txt").exists()


@pytest.mark.parametrize("key", ["short", ""])
def test_a_short_key_in_the_environment_is_refused(run: Run, key: str) -> None:
    """An empty one too: a secret that is not there must not pass for none."""
    done = run("clean", "-", "--policy", "code", stdin="请李明同志牵头。".encode(), env={"REDACTOR_KEY": key})
    assert (done.returncode, done.stdout) == (2, b"")
    assert f"has {len(key)} bytes" in done.stderr.decode()
    assert run("clean", "-", stdin="请李明同志牵头。".encode(), env={"REDACTOR_KEY": key}).returncode == 0


def test_a_key_in_the_environment_is_its_bytes_as_those_of_a_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"\xff\xfe" + bytes(range(1, 15)))
    text = "请李明同志牵头。".encode()
    [one, other] = (
        run("clean", "-", "--policy", "code", *given, stdin=text, env=env)
        for given, env in (
            (["--key-file", "key"], {}),
            ([], {"REDACTOR_KEY": os.fsdecode((tmp_path / "key").read_bytes())}),
        )
    )
    assert (one.returncode, one.stdout) == (0, other.stdout), other.stderr.decode()


def test_publish_never_writes_surrogates(run: Run, tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_text('name = "publish"\ndefault = "mask"\n[entities]\nPERSON = "fake"\n', "utf-8")
    done = run("clean", "-", "--policy", "p.toml", stdin="请李明同志牵头。".encode())
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"never writes surrogates" in done.stderr


def met(key: bytes) -> tuple[str, str]:
    """Two passport numbers of which a key makes the same surrogate: found by trying."""
    first: dict[str, str] = {}
    for number in range(100_000):
        value = f"E{number:08}"
        taken = keyed_surrogate(key, "CN_PASSPORT", value)
        if first.setdefault(taken, value) != value:
            return first[taken], value
    raise AssertionError


@pytest.mark.parametrize("name", ["txt", pytest.param("docx", marks=pytest.mark.slow)])
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_values_of_two_files_never_share_a_surrogate(
    run: Run, tmp_path: Path, keyed: tuple[str, ...], jobs: str, name: str
) -> None:
    (tmp_path / "in").mkdir()
    for number, value in enumerate(met(KEY.encode())):
        written, path = f"护照号码：{value}。", tmp_path / "in" / f"{number}.{name}"
        if name == "docx":
            made = new_word()
            made.add_paragraph(written)
            made.save(str(path))
        else:
            path.write_text(written, "utf-8")
    done = run("clean", "in", "-o", "out", "--policy", "fake", "--jobs", jobs, *keyed)
    assert done.returncode == 2
    assert done.stderr.decode().count("two different values would get the same pseudonym") == 1
    assert len([*(tmp_path / "out").iterdir()]) == 1
    alone = run("clean", "in/1." + name, "-o", "alone." + name, "--policy", "fake", *keyed)
    assert alone.returncode == 0


def test_records_of_one_file_never_share_a_surrogate(run: Run, tmp_path: Path, keyed: tuple[str, ...]) -> None:
    lines = (json.dumps({"text": f"护照号码：{value}。"}, ensure_ascii=False) + "\n" for value in met(KEY.encode()))
    (tmp_path / "a.jsonl").write_text("".join(lines), "utf-8")
    done = run("clean", "a.jsonl", "-o", "out.jsonl", "--policy", "fake", *keyed)
    assert done.returncode == 2
    assert not (tmp_path / "out.jsonl").exists()


@pytest.mark.slow
@pytest.mark.parametrize("policy", ["code", "fake"])
def test_no_secret_is_left_anywhere(tmp_path: Path, policy: str) -> None:
    """Neither a value nor the key in what is said, in reports, in the arguments of processes, in any file but the inputs."""
    for folder in ("in", "tmp"):
        (tmp_path / folder).mkdir()
    for name in NAMES:
        MADE[name](tmp_path / "in" / name)
    (tmp_path / "key").write_text(KEY, "utf-8")
    words = [
        "clean",
        "in",
        "-o",
        "out",
        "--policy",
        policy,
        "--key-file",
        "key",
        "--report",
        "report.json",
        "--jobs",
        "2",
    ]
    settings = environment({"TMPDIR": str(tmp_path / "tmp")})
    seen: list[bytes] = []
    with (tmp_path / "said").open("w+b") as said:
        with subprocess.Popen([COMMAND, *words], cwd=tmp_path, env=settings, stdout=said, stderr=said) as process:
            while process.poll() is None:
                seen += _command_lines(process.pid)
                seen += [each.read_bytes() for each in (tmp_path / "tmp").rglob("pseudonyms*") if each.exists()]
        said.seek(0)
        seen.append(said.read())
    assert process.returncode == 0, seen[-1].decode()
    left = [
        path for path in tmp_path.rglob("*") if path.is_file() and path.parts[len(tmp_path.parts)] not in ("in", "key")
    ]
    assert tmp_path / "report.json" in left
    data = [
        *seen,
        *(path.read_bytes() for path in left),
        *(text(path).encode() for path in (tmp_path / "out").iterdir()),
    ]
    for secret in (*SECRETS, KEY):
        for encoding in ("utf-8", "utf-16-le", "gb18030"):
            assert not any(secret.encode(encoding) in each for each in data)
    assert not list((tmp_path / "tmp").iterdir())


def test_what_is_sent_to_other_processes_never_holds_the_key() -> None:
    assert pickle.loads(pickle.dumps(Redactor("code", ner="none"))).policy.name == "code"
    with pytest.raises(Exception, match="a Redactor with a key can't be pickled"):
        pickle.dumps(Redactor("code", ner="none", key=KEY.encode()))
