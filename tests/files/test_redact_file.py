"""`redact_file`: any format, whole or not at all, every fault of a file an error of ours in one line."""

from __future__ import annotations

import multiprocessing
import threading
from functools import partial
from pathlib import Path

import pytest

import redactor
from redactor import FormatError, LimitError, Options, Redactor, RedactorError, redact_file
from tests.formats.office.test_docx import plain

TEXT = "我到云岭县调研，请王建国同志牵头。\n"
MASKED = "我到×县调研，请×同志牵头。\n"


def test_a_text_keeps_its_encoding(publish: Redactor, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(TEXT.encode("gb18030"))
    done = redact_file(tmp_path / "a.txt", tmp_path / "b" / "a.txt", redactor=publish)
    assert (tmp_path / "b" / "a.txt").read_bytes() == MASKED.encode("gb18030")
    assert (done.format, done.encoding, done.changed) == ("text", "gb18030", True)
    assert done.counts == {"LOCATION": 1, "PERSON": 1}
    assert [(each.entity, each.where, each.start, each.end) for each in done.findings] == [
        ("LOCATION", "1:3", 2, 5),
        ("PERSON", "1:10", 9, 12),
    ]


def test_a_document(publish: Redactor, tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(plain(TEXT.strip()))
    done = redact_file(str(tmp_path / "a.docx"), str(tmp_path / "b.docx"), redactor=publish)
    assert (done.format, done.encoding) == ("docx", None)
    assert done.output == tmp_path / "b.docx"
    assert done.counts == {"LOCATION": 1, "PERSON": 1}
    again = redact_file(tmp_path / "b.docx", redactor=publish)
    assert (again.output, again.changed, again.findings) == (None, False, ())


def test_metadata_go_as_the_policy_says_unless_the_options_do(publish: Redactor, tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(b"From: a@b.cn\nTo: c@d.cn\nX-Mailer: mine\nDate: x\nSubject: x\n\nx\n")
    for options, left in ((None, False), (Options(scrub_metadata=False), True)):
        redact_file(tmp_path / "a.eml", tmp_path / "b.eml", redactor=publish, options=options, overwrite=True)
        assert (b"X-Mailer" in (tmp_path / "b.eml").read_bytes()) == left


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(None, "in.txt: No such file or directory", id="missing"),
        pytest.param(
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "in.txt: is of a kind that is not supported: picture", id="picture"
        ),
        pytest.param(b"PK\x03\x04 and no more", "in.txt: a broken or truncated zip file", id="broken"),
    ],
)
def test_what_cannot_be_read(publish: Redactor, tmp_path: Path, content: bytes | None, reason: str) -> None:
    if content is not None:
        (tmp_path / "in.txt").write_bytes(content)
    with pytest.raises(FormatError, match=reason):
        redact_file(tmp_path / "in.txt", tmp_path / "out.txt", redactor=publish)
    assert not (tmp_path / "out.txt").exists()


def test_what_stands_there_stays_unless_told(publish: Redactor, tmp_path: Path) -> None:
    source = tmp_path / "a.txt"
    source.write_text(TEXT, "utf-8")
    with pytest.raises(FormatError, match="exists; overwrite=True writes over it"):
        redact_file(source, source, redactor=publish)
    assert source.read_text("utf-8") == TEXT
    redact_file(source, source, redactor=publish, overwrite=True)
    assert source.read_text("utf-8") == MASKED


def test_a_bound_on_time(publish: Redactor, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, "utf-8")
    with pytest.raises(LimitError, match=r"a\.txt: took longer than 0 seconds; nothing was written"):
        redact_file(tmp_path / "a.txt", tmp_path / "b.txt", redactor=publish, max_seconds=0)
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_an_unknown_format_is_named(publish: Redactor, tmp_path: Path) -> None:
    with pytest.raises(RedactorError, match="unknown format 'foo'; known are text, "):
        redact_file(tmp_path / "a.txt", redactor=publish, format="foo")


def test_in_a_worker_of_somebody_else(publish: Redactor, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"t": "请王建国同志牵头"}\n' * 3, "utf-8")
    with multiprocessing.get_context("fork").Pool(1) as pool:
        done = pool.apply(partial(redact_file, redactor=publish, jobs=2), (tmp_path / "a.jsonl",))
    assert done.counts == {"PERSON": 3}


def test_in_threads(publish: Redactor, tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(f"<p>{TEXT}", "utf-8")
    done: list[redactor.FileResult] = []
    threads = [
        threading.Thread(target=lambda: done.append(redact_file(tmp_path / "a.html", redactor=publish, jobs=2)))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [each.counts for each in done] == [{"LOCATION": 1, "PERSON": 1}] * 3
