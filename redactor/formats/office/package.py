"""Office Open XML packages (ECMA-376 part 2): read member by member within bounds, written anew from the parts that are kept."""

from __future__ import annotations

import dataclasses
import posixpath
from collections.abc import Mapping, Sequence
from functools import partial
from hashlib import sha256
from typing import BinaryIO, Final, cast
from urllib.parse import quote
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import regex
from lxml import etree

from redactor.formats.archives.names import check_names
from redactor.formats.archives.unzip import check_members, content, open_zip
from redactor.formats.office.markup import drop_references, parse, serialise
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
from redactor.formats.unit import Outlet, Session, Sink
from redactor.model import FormatError

RELS_TYPE: Final = "application/vnd.openxmlformats-package.relationships+xml"
_TYPES_NS: Final = "http://schemas.openxmlformats.org/package/2006/content-types"
MAIN_PART: Final = "officeDocument"
"""The kind of link that leads to the part that a document is."""
_RELS_NS: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
_ODD: Final = regex.compile(r"[:*?\"<>|\u202a-\u202e\u2066-\u2069]")
"""What no office program writes into a name."""
Trees = dict[str, etree._Element]


def opened(source: BinaryIO, session: Session) -> Package:
    """The package of a stream, checked whole. FormatError when it is broken, encrypted, or made to harm its reader."""
    archive = open_zip(source)
    check_members(archive, ZIP_STORED, ZIP_DEFLATED)
    members = [info for info in archive.infolist() if info.file_size or not info.orig_filename.endswith("/")]
    names = [info.orig_filename for info in members]
    check_names(names)
    if any(map(_ODD.search, names)):
        raise FormatError("a zip file with a member of a dangerous name")
    for info in members:
        for _ in content(archive, info, session.unpacked):
            pass
    return Package(archive, dict(zip(names, members, strict=True)))


class Package:
    """The parts of a package by their names, without a leading slash; parts that nothing leads to are left out.

    Parts whose names are not those that office programs give are renamed, since a name may be a secret too. `orphans`: how
    many parts were left out. `trees`: the XML parts that have been asked for, as they are now: what is changed in them is
    written.
    """

    def __init__(self, archive: ZipFile, members: Mapping[str, ZipInfo]) -> None:
        self.trees: Trees = {}
        self._archive = archive
        self._members = dict(members)
        self._new: dict[str, bytes] = {}
        self._as_read: dict[str, bytes] = {}
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
        found = [r.part for r in self.relationships.get("", ()) if r.kind == MAIN_PART and r.part in self.types]
        if len(found) != 1:
            raise FormatError("an office document without one main part")
        return found[0]

    def of_type(self, *types: str) -> list[str]:
        """The names of the parts of these content types, sorted."""
        return sorted(name for name, each in self.types.items() if each in types)

    def roots(self, *types: str) -> list[tuple[str, etree._Element]]:
        """The parts of these content types among the trees, each with its root."""
        return [(part, self.trees[part]) for part in self.of_type(*types) if part in self.trees]

    def data(self, part: str) -> bytes:
        """What a part holds; an XML part, before its tree was changed."""
        return self._new[part] if part in self._new else self._archived(self._origin[part])

    def name_read(self, part: str) -> str:
        """The name that a part has in the file that was read, which may say something."""
        return self._origin.get(part, part)

    def tree(self, part: str) -> etree._Element:
        """The root of an XML part as it is now."""
        if part not in self.trees:
            root = self.trees[part] = parse(self.data(part), part)
            alone = root.getprevious() is None and root.getnext() is None
            self._as_read[part] = sha256(serialise(root)).digest() if alone else b""
        return self.trees[part]

    def put(self, part: str, data: bytes) -> None:
        """Change what a part holds that is no XML."""
        self._new[part] = data

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
        self._forget(part)

    def _forget(self, part: str) -> None:
        self.relationships.pop(part, None)
        self._new.pop(part, None)
        self.types.pop(part, None)
        self.trees.pop(part, None)

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
            self._forget(name)
        return len(lost)

    def write(self, out: Sink) -> None:
        """Write the package anew: only its parts, in order of their names, without dates, comments or extra fields."""
        self.prune()
        for source, ids in self._dangling.items():
            if source in self.types:
                drop_references(self.tree(source), frozenset(ids))
        bodies = {part: partial(self._written, part) for part in self.types}
        bodies |= {
            relationships_of(s): partial(self._written_relationships, s) for s, r in self.relationships.items() if r
        }
        with ZipFile(cast(BinaryIO, Outlet(out)), "w", ZIP_DEFLATED) as archive:
            add_element(archive, TYPES, self._written_types())
            for name, body in sorted(bodies.items()):
                add_element(archive, name, body())

    def _written(self, part: str) -> bytes:
        """A part as it is to be written: as it was read, where nothing of it is changed."""
        if part not in self.trees:
            return self.data(part)
        written = serialise(self.trees[part])
        return self.data(part) if sha256(written).digest() == self._as_read[part] else written

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
        return b"".join(content(self._archive, self._members[member], int))
