"""Word documents (ECMA-376 part 1, WordprocessingML): every text of every part, the package rebuilt from an allow-list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import BinaryIO, Final

from lxml import etree

from redactor.formats.office.drawing import CHARTS, DIAGRAMS, LOOKS, flow_paragraphs, mend_numbers
from redactor.formats.office.hidden_runs import hidden_runs, read_styles
from redactor.formats.office.markup import elements, local, named, remove, remove_all
from redactor.formats.office.numbering import numbered
from redactor.formats.office.package import Package
from redactor.formats.office.paragraphs import Leaf, Paragraph, Read, read_paragraphs
from redactor.formats.office.parts import Kind, prepared
from redactor.formats.office.revisions import accept_deletions, scrub
from redactor.formats.office.shared_parts import SHARED, redact_links
from redactor.formats.office.values import Names, redact_values
from redactor.formats.options import Options
from redactor.formats.unit import Session, Sink, Unit, apart, replaced, unshown
from redactor.language import say

_WORD: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_MICROSOFT: Final = "application/vnd.ms-word."
_MAIN: Final = (f"{_WORD}document.main+xml", f"{_WORD}template.main+xml")
_FLOWS: Final = (
    *_MAIN,
    f"{_WORD}footnotes+xml",
    f"{_WORD}endnotes+xml",
    f"{_WORD}comments+xml",
    f"{_WORD}header+xml",
    f"{_WORD}footer+xml",
    f"{_WORD}document.glossary+xml",
    *CHARTS,
    *DIAGRAMS,
)
"""Parts that hold paragraphs, in the order in which they are read; each is a flow of its own."""
_COMMENTS: Final = (
    f"{_WORD}commentsExtended+xml",
    f"{_WORD}commentsIds+xml",
    f"{_WORD}commentsExtensible+xml",
    f"{_WORD}people+xml",
    "application/vnd.ms-word.commentsExtended+xml",
    "application/vnd.ms-word.commentsIds+xml",
    "application/vnd.ms-word.commentsExtensible+xml",
    "application/vnd.ms-word.people+xml",
)
_STYLES: Final = f"{_WORD}styles+xml"
_OTHERS: Final = (
    *_COMMENTS,
    _STYLES,
    f"{_WORD}settings+xml",
    f"{_WORD}webSettings+xml",
    f"{_WORD}fontTable+xml",
    f"{_WORD}numbering+xml",
    f"{_MICROSOFT}stylesWithEffects+xml",
    *LOOKS,
)
_FONT: Final = "application/vnd.openxmlformats-officedocument.obfuscatedFont"
_SETTINGS: Final = frozenset(
    ["mailMerge", "docVars", "attachedTemplate", "attachedSchema", "saveThroughXslt", "schemaLibrary", "smartTagType"]
)
"""Settings that say where a document came from, or hold what its fields show: dropped."""
_TEXT_VALUES: Final = frozenset(
    [
        "helpText",
        "statusText",
        "default",
        "name",
        "listEntry",
        "alias",
        "tag",
        "docVar",
        "tblCaption",
        "tblDescription",
        "lvlText",
        "altName",
        "aliases",
        "placeholder",
        "docPart",
        "description",
        "category",
    ]
)
"""Elements whose `w:val` a person has written."""
_TEXT_ATTRIBUTES: Final = frozenset(
    [
        "tooltip",
        "docLocation",
        "tgtFrame",
        "displayText",
        "value",
        "descr",
        "title",
        "alt",
        "string",
        "href",
        "author",
        "initials",
        "userId",
        "providerId",
        "instr",
        "caption",
        "password",
        "prompt",
        "label",
    ]
)
"""Attributes that a person has written, in any element."""
_NAMED: Final = frozenset(["docPr", "cNvPr", "property", "dropDownList"])
_LAST: Final = frozenset(
    ["tc", "txbxContent", "comment", "footnote", "endnote", "hdr", "ftr", "sdtContent", "docPartBody", "body"]
)
"""What may not be left without a paragraph."""
_PASSING: Final = frozenset(
    [
        "p",
        "pPr",
        "r",
        "rPr",
        "t",
        "tab",
        "br",
        "cr",
        "noBreakHyphen",
        "softHyphen",
        "sym",
        "proofErr",
        "hyperlink",
        "smartTag",
        "ins",
        "moveTo",
        "lastRenderedPageBreak",
    ]
)
"""What may go with a paragraph."""


def _drop_parts(package: Package, options: Options) -> dict[str, str]:
    """Parts that say who took part, or that nothing can look into."""
    lost = dict.fromkeys(package.of_type(*_COMMENTS), "who wrote comments, and when") if options.scrub_metadata else {}
    if options.scrub_metadata or options.unknown == "drop":
        lost |= dict.fromkeys(package.of_type(_FONT), "an embedded font")
    return lost


_KIND: Final = Kind(
    "Word document",
    _MAIN,
    known=frozenset((*_FLOWS, *_OTHERS, *SHARED)),
    dropped={},
    also=_drop_parts,
)


def redact(source: BinaryIO, out: Sink, session: Session, options: Options) -> None:
    """Redact a Word document."""
    package = prepared(source, _KIND, session, options)
    _drop_sources(package, session)
    _clean(package, session, options)
    codes: list[tuple[str, Paragraph]] = []
    done: set[etree._Element] = set()
    styles = read_styles(
        [root for _, root in package.roots(_STYLES)], paged=bool(named(package.trees[package.main], "background"))
    )
    for part, root in [each for kind in _FLOWS for each in package.roots(kind)]:
        read = read_paragraphs(root)
        for what, places in hidden_runs(root, read.paragraphs, styles).items():
            session.hidden(part, what, places)
        _flow(part, read, numbered(root, read.paragraphs, "" if part == package.main else part), session)
        codes += [(part, code) for code in read.codes]
        texts = (*read.paragraphs, *read.codes, *(reading for reading, _ in read.rubies))
        done.update(leaf.element for text in texts for leaf in text.leaves)
    names = Names()
    redact_links(package, session, names)
    redact_values(package.trees, session, _is_text, done, names)
    _redact_codes(codes, session, names)
    for root in package.trees.values():
        mend_numbers(root)
        for element in named(root, "fldSimple"):
            for attribute, code in element.items():
                element.set(attribute, names.in_code(str(code)))
    package.write(out)


def _drop_sources(package: Package, session: Session) -> None:
    """Links to what a document was made from."""
    for source, found in list(package.relationships.items()):
        for relationship in found:
            if relationship.kind in ("attachedTemplate", "recipientData") or relationship.kind.startswith("mailMerge"):
                package.unlink(source, [relationship])
                session.removed("word/settings.xml", say("a template or source of data"))
    package.prune()


def _clean(package: Package, session: Session, options: Options) -> None:
    """Take out what no reader is to see: deleted text, traces of work."""
    for part, root in package.trees.items():
        deleted = accept_deletions(root)
        if deleted:
            session.removed(part, say("{deleted} tracked deletions", deleted=deleted))
        if options.scrub_metadata and scrub(root):
            session.removed(part, say("authors, dates and marks of revisions"))
        if remove_all(named(root, *_SETTINGS, "dataBinding")):
            session.removed(part, say("variables, templates, sources of data"))


def _flow(part: str, read: Read, places: Mapping[int, str], session: Session) -> None:
    """Redact the paragraphs of a part as one text, then the readings of what stayed. `places`: of each paragraph, by its `id`."""
    before = [_text_of(base) for _, base in read.rubies]
    shown = [p for p in read.paragraphs if p.text.strip() or not p.fallback]
    flow_paragraphs([(p, Unit(p.text, places[id(p)] or part)) for p in shown], session, _take_out)
    for (reading, base), text in zip(read.rubies, before, strict=True):
        if _text_of(base) != text:
            reading.write(replaced(reading.text, "", "ruby"))
    rest = [reading for reading, _ in read.rubies if reading.text.strip()]
    for reading, answer in zip(rest, session.flow([Unit(r.text, part) for r in rest]), strict=True):
        reading.write(answer)


def _text_of(leaves: Sequence[Leaf]) -> str:
    return "".join(leaf.text for leaf in leaves)


def _take_out(paragraph: Paragraph) -> None:
    """Remove the container of a text that is gone, where nothing else is in it and it is not needed."""
    element = paragraph.element
    parent = element.getparent()
    more = any(local(e) not in _PASSING and not _in_properties(e, element) for e in elements(element))
    if parent is None or more or named(element, "sectPr") or _between_tables(element):
        return
    if local(parent) in _LAST:
        others = [e for e in parent if e is not element and local(e) == "p"]
        last = local(parent) == "tc" and element.getnext() is None
        if not others or (last and local(parent[-2]) != "p"):
            return
    remove(element)


def _between_tables(paragraph: etree._Element) -> bool:
    """Whether a paragraph keeps a table from running into the next, or is what a table needs after it."""
    before, after = paragraph.getprevious(), paragraph.getnext()
    return before is not None and local(before) == "tbl" and (after is None or local(after) in ("tbl", "sectPr"))


def _in_properties(element: etree._Element, paragraph: etree._Element) -> bool:
    above = takewhile(lambda parent: parent is not paragraph, element.iterancestors())
    return any(local(parent) in ("pPr", "rPr") for parent in above)


def _redact_codes(codes: list[tuple[str, Paragraph]], session: Session, names: Names) -> None:
    """Redact the codes of fields, once what they refer to has its new names."""
    texts = [(part, code) for part, code in codes if code.text.strip()]
    for _, code in texts:
        renamed = names.in_code(code.text)
        if renamed != code.text:
            code.write(replaced(code.text, renamed, "name"))
    units = [unshown(code.text, part) for part, code in texts]
    for (_, code), answer in zip(texts, apart(session, units), strict=True):
        code.write(answer)


def _is_text(element: etree._Element, attribute: str) -> bool:
    if attribute in _TEXT_ATTRIBUTES:
        return True
    name = local(element)
    if attribute == "val":
        parent = element.getparent()
        return name in _TEXT_VALUES and (parent is None or local(parent) != "ffData" or name != "name")
    return attribute == "name" and (name in _NAMED or (name == "docVar"))
