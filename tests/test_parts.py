"""Parts of one text in several processes give what one process gives, in order, and fail closed."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from redactor import Redactor
from redactor.cli.parts import redact_parts
from redactor.engine import Looked
from redactor.model import LimitError, RedactorError, Result
from redactor.text.document import Document
from tests.conftest import Run

PARTS = [
    "仅供学习 禁止外传\n会员群：      免费QQ群：\n\n请王建国同志牵头，云岭县配合。\n",
    "李晓明同志配合，电话13900001111。\n",
    "王建国总结，支持云岭发展。\n",
    "增长12.5%以上。\n",
    "更多资料请关注公众号：青石文库\n",
]


def length(text: str, result: Result) -> tuple[str, int]:
    return text, len(result.edits)


@pytest.fixture(scope="module")
def label() -> Redactor:
    return Redactor(policy="label")


@pytest.mark.parametrize(("count", "jobs"), [(0, 2), (1, 2), (2, 2), (5, 2), (5, 3), (5, 8)])
def test_jobs_give_what_one_job_gives(count: int, jobs: int, label: Redactor) -> None:
    one = list(redact_parts(label, PARTS[:count], 1, length))
    assert len(one) == count
    assert list(redact_parts(label, PARTS[:count], jobs, length)) == one


def test_what_one_part_shows_is_known_in_the_next(label: Redactor) -> None:
    texts = [result.text for result, _ in redact_parts(label, PARTS, 2, length)]
    assert "【人名1】同志牵头" in texts[0]
    assert texts[2].startswith("【人名1】总结")


def test_an_error_in_a_process_is_raised_here(publish: Redactor) -> None:
    def refuse(text: str, result: Result) -> None:
        if "增长" in text:
            raise RedactorError("too much of it")

    done = redact_parts(publish, PARTS, 2, refuse)
    assert [next(done) for _ in range(3)]
    with pytest.raises(RedactorError, match="too much of it"):
        next(done)


class Refusing(Redactor):
    """Ends at one of the parts as a rule does that takes too long."""

    def look(self, document: Document) -> Looked:
        if "增长" in document.text:
            raise LimitError("takes too long")
        return super().look(document)


@pytest.mark.parametrize(
    "known", [pytest.param("", id="little-to-hand-on"), pytest.param("王建国同志。" * 60_000, id="much")]
)
def test_what_ends_a_process_before_its_turn_is_told(known: str) -> None:
    done = redact_parts(Refusing(policy="clean"), [known, PARTS[0], PARTS[3]], 2, length)
    assert [next(done) for _ in range(2)]
    with pytest.raises(LimitError, match="takes too long"):
        next(done)


def test_a_process_that_dies_ends_the_run(publish: Redactor) -> None:
    def die(text: str, result: Result) -> None:
        if "李晓明" in text:
            os.kill(os.getpid(), signal.SIGKILL)

    done = redact_parts(publish, PARTS, 2, die)
    next(done)
    with pytest.raises(RedactorError, match="ended with -9; nothing was written"):
        next(done)


def test_processes_end_when_nobody_wants_more(publish: Redactor) -> None:
    seen: list[int] = []

    def endless() -> Iterator[str]:
        while True:
            seen.append(1)
            yield PARTS[0]

    done = redact_parts(publish, endless(), 2, lambda text, result: os.getpid())
    worker = next(done)[1]
    done.close()
    assert worker != os.getpid()
    assert len(seen) < 6
    with pytest.raises(ProcessLookupError):
        os.kill(worker, 0)


def test_the_command_gives_the_same_with_any_number_of_jobs(run: Run, tmp_path: Path) -> None:
    source = tmp_path / "in.txt"
    body = "大家要认真落实，把工作做细做实，不等不靠，全力完成各项任务。\n" * 40_000
    head, tail = "仅供学习 禁止外传\n会员群：      免费QQ群：\n\n", "更多资料请关注公众号：青石文库\n"
    source.write_text(f"{head}{body}{tail}", "utf-8")
    for jobs in ("1", "2"):
        target = tmp_path / f"out{jobs}.txt"
        assert run("clean", source, "-o", target, "--policy", "clean", "--jobs", jobs, "-q").returncode == 0
        assert target.read_text("utf-8") == body
