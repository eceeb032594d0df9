"""Word documents (ECMA-376 part 1, WordprocessingML): every text of every part, the package rebuilt from an allow-list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import BinaryIO, Final

from lxml import etree

from redactor.formats.office.drawing import mend_numbers
from redactor.formats.office.hidden_runs import hidden_runs, read_styles
from redactor.formats.office.markup import declared, drop_comments, drop_strangers, elements, local, named, remove
from redactor.formats.office.numbering import numbered
from redactor.formats.office.package import Package, check_active, keep_known, opened
from redactor.formats.office.paragraphs import Paragraph, Read, copies, read_paragraphs
from redactor.formats.office.revisions import accept_deletions, scrub
from redactor.formats.office.shared_parts import EMBEDDED, SHARED, redact_links, redact_shared
from redactor.formats.office.values import Names, apart, redact_values
from redactor.formats.options import Options
from redactor.formats.unit import Redacted, Session, Sink, Unit, unshown
from redactor.model import Edit, FormatError

_WORD: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_DRAWING: Final = "application/vnd.openxmlformats-officedocument.drawingml."
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
    f"{_DRAWING}chart+xml",
    f"{_DRAWING}chartshapes+xml",
    f"{_DRAWING}diagramData+xml",
    "application/vnd.ms-office.drawingml.diagramDrawing+xml",
    "application/vnd.ms-office.chartex+xml",
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
    "application/vnd.openxmlformats-officedocument.theme+xml",
    "application/vnd.openxmlformats-officedocument.themeOverride+xml",
    f"{_DRAWING}diagramLayout+xml",
    f"{_DRAWING}diagramStyle+xml",
    f"{_DRAWING}diagramColors+xml",
    "application/vnd.ms-office.chartstyle+xml",
    "application/vnd.ms-office.chartcolorstyle+xml",
    "application/vnd.openxmlformats-officedocument.vmlDrawing",
    "application/vnd.ms-word.keyMapCustomizations+xml",
    "application/inkml+xml",
)
_LABELS: Final = (
    "application/vnd.ms-office.classificationlabels+xml",
    "application/vnd.ms-office.webextension+xml",
    "application/vnd.ms-office.webextensiontaskpanes+xml",
)
"""Parts that serve an organisation or an add-in, not the document's reader: dropped."""
_FONT: Final = "application/vnd.openxmlformats-officedocument.obfuscatedFont"
_CUSTOM_XML: Final = ("customXml", "customXmlProps")
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


def redact(source: BinaryIO, out: Sink, session: Session, options: Options) -> None:
    """Redact a Word document."""
    with opened(source) as package:
        check_active(package, session, options)
        if package.types[package.main] not in _MAIN:
            raise FormatError("a package whose main part is no Word document")
        _drop_parts(package, session, options)
        keep_known(package, frozenset((*_FLOWS, *_OTHERS, _FONT, *SHARED)), session, options)
        redact_shared(package, session, options)
        trees = _trees(package)
        changed = _clean(package, trees, session, options)
        codes: list[tuple[str, Paragraph]] = []
        done: set[etree._Element] = set()
        styles = read_styles(
            [trees[part] for part in package.of_type(_STYLES)], paged=bool(named(trees[package.main], "background"))
        )
        for part in _in_order(package, trees):
            read = read_paragraphs(trees[part])
            for what, places in hidden_runs(trees[part], read.paragraphs, styles).items():
                session.hidden(part, what, places)
            numbers = numbered(trees[part], read.paragraphs, "" if part == package.main else part)
            if _flow(part, read, numbers, session):
                changed.add(part)
            codes += [(part, code) for code in read.codes]
            texts = (*read.paragraphs, *read.codes, *(reading for reading, _ in read.rubies))
            done.update(leaf.element for text in texts for leaf in text.leaves)
        names = Names()
        redact_links(package, session, names)
        changed |= redact_values(trees, session, _is_text, done, names)
        changed |= _codes(codes, session, names)
        changed |= _mended(trees, names)
        for part in changed:
            package.put_tree(part, trees[part])
        package.write(out)


def _drop_parts(package: Package, session: Session, options: Options) -> None:
    """Parts that hold copies of what fields and controls show, or say who took part."""
    for source, found in list(package.relationships.items()):
        for relationship in found:
            if relationship.kind in _CUSTOM_XML and relationship.part in package.types:
                package.drop(relationship.part)
                session.removed(relationship.part, "custom XML")
            elif relationship.kind in ("attachedTemplate", "recipientData") or relationship.kind.startswith(
                "mailMerge"
            ):
                package.unlink(source, [relationship])
                session.removed("word/settings.xml", "a template or source of data")
    for part in package.of_type(*_LABELS):
        package.drop(part)
        session.removed(part, "a label or an add-in's data")
    if options.scrub_metadata:
        for part in package.of_type(*_COMMENTS):
            package.drop(part)
            session.removed(part, "who wrote comments, and when")
    for part in package.of_type(_FONT):
        if options.scrub_metadata or options.unknown == "drop":
            package.drop(part)
            session.removed(part, "an embedded font")
        else:
            session.unchecked(part, "an embedded font")
    package.prune()


def _trees(package: Package) -> dict[str, etree._Element]:
    """The XML parts, parsed."""
    return {
        part: package.tree(part)
        for part, kind in sorted(package.types.items())
        if kind.endswith(("+xml", "vmlDrawing")) and (kind not in EMBEDDED or part == package.main)
    }


def _clean(package: Package, trees: dict[str, etree._Element], session: Session, options: Options) -> set[str]:
    """Take out what no reader is to see: comments of the markup, deleted text, traces of work; the parts that have changed."""
    changed: set[str] = set()
    for part, root in trees.items():
        if drop_comments(root):
            changed.add(part)
            session.removed(part, "comments or instructions of the markup")
        if drop_strangers(root, declared(package.data(part))):
            changed.add(part)
            session.removed(part, "elements of a namespace that is not known")
        deleted = accept_deletions(root)
        if deleted:
            changed.add(part)
            session.removed(part, f"{deleted} tracked deletions")
        if options.scrub_metadata and scrub(root):
            changed.add(part)
            session.removed(part, "authors, dates and marks of revisions")
        gone = named(root, *_SETTINGS, "dataBinding")
        for element in gone:
            remove(element)
        if gone:
            changed.add(part)
            session.removed(part, "variables, templates, sources of data")
    return changed


def _in_order(package: Package, trees: Mapping[str, etree._Element]) -> list[str]:
    """The parts that hold paragraphs, as they are read."""
    return [part for kind in _FLOWS for part in package.of_type(kind) if part in trees]


def _flow(part: str, read: Read, places: Mapping[int, str], session: Session) -> bool:
    """Redact the paragraphs of a part as one text; whether anything changed. `places`: of each paragraph, by its `id`."""
    texts = [(p, original) for p, original in copies(read.paragraphs) if p.text.strip() or not p.fallback]
    asked = [p for p, original in texts if original is None]
    answers = dict(zip(map(id, asked), session.flow([Unit(p.text, places[id(p)] or part) for p in asked]), strict=True))
    changed = False
    gone: list[Paragraph] = []
    touched: set[int] = set()
    for paragraph, original in texts:
        answer = answers[id(original or paragraph)]
        if not answer.edits and not answer.gone:
            continue
        changed = True
        before = [(leaf, leaf.text) for leaf in paragraph.leaves]
        paragraph.write(answer)
        touched.update(id(leaf) for leaf, text in before if leaf.text != text)
        if answer.gone:
            gone.append(paragraph)
    for paragraph in gone:
        _take_out(paragraph)
    for reading, base in read.rubies:
        if any(id(leaf) in touched for leaf in base):
            reading.write(_emptied(reading))
            changed = True
    rest = [reading for reading, base in read.rubies if reading.text.strip()]
    for reading, answer in zip(rest, session.flow([Unit(r.text, part) for r in rest]), strict=True):
        if answer.edits:
            reading.write(answer)
            changed = True
    return changed


def _emptied(text: Paragraph) -> Redacted:
    """How a reading goes that stands over something that went."""
    return Redacted("", (Edit(0, len(text.text), "", "PERSON", "ruby"),))


def _take_out(paragraph: Paragraph) -> None:
    """Remove the container of a text that is gone, where nothing else is in it and it is not needed."""
    element = paragraph.element
    parent = element.getparent()
    if parent is None or any(local(e) not in _PASSING and not _in_properties(e, element) for e in elements(element)):
        return
    if any(local(e) == "sectPr" for e in elements(element)):
        return
    if _between_tables(element):
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
    for parent in element.iterancestors():
        if local(parent) in ("pPr", "rPr"):
            return True
        if parent is paragraph:
            return False
    return False


def _codes(codes: list[tuple[str, Paragraph]], session: Session, names: Names) -> set[str]:
    """Redact the codes of fields, once what they refer to has its new names."""
    changed: set[str] = set()
    texts = [(part, code) for part, code in codes if code.text.strip()]
    for part, code in texts:
        renamed = names.in_code(code.text)
        if renamed != code.text:
            _write_whole(code, renamed)
            changed.add(part)
    units = [unshown(code.text, part) for part, code in texts]
    for (part, code), answer in zip(texts, apart(session, units), strict=True):
        if answer.edits:
            code.write(answer)
            changed.add(part)
    return changed


def _mended(trees: dict[str, etree._Element], names: Names) -> set[str]:
    """Let the codes of simple fields follow new names; take out numbers of charts that are numbers no more."""
    changed = {part for part, root in trees.items() if mend_numbers(root)}
    for part, root in trees.items():
        for element in named(root, "fldSimple"):
            for attribute, code in list(element.attrib.items()):
                if names.in_code(str(code)) != code:
                    element.set(str(attribute), names.in_code(str(code)))
                    changed.add(part)
    return changed


def _write_whole(code: Paragraph, text: str) -> None:
    for leaf in code.leaves:
        leaf.text = ""
    code.leaves[0].text = text
    for leaf in code.leaves:
        leaf.element.text = leaf.text


def _is_text(element: etree._Element, attribute: str) -> bool:
    if attribute in _TEXT_ATTRIBUTES:
        return True
    name = local(element)
    if attribute == "val":
        parent = element.getparent()
        return name in _TEXT_VALUES and (parent is None or local(parent) != "ffData" or name != "name")
    return attribute == "name" and (name in _NAMED or (name == "docVar"))
