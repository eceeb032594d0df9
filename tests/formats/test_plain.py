"""The text of a document: all that its reader reads, fields of pages and values of sheets too."""

from __future__ import annotations

import io

import pytest

from redactor.formats.options import Options
from redactor.formats.plain import text_of

PAGE = """<html><head><title>通知</title></head><body><p>正文。</p>
<textarea>留言&amp;内容</textarea><iframe>框内文字</iframe><iframe srcdoc="<p>内嵌页面</p>"></iframe>
<input value="值班 电话"><input value="Duty office"><input type="hidden" value="a81c"><p class="x" title="提示">末段。</p>
<script>var x = "脚本";</script></body></html>"""


def test_what_stands_in_fields_and_frames_is_read() -> None:
    text = text_of(io.BytesIO(PAGE.encode()), "html", Options())
    assert text.splitlines()[:3] == ["通知", "正文。", "末段。"]
    assert sorted(text.splitlines()[3:]) == sorted(["留言&内容", "框内文字", "内嵌页面", "值班 电话", "Duty office"])


def test_truth_values_and_errors_of_sheets_are_read() -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["同意", True, "云", False])
    sheet.append([None, "#N/A", "#DIV/0!"])
    sheet.append([])
    sheet.append([True])
    held = io.BytesIO()
    book.save(held)
    held.seek(0)
    rows = ["同意\tTRUE\t云\tFALSE", "\t#N/A\t#DIV/0!", "TRUE"]
    assert text_of(held, "xlsx", Options()).splitlines()[:3] == rows
