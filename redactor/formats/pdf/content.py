"""What a page's content streams draw, glyph by glyph, with the place of each: ISO 32000-1, 8.4 and 9.4."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Stream

from redactor.formats.pdf.fonts import Font, read_font
from redactor.formats.pdf.glyphs import Content, Drawing, Glyph, Matrix, Show, matrix_of, numbers_of, times
from redactor.formats.pdf.streams import decoded, named
from redactor.model import FormatError

IDENTITY: Final[Matrix] = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
MAX_CONTENT: Final = 48 << 20
"""Bytes of the content of one page, its forms included."""
MAX_STEPS: Final = 3_000_000
"""Operators and glyphs of one document, those of a form counted at each use."""
_END_NAME: Final = "/RedactorEnd"
_END: Final = f"\n{_END_NAME} MP".encode("ascii")
_MAX_FORMS: Final = 12
_MAX_STATES: Final = 512
SHOWS: Final = frozenset(("Tj", "TJ", "'", '"'))
PAINTS: Final = frozenset(("S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "n"))
_NUMBERS: Final = {"Tc": "chars", "Tw": "words", "Tz": "scale", "TL": "leading", "Ts": "rise"}
"""What operators with one number set."""
_CURVES: Final = {"m": 2, "l": 2, "c": 6, "v": 4, "y": 4}
ALTERNATIVES: Final = ("/ActualText", "/Alt", "/E")


@dataclass(slots=True)
class State:
    """The graphics state, as far as text needs it."""

    page: Matrix = IDENTITY
    font: Font | None = None
    font_name: Any = None
    size: float = 0.0
    chars: float = 0.0
    words: float = 0.0
    scale: float = 1.0
    leading: float = 0.0
    rise: float = 0.0
    mode: int = 0


@dataclass(slots=True)
class Reader:
    """Reads the pages of one document; fonts and parsed forms are kept, and what is done is counted."""

    pdf: pikepdf.Pdf
    layers: Callable[[Object], bool] = lambda _: False
    fonts: dict[Any, Font] = field(default_factory=dict)
    parsed: dict[Any, list[Any]] = field(default_factory=dict)
    count: int = 0

    def page(self, page: pikepdf.Page) -> PageContent:
        """What a page draws."""
        drawn = PageContent()
        contents = page.obj.get("/Contents")
        parts = list(contents) if isinstance(contents, Array) else [contents]
        data = b"\n".join(decoded(part) for part in parts if isinstance(part, Stream))
        drawn.content = self._read(drawn, page.obj, page.obj.get("/Resources"), parsed(self.pdf, data), State(), 0)
        return drawn

    def _form(self, form: Object) -> list[Any]:
        key = form.objgen
        if key not in self.parsed or key == (0, 0):
            self.parsed[key] = parsed(self.pdf, decoded(form))
        return self.parsed[key]

    def font(self, resources: Object | None, name: object) -> Font:
        """The font of that name."""
        source = named(resources, "/Font", name)
        if not isinstance(source, Dictionary):
            raise FormatError("text in a font that the file does not hold")
        key = source.objgen if source.objgen != (0, 0) else source.unparse()
        if key not in self.fonts:
            self.fonts[key] = read_font(source)
        return self.fonts[key]

    def _read(
        self, drawn: PageContent, owner: Object, resources: Object | None, steps: list[Any], state: State, depth: int
    ) -> Content:
        if depth > _MAX_FORMS:
            raise FormatError("forms within forms, too deep to follow")
        content = Content(owner, resources, steps)
        _Run(self, drawn, content, state, depth).all()
        return content

    def use(self, many: int) -> None:
        """Count what is done. FormatError when it is too much."""
        self.count += many
        if self.count > MAX_STEPS:
            raise FormatError("its pages draw more than can be followed")


@dataclass(slots=True)
class PageContent:
    """What a page draws: its glyphs in the order of drawing, and how many pictures there are among them."""

    content: Content | None = None
    glyphs: list[Glyph] = field(default_factory=list)
    pictures: int = 0
    drawings: int = 0


class _Run:
    """One pass over the operators of a content stream."""

    def __init__(self, reader: Reader, drawn: PageContent, content: Content, state: State, depth: int) -> None:
        self.reader, self.drawn, self.content, self.state, self.depth = reader, drawn, content, state, depth
        self.stack: list[State] = []
        self.text = self.line = IDENTITY
        self.in_text = False
        self.marks: list[bool] = []
        self.points: list[tuple[float, float]] = []
        self.path_from = -1
        self.clips = False

    def all(self) -> None:
        self.reader.use(len(self.content.steps))
        for step, instruction in enumerate(self.content.steps):
            self._do(step, str(instruction.operator), instruction.operands)
            if any(self.marks):
                self.content.hidden.add(step)

    def _do(self, step: int, name: str, values: Sequence[Any]) -> None:
        state = self.state
        match name:
            case "Tj" | "TJ" | "'" | '"':
                self._show(step, name, values)
            case "Td" | "TD":
                x, y = numbers_of(values, 2)
                if name == "TD":
                    state.leading = -y
                self._next(x, y)
            case "Tm":
                self.text = self.line = matrix_of(values)
            case "T*":
                self._next(0.0, -state.leading)
            case "Tf":
                state.font_name, state.size = values[0], numbers_of(values[1:], 1)[0]
                state.font = self.reader.font(self.content.resources, values[0])
            case "Tc" | "Tw" | "Tz" | "TL" | "Ts":
                setattr(state, _NUMBERS[name], numbers_of(values, 1)[0] / (100 if name == "Tz" else 1))
            case "Tr":
                state.mode = int(values[0])
            case "BT":
                self.text = self.line = IDENTITY
                self.in_text = True
            case "ET":
                self.in_text = False
            case "q":
                if len(self.stack) >= _MAX_STATES:
                    raise FormatError("graphics states within graphics states, too deep to follow")
                self.stack.append(replace(state))
            case "Q" if self.stack:
                self.state = self.stack.pop()
            case "cm":
                state.page = times(matrix_of(values), state.page)
            case "Do":
                self._draw(step, values[0])
            case "gs":
                extra = named(self.content.resources, "/ExtGState", values[0])
                if isinstance(extra, Dictionary) and isinstance(extra.get("/Font"), Array):
                    raise FormatError("a font that is set by a graphics state")
            case "BDC" | "BMC":
                self._mark(step, values)
            case "EMC" if self.marks:
                self.marks.pop()
            case _:
                self._path(step, name, values)

    def _next(self, x: float, y: float) -> None:
        self.text = self.line = times((1.0, 0.0, 0.0, 1.0, x, y), self.line)

    def _show(self, step: int, name: str, values: Sequence[Any]) -> None:
        state = self.state
        if state.font is None:
            raise FormatError("text without a font")
        if not self.in_text:
            raise FormatError("text outside of a text object")
        if name == '"':
            state.words, state.chars = numbers_of(values[:2], 2)
        if name in ("'", '"'):
            self._next(0.0, -state.leading)
        show = Show(
            self.text,
            font=(state.font_name, state.size),
            spacing=(state.chars, state.words, state.scale, state.rise),
        )
        self.content.shows[step] = show
        for item in values[0] if name == "TJ" else values[-1:]:
            if isinstance(item, pikepdf.String):
                self._string(step, show, bytes(item), state.font)
            else:
                self._advance(-float(item) / 1000 * state.size)
        self.reader.use(len(show.glyphs))

    def _advance(self, along: float) -> None:
        state = self.state
        assert state.font is not None
        x, y = (0.0, along) if state.font.vertical else (along * state.scale, 0.0)
        self.text = times((1.0, 0.0, 0.0, 1.0, x, y), self.text)

    def _string(self, step: int, show: Show, data: bytes, font: Font) -> None:
        state = self.state
        whole = times((state.size * state.scale, 0.0, 0.0, state.size, 0.0, state.rise), IDENTITY)
        size = abs(state.size) or 1.0
        for char in font.decode(data):
            to_page = times(times(whole, self.text), state.page)
            along = char.advance
            if font.vertical:
                dx, dy = along * to_page[2], along * to_page[3]
            else:
                dx, dy = along * to_page[0], along * to_page[1]
            em = (to_page[2] ** 2 + to_page[3] ** 2) ** 0.5
            spread = max(0.0, state.chars) * (em if font.vertical else math.hypot(to_page[0], to_page[1])) / size
            if not em < 1e6:
                raise FormatError("text of a size that can't be followed")
            show.glyphs.append(
                Glyph(
                    font,
                    char,
                    self.content,
                    step,
                    self.text,
                    state.page,
                    state.size,
                    em,
                    to_page[4],
                    to_page[5],
                    dx,
                    dy,
                    spread,
                    state.mode,
                )
            )
            self.drawn.glyphs.append(show.glyphs[-1])
            self._advance(along * state.size + state.chars + (state.words if char.space else 0.0))

    def _draw(self, step: int, name: object) -> None:
        resources = self.content.resources
        form = named(resources, "/XObject", name)
        if not isinstance(form, Stream):
            return
        if form.get("/Subtype") != Name.Form:
            self.drawn.pictures += 1
            return
        if form.get("/OC") is not None and self.reader.layers(form.OC):
            self.content.hidden.add(step)
        matrix = matrix_of(form.Matrix) if "/Matrix" in form else IDENTITY
        state = replace(self.state, page=times(matrix, self.state.page))
        own = form.get("/Resources", resources)
        self.content.forms[step] = self.reader._read(
            self.drawn, form, own, self.reader._form(form), state, self.depth + 1
        )

    def _mark(self, step: int, values: Sequence[Any]) -> None:
        given = values[1] if len(values) > 1 else None
        if isinstance(given, Name):
            given = named(self.content.resources, "/Properties", given)
        layer = values[0] == Name.OC and isinstance(given, Dictionary) and self.reader.layers(given)
        self.marks.append(bool(layer))
        if isinstance(given, Dictionary):
            for key in ALTERNATIVES:
                if isinstance(given.get(key), pikepdf.String):
                    self.content.alternatives.append((step, str(given[key])))

    def _path(self, step: int, name: str, values: Sequence[Any]) -> None:
        match name:
            case "m" | "l" | "c" | "v" | "y":
                numbers = numbers_of(values, _CURVES[name])
                self._point(step, *((numbers[n], numbers[n + 1]) for n in range(0, len(numbers), 2)))
            case "re":
                x, y, width, height = numbers_of(values, 4)
                self._point(step, (x, y), (x + width, y + height), (x + width, y), (x, y + height))
            case "W" | "W*":
                self.clips = True
            case "INLINE IMAGE":
                self.drawn.pictures += 1
            case _ if name in PAINTS:
                if self.points and not self.clips and name != "n":
                    xs, ys = zip(*self.points, strict=True)
                    self.content.drawings.append(Drawing(self.path_from, step, (min(xs), min(ys), max(xs), max(ys))))
                    self.drawn.drawings += 1
                self.points, self.clips, self.path_from = [], False, -1

    def _point(self, step: int, *points: tuple[float, float]) -> None:
        if self.path_from < 0:
            self.path_from = step
        a, b, c, d, e, f = self.state.page
        self.points.extend((a * x + c * y + e, b * x + d * y + f) for x, y in points)


def parsed(pdf: pikepdf.Pdf, data: bytes) -> list[Any]:
    """The operators of a content stream, to its very end: qpdf gives up in silence where others read on."""
    if len(data) > MAX_CONTENT:
        raise FormatError(f"its content is larger than {MAX_CONTENT >> 20} MiB")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        steps = list(pikepdf.parse_content_stream(pikepdf.Stream(pdf, data + _END)))
    if not steps or str(steps[-1].operator) != "MP" or [str(value) for value in steps[-1].operands] != [_END_NAME]:
        raise FormatError("its content can't be followed to the end")
    return steps[:-1]


def walk(drawn: PageContent) -> Iterator[tuple[Content, bool]]:
    """The page's own content and those of the forms in it, at each use; and whether all of it lies in a layer that is not shown."""
    waiting = [(drawn.content, False)] if drawn.content is not None else []
    while waiting:
        content, hidden = waiting.pop()
        yield content, hidden
        waiting.extend((form, hidden or step in content.hidden) for step, form in content.forms.items())


def contents_of(drawn: PageContent) -> Iterator[Content]:
    """The page's own content and those of the forms in it, at each use."""
    return (content for content, _ in walk(drawn))


def hidden_glyphs(drawn: PageContent) -> Iterator[Glyph]:
    """What is drawn in layers that are not shown."""
    for content, hidden in walk(drawn):
        for step, show in content.shows.items():
            if hidden or step in content.hidden:
                yield from show.glyphs


def drawn_names(content: Content) -> set[str]:
    """The names of the pictures and forms that a content draws, also those that forms without resources of their own do."""
    names = {
        str(step.operands[0])
        for number, step in enumerate(content.steps)
        if number not in content.hidden and str(step.operator) == "Do"
    }
    for number, form in content.forms.items():
        if number not in content.hidden and "/Resources" not in form.owner:
            names |= drawn_names(form)
    return names
