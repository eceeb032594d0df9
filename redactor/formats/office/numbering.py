"""What a reader calls the place of a paragraph in a Word document: paragraph 12; table 1, row 2, cell 3."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

from lxml import etree

from redactor.formats.office.markup import local, local_name
from redactor.formats.office.paragraphs import WORD, Paragraph

_NAMES: Final = {
    "p": "paragraph",
    "tbl": "table",
    "tr": "row",
    "tc": "cell",
    "txbxContent": "text box",
    "comment": "comment",
    "footnote": "footnote",
    "endnote": "endnote",
}
_TAGS: Final = [f"{{{space}}}{name}" for space in sorted(WORD) for name in _NAMES]
_ALONE: Final = ("cell", "text box", "comment", "footnote", "endnote")
"""What usually holds one paragraph, whose number then says nothing."""
_NOTES: Final = ("footnote", "endnote")


def numbered(root: etree._Element, paragraphs: Iterable[Paragraph], part: str) -> dict[int, str]:
    """The places of paragraphs of a part, by the `id` of each; `part` begins each of them, and stands alone for what
    is in no paragraph."""
    places: dict[etree._Element, str] = {}
    # Where we are, how often each kind of thing has come there, and whether that usually holds one paragraph.
    around: list[tuple[str, Counter[str], bool]] = [(part, Counter(), False)]
    for event, element in etree.iterwalk(root, events=("start", "end"), tag=_TAGS):
        name = _NAMES[local(element)]
        if event == "end":
            around.pop()
            continue
        place, counts, alone = around[-1]
        # Lines between notes and text are kept among the notes, with a type.
        counts[name] += not any(local_name(str(key)) == "type" for key in element.attrib) or name not in _NOTES
        here = ", ".join(filter(None, (place, f"{name} {counts[name]}")))
        if name == "paragraph":
            here = place if alone and counts[name] == 1 else here
            places[element] = here
        around.append((here, Counter(), name in _ALONE))
    return {id(each): places.get(each.element, part) for each in paragraphs}
