"""The report of a run in the formats that it can be written in; each is made from what JSON holds."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from redactor.files.reports.page import as_page
from redactor.files.reports.sarif import as_sarif
from redactor.files.reports.table import as_table

Content = Mapping[str, Any]


def _as_json(content: Content) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


_WRITERS: Final[dict[str, Callable[[Content], str]]] = {
    "json": _as_json,
    "csv": as_table,
    "html": as_page,
    "sarif": as_sarif,
}
REPORTS: Final = tuple(_WRITERS)
"""Formats that a report can have."""
_ENDINGS: Final = {".csv": "csv", ".html": "html", ".htm": "html", ".sarif": "sarif"}


def rendered(content: Content, style: str) -> bytes:
    """The report in a format: UTF-8, lone surrogates as escapes."""
    return _WRITERS[style](content).encode("utf-8", "backslashreplace")


def style_of(path: Path) -> str:
    """The format that the name of a report asks for."""
    return _ENDINGS.get(path.suffix.lower(), "json")
