"""Office Open XML packages (ECMA-376 part 2): read member by member within bounds, written anew from the parts that are kept."""

from __future__ import annotations

import dataclasses
import posixpath
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import BinaryIO, Final
from urllib.parse import quote
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import regex
from lxml import etree

from redactor.formats.limits import MAX_DEPTH, MAX_TOTAL
from redactor.formats.office.markup import drop_references, parse, serialise
from redactor.formats.office.members import check_directory, chunks, members_of, one_reason
from redactor.formats.office.relationships import (
    TYPES,
    Relationship,
    add_element,
    extension_of,
    is_relationships,
    new_names,
    read_relationships,
    read_types,
    relationships_of,
    source_of,
)
from redactor.formats.options import Options
from redactor.formats.unit import Session, Sink
from redactor.model import ACTIVE, FormatError

RELS_TYPE: Final = "application/vnd.openxmlformats-package.relationships+xml"
_TYPES_NS: Final = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELS_NS: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
_MACROS: Final = regex.compile(r"(?i)macroEnabled|vbaProject|vbaData|\.xlm|macrosheet")
_SIGNATURES: Final = "application/vnd.openxmlformats-package.digital-signature-"
_NESTING: ContextVar[_Nesting | None] = ContextVar("_NESTING", default=None)


@dataclass(slots=True)
class _Nesting:
    depth: int = 0
    unpacked: int = 0


@contextmanager
def opened(source: BinaryIO) -> Iterator[Package]:
    """The package of a stream, checked whole. Packages that are opened while it is open share its bounds.

    FormatError when it is broken, encrypted, or made to harm its reader.
    """
    nesting = _NESTING.get() or _Nesting()
    if nesting.depth > MAX_DEPTH:
        raise FormatError(f"documents within documents, more than {MAX_DEPTH} deep")
    token = _NESTING.set(nesting)
    nesting.depth += 1
    try:
        with ExitStack() as stack:
            with one_reason():
                check_directory(source)
                archive = stack.enter_context(ZipFile(source))
                members = members_of(archive, source)
                for member in members.values():
                    for chunk in chunks(archive, member):
                        nesting.unpacked += len(chunk)
                        if nesting.unpacked > MAX_TOTAL:
                            raise FormatError(f"unpacks to more than {MAX_TOTAL >> 20} MB")
            yield Package(archive, members, nested=nesting.depth > 1)
    finally:
        nesting.depth -= 1
        _NESTING.reset(token)


class Package:
    """The parts of a package by their names, without a leading slash; parts that nothing leads to are left out.

    Parts whose names are not those that office programs give are renamed, since a name may be a secret too. `orphans`: how
    many parts were left out. `nested`: it is a part of another package.
    """

    def __init__(self, archive: ZipFile, members: Mapping[str, ZipInfo], *, nested: bool = False) -> None:
        self.nested = nested
        self._archive = archive
        self._members = dict(members)
        self._new: dict[str, bytes] = {}
        self._dangling: dict[str, set[str]] = {}
        if TYPES not in self._members:
            raise FormatError("an office document without a list of content types")
        self._types_written = self._archived(TYPES)
        self._defaults, overrides, self._types_plain = read_types(self._types_written)
        parts = [n for n in self._members if n != TYPES and not is_relationships(n)]
        self._names = new_names(parts)
        by_fold = {name.casefold(): new for name, new in self._names.items()}
        self.types: dict[str, str] = {
            new: overrides.get(name.casefold(), self._defaults.get(extension_of(name), ""))
            for name, new in self._names.items()
        }
        self._overrides = set(overrides)
        self._origin = {new: name for name, new in self._names.items()}
        self._read_relationships: dict[str, tuple[str, tuple[Relationship, ...]]] = {}
        self.relationships: dict[str, tuple[Relationship, ...]] = {}
        for member in [n for n in self._members if is_relationships(n)]:
            source = source_of(member)
            new = by_fold.get(source.casefold()) if source else ""
            if new is None:
                continue
            found, plain = read_relationships(self._archived(member), source, by_fold)
            self.relationships[new] = found
            renamed = any(self._origin[r.part] != r.part for r in found if r.part)
            if plain and not renamed:
                self._read_relationships[new] = (member, found)
        self.orphans = self.prune()

    @property
    def main(self) -> str:
        """The name of the part that the document is."""
        found = [r.part for r in self.relationships.get("", ()) if r.kind == "officeDocument" and r.part in self.types]
        if len(found) != 1:
            raise FormatError("an office document without one main part")
        return found[0]

    def of_type(self, *types: str) -> list[str]:
        """The names of the parts of these content types, sorted."""
        return sorted(name for name, each in self.types.items() if each in types)

    def data(self, part: str) -> bytes:
        """What a part holds now."""
        return self._new[part] if part in self._new else self._archived(self._origin[part])

    def tree(self, part: str) -> etree._Element:
        """The root of an XML part as it is now, parsed anew each time; `put_tree` stores it."""
        return parse(self.data(part), part)

    def put(self, part: str, data: bytes) -> None:
        """Change what a part holds."""
        self._new[part] = data

    def put_tree(self, part: str, root: etree._Element) -> None:
        """Change what an XML part holds."""
        self._new[part] = serialise(root)

    def replace(self, part: str, data: bytes, content_type: str, extension: str) -> None:
        """Put something of another kind in the place of a part, under a name that tells so; what refers to it goes on to."""
        stem = part.rpartition(".")[0]
        new = next(
            n
            for n in (f"{stem}{number or ''}.{extension}" for number in range(10**9))
            if n == part or n not in self.types
        )
        del self.types[part]
        self._new.pop(part, None)
        self._new[new] = data
        self.types[new] = content_type
        for source, found in self.relationships.items():
            self.relationships[source] = tuple(
                dataclasses.replace(r, part=new, target=new) if r.part == part else r for r in found
            )

    def drop(self, part: str) -> None:
        """Take a part out, with all that refers to it."""
        for source, found in list(self.relationships.items()):
            self.unlink(source, [r for r in found if r.part == part])
        self.relationships.pop(part, None)
        self._new.pop(part, None)
        self.types.pop(part, None)

    def unlink(self, source: str, gone: Sequence[Relationship]) -> None:
        """Take relationships of a part out, and the references to them in it."""
        if gone:
            self._dangling.setdefault(source, set()).update(r.id for r in gone)
            self.relationships[source] = tuple(r for r in self.relationships[source] if r not in gone)

    def relink(self, source: str, written: Sequence[tuple[str, str, str]]) -> None:
        """Change identifiers, types and targets of a part's relationships, in their order; no part's place changes."""
        self.relationships[source] = tuple(
            dataclasses.replace(each, id=name, type=kind, target=target)
            for each, (name, kind, target) in zip(self.relationships[source], written, strict=True)
        )

    def prune(self) -> int:
        """Take parts out that nothing leads to; how many."""
        reached: set[str] = set()
        waiting = [""]
        while waiting:
            for relationship in self.relationships.get(waiting.pop(), ()):
                if relationship.part in self.types and relationship.part not in reached:
                    reached.add(relationship.part)
                    waiting.append(relationship.part)
        lost = [name for name in self.types if name not in reached]
        for name in lost:
            self.relationships.pop(name, None)
            self._new.pop(name, None)
            del self.types[name]
        return len(lost)

    def write(self, out: Sink) -> None:
        """Write the package anew: only its parts, in order of their names, without dates, comments or extra fields."""
        self.prune()
        self._clear_references()
        bodies: dict[str, str | None] = dict.fromkeys(self.types)
        for source, found in self.relationships.items():
            if found:
                bodies[relationships_of(source)] = source
        with ZipFile(_Forward(out), "w", ZIP_DEFLATED) as archive:
            add_element(archive, TYPES, self._written_types())
            for name in sorted(bodies):
                owner = bodies[name]
                add_element(archive, name, self.data(name) if owner is None else self._written_relationships(owner))

    def _clear_references(self) -> None:
        for source, ids in self._dangling.items():
            if source in self.types:
                root = self.tree(source)
                if drop_references(root, frozenset(ids)):
                    self.put_tree(source, root)

    def _written_types(self) -> bytes:
        kept = {self._origin.get(name, "").casefold() for name in self.types}
        used = {extension_of(name) for name in self.types} | {"rels"}
        same = all(self._origin.get(name) == name for name in self.types)
        if same and self._types_plain and self._overrides <= kept and set(self._defaults) <= used:
            return self._types_written
        root = etree.Element(f"{{{_TYPES_NS}}}Types", nsmap={None: _TYPES_NS})  # type: ignore[dict-item]
        defaults = {"rels": RELS_TYPE, "xml": "application/xml"}
        defaults |= {e: t for e, t in self._defaults.items() if e in used and t in self.types.values()}
        for extension, kind in sorted(defaults.items()):
            etree.SubElement(root, f"{{{_TYPES_NS}}}Default", Extension=extension, ContentType=kind)
        for name, kind in sorted(self.types.items()):
            if defaults.get(extension_of(name)) != kind:
                etree.SubElement(root, f"{{{_TYPES_NS}}}Override", PartName=f"/{quote(name)}", ContentType=kind)
        return serialise(root)

    def _written_relationships(self, source: str) -> bytes:
        member, before = self._read_relationships.get(source, ("", ()))
        if member and before == self.relationships[source]:
            return self._archived(member)
        root = etree.Element(f"{{{_RELS_NS}}}Relationships", nsmap={None: _RELS_NS})  # type: ignore[dict-item]
        folder = posixpath.dirname(source) or "."
        for each in self.relationships[source]:
            target = quote(posixpath.relpath(each.part, folder)) if each.part else each.target
            element = etree.SubElement(root, f"{{{_RELS_NS}}}Relationship", Id=each.id, Type=each.type, Target=target)
            if each.external:
                element.set("TargetMode", "External")
        return serialise(root)

    def _archived(self, member: str) -> bytes:
        with one_reason():
            return b"".join(chunks(self._archive, self._members[member]))


def check_active(package: Package, session: Session, options: Options) -> None:
    """Refuse what runs (macros); refuse what redaction breaks (a signature), or take it out where parts may be dropped."""
    if any(_MACROS.search(kind) for kind in package.types.values()):
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


def keep_known(package: Package, known: Collection[str], session: Session, options: Options) -> None:
    """Refuse parts of content types that are not known, or drop them; tell of parts that nothing leads to."""
    for name, kind in sorted(package.types.items()):
        if kind not in known:
            if options.unknown != "drop":
                raise FormatError(f"{name}: a part of a kind that is not known; --unknown drop takes such parts out")
            package.drop(name)
            session.removed(name, "a part of a kind that is not known")
    lost = package.orphans + package.prune()
    if lost:
        session.removed("package", f"{lost} parts that nothing refers to")


@dataclass(frozen=True, slots=True)
class _Forward:
    """A sink as the zip library wants it: one that can't be sought in, and counts what it takes."""

    sink: Sink

    def write(self, data: bytes, /) -> int:
        self.sink.write(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits here."""

    def close(self) -> None:
        """The sink is its owner's to close."""
