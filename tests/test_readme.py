"""What the first pages show is what comes out."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
import regex
from docx import Document

from redactor import Redactor

ROOT = Path(__file__).parent.parent
PAGES = ["README.md", "README.zh-CN.md", "docs/index.md", "docs/index.zh-CN.md"]
READMES = PAGES[:2]


def page(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


@pytest.mark.parametrize("name", PAGES)
def test_before_and_after(name: str) -> None:
    """The left column of the first table is one document; each row comes out as the right one says, the first not at all."""
    table = regex.search(r"(?m)^\| (?:before|之前) .*\n\|---.*\n((?:\|.*\n)+)", page(name))
    assert table
    rows = [row.strip("| ").split(" | ") for row in table[1].splitlines()]
    before = "\n".join([rows[0][0].replace("<br>", "\n"), "", *(row[0] for row in rows[1:])]) + "\n"
    after = "\n".join(row[1] for row in rows[1:]) + "\n"
    assert rows[0][1].startswith("*")
    assert Redactor().redact(before).text == after


@pytest.mark.parametrize("name", READMES)
def test_the_first_command(name: str) -> None:
    text, printed = regex.search(r"(?m)^\$ echo '(.*)' \| redactor clean -\n(.*)$", page(name)).groups()  # type: ignore[union-attr]
    assert Redactor().redact(text).text == printed


@pytest.mark.parametrize("name", READMES)
def test_the_lines_of_python(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They run, on a text and a file; where a comment shows a value, it is that."""
    code = regex.search(r"(?ms)^```python\n(.*?)^```", page(name))
    assert code
    monkeypatch.chdir(tmp_path)
    source = regex.search(r'redact_file\(\s*"(.*?)"', code[1])
    assert source
    Document().save(source[1])
    space: dict[str, object] = {"texts": ["请王建国同志牵头"]}
    shown = 0
    for statement in ast.parse(code[1]).body:
        line = ast.unparse(statement)
        if isinstance(statement, ast.Expr):
            comment = code[1].splitlines()[statement.lineno - 1].partition("  # ")[2]
            assert regex.fullmatch(regex.escape(comment).replace("…", ".*"), repr(eval(line, space)))
            shown += 1
        else:
            exec(line, space)
    assert shown == 2
    assert (tmp_path / "out" / source[1]).exists()
