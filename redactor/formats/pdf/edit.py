"""A PDF from whose content streams what was found is gone: planned, rewritten, cleaned, and read back before it is given out."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import pikepdf
from pikepdf import Object

from redactor.formats.pdf.clean import Cleaner
from redactor.formats.pdf.content import PageContent, contents_of, hidden_glyphs
from redactor.formats.pdf.fonts import Font
from redactor.formats.pdf.glyphs import Content, Glyph, is_invisible
from redactor.formats.pdf.layout import Box, Line
from redactor.formats.pdf.operators import scrub, scrub_page
from redactor.formats.pdf.prune import program_of, prune_font, tidy_map
from redactor.formats.pdf.relay import Plan, plan_page
from redactor.formats.pdf.resource_names import NewNames
from redactor.formats.pdf.rewrite import MARK_TEXT, keep_drawn, mark_font, rewrite_page
from redactor.formats.pdf.verify import Expected, fold, verify
from redactor.formats.unit import Redacted
from redactor.model import FormatError

ReadPage = tuple[PageContent, list[Line]]


@dataclass(frozen=True, slots=True)
class Edited:
    """A PDF that was written anew.

    `pruned`: whether its fonts could be freed of what was removed; `scrubbed`: the numbers of the pages whose content held
    what nobody draws.
    """

    data: bytes
    pruned: bool
    scrubbed: tuple[int, ...]


def edited(
    pdf: pikepdf.Pdf, pages: Sequence[ReadPage], done: Sequence[Redacted], untold: set[tuple[Content, int]]
) -> Edited:
    """The PDF with the edits of its lines made.

    `untold`: alternative texts that go. FormatError when the PDF would still tell.
    """
    plans: list[Plan] = []
    results = iter(done)
    for number, ((drawn, lines), page) in enumerate(zip(pages, pdf.pages, strict=True), start=1):
        try:
            plans.append(_plan(drawn, lines, list(islice(results, len(lines))), page, untold))
        except FormatError as error:
            raise error.reworded(f"page {number}: no PDF is written: {error}; text output (.txt) is possible") from None
    texts = [line.text for _, lines in pages for line in lines]
    values = [text[e.start : e.end] for text, each in zip(texts, done, strict=True) for e in each.edits]
    mark = mark_font(pdf)
    for plan, (drawn, _), page in zip(plans, pages, pdf.pages, strict=True):
        for content in contents_of(drawn):
            keep_drawn(content)
        if plan.changes() and drawn.content is not None:
            rewrite_page(pdf, page.obj, drawn.content, plan, mark)
    pruned = _prune(pdf, pages, plans)
    new, scrubbed = _cleaned(pdf)
    data = _saved(new)
    kept = "".join(each.text for each in done)
    verify(data, values, kept, [_expected(d, p) for (d, _), p in zip(pages, plans, strict=True)], _named_fonts(pages))
    return Edited(data, pruned, scrubbed)


def _plan(
    drawn: PageContent,
    lines: Sequence[Line],
    done: Sequence[Redacted],
    page: pikepdf.Page,
    untold: set[tuple[Content, int]],
) -> Plan:
    contents = list(contents_of(drawn))
    plan = plan_page(lines, done, contents, _box(page.obj))
    if drawn.pictures and any(is_invisible(glyph) for glyph in plan.dropped):
        raise FormatError("what was found is recognised text over a picture, which still shows it")
    for glyph in hidden_glyphs(drawn):
        plan.dropped.add(glyph)
        plan.marks.pop(glyph, None)
    for content in contents:
        steps = {step for step, _ in content.alternatives if plan.dropped or (content, step) in untold}
        if steps:
            plan.untold[content] = steps
    return plan


def _box(page: Object) -> Box:
    x0, y0, x1, y1 = (float(number) for number in page.get("/MediaBox", [0, 0, 612, 792]))
    return x0, y0, x1, y1


def _prune(pdf: pikepdf.Pdf, pages: Sequence[ReadPage], plans: Sequence[Plan]) -> bool:
    """Free the fonts from which something was removed of what only that needed; False when outlines had to stay."""
    used: dict[Font, set[bytes]] = {}
    lost: dict[Font, None] = {}
    for (drawn, _), plan in zip(pages, plans, strict=True):
        for glyph in drawn.glyphs:
            codes = used.setdefault(glyph.font, set())
            if glyph in plan.dropped:
                lost[glyph.font] = None
            else:
                codes.add(glyph.char.code)
    programs = Counter(program_of(font) for font in used)
    for font in used:
        if font not in lost:
            tidy_map(pdf, font, used[font])
    done = [prune_font(pdf, font, used[font], alone=programs[program_of(font)] == 1) for font in lost]
    return all(done)


def _cleaned(pdf: pikepdf.Pdf) -> tuple[pikepdf.Pdf, tuple[int, ...]]:
    """A new document with the pages of this one and nothing but what drawing them takes; the pages that held more in their content."""
    names = NewNames()
    cleaner = Cleaner(lambda stream: scrub(pdf, stream, names), names)
    new = pikepdf.new()
    scrubbed: list[int] = []
    for number, page in enumerate(pdf.pages, start=1):
        # Both are done, whatever the first finds.
        if scrub_page(pdf, page.obj, names) | cleaner.page(page.obj):
            scrubbed.append(number)
        new.pages.append(page)
    return new, tuple(scrubbed)


def _saved(pdf: pikepdf.Pdf) -> bytes:
    out = io.BytesIO()
    pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return out.getvalue()


def _expected(drawn: PageContent, plan: Plan) -> Expected:
    kept: list[Glyph] = [glyph for glyph in drawn.glyphs if glyph not in plan.dropped]
    removed = fold("".join(glyph.char.text for glyph in plan.dropped))
    shown = Counter(fold("".join(glyph.char.text for glyph in kept)))
    shown.update(fold(MARK_TEXT * len(plan.marks)))
    return Expected(shown, frozenset(removed))


def _named_fonts(pages: Sequence[ReadPage]) -> dict[str, set[Font]]:
    named: dict[str, dict[int, Font]] = {}
    for drawn, _ in pages:
        for content in contents_of(drawn):
            for show in content.shows.values():
                if show.glyphs:
                    name = str(show.font[0]).lstrip("/")
                    named.setdefault(name, {})[id(show.glyphs[0].font)] = show.glyphs[0].font
    return {name: set(fonts.values()) for name, fonts in named.items()}
