"""Batches of documents in several processes give what one process gives, and fail closed; so do files of many documents."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
from pathlib import Path

import pytest

from redactor import Redactor
from redactor.document.pipeline import Pipeline
from redactor.document.state import Looked, Memory
from redactor.formats.session import Batch
from redactor.model import LimitError, RuleError
from redactor.parallel.records import Spread
from redactor.text.document import Document
from tests.conftest import Run, made
from tests.draws import everything, slow

TEXTS = [
    "请王建国同志牵头，云岭县配合。",
    "李晓明同志配合，电话13900001111。",
    "王建国总结，支持云岭发展。",
    "增长12.5%以上。",
]


def batches_of(*sizes: int) -> list[Batch]:
    """Batches of so many documents."""
    return [([Document(TEXTS[n % 4]) for n in range(size)], [Memory() for _ in range(size)]) for size in sizes]


@pytest.mark.sampled(3)
@pytest.mark.parametrize("jobs", [1, 2, 5])
@pytest.mark.parametrize("sizes", [(), (1,), (4, 0, 7), (3, 2, 9, 1, 4, 4)])
def test_jobs_give_what_one_job_gives(jobs: int, sizes: tuple[int, ...]) -> None:
    redactor = made("label")
    work, same = batches_of(*sizes), batches_of(*sizes)
    with Spread(redactor, jobs) as spread:
        assert spread.batches(work) == [
            [(result, None) for result in redactor.pipeline.redact_all(*batch)] for batch in same
        ]
    # What a text has shown is known when another of its record comes later.
    known, expected = ([m.known.values for _, memories in batches for m in memories] for batches in (work, same))
    assert known == expected
    assert any(known) == any(sizes)


def test_what_is_known_already_goes_with_the_text() -> None:
    first, second = batches_of(1, 1)
    with Spread(made("label"), 2) as spread:
        (memory,) = first[1]
        spread.batches([first, second])
        again, _ = spread.batches([([Document("王建国补充。")], [memory]), second])
    assert again[0][0].text == "【人名1】补充。"


@pytest.mark.parametrize("jobs", [1, 2])
def test_residue_is_that_of_each_text(publish: Redactor, jobs: int) -> None:
    text = "鲁商工业园里，如意湖畔，编号13号，第7。×湖、×工业园。"
    work: list[Batch] = [([Document(text), Document(TEXTS[0])], [Memory(), Memory()]), batches_of(3)[0]]
    with Spread(publish, jobs, residue=True) as spread:
        found = [done for batch in spread.batches(work) for done in batch]
    texts = [document.text for documents, _ in work for document in documents]
    assert found == [(publish.redact(text), publish.residue(text, publish.redact(text))) for text in texts]
    assert any(residue for _, residue in found)


class Refusing(Pipeline):
    """Ends at one of the texts: with an error, or by dying."""

    def look(self, document: Document) -> Looked:
        if "增长" in document.text:
            raise RuleError("is no rule")
        if "总结" in document.text:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().look(document)


def refusing(**settings: str) -> Redactor:
    """A redactor that does."""
    redactor = Redactor(**settings)  # type: ignore[arg-type]
    redactor.pipeline = Refusing(**vars(redactor.pipeline))
    return redactor


def test_an_error_in_a_process_is_raised_here() -> None:
    work: list[Batch] = [([Document(text)], [Memory()]) for text in (TEXTS[0], TEXTS[3], TEXTS[1])]
    with Spread(refusing(ner="none"), 2) as spread, pytest.raises(RuleError, match="is no rule"):
        spread.batches(work)


def test_a_process_that_dies_ends_the_file() -> None:
    work: list[Batch] = [([Document(text)], [Memory()]) for text in (TEXTS[0], TEXTS[2], TEXTS[1])]
    with Spread(refusing(ner="none"), 2) as spread, pytest.raises(LimitError, match="ended by signal 9"):
        spread.batches(work)


def test_processes_end_with_the_block() -> None:
    with Spread(made(ner="none"), 2) as spread:
        spread.batches(batches_of(1, 1))
        assert len(multiprocessing.active_children()) == 2
    assert multiprocessing.active_children() == []


def records(kind: str, number: int) -> str:
    """A file of so many documents."""
    texts = [TEXTS[n % 4] + "大家要认真落实。" * 30 + f"第{n}号。" for n in range(number)]
    if kind == "csv":
        return "编号,正文\n" + "".join(f"{n},{text}\n" for n, text in enumerate(texts))
    lines = [json.dumps({"id": n, "姓名": "王建国", "text": text}, ensure_ascii=False) for n, text in enumerate(texts)]
    return "\n".join(lines) + "\n" if kind == "jsonl" else f"[{','.join(lines)}]"


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["jsonl", slow("json"), slow("csv")])
def test_the_command_gives_the_same_with_any_number_of_jobs(run: Run, tmp_path: Path, kind: str) -> None:
    source = tmp_path / f"in.{kind}"
    number = 400 if everything else 200  # more than are looked at together
    source.write_text(records(kind, number), "utf-8")
    outputs = []
    for jobs in ("1", "3"):
        target, report = tmp_path / f"out{jobs}.{kind}", tmp_path / f"{jobs}.json"
        done = run("clean", source, "-o", target, "--jobs", jobs, "--report", report, "-q", "--ner", "none")
        assert (done.returncode, done.stderr) == (0, b"")
        told = json.loads(report.read_text("utf-8"))["files"][0]
        outputs.append((target.read_text("utf-8"), [(e["where"], e["rule"], e["start"]) for e in told["edits"]]))
    assert outputs[0] == outputs[1]
    assert "王建国" not in outputs[0][0]
    assert outputs[0][0].count("大家要认真落实。") == number * 30
