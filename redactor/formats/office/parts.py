"""What all office packages are made ready by: what is of no use to a reader taken out, the rest parsed and tidied."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import BinaryIO, Final

import regex
from lxml import etree

from redactor.formats.office.drawing import LABELS
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
from redactor.formats.unit import Session
from redactor.model import ACTIVE, FormatError

_MACROS: Final = regex.compile(r"(?i)macroEnabled|vbaProject|vbaData|\.xlm|macrosheet")
_SIGNATURES: Final = "application/vnd.openxmlformats-package.digital-signature-"


def _nothing(package: Package, options: Options) -> dict[str, str]:
    return {}


@dataclass(frozen=True, slots=True)
class Kind:
    """What is known of the packages of a program.

    `name`: what such a document is called; `main`: the content types of its main part; `known`: those of the parts that may
    stay (`known_beginnings`: how others of them begin). `dropped`: relationships, by the last word of their type, whose parts
    go, with what they hold; `also`: further parts that go. `holders`: elements that may not be empty.
    """

    name: str
    main: tuple[str, ...]
    known: frozenset[str]
    dropped: Mapping[str, str]
    also: Callable[[Package, Options], Mapping[str, str]] = _nothing
    holders: frozenset[str] = frozenset()
    known_beginnings: tuple[str, ...] = ()


def prepared(source: BinaryIO, kind: Kind, session: Session, options: Options) -> Package:
    """A package that holds nothing but known parts, its XML parsed and freed of what no office program writes.

    FormatError for what is of another kind, or can't be redacted safely.
    """
    package = opened(source, session)
    _check_active(package, session, options)
    if package.types[package.main] not in kind.main:
        raise FormatError(f"a package whose main part is no {kind.name}")
    found = [each for relationships in package.relationships.values() for each in relationships]
    lost = {
        each.part: kind.dropped[each.kind] for each in found if each.kind in kind.dropped and each.part in package.types
    }
    lost |= dict.fromkeys(package.of_type(*LABELS), "a label or an add-in's data")
    _take_out(package, lost | {**kind.also(package, options)}, kind.holders, session)
    package.prune()
    _keep_known(package, kind, session, options)
    redact_shared(package, session, options)
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
            session.removed(part, "comments or instructions of the markup")
        # Old drawings hold elements of HTML, which have no namespace.
        if not package.types[part].endswith("vmlDrawing") and drop_strangers(root, declared(package.data(part))):
            session.removed(part, "elements of a namespace that is not known")


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
        session.removed("package", "a digital signature")


def _keep_known(package: Package, kind: Kind, session: Session, options: Options) -> None:
    """Refuse parts of content types that are not known, or drop them; tell of parts that nothing leads to."""
    for name, content_type in sorted(package.types.items()):
        if content_type not in kind.known and not content_type.startswith(kind.known_beginnings):
            if options.unknown != "drop":
                raise FormatError(f"{name}: a part of a kind that is not known; --unknown drop takes such parts out")
            package.drop(name)
            session.removed(name, "a part of a kind that is not known")
    lost = package.orphans + package.prune()
    if lost:
        session.removed("package", f"{lost} parts that nothing refers to")


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
        while parent is not None and len(parent) == 0 and local(parent) in holders:
            above = parent.getparent()
            remove(parent)
            parent = above


def is_reference(attribute: str) -> bool:
    """Whether an attribute names a relationship."""
    return etree.QName(attribute).namespace in RELATIONSHIPS
