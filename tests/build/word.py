"""A new Word document as python-docx makes it, without most of the styles of its template, whose 800 KB take longer to redact than what a test writes."""

from __future__ import annotations

import io
from functools import cache

import docx
from docx.document import Document as Word
from docx.oxml.ns import qn

STYLES = (
    "Normal",
    "DefaultParagraphFont",
    "TableNormal",
    "NoList",
    "TableGrid",
    "LightShading-Accent1",
    "Title",
    "Heading1",
    "Header",
    "Footer",
)
"""What is kept, by id: what a document has without being asked, and what these tests ask for."""


def new_word() -> Word:
    """The document, with nothing in it."""
    return docx.Document(io.BytesIO(_frame()))


@cache
def _frame() -> bytes:
    made, out = docx.Document(), io.BytesIO()
    styles = made.styles.element
    for each in list(styles):
        if each.tag == qn("w:latentStyles") or (each.tag == qn("w:style") and each.get(qn("w:styleId")) not in STYLES):
            styles.remove(each)
    for name in [name for name, link in made.part.rels.items() if link.reltype.endswith("/stylesWithEffects")]:
        made.part.drop_rel(name)
    made.save(out)
    return out.getvalue()
