"""The pages in English and Chinese say the same: same headings, tables, code and links; and the Chinese ones keep to the words."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import regex

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
SUFFIX = ".zh-CN"
MADE = {DOCS / "cli.md"}
"""Pages that are made of the program's own words. Those of docs/rules are too; they stand in both languages at once."""

ENGLISH = sorted(
    page
    for page in (*DOCS.rglob("*.md"), ROOT / "README.md")
    if SUFFIX not in page.name and page not in MADE and page.parent.name != "rules"
)
TRANSLATED = {
    "讲话.docx": "speech.docx",
    "讲话.公开.docx": "speech.publish.docx",
    "讲话.txt": "speech.txt",
    "报告.html": "report.html",
    "抓取/": "scraped/",
    "干净/": "clean/",
    "一页.html": "one.html",
    "通知.docx": "notice.docx",
}
"""Names of files in commands that Chinese pages call by a Chinese name."""

GLOSSARY = (DOCS / f"glossary{SUFFIX}.md").read_text("utf-8")


def chinese(page: Path) -> Path:
    return page.with_name(page.stem + SUFFIX + page.suffix)


def blocks(text: str) -> list[str]:
    """Code between fences, comments left out, names of files in English."""
    found = []
    for block in regex.findall(r"(?ms)^( *)```(\w*)\n(.*?)^\1```$", text):
        code = regex.sub(r"(?m) *#(?= ).*$", "", block[2])
        for name, english in TRANSLATED.items():
            code = code.replace(name, english)
        found.append(f"{block[1]}\n{code}")
    return found


def prose(text: str) -> str:
    return regex.sub(r"(?ms)^( *)```.*?^\1```$", "", text)


def links(text: str) -> Counter[str]:
    """Where links lead, without the language and the heading."""
    return Counter(
        target.partition("#")[0].replace(SUFFIX, "") for target in regex.findall(r"\]\(([^)]*)\)", prose(text))
    )


@pytest.mark.parametrize("page", ENGLISH, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_page_in_chinese_has_the_same_parts(page: Path) -> None:
    assert chinese(page).exists()
    one, other = (path.read_text("utf-8") for path in (page, chinese(page)))
    assert [len(mark) for mark in regex.findall(r"(?m)^(#+) ", prose(one))] == [
        len(mark) for mark in regex.findall(r"(?m)^(#+) ", prose(other))
    ]
    assert [row.count("|") for row in regex.findall(r"(?m)^\|.*", one.replace("\\|", ""))] == [
        row.count("|") for row in regex.findall(r"(?m)^\|.*", other.replace("\\|", ""))
    ]
    assert len(regex.findall(r"(?m)^- ", prose(one))) == len(regex.findall(r"(?m)^- ", prose(other)))
    assert blocks(one) == blocks(other)
    assert links(one) == links(other)


def test_no_page_in_chinese_stands_alone() -> None:
    assert set(DOCS.rglob(f"*{SUFFIX}.md")) == {chinese(page) for page in (*ENGLISH, *MADE) if page.parent != ROOT}


def test_the_table_of_formats_in_chinese_has_the_same_formats() -> None:
    """It is written by hand; what is in it beside words is that of the English one, which is made."""
    rows = [
        [row.split(" | ") for row in regex.findall(r"(?m)^\| (.*\.\w+ \|.*) \|$", page.read_text("utf-8"))]
        for page in (DOCS / "formats.md", DOCS / f"formats{SUFFIX}.md")
    ]
    assert [(row[1], row[4:]) for row in rows[0]] == [(row[1], row[4:]) for row in rows[1]]
    assert len(rows[0]) > 15


def test_both_glossaries_have_the_same_words() -> None:
    columns = [
        [
            (row[0], row[1], row[3].strip("、 "))
            for row in regex.findall(r"(?m)^\| (.*?) \| (.*?) \| (.*?) \|(.*)\|$", text)
        ]
        for text in ((DOCS / "glossary.md").read_text("utf-8"), GLOSSARY)
    ]
    assert columns[0][1:] == columns[1][1:]


NOT_USED = [
    word
    for column in regex.findall(r"(?m)^\| [^|]* \| [^|]* \| [^|]* \|([^|]*)\|$", GLOSSARY)[2:]
    for word in column.strip().split("、")
    if word
]


@pytest.mark.parametrize("word", NOT_USED)
def test_words_that_are_not_used(word: str) -> None:
    assert len(NOT_USED) > 20
    pages = [chinese(page) for page in ENGLISH if page.stem != "glossary"]
    assert [page.name for page in pages if word in page.read_text("utf-8")] == []
