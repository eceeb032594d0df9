"""Parts of one text in several processes give what one process gives, in order, and fail closed."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from redactor import Redactor
from redactor.document.pipeline import Pipeline
from redactor.document.state import Looked, Memory
from redactor.model import LimitError, RedactorError, Result
from redactor.parallel.parts import Finish, spread_parts
from redactor.text.decode import Part
from redactor.text.document import Document
from tests.conftest import Run, made

PARTS = [
    "仅供学习 禁止外传\n会员群：      免费QQ群：\n\n请王建国同志牵头，云岭县配合。\n",
    "李晓明同志配合，电话13900001111。\n",
    "王建国总结，支持云岭发展。\n",
    "增长12.5%以上。\n",
    "更多资料请关注公众号：青石文库\n",
]


def redact_parts(
    redactor: Redactor, parts: Callable[[], Iterator[Part]], jobs: int, finish: Finish[Any]
) -> Iterator[Any]:
    return spread_parts(redactor, parts, jobs, finish, Memory())


def both(text: str, result: Result) -> tuple[str, Result]:
    return text, result


def parts_of(*texts: str) -> Callable[[], Iterator[Part]]:
    return lambda: (partial(str, text) for text in texts)


@pytest.fixture(scope="module")
def label() -> Redactor:
    return made(policy="label")


@pytest.mark.sampled(3)
@pytest.mark.parametrize(("count", "jobs"), [(0, 2), (1, 2), (2, 2), (5, 2), (5, 3), (5, 8)])
def test_jobs_give_what_one_job_gives(count: int, jobs: int, label: Redactor) -> None:
    parts = parts_of(*PARTS[:count])
    one = list(zip(PARTS[:count], label.redact_parts(PARTS[:count]), strict=True))
    assert list(redact_parts(label, parts, 1, both)) == one
    assert list(redact_parts(label, parts, jobs, both)) == one


def test_what_one_part_shows_is_known_in_the_next(label: Redactor) -> None:
    texts = [result.text for _, result in redact_parts(label, parts_of(*PARTS), 2, both)]
    assert "【人名1】同志牵头" in texts[0]
    assert texts[2].startswith("【人名1】总结")


def test_an_error_in_a_process_is_raised_here(publish: Redactor) -> None:
    def refuse(text: str, result: Result) -> str:
        if "增长" in text:
            raise RedactorError("too much of it")
        return text

    done = redact_parts(publish, parts_of(*PARTS), 2, refuse)
    assert [next(done) for _ in range(3)]
    with pytest.raises(RedactorError, match="too much of it"):
        next(done)


def test_an_error_is_raised_though_its_process_has_looked_further(publish: Redactor) -> None:
    def refuse(text: str, result: Result) -> str:
        if text == PARTS[0]:
            time.sleep(1)  # the other process looks at all that it may meanwhile
        if text == PARTS[1]:
            raise RedactorError("too much of it")
        return text

    done = redact_parts(publish, parts_of(*PARTS, *PARTS), 2, refuse)
    assert next(done) == PARTS[0]
    with pytest.raises(RedactorError, match="too much of it"):
        next(done)


class Refusing(Pipeline):
    """Ends at one of the parts as a rule does that takes too long."""

    def look(self, document: Document) -> Looked:
        if "增长" in document.text:
            raise LimitError("takes too long")
        return super().look(document)


def refusing(**settings: str) -> Redactor:
    """A redactor that does."""
    redactor = Redactor(**settings)  # type: ignore[arg-type]
    redactor.pipeline = Refusing(**vars(redactor.pipeline))
    return redactor


@pytest.mark.parametrize(
    "known", [pytest.param("", id="little-to-hand-on"), pytest.param("王建国同志。" * 60_000, id="much")]
)
def test_what_ends_a_process_before_its_turn_is_told(known: str) -> None:
    done = redact_parts(refusing(policy="clean"), parts_of(known, PARTS[0], PARTS[3]), 2, both)
    assert [next(done) for _ in range(2)]
    with pytest.raises(LimitError, match="takes too long"):
        next(done)


def test_a_process_that_dies_ends_the_run(publish: Redactor) -> None:
    def die(text: str, result: Result) -> None:
        if "李晓明" in text:
            os.kill(os.getpid(), signal.SIGKILL)

    done = redact_parts(publish, parts_of(*PARTS), 2, die)
    next(done)
    with pytest.raises(RedactorError, match="its process was ended by signal 9"):
        next(done)


def test_processes_end_when_nobody_wants_more(publish: Redactor) -> None:
    def endless() -> Iterator[Part]:
        while True:
            yield lambda: PARTS[0]

    done = redact_parts(publish, endless, 2, lambda text, result: os.getpid())
    worker = next(done)
    done.close()
    assert worker != os.getpid()
    with pytest.raises(ProcessLookupError):
        os.kill(worker, 0)


@pytest.mark.slow
def test_the_command_gives_the_same_with_any_number_of_jobs(run: Run, tmp_path: Path) -> None:
    source = tmp_path / "in.txt"
    body = "大家要认真落实，把工作做细做实，不等不靠，全力完成各项任务。\n" * 40_000
    head, tail = "仅供学习 禁止外传\n会员群：      免费QQ群：\n\n", "更多资料请关注公众号：青石文库\n"
    source.write_text(f"{head}{body}{tail}", "utf-8")
    for jobs in ("1", "2"):
        target = tmp_path / f"out{jobs}.txt"
        assert run("clean", source, "-o", target, "--policy", "clean", "--jobs", jobs, "-q").returncode == 0
        assert target.read_text("utf-8") == body


@pytest.mark.sampled(2)
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_what_does_not_read_and_write_the_same_is_refused_by_any_number_of_jobs(
    run: Run, tmp_path: Path, jobs: str
) -> None:
    source, target = tmp_path / "in.txt", tmp_path / "out.txt"
    line = "全力完成各项任务。\n".encode("cp932", "ignore") * 20_000
    for content, code in ((line, 0), (line + b"\x87\x90\n", 2)):  # of the characters that stand twice in this code page
        source.write_bytes(content)
        done = run(
            "clean", source, "-o", target, "--policy", "clean", "--encoding", "cp932", "--jobs", jobs, "-q", "--force"
        )
        assert done.returncode == code
        assert target.read_bytes() == line
    assert b"does not give the same bytes" in done.stderr


@pytest.mark.sampled(3)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_a_byte_order_mark_is_written_once_by_any_number_of_jobs(run: Run, tmp_path: Path, encoding: str) -> None:
    source = tmp_path / "in.txt"
    source.write_bytes(("大家要认真落实，把工作做细做实，不等不靠，全力完成各项任务。\n" * 8_000).encode(encoding))
    for jobs in ("1", "2"):
        target = tmp_path / f"out{jobs}.txt"
        assert run("clean", source, "-o", target, "--policy", "clean", "--jobs", jobs, "-q").returncode == 0
        assert target.read_bytes() == source.read_bytes()
