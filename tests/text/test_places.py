"""Places as people read them, in both languages."""

from __future__ import annotations

import pytest

from redactor.text.places import said_place

PLACES = {
    "page 3": "第 3 页",
    "table 1, row 2, cell 3": "第 1 个表格、第 2 行、第 3 个单元格",
    "lines 3, 7-9 and 2 more": "第 3、7-9 行，另有 2 处",
    "a.zip > in/b.csv > row 2, column 1": "a.zip > in/b.csv > 第 2 行、第 1 列",
    "part 2: text/plain": "第 2 部分：text/plain",
    "src attribute": "src 属性",
    "headers": "邮件头",
    "Sheet1!A3": "Sheet1!A3",
    "word/header1.xml, paragraph 4": "word/header1.xml、第 4 段",
    "line": "line",
    "": "",
}


@pytest.mark.parametrize(("where", "chinese"), PLACES.items())
def test_a_place_is_said(where: str, chinese: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert said_place(where) == where
    monkeypatch.setenv("REDACTOR_LANG", "zh")
    assert said_place(where) == chinese
