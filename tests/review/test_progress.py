"""How far the engine is with a document, and beginning with what was looked at of a long one."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from redactor.formats.options import Options
from redactor.model import RedactorError
from redactor.review.background import Background
from redactor.review.items import examine
from redactor.review.progress import FIRST, EnoughError, Progress, size_of
from tests.conftest import made
from tests.review.serving import desk_of
from tests.verify.planted import original


def test_shares_are_told_as_they_grow_and_enough_is_enough() -> None:
    told: list[float] = []
    progress = Progress(1000, 600, told.append)
    for _ in range(119):
        progress.add(5)
    assert told == sorted({*told})
    assert told[0] == 0.01
    assert told[-1] == 0.59
    with pytest.raises(EnoughError):
        progress.add(5)
    beyond = Progress(10, None, told.append)
    beyond.add(100)
    assert told[-1] < 1  # that all was looked at is not for it to say
    unknown = Progress(0, None, told.clear)  # type: ignore[arg-type]  # nothing is told
    unknown.add(100)


@pytest.mark.parametrize("kind", ["word_plain", "table_csv", "mail_plain"])
def test_the_size_of_a_document_is_that_of_its_texts(kind: str) -> None:
    source, name = original(kind), {"word_plain": "a.docx", "table_csv": "a.csv", "mail_plain": "a.eml"}[kind]
    seen = examine(source, name, made("publish"), Options())
    size = size_of(source, seen.format, Options())
    assert size == pytest.approx(sum(len(flow.text) for flow in seen.flows), rel=0.3)


@pytest.mark.slow
def test_a_long_document_is_of_use_before_all_of_it_was_looked_at(tmp_path: Path) -> None:
    line = "会后请把材料收好，清点以后交到办公室。\n"
    text = f"请王建国同志牵头。\n{line * (FIRST // len(line) + 4000)}请李秀芝同志和王建国同志到会。\n"
    file = tmp_path / "a.txt"
    file.write_text(text, "utf-8")
    desk = desk_of(file)
    with closing(Background(desk)):
        with desk.lock:  # nobody goes on meanwhile
            assert desk.document(0)["share"] < 1
            beginning = desk.review(0)
            [first] = [id_ for id_, each in beginning.page.items.items() if each["text"] == "王建国"]
            assert beginning.page.size < len(text)
            since = beginning.decide([first], "keep", "value")["doc"]["serial"]
            beginning.mark_read([0])
            with pytest.raises(RedactorError, match="rest of the document"):
                desk.choose_policy(0, "label")
        points, counts = desk.check(0)  # waits
        review = desk.review(0)
        assert review is not beginning
        assert review.news(since) == {"anew": True, "doc": review.state}
        assert review.state["share"] == 1
        assert "anew" not in review.news(review.page.serial)
        assert {each["text"]: each["state"] for each in review.page.items.values()} == {
            "王建国": "keep",
            "李秀芝": "open",
        }
        assert counts["kept"] == 2
        assert review.read == {0}
        assert "read" in {point.id for point in points}
        with desk.lock:
            review.undo()
        assert desk.check(0)[1]["kept"] == 0
    whole = examine(file.read_bytes(), file.name, made("publish"), Options())
    assert review.examined.flows == whole.flows
    desk.close()
