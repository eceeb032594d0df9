"""What all office packages are made ready by: what is of no use to a reader taken out, the rest parsed and tidied."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import BinaryIO, Final

import regex
from lxml import etree

from redactor.formats.office.derived import OPAQUE, TYPES, drop_derived, tell_opaque
from redactor.formats.office.derived import RELATIONSHIPS as DERIVED
from redactor.formats.office.markup import (
    RELATIONSHIPS,
    declared,
    drop_comments,
    drop_strangers,
    elements,
    local,
    remove,
)
from redactor.formats.office.package import Package, opened
from redactor.formats.office.shared_parts import EMBEDDED, redact_shared
from redactor.formats.options import Options
from redactor.formats.unit import Session, unshown
from redactor.language import say
from redactor.model import ACTIVE, FormatError
from redactor.text.show import escape

_MACROS: Final = regex.compile(r"(?i)macroEnabled|vbaProject|vbaData|\.xlm|macrosheet")
_ALTERNATIVES: Final = "AlternateContent"
_WAYS: Final = frozenset(("Choice", "Fallback"))
"""What readers choose between (ECMA-376 part 3): of newer and of older ones."""
_SIGNATURES: Final = "application/vnd.openxmlformats-package.digital-signature-"


@dataclass(frozen=True, slots=True)
class Kind:
    """What is known of the packages of a program.

    `name`: what such a document is called; `main`: the content types of its main part; `known`: those of the parts that may
    stay. `dropped`: relationships, by the last word of their type, whose parts go beside those that go from any document
    (`derived`), with what they hold; `also`: further parts that go. `holders`: elements that may not be empty.
    """

    name: str
    main: tuple[str, ...]
    known: frozenset[str]
    dropped: Mapping[str, str]
    also: Callable[[Package, Options], dict[str, str]]
    holders: frozenset[str] = frozenset()


def prepared(source: BinaryIO, kind: Kind, session: Session, options: Options) -> Package:
    """A package that holds nothing but known parts, its XML parsed and freed of what no office program writes.

    FormatError for what is of another kind, or can't be redacted safely.
    """
    package = opened(source, session)
    _check_active(package, session, options)
    if package.types[package.main] not in kind.main:
        raise FormatError("a package whose main part is no {name}", name=kind.name)
    found = [each for relationships in package.relationships.values() for each in relationships]
    dropped = {**DERIVED, **kind.dropped}
    lost = {each.part: dropped[each.kind] for each in found if each.kind in dropped and each.part in package.types}
    lost |= {part: TYPES[each] for part, each in package.types.items() if each in TYPES}
    _take_out(package, lost | kind.also(package, options), kind.holders, session)
    package.prune()
    _keep_known(package, kind, session, options)
    redact_shared(package, session, options)
    tell_opaque(package.types, session)
    read_trees(package, session)
    return package


def read_trees(package: Package, session: Session) -> None:
    """Parse the XML parts, and take comments out and what no office program writes."""
    for part, content_type in package.types.items():
        if content_type.endswith(("+xml", "vmlDrawing")) and (content_type not in EMBEDDED or part == package.main):
            package.tree(part)
    package.trees = dict(sorted(package.trees.items()))
    for part, root in package.trees.items():
        if drop_comments(root):
            session.removed(part, say("comments or instructions of the markup"))
        for what in drop_derived(root):
            session.removed(part, what)
        # Old drawings hold elements of HTML, which have no namespace.
        if not package.types[part].endswith("vmlDrawing") and drop_strangers(root, declared(package.data(part))):
            session.removed(part, say("elements of a namespace that is not known"))


def _check_active(package: Package, session: Session, options: Options) -> None:
    """Refuse what runs (macros); refuse what redaction breaks (a signature), or take it out where parts may be dropped."""
    if any(map(_MACROS.search, package.types.values())):
        raise FormatError("holds macros; save it without them first", reason=ACTIVE)
    signed = [n for n, kind in package.types.items() if kind.startswith(_SIGNATURES)]
    if signed and options.unknown != "drop":
        raise FormatError(
            "is signed, and redaction would break the signature; --unknown drop takes the signature out", reason=ACTIVE
        )
    for name in signed:
        package.drop(name)
    if signed:
        session.removed("package", say("a digital signature"))


def _keep_known(package: Package, kind: Kind, session: Session, options: Options) -> None:
    """Refuse parts of content types that are not known, or drop them; tell of parts that nothing leads to."""
    for name, content_type in sorted(package.types.items()):
        if content_type not in kind.known and not content_type.startswith(tuple(OPAQUE)):
            shown = _shown(package.name_read(name), session)
            if options.unknown != "drop":
                raise FormatError(
                    "{name}: a part of a kind that is not known; --unknown drop takes such parts out", name=shown
                )
            package.drop(name)
            session.removed(shown, say("a part of a kind that is not known"))
    lost = package.orphans + package.prune()
    if lost:
        session.removed("package", say("{lost} parts that nothing refers to", lost=lost))


def _shown(name: str, session: Session) -> str:
    """The name that a part has in the file, as it may be told: what is found in it is masked."""
    return escape(session.flow([unshown(name, "package")], prose=False)[0].text)


def _take_out(package: Package, lost: Mapping[str, str], holders: Collection[str], session: Session) -> None:
    """Take parts out, given with what they are, and what refers to them. `holders`: elements that may not be empty."""
    for source, found in list(package.relationships.items()):
        gone = frozenset(each.id for each in found if each.part in lost)
        if gone and source in package.types and source not in lost:
            _unrefer(package.tree(source), gone, holders)
    for part, what in sorted(lost.items()):
        if part in package.types:
            package.drop(part)
            session.removed(part, what)


def _unrefer(root: etree._Element, gone: frozenset[str], holders: Collection[str]) -> None:
    found = [
        (e, name) for e in elements(root) for name, value in e.items() if value in gone and is_reference(str(name))
    ]
    for element, name in found:
        if local(element) == "pageSetup":
            del element.attrib[name]
            continue
        parent = element.getparent()
        remove(element)
        while parent is not None and _is_bare(parent):
            above = parent.getparent()
            if local(parent) in holders or local(parent) == _ALTERNATIVES:
                remove(parent)
            elif local(parent) not in _WAYS:
                break
            parent = above


def _is_bare(element: etree._Element) -> bool:
    """Whether nothing is in an element, or nothing in any of the ways in which it can be read."""
    return len(element) == 0 or (local(element) == _ALTERNATIVES and all(len(way) == 0 for way in element))


def is_reference(attribute: str) -> bool:
    """Whether an attribute names a relationship."""
    return etree.QName(attribute).namespace in RELATIONSHIPS
