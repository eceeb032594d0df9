"""Pages of sites that do not exist, and texts that look like them: how much goes of what is marked, and that the rest stays."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

from redactor import Redactor

PAGES: Final = Path(__file__).parents[2] / "data" / "site_pages.txt"
"""A page begins with a line `=== id kind`; what stands between ⟦ and ⟧ is the site's. Of ids in t and v all is text."""
MOST_MISSED, MOST_LOST = 14, 11
"""Marked pieces that stand, and characters that go though they are no site's, in all pages: lower these as they fall."""


def pages() -> list[tuple[str, str]]:
    """The pages by their ids."""
    blocks = re.split(r"(?m)^=== ", PAGES.read_text("utf-8"))[1:]
    return [(head.split()[0], body.strip("\n") + "\n") for head, _, body in (each.partition("\n") for each in blocks)]


def scored(clean: Redactor, page: str) -> tuple[int, str]:
    """How many marked pieces stand, nine of ten letters of them gone being enough, and the letters that go though they are not marked."""
    text, marked = page.replace("⟦", "").replace("⟧", ""), list[tuple[int, int]]()
    for number, match in enumerate(re.finditer("⟦([^⟧]*)⟧", page)):
        start = match.start() - 2 * number
        marked.append((start, start + len(match[1])))
    gone = {at for edit in clean.redact(text).edits for at in range(edit.start, edit.end) if not text[at].isspace()}
    missed = 0
    for start, end in marked:
        own = {at for at in range(start, end) if not text[at].isspace()}
        missed += len(own & gone) < 0.9 * len(own)
        gone -= set(range(start, end))
    return missed, "".join(text[at] for at in sorted(gone))


def test_of_pages_of_sites_the_text_stays_and_little_else(clean: Redactor) -> None:
    missed, lost = zip(*(scored(clean, page) for _, page in pages()), strict=True)
    assert sum(map(len, lost)) <= MOST_LOST, lost
    assert sum(missed) <= MOST_MISSED, missed


@pytest.mark.parametrize("page", [page for name, page in pages() if name[0] in "tv"])
def test_what_looks_like_a_page_of_a_site_stays(clean: Redactor, page: str) -> None:
    assert "⟦" not in page
    assert clean.redact(page).text == page
