"""Decisions replayed by the command: on the same document, under other rules, on another state of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from redactor.formats.options import Options
from redactor.review.decisions import Approval, DecisionsFile
from redactor.review.items import examine
from tests.command import Run
from tests.conftest import made
from tests.review.reviews import keep, reviewed, seen_of, written
from tests.review.test_items import EACH_KIND
from tests.verify.planted import original, output, path

TEXT = "请王建国同志牵头，电话13800138000。\n会后，王建国同志到云岭县，增长12.5%。\n散会以后打扫会场。\n"


def review(tmp_path: Path, text: str = TEXT, *kept: str, policy: str = "publish") -> tuple[Sequence[str], bytes]:
    """A text of which something is kept by hand, in a folder: the options that replay that, and what must come of it."""
    redactor = made(policy)
    seen = examine(text.encode(), "a.txt", redactor, Options())
    file, out = reviewed(text.encode(), Path("a.txt"), redactor, keep(*kept, seen=seen))
    return written(tmp_path, "a.txt", text.encode(), file), out


def test_on_the_same_document_the_very_output_comes_of_it(run: Run, tmp_path: Path) -> None:
    options, out = review(tmp_path, TEXT, "13800138000")
    done = run("clean", *options, "-o", "b.txt")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "b.txt").read_bytes() == out
    assert b"13800138000" in out
    assert "王建国".encode() not in out
    assert run("clean", *options).stdout == out


def test_the_key_is_not_needed_for_it(run: Run, tmp_path: Path) -> None:
    options, out = review(tmp_path, TEXT, "13800138000")
    done = run("clean", *options[:3], env={"XDG_STATE_HOME": str(tmp_path / "none")})
    assert (done.returncode, done.stdout) == (0, out)


def test_another_output_than_the_one_that_was_reviewed_is_not_written(run: Run, tmp_path: Path) -> None:
    options, _ = review(tmp_path, TEXT, "13800138000")
    file = DecisionsFile.read(tmp_path / "a.txt.decisions.json")
    assert file.finish
    replace(file, finish=replace(file.finish, output="0" * 64)).write(tmp_path / "a.txt.decisions.json")
    done = run("clean", *options, "-o", "b.txt")
    assert done.returncode == 2
    assert "a.txt" in done.stderr.decode()
    assert "is not what was reviewed; nothing was written" in done.stderr.decode()
    assert not (tmp_path / "b.txt").exists()
    assert run("clean", *options).stdout == b""


def test_under_other_rules_decisions_hold_and_what_is_new_is_masked_and_told(run: Run, tmp_path: Path) -> None:
    options, _ = review(tmp_path, TEXT, "13800138000")
    done = run("clean", *options, "--mask", "打扫", "-o", "b.txt")
    assert done.returncode == 3
    assert "1 place is masked that was not there, or not found, when it was reviewed" in done.stderr.decode()
    out = (tmp_path / "b.txt").read_text("utf-8")
    assert "13800138000" in out
    assert "打扫" not in out
    assert run("clean", *options, "--mask", "打扫", "--accept-new").returncode == 0


def test_under_other_rules_what_is_masked_no_more_is_told(run: Run, tmp_path: Path) -> None:
    options, _ = review(tmp_path, TEXT, "13800138000")
    done = run("clean", *options, "--keep", "云岭县")
    assert done.returncode == 3
    assert "1 place that the rules masked when it was reviewed is found no more, and stays" in done.stderr.decode()


def test_in_another_state_decisions_are_found_again(run: Run, tmp_path: Path) -> None:
    options, _ = review(tmp_path, TEXT, "13800138000")
    (tmp_path / "a.txt").write_text("根据安排，会议改期。\n" + TEXT, "utf-8")
    done = run("clean", *options)
    assert done.returncode == 0, done.stderr
    assert "电话13800138000。" in done.stdout.decode()
    assert "王建国" not in done.stdout.decode()


def test_in_another_state_what_is_new_is_told_and_what_may_be_meant_is_masked(run: Run, tmp_path: Path) -> None:
    options, _ = review(tmp_path, TEXT, "13800138000")
    (tmp_path / "a.txt").write_text("另请欧阳建国同志到会。\n联系：13800138000\n", "utf-8")
    done = run("clean", *options)
    told = done.stderr.decode()
    assert done.returncode == 3
    assert "1 place is masked that was not there" in told
    assert "look again: line 2" in told
    assert "13800138000" not in done.stdout.decode() + told
    assert run("clean", *options, "--accept-new").returncode == 3


def test_what_is_gone_is_counted(run: Run, tmp_path: Path) -> None:
    options, _ = review(tmp_path, TEXT, "13800138000")
    (tmp_path / "a.txt").write_text("\n".join(TEXT.splitlines()[1:]), "utf-8")
    done = run("clean", *options)
    assert done.returncode == 0
    assert "1 decision has lost its place" in done.stderr.decode()


def test_another_state_takes_the_key(run: Run, tmp_path: Path) -> None:
    options, _ = review(tmp_path, TEXT, "13800138000")
    (tmp_path / "a.txt").write_text("另外，\n" + TEXT, "utf-8")
    for settings in ({"XDG_STATE_HOME": str(tmp_path / "none")}, {}):
        more = ["--review-key", "review.key"] if not settings else []
        if more:
            (tmp_path / "review.key").write_bytes(b"x" * 32)
        done = run("clean", *options[:3], *more, "-o", "b.txt", env=settings)
        assert done.returncode == 2
        assert "is not what the decisions were made on" in done.stderr.decode()
        assert not (tmp_path / "b.txt").exists()


def test_the_key_among_the_users_states_is_taken(run: Run, tmp_path: Path) -> None:
    options, _ = review(tmp_path, TEXT, "13800138000")
    (tmp_path / "state" / "redactor").mkdir(parents=True)
    (tmp_path / "review.key").rename(tmp_path / "state" / "redactor" / "review.key")
    (tmp_path / "a.txt").write_text("另外，\n" + TEXT, "utf-8")
    done = run("clean", *options[:3], env={"XDG_STATE_HOME": str(tmp_path / "state")})
    assert done.returncode == 0, done.stderr
    assert "13800138000" in done.stdout.decode()


def test_an_approval_may_be_required(run: Run, tmp_path: Path) -> None:
    options, out = review(tmp_path, TEXT, "13800138000")
    path_of = tmp_path / "a.txt.decisions.json"
    assert run("clean", *options, "--require-approval").returncode == 2
    file = DecisionsFile.read(path_of)
    assert file.finish
    file.with_approval(Approval("乙", "2026-01-02T03:04:05Z", file.digest, file.finish.output)).write(path_of)
    assert run("clean", *options, "--require-approval").stdout == out
    done = run("clean", *options, "--require-approval", "--mask", "打扫", "--accept-new")
    assert done.returncode == 2
    assert "nobody else has approved these decisions and what comes of them" in done.stderr.decode()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["a.txt", "--accept-new"], "go with --decisions"),
        (["a.txt", "a.txt", "-o", "c", "--decisions", "a.txt.decisions.json"], "goes with one file"),
        (["-", "--decisions", "a.txt.decisions.json"], "goes with one file"),
        (["a.txt", "--decisions", "none.json"], "none.json"),
        (["a.txt", "--decisions", "a.txt"], "not a file of decisions"),
        (["none.txt", "--decisions", "a.txt.decisions.json"], "none.txt"),
    ],
)
def test_what_does_not_go_together_is_refused(run: Run, tmp_path: Path, arguments: list[str], told: str) -> None:
    review(tmp_path)
    done = run("clean", *arguments)
    assert done.returncode == 2
    assert told in done.stderr.decode()
    assert done.stdout == b""


def test_an_output_is_verified_under_the_decisions(run: Run, tmp_path: Path) -> None:
    options, out = review(tmp_path, TEXT, "13800138000")
    (tmp_path / "b.txt").write_bytes(out)
    assert run("verify", "a.txt", "b.txt").returncode == 1
    done = run("verify", "a.txt", "b.txt", *options[1:])
    assert (done.returncode, done.stdout) == (0, b"b.txt: passed\n")
    (tmp_path / "b.txt").write_bytes(out.replace("散会".encode(), "开会".encode()))
    done = run("verify", "a.txt", "b.txt", *options[1:])
    assert done.returncode == 1
    assert b"the hash of the output is another" in done.stdout
    assert run("verify", "a.txt", "b.txt", "--review-key", "review.key").returncode == 2
    assert run("verify", ".", ".", *options[1:]).returncode == 2


@pytest.mark.parametrize("policy", ["label", "court", "strip"])
def test_other_policies_do_as_well(run: Run, tmp_path: Path, policy: str) -> None:
    options, out = review(tmp_path, TEXT, "12.5%", policy=policy)
    assert run("clean", *options, "--policy", policy).stdout == out


@pytest.mark.slow
@pytest.mark.parametrize("kind", EACH_KIND)
def test_untouched_is_what_clean_makes_of_it(run: Run, tmp_path: Path, kind: str) -> None:
    seen = seen_of(kind)
    file, out = reviewed(original(kind), path(kind), made(), keep(seen=seen), seen=seen)
    assert out == output(kind)
    assert {entry.action for entry in file.entries} == {"open"}
    options = written(tmp_path, path(kind).name, original(kind), file)
    done = run("clean", *options, "-o", f"out{path(kind).suffix}")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / f"out{path(kind).suffix}").read_bytes() == out


@pytest.mark.sampled(3)
@pytest.mark.parametrize("kind", EACH_KIND)
def test_what_is_decided_comes_out_of_clean_as_it_was_reviewed(run: Run, tmp_path: Path, kind: str) -> None:
    seen = seen_of(kind)
    file, out = reviewed(original(kind), path(kind), made(), keep("王建国", seen=seen), seen=seen)
    assert out != output(kind)
    options = written(tmp_path, path(kind).name, original(kind), file)
    done = run("clean", *options, "-o", f"out{path(kind).suffix}")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / f"out{path(kind).suffix}").read_bytes() == out
