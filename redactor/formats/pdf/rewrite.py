"""Content streams written anew: what goes is left out of the operators, what moves is placed by itself."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any, Final

import pikepdf
from pikepdf import Dictionary, Name, Object, Operator, Stream

from redactor.formats.pdf.content import ALTERNATIVES, PAINTS, SHOWS, drawn_names
from redactor.formats.pdf.glyphs import Content, Glyph, Matrix, Show, inverse
from redactor.formats.pdf.relay import MARK_WIDTH, Plan

_PLACES: Final = frozenset(("Td", "TD", "Tm", "T*"))
_PATH: Final = frozenset(("m", "l", "c", "v", "y", "h", "re"))
_MARK_CODE: Final = b"x"
_MARK: Final = "/Mark"
MARK_TEXT: Final = "×"
_CROSS: Final = b"%d 0 0 0 %d 700 d1 160 130 m 100 190 l 340 430 l 100 670 l 160 730 l 400 490 l 640 730 l 700 670 l 460 430 l 700 190 l 640 130 l 400 370 l f"
_TO_UNICODE: Final = (
    b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Adobe-Identity-UCS def /CMapType 2 def "
    b"1 begincodespacerange <%s> <%s> endcodespacerange\n%sendcmap end end"
)

Step = tuple[Sequence[Any], Operator]


def mark_font(pdf: pikepdf.Pdf) -> Object:
    """A font of one glyph, a cross of constant width."""
    width = int(MARK_WIDTH * 1000)
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Font,
            Subtype=Name.Type3,
            FontBBox=[0, 0, width, 800],
            FontMatrix=[0.001, 0, 0, 0.001, 0, 0],
            FirstChar=_MARK_CODE[0],
            LastChar=_MARK_CODE[0],
            Widths=[width],
            Encoding=Dictionary(Type=Name.Encoding, Differences=[_MARK_CODE[0], Name.multiply]),
            CharProcs=Dictionary(multiply=pdf.make_stream(_CROSS % (width, width))),
            Resources=Dictionary(),
            ToUnicode=pdf.make_stream(to_unicode({_MARK_CODE: MARK_TEXT})),
        )
    )


def to_unicode(texts: dict[bytes, str]) -> bytes:
    """A ToUnicode map of these codes."""
    size = max((len(code) for code in texts), default=1)
    pairs = [f"<{code.hex()}> <{text.encode('utf-16-be').hex()}>\n" for code, text in sorted(texts.items())]
    parts = [
        f"{len(part)} beginbfchar\n{''.join(part)}endbfchar\n"
        for part in (pairs[at : at + 100] for at in range(0, len(pairs), 100))
    ]
    return _TO_UNICODE % (b"00" * size, b"ff" * size, "".join(parts).encode("ascii"))


def rewrite_page(pdf: pikepdf.Pdf, page: Object, content: Content, plan: Plan, mark: Object) -> None:
    """Give a page the content that its plan makes of it."""
    resources, steps = _rewritten(pdf, content, plan, mark)
    page.Resources = resources
    page.Contents = pdf.make_stream(pikepdf.unparse_content_stream(steps))


def _rewritten(pdf: pikepdf.Pdf, content: Content, plan: Plan, mark: Object) -> tuple[Object, list[Any]]:
    resources = _copied(content.resources, "/Font", "/XObject")
    name = _free_name(resources.Font, _MARK)
    resources.Font[name] = mark
    steps = [[step] for step in content.steps]
    _leave_out(steps, content, plan)
    for first, last in _text_objects(content, plan):
        for number in range(first, last):
            steps[number] = list(_text_step(content, number, plan, name)) if steps[number] else []
    for number, form in content.forms.items():
        if number not in content.hidden and _is_touched(form, plan):
            own, inner = _rewritten(pdf, form, plan, mark)
            new = _free_name(resources.XObject, "/Fx")
            resources.XObject[new] = _form(pdf, form.owner, own, inner)
            steps[number] = [([Name(new)], Operator("Do"))]
    for unused in set(resources.XObject.keys()) - kept_names(content, steps):
        del resources.XObject[unused]
    return resources, [step for group in steps for step in group]


def keep_drawn(content: Content) -> None:
    """Take out of the resources of a content that stays as it is what it does not draw: nobody has looked at that."""
    if content.resources is None or "/XObject" not in content.resources or "/Resources" not in content.owner:
        return
    resources = _copied(content.resources, "/XObject")
    for unused in set(resources.XObject.keys()) - drawn_names(content):
        del resources.XObject[unused]
    content.owner.Resources = resources


def kept_names(content: Content, steps: Sequence[Sequence[Any]]) -> set[str]:
    """The names that the new operators draw, also by way of forms that have no resources of their own."""
    names = {str(values[0]) for group in steps for values, operator in _pairs(group) if str(operator) == "Do"}
    for number, form in content.forms.items():
        if number not in content.hidden and "/Resources" not in form.owner and steps[number] == [content.steps[number]]:
            names |= drawn_names(form)
    return names


def _pairs(group: Sequence[Any]) -> Iterator[Step]:
    for step in group:
        yield step if isinstance(step, tuple) else (step.operands, step.operator)


def _copied(resources: Object | None, *parts: str) -> Object:
    """Resources of one's own, whose named parts may be added to."""
    own = Dictionary(dict(resources.items()) if resources is not None else {})
    for part in parts:
        old = own.get(part)
        own[part] = Dictionary(dict(old.items()) if isinstance(old, Dictionary) else {})
    return own


def _free_name(names: Object, stem: str) -> str:
    return next(name for name in (f"{stem}{number}" for number in count()) if name not in names)


def _form(pdf: pikepdf.Pdf, old: Object, resources: Object, steps: list[Any]) -> Stream:
    form = pdf.make_stream(pikepdf.unparse_content_stream(steps))
    for key in ("/Type", "/Subtype", "/FormType", "/BBox", "/Matrix", "/Group"):
        if key in old:
            form[key] = old[key]
    form.Resources = resources
    return form


def _is_touched(content: Content, plan: Plan) -> bool:
    own = content in plan.untold or content in plan.paths or bool(content.hidden) or bool(_touched_steps(content, plan))
    return own or any(_is_touched(form, plan) for form in content.forms.values())


def _touched_steps(content: Content, plan: Plan) -> set[int]:
    return {
        number
        for number, show in content.shows.items()
        if number in content.hidden or any(g in plan.dropped or g in plan.moved for g in show.glyphs)
    }


def _leave_out(steps: list[list[Any]], content: Content, plan: Plan) -> None:
    """Take out what is drawn in hidden layers, underlines of edited lines, and alternative texts."""
    for number in content.hidden:
        name = str(content.steps[number].operator)
        if name in PAINTS:
            steps[number] = [([], Operator("n"))]
        elif name in ("Do", "sh", "INLINE IMAGE"):
            steps[number] = []
    for drawing in plan.paths.get(content, ()):
        for number in range(drawing.first, drawing.last + 1):
            name = str(content.steps[number].operator)
            if name in _PATH or name in PAINTS:
                steps[number] = []
    for number, step in enumerate(content.steps):
        if str(step.operator) == "BDC" and isinstance(step.operands[1], Dictionary):
            kept = Dictionary({k: v for k, v in step.operands[1].items() if k not in ALTERNATIVES})
            steps[number] = [([step.operands[0], kept], step.operator)]


def _text_objects(content: Content, plan: Plan) -> Iterator[tuple[int, int]]:
    """The text objects (BT … ET) in which something goes or moves."""
    touched = _touched_steps(content, plan)
    first, within = 0, False
    for number, step in enumerate(content.steps):
        name = str(step.operator)
        if name == "BT":
            first, within = number, False
        within = within or number in touched
        if name == "ET" and within:
            yield first, number
            within = False
    if within:
        yield first, len(content.steps)


def _text_step(content: Content, number: int, plan: Plan, mark: str) -> Iterator[Step]:
    """One operator of a text object in which every show operator is placed by itself."""
    step = content.steps[number]
    name, values = str(step.operator), step.operands
    if name in SHOWS:
        show = content.shows[number]
        if name == '"':
            yield [values[0]], Operator("Tw")
            yield [values[1]], Operator("Tc")
        if number in content.hidden:
            return
        if any(g in plan.dropped or g in plan.moved for g in show.glyphs):
            yield from _show_steps(show, plan, mark)
        else:
            yield _matrix_step(show.text, 6)
            yield ([values[0]], Operator("TJ")) if name == "TJ" else ([values[-1]], Operator("Tj"))
    elif name == "TD":
        yield [-float(values[1])], Operator("TL")
    elif name not in _PLACES:
        if name == "BDC" and isinstance(values[1], Dictionary):
            values = [values[0], Dictionary({k: v for k, v in values[1].items() if k not in ALTERNATIVES})]
        yield values, step.operator


def _show_steps(show: Show, plan: Plan, mark: str) -> Iterator[Step]:
    """The glyphs of a show operator that stay, those side by side in one string, and the marks between them."""
    chars, words, scale, _ = show.spacing
    if chars or words:
        yield [0], Operator("Tc")
        yield [0], Operator("Tw")
    string: list[Glyph] = []
    for glyph in show.glyphs:
        if string and not (glyph not in plan.dropped and _follows(string[-1], glyph, plan)):
            yield from _string_steps(string, plan)
            string = []
        spot = plan.marks.get(glyph)
        if spot is not None:
            yield [Name(mark), glyph.size], Operator("Tf")
            yield [_mark_scale(glyph)], Operator("Tz")
            yield _placed(glyph, spot)
            yield [pikepdf.String(_MARK_CODE)], Operator("Tj")
            yield [round(scale * 100, 4)], Operator("Tz")
            yield [show.font[0], glyph.size], Operator("Tf")
        if glyph not in plan.dropped:
            string.append(glyph)
    if string:
        yield from _string_steps(string, plan)
    if chars or words:
        yield [chars], Operator("Tc")
        yield [words], Operator("Tw")


def _follows(before: Glyph, glyph: Glyph, plan: Plan) -> bool:
    """Whether a glyph is to stand where the one before it ends."""
    x, y = plan.moved.get(before, (before.x, before.y))
    to_x, to_y = plan.moved.get(glyph, (glyph.x, glyph.y))
    return math.hypot(x + before.dx - to_x, y + before.dy - to_y) < 0.002 * glyph.em


def _string_steps(string: Sequence[Glyph], plan: Plan) -> Iterator[Step]:
    spot = plan.moved.get(string[0])
    yield _placed(string[0], spot) if spot is not None else _matrix_step(string[0].text, 6)
    yield [pikepdf.String(b"".join(glyph.char.code for glyph in string))], Operator("Tj")


def _mark_scale(glyph: Glyph) -> float:
    """The horizontal scale at which a mark is as wide as it should be, by the height of its line."""
    a = glyph.text[0] * glyph.page[0] + glyph.text[1] * glyph.page[2]
    b = glyph.text[0] * glyph.page[1] + glyph.text[1] * glyph.page[3]
    across = math.hypot(a, b) * abs(glyph.size)
    return round(100 * glyph.em / across, 3) if across else 100.0


def _placed(glyph: Glyph, spot: tuple[float, float]) -> Step:
    """The text matrix that puts a glyph's origin there on the page; rounded, so that nothing of its old place is left."""
    undo = inverse((*glyph.page[:4], 0.0, 0.0))
    x, y = spot[0] - glyph.x, spot[1] - glyph.y
    e = glyph.text[4] + x * undo[0] + y * undo[2]
    f = glyph.text[5] + x * undo[1] + y * undo[3]
    scale = math.hypot(glyph.page[0], glyph.page[1])
    digits = max(1, 2 + math.ceil(math.log10(scale)) if scale else 2)
    return _matrix_step((*glyph.text[:4], e, f), min(digits, 9))


def _matrix_step(matrix: Matrix, digits: int) -> Step:
    turned = [round(number, 9) + 0.0 for number in matrix[:4]]
    return [*turned, *(round(number, digits) + 0.0 for number in matrix[4:])], Operator("Tm")
