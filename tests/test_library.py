"""The page on the library: its examples run, and no public name is without one."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest
import regex

import redactor

DOCS = Path(__file__).parent.parent / "docs"
PAGE = (DOCS / "library.md").read_text("utf-8")
EXAMPLES = "\n".join(match[1] for match in regex.finditer(r"(?ms)^```python\n(.*?)^```$", PAGE))


def test_examples() -> None:
    test = doctest.DocTestParser().get_doctest(EXAMPLES, {}, "library.md", None, 0)
    told: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    runner.run(test, out=told.append)
    assert not runner.failures, "".join(told)
    assert runner.tries > 40


@pytest.mark.parametrize("name", redactor.__all__)
def test_every_public_name_has_an_example(name: str) -> None:
    code = "\n".join(line[4:] for line in EXAMPLES.splitlines() if line.startswith((">>> ", "... ")))
    assert regex.search(rf"\b{name}\b", code)


@pytest.mark.parametrize("name", ["library", "extend"])
def test_the_pages_in_chinese_have_the_same_code(name: str) -> None:
    english, chinese = (
        regex.findall(r"(?ms)^```\w+\n.*?^```$", (DOCS / f"{name}{language}.md").read_text("utf-8"))
        for language in ("", ".zh-CN")
    )
    assert english == chinese
