"""Paragraphs of office documents: a text joined over its runs, and edits put back into them with their formatting kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from redactor.formats.office.markup import local, namespace, remove
from redactor.formats.unit import Redacted
from redactor.model import Edit
from redactor.text.overrides import END, OVERRIDE

WORD: Final = frozenset(
    {
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "http://purl.oclc.org/ooxml/wordprocessingml/main",
    }
)
DRAWING: Final = frozenset(
    {"http://schemas.openxmlformats.org/drawingml/2006/main", "http://purl.oclc.org/ooxml/drawingml/main"}
)
MATH: Final = frozenset(
    {"http://schemas.openxmlformats.org/officeDocument/2006/math", "http://purl.oclc.org/ooxml/officeDocument/math"}
)
COMPATIBILITY: Final = "http://schemas.openxmlformats.org/markup-compatibility/2006"
SPACE: Final = "{http://www.w3.org/XML/1998/namespace}space"
_MARKS: Final = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "softHyphen": "\u00ad"}


@dataclass(slots=True)
class Leaf:
    """An element that holds text, or stands for a character of it (a tab, a symbol: `mark`).

    `turns`: what is in it is shown from right to left; the character says so, and the element stays.
    """

    element: etree._Element
    text: str
    mark: bool = False
    turns: bool = False


@dataclass(slots=True)
class Paragraph:
    """A text over several leaves. `element`: what holds them: a paragraph, a ruby's reading, the begin of a field.

    `fallback`: it is shown only by readers that don't know the newer form beside it (a text box in VML).
    """

    element: etree._Element
    leaves: list[Leaf] = field(default_factory=list)
    fallback: bool = False

    @property
    def text(self) -> str:
        """The text over all leaves."""
        return "".join(leaf.text for leaf in self.leaves)

    def write(self, redacted: Redacted, spelled: Callable[[str], str] = str) -> None:
        """Put the edits into the leaves: what is written goes into the first leaf with text that an edit touches.

        `spelled`: how the format writes a text.
        """
        for edit in reversed(redacted.edits):
            self._make(edit)
        for leaf in self.leaves if redacted.edits else ():
            if not leaf.mark:
                leaf.element.text = spelled(leaf.text)
                if leaf.text != leaf.text.strip() and namespace(leaf.element) in WORD:
                    leaf.element.set(SPACE, "preserve")

    def _make(self, edit: Edit) -> None:
        at, written = 0, edit.replacement
        touched: list[tuple[Leaf, int, int]] = []
        for leaf in self.leaves:
            end = at + len(leaf.text)
            if leaf.turns:
                at = end
                continue
            if at < edit.end and end > edit.start:
                touched.append((leaf, max(edit.start - at, 0), min(edit.end - at, len(leaf.text))))
            elif not touched and at <= edit.start <= end and edit.start == edit.end and not leaf.mark:
                touched.append((leaf, edit.start - at, edit.start - at))
            at = end
        first = next((leaf for leaf, _, _ in touched if not leaf.mark), None)
        if first is None and written and touched:
            first = touched[0][0]
            if namespace(first.element) in WORD:
                _make_text(first)
            else:
                others = [leaf for leaf in self.leaves if not leaf.mark]
                if others:
                    others[0].text += written
        for leaf, low, high in touched:
            put = written if leaf is first else ""
            if leaf.mark:
                remove(leaf.element)
                leaf.text = ""
            else:
                leaf.text = leaf.text[:low] + put + leaf.text[high:]


def _make_text(leaf: Leaf) -> None:
    """Let a mark hold a text."""
    leaf.element.tag = f"{{{namespace(leaf.element)}}}t"
    leaf.element.attrib.clear()
    leaf.mark = False


@dataclass(slots=True)
class Read:
    """What a part says: its paragraphs in order, readings of ruby with what they stand over, codes of fields."""

    paragraphs: list[Paragraph] = field(default_factory=list)
    rubies: list[tuple[Paragraph, list[Leaf]]] = field(default_factory=list)
    codes: list[Paragraph] = field(default_factory=list)


def read_paragraphs(root: etree._Element) -> Read:
    """The paragraphs of a part, those of text boxes after the one that they hang in; runs outside any stand alone."""
    found = Read()
    stack: list[Paragraph] = []
    codes: list[Paragraph] = []
    reading: list[Paragraph] = []
    bases: list[list[Leaf]] = []
    fallbacks = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if not isinstance(element.tag, str):
            continue
        name, space, begins = local(element), namespace(element), event == "start"
        match name:
            case "Fallback" if space == COMPATIBILITY:
                fallbacks += 1 if begins else -1
            case "p" if (space in WORD or space in DRAWING) and begins:
                stack.append(Paragraph(element, fallback=fallbacks > 0))
                found.paragraphs.append(stack[-1])
            case "p" if space in WORD or space in DRAWING:
                stack.pop()
            case "ruby" if space in WORD:
                bases.append([]) if begins else bases.pop()
            case "rt" if space in WORD and begins:
                reading.append(Paragraph(element))
                found.rubies.append((reading[-1], bases[-1] if bases else []))
            case "rt" if space in WORD:
                reading.pop()
            case "bdo" if space in WORD and stack and element.get(f"{{{space}}}val") == "rtl":
                stack[-1].leaves.append(Leaf(element, OVERRIDE if begins else END, mark=True, turns=True))
            case _ if not begins:
                pass
            case "fldChar" if space in WORD:
                state = element.get(f"{{{space}}}fldCharType")
                if state == "begin":
                    codes.append(Paragraph(element))
                    found.codes.append(codes[-1])
                elif codes and state == "end":
                    codes.pop()
            case "instrText" | "delInstrText" if space in WORD:
                if not codes:
                    found.codes.append(Paragraph(element))
                (codes or found.codes)[-1].leaves.append(Leaf(element, element.text or ""))
            case _ if leaf := _leaf(element, name, space):
                owner = reading[-1] if reading else stack[-1] if stack else None
                if owner is None:
                    owner = Paragraph(element, fallback=fallbacks > 0)
                    found.paragraphs.append(owner)
                owner.leaves.append(leaf)
                if bases and not reading:
                    bases[-1].append(leaf)
    return found


def _leaf(element: etree._Element, name: str, space: str) -> Leaf | None:
    if name in ("t", "delText") and (space in WORD or space in DRAWING or space in MATH):
        return Leaf(element, element.text or "")
    if space in DRAWING and name == "br":
        return Leaf(element, "\n", mark=True)
    if space not in WORD:
        return None
    if name == "sym":
        return Leaf(element, _symbol(element.get(f"{{{space}}}char", "")), mark=True)
    parent = element.getparent()
    if name not in _MARKS or parent is None or local(parent) != "r":
        return None
    if name == "br" and element.get(f"{{{space}}}type", "textWrapping") != "textWrapping":
        return None
    return Leaf(element, _MARKS[name], mark=True)


def _symbol(code: str) -> str:
    """The character of `w:sym`; one of a symbol font's private range says nothing and is a bullet."""
    try:
        point = int(code, 16)
    except ValueError:
        return "•"
    return chr(point) if 0x20 <= point < 0xD800 else "•"


def copies(paragraphs: Sequence[Paragraph]) -> Iterator[tuple[Paragraph, Paragraph | None]]:
    """Each paragraph, with the one whose text it repeats when it is a fallback for readers that know no newer form."""
    seen: dict[str, Paragraph] = {}
    for paragraph in paragraphs:
        if paragraph.fallback:
            yield paragraph, seen.get(paragraph.text)
        else:
            seen[paragraph.text] = paragraph
            yield paragraph, None
