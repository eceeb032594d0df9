"""One decision for a column of a table."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from redactor.document.edits import apply
from redactor.model import RedactorError
from redactor.review.session import Session
from tests.build.word import new_word
from tests.review.serving import desk_of

ROWS = (
    ("姓名", "电话", "备注"),
    ("王建国", "13800138000", "来过"),
    ("蔚丹青", "13912345678", "没来"),
    ("方小圆", "", "请陈大山同志来"),
)


def table(path: Path) -> None:
    path.write_text("".join(",".join(row) + "\n" for row in ROWS), "utf-8")


def sheet(path: Path) -> None:
    made = openpyxl.Workbook()
    for row in ROWS:
        made.active.append(row)
    made.save(path)


def reviewed(path: Path, make: Callable[[Path], None]) -> Session:
    make(path)
    return desk_of(path).review(0)


def masked(review: Session) -> set[str]:
    """The texts of which something is masked."""
    return {
        flow.text[edit.start : edit.end]
        for flow in review.examined.flows
        for edit in flow.edits
        if edit.start < edit.end
    }


def found(review: Session, text: str) -> str:
    return next(id_ for id_, each in review.page.items.items() if each["text"] == text)


def lines(path: Path) -> None:
    names, *rows = ROWS
    path.write_text("".join(json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False) + "\n" for row in rows), "utf-8")  # fmt: skip


def word(path: Path) -> None:
    document = new_word()
    made = document.add_table(len(ROWS), len(ROWS[0]))
    for number, row in enumerate(ROWS):
        for cell, text in zip(made.rows[number].cells, row, strict=True):
            cell.text = text
    document.save(str(path))


KINDS = [
    ("a.csv", table),
    ("a.jsonl", lines),
    *(pytest.param(name, make, marks=pytest.mark.slow) for name, make in (("a.xlsx", sheet), ("a.docx", word))),
]


@pytest.mark.parametrize(("name", "make"), KINDS)
def test_a_column_goes_or_what_was_found_in_it_stays(tmp_path: Path, name: str, make: Callable[[Path], None]) -> None:
    review = reviewed(tmp_path / name, make)
    before = masked(review)
    assert {"王建国", "13800138000"} <= before
    notes = {row[2] for row in ROWS[1:]}
    review.decide([found(review, "陈大山")], "mask", "column")
    assert masked(review) == (before - {"陈大山"}) | notes
    assert "备注" in "".join(apply(flow.text, flow.edits) for flow in review.examined.flows)
    review.decide([found(review, "13800138000")], "keep", "column")
    assert masked(review) == (before - {"陈大山"} | notes) - {"13800138000", "13912345678"}
    review.undo()
    review.undo()
    assert masked(review) == before


@pytest.mark.parametrize(("name", "make"), KINDS)
def test_columns_are_listed_and_decided_of(tmp_path: Path, name: str, make: Callable[[Path], None]) -> None:
    review = reviewed(tmp_path / name, make)
    before = masked(review)
    if name in ("a.csv", "a.xlsx"):  # cells that hold something are shown in their rows
        shown = [each["text"].removeprefix("备注：") for each in review.part(0) if not each["wall"] and each["text"]]
        cells = [text for row in ROWS[1:] for text in row if text]
        assert [text for text in shown if text in cells] == cells
    named, _, notes = review.columns
    assert [each["name"] for each in review.columns] == list(ROWS[0])
    assert (named["cells"], named["masked"], named["examples"][0]) == (3, 3, "王建国")
    assert (notes["cells"], notes["masked"]) == (3, 1)
    review.decide_column(notes["id"], "mask")
    assert masked(review) == (before - {"陈大山"}) | {row[2] for row in ROWS[1:]}
    review.decide_column(named["id"], "keep")
    assert not masked(review) & {row[0] for row in ROWS}
    review.decide_column(named["id"], "open")
    assert {row[0] for row in ROWS[1:]} <= masked(review)
    with pytest.raises(RedactorError, match="no column"):
        review.decide_column("sheet9!Z", "mask")


@pytest.mark.slow
def test_a_journal_says_the_same_again(tmp_path: Path) -> None:
    steps: list[tuple[str, object]] = []
    review = reviewed(tmp_path / "a.csv", table)
    review.note = lambda event, record: steps.append((event, json.loads(json.dumps(record))))
    review.decide([found(review, "陈大山")], "mask", "column")
    again = desk_of(tmp_path / "a.csv").review(0)
    again.replay(steps)  # type: ignore[arg-type]
    assert masked(again) == masked(review)


def test_what_is_in_no_table_has_no_column(tmp_path: Path) -> None:
    review = reviewed(tmp_path / "a.txt", lambda path: path.write_text("请王建国同志牵头。", "utf-8") and None)
    with pytest.raises(RedactorError, match="no column"):
        review.decide([found(review, "王建国")], "keep", "column")
