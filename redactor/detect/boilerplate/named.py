"""What a site's own name tells: where the edges of a page name it, the same name in the text is no part of it, spaced or framed as it may be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

import regex

from redactor.detect.boilerplate.page import NO, UNDECIDED, Page
from redactor.model import Span
from redactor.packaged import any_word_of, packaged_words
from redactor.text.lines import Line, is_body

_NAMED: Final = regex.compile(rf"(?<!\p{{Han}})\p{{Han}}{{1,6}}{any_word_of('boilerplate-site-ends')}(?!\p{{Han}})")
"""A name that says itself that it is a site's."""
_FIRST: Final = regex.compile(r"^\W*(?:\p{Han}{2,6} [-–—|_] )?(\p{Han}{3,6})(?=\s*[|｜●◆■·•>→»/_＿－-]|[ 　])")
"""What stands first in the bar or the path of a page."""
_SPACED: Final = regex.compile(r"(?<!\p{Han})(?:\p{Han}[ 　]){3,}\p{Han}(?!\p{Han})")
_BETWEEN: Final = regex.compile(r"(?<=\p{Han})[ 　](?=\p{Han})")
_PARTS: Final = regex.compile(r"[|｜●◆■·•>→»/]|[ 　]{1,4}\S+[ 　]")
_HAN: Final = regex.compile(r"\p{Han}")
_LEAST, _LONGEST_LINE, _LONGEST_NOTE, _LONGEST_SLOGAN = 3, 40, 14, 28
_OPEN, _CLOSE = "（(【[〔［", "）)】]〕］"
_OTHERS: Final = re.compile(any_word_of("boilerplate-credit-words"))
"""What is said of a site in a text's own notes."""
_SLOGAN_AFTER: Final = "。！？!?”）)"
_FRAMED: Final = regex.compile(r"^[^\p{Han}A-Za-z\d“「（(]{2,}|[^\p{Han}A-Za-z\d。！？”」）)：:]{2,}$")


def names_of(lines: Sequence[str]) -> frozenset[str]:
    """The names of sites that lines taken from the edges of a page tell."""
    told: set[str] = set()
    for text in lines:
        if _SPACED.search(text):
            text = _BETWEEN.sub("", text)
        told.update(_NAMED.findall(text))
        first = _FIRST.match(text)
        if first and len(_PARTS.findall(text)) > 1:
            told.add(first[1])
    return frozenset(name for name in told if len(name) >= _LEAST) - _COMMON


_COMMON: Final = frozenset(packaged_words("boilerplate-menu-words"))


def named_spans(page: Page, names: frozenset[str]) -> Iterator[tuple[str, Span]]:
    """What of the lines that are left names a site and says nothing else, with the name."""
    spaced = {name: regex.compile(r"[ 　]?" + r"[ 　]{1,2}".join(name)) for name in names}
    for index, line in enumerate(page.lines):
        if line.blank or page.is_gone(line) or page.kinds.of(line):
            continue
        for name, pattern in sorted(spaced.items()):
            if name in line.text:
                yield from ((name, span) for span in _of_line(page, index, name))
            elif " " in line.text or "　" in line.text:
                for found in pattern.finditer(line.text):
                    rest = line.text[: found.start()] + line.text[found.end() :]
                    whole = not _HAN.search(rest) and page.vote(line) >= NO
                    start, end = (0, len(line.text)) if whole else found.span()
                    yield name, (line.start + start, line.start + end)


def _of_line(page: Page, index: int, name: str) -> Iterator[Span]:
    """What of a line goes that holds the name as it is written."""
    line = page.lines[index]
    text = line.text.strip()
    if len(text) <= _LONGEST_LINE and not is_body(line) and _FRAMED.search(text) and page.vote(line) >= UNDECIDED:
        yield line.start, line.end
        return
    for start, end in _notes(line, name):
        yield line.start + start, line.start + end
    slogan = _slogan(line, name)
    if slogan is not None:
        yield slogan


def _notes(line: Line, name: str) -> Iterator[Span]:
    """Brackets in which little stands but the name, and the name with an address run into it."""
    text = line.text
    for match in re.finditer(re.escape(name), text):
        before = text[: match.start()]
        opened = max(before.rfind(sign) for sign in _OPEN)
        closed = next((at for at in range(match.end(), len(text)) if text[at] in _CLOSE), -1)
        if opened >= 0 and closed >= 0 and closed - opened - 1 <= len(name) + _LONGEST_NOTE // 2:
            note = text[opened + 1 : closed]
            if not _OTHERS.search(note) and not any(sign in note for sign in _OPEN + _CLOSE):
                yield opened, closed + 1
            continue
        tail = re.match(r"[A-Za-z][A-Za-z0-9.]{4,30}", text[match.end() :])
        if tail:
            yield match.start(), match.end() + tail.end()


def _slogan(line: Line, name: str) -> Span | None:
    """The last sentence of a line, if it begins with the name, as with a call: 某某网，看天下。"""
    text = line.text.rstrip()
    at = text.rfind(name)
    if at <= 0 or text[at - 1] not in _SLOGAN_AFTER or len(text) - at > _LONGEST_SLOGAN:
        return None
    rest = text[at + len(name) :]
    if not rest or rest[0] not in "，,：:—-·" or any(stop in rest[:-1] for stop in "。！？”"):
        return None
    return line.start + at, line.start + len(text)
