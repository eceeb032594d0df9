"""Text of a Word document that is there and can't be seen: formatted as hidden, white on white, a point high at most.

Only what is certain: `w:webHidden` hides in one view only (Word puts it on the page numbers of every table of contents),
`w:specVanish` and what a paragraph's mark has hide that mark and no text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby, islice
from typing import Final

from lxml import etree

from redactor.formats.office.markup import elements, local, namespace
from redactor.formats.office.paragraphs import WORD, Paragraph
from redactor.language import later

_OFF: Final = frozenset(("0", "false", "off"))
_WHITE: Final = "FFFFFF"
_PAPER: Final = frozenset(("", "AUTO", _WHITE))
_TINY: Final = 2
"""Half points."""
_BEFORE_PROPERTIES: Final = 8
"""Children among which properties are looked for: the rest of a long paragraph is not."""
_MAX_BASES: Final = 12
"""Styles that build on one another; in a ring of them, too."""
_MAX_PROPERTIES: Final = 50
_HIDING: Final = ("{*}vanish", "{*}color", "{*}sz")
_PLAIN_PATTERNS: Final = frozenset(("clear", "nil"))
_NO_HIGHLIGHT: Final = frozenset(("none", "white"))


@dataclass(frozen=True, slots=True)
class _Looks:
    """What properties say of a text; None: nothing. `ground`: it stands on a background of its own."""

    vanish: bool | None = None
    colour: str | None = None
    size: int | None = None
    ground: bool = False

    def over(self, below: _Looks) -> _Looks:
        """These, and where they say nothing, those of what they build on."""
        return _Looks(
            below.vanish if self.vanish is None else self.vanish,
            self.colour or below.colour,
            below.size if self.size is None else self.size,
            self.ground or below.ground,
        )


_NOTHING: Final = _Looks()


@dataclass(slots=True)
class Styles:
    """The styles of a document, each with what it builds on.

    `by_id`: their elements; `paged`: its pages have a colour; `hide`: one of them could hide a text.
    """

    by_id: dict[str, etree._Element] = field(default_factory=dict)
    defaults: _Looks = _NOTHING
    usual: str = ""
    paged: bool = False
    hide: bool = False
    _looks: dict[str, _Looks] = field(default_factory=dict)
    _shading: dict[str, bool] = field(default_factory=dict)

    def looks(self, name: str) -> _Looks:
        """What a paragraph or character style says."""
        if name not in self._looks:
            found = _NOTHING
            for style in self._chain(name):
                own = _read(_child(style, "rPr"))
                found = found.over(own).over(_Looks(ground=_is_shaded(_child(style, "pPr"))))
            self._looks[name] = found
        return self._looks[name]

    def shades(self, name: str) -> bool:
        """Whether a table style gives any of its cells a background."""
        if name not in self._shading:
            shades = (e for style in self._chain(name) for e in elements(style) if local(e) == "shd")
            self._shading[name] = any(map(_is_ground, shades))
        return self._shading[name]

    def _chain(self, name: str) -> Iterator[etree._Element]:
        for _ in range(_MAX_BASES):
            style = self.by_id.get(name)
            if style is None:
                return
            yield style
            name = _value(_child(style, "basedOn"))


def read_styles(roots: Iterable[etree._Element], *, paged: bool) -> Styles:
    """The styles of `word/styles.xml`, of which there should be one."""
    styles = Styles(paged=paged)
    for root in roots:
        for element in root.iterchildren(etree.Element):
            if local(element) == "docDefaults":
                styles.defaults = _read(_child(_child(element, "rPrDefault"), "rPr"))
            elif local(element) == "style":
                name = _attribute(element, "styleId")
                styles.by_id.setdefault(name, element)
                if _attribute(element, "type") == "paragraph" and _attribute(element, "default") in ("1", "true", "on"):
                    styles.usual = styles.usual or name
    texts = [
        name for name, element in styles.by_id.items() if _attribute(element, "type") in ("paragraph", "character")
    ]
    styles.hide = any(map(_is_hiding, (styles.defaults, *map(styles.looks, texts))))
    return styles


def hidden_runs(root: etree._Element, paragraphs: Iterable[Paragraph], styles: Styles) -> Counter[str]:
    """How many places of a part are hidden in which way; what stands side by side in a paragraph is one place."""
    found: Counter[str] = Counter()
    if not (styles.hide or any(_is_hiding(_read(e.getparent())) for e in root.iter(*_HIDING))):
        return found  # as most parts of most documents
    for paragraph in paragraphs:
        if not paragraph.fallback:
            block = styles.looks(_value(_child(_properties(paragraph.element), "pStyle")) or styles.usual)
            kinds = (_hides(leaf.element, block, styles) for leaf in paragraph.leaves if leaf.text.strip())
            found.update(kind for kind, _ in groupby(kinds) if kind)
    return found


def _hides(leaf: etree._Element, block: _Looks, styles: Styles) -> str:
    """How the text of a run is hidden, "" when it is not. `block`: what its paragraph's style says."""
    run = leaf.getparent()
    if run is None or local(run) != "r":
        return ""
    properties = _properties(run)
    direct = _read(properties)
    character = styles.looks(_value(_child(properties, "rStyle")))
    looks = direct.over(character).over(block).over(styles.defaults)
    vanish = direct.vanish
    if vanish is None:
        # A style's switch turns round what the style below has set (17.7.3).
        vanish = bool(character.vanish) != bool(block.vanish) or bool(styles.defaults.vanish)
    if vanish:
        return later("formatted as hidden")
    if _is_tiny(looks):
        return later("1 pt or smaller")
    if looks.colour == _WHITE and not (looks.ground or styles.paged or _has_ground(run, styles)):
        return later("white on white")
    return ""


def _is_tiny(looks: _Looks) -> bool:
    return looks.size is not None and looks.size <= _TINY


def _is_hiding(looks: _Looks) -> bool:
    """Whether a text could be hidden by these properties."""
    return bool(looks.vanish) or looks.colour == _WHITE or _is_tiny(looks)


def _has_ground(run: etree._Element, styles: Styles) -> bool:
    """Whether what a run stands in has a background, or could have one."""
    for element in run.iterancestors(etree.Element):
        name = local(element)
        if name == "txbxContent":
            return True
        if name in ("p", "tc", "tbl") and _is_shaded(_properties(element)):
            return True
        if name == "tbl" and styles.shades(_value(_child(_properties(element), "tblStyle"))):
            return True
    return False


def _read(properties: etree._Element | None) -> _Looks:
    if properties is None:
        return _NOTHING
    vanish: bool | None = None
    colour: str | None = None
    size: int | None = None
    ground = False
    for element in islice(properties.iterchildren(etree.Element), _MAX_PROPERTIES):
        value = _value(element)
        match local(element) if namespace(element) in WORD else "":
            case "vanish":
                vanish = value not in _OFF
            case "color":
                colour = value.upper()
            case "sz" if value.isdecimal() and len(value) < 6:
                size = int(value)
            case "shd":
                ground = ground or _is_ground(element)
            case "highlight":
                ground = ground or value not in _NO_HIGHLIGHT
    return _Looks(vanish, colour, size, ground)


def _is_shaded(properties: etree._Element | None) -> bool:
    shade = _child(properties, "shd")
    return shade is not None and _is_ground(shade)


def _is_ground(shade: etree._Element) -> bool:
    """Whether a shading is anything but white."""
    return (
        _attribute(shade, "fill").upper() not in _PAPER
        or bool(_attribute(shade, "themeFill"))
        or _value(shade) not in _PLAIN_PATTERNS
    )


def _properties(element: etree._Element) -> etree._Element | None:
    """The properties of a run, paragraph, cell or table: its first child, but for marks of ranges before it."""
    return _child(element, f"{local(element)}Pr", _BEFORE_PROPERTIES)


def _child(element: etree._Element | None, name: str, among: int = _MAX_PROPERTIES) -> etree._Element | None:
    first = islice(element.iterchildren(etree.Element), among) if element is not None else ()
    return next((e for e in first if local(e) == name and namespace(e) in WORD), None)


def _attribute(element: etree._Element, name: str) -> str:
    return element.get(f"{{{namespace(element)}}}{name}") or ""


def _value(element: etree._Element | None) -> str:
    return _attribute(element, "val") if element is not None else ""
