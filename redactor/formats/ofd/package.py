"""The package of an OFD document (GB/T 33190-2016, 7): its parts by their names, and every place that refers to one.

Parts refer to each other by paths in texts and attributes. What nothing refers to is left out.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO, Final, cast
from zipfile import ZIP_DEFLATED, ZipFile

from lxml import etree

from redactor.formats.archives.names import check_names, redacted_names
from redactor.formats.archives.unzip import check_members, content, name_of, open_zip
from redactor.formats.office.markup import elements, local, parse, serialise
from redactor.formats.office.relationships import add_element
from redactor.formats.unit import Outlet, Session, Sink
from redactor.model import ENCRYPTED, FormatError

MAIN: Final = "OFD.xml"
_LONGEST: Final = 1000
_FILES: Final = {"MediaFile": "media", "FontFile": "font", "FileLoc": "file"}
"""Elements that name a file, and what it is."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A place that names a part: the text of an element, or one of its attributes."""

    element: etree._Element
    attribute: str
    part: str


@dataclass
class Package:
    """`data`: of each part by its name; `trees`: the roots of XML parts, which are written as they are now.

    `kinds`: what the other parts are: media, font, file (an attachment), "" for what is not known.
    """

    data: dict[str, bytes]
    trees: dict[str, etree._Element] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    references: list[Reference] = field(default_factory=list)

    def read(self, pruned: Callable[[str, etree._Element], None]) -> None:
        """Follow all references from the main part on; `pruned` takes out of each tree what is not to be followed."""
        self._folded = {name.casefold(): name for name in self.data}
        waiting = [MAIN]
        while waiting:
            part = waiting.pop()
            root = self.trees[part] = parse(self.data[part], part)
            pruned(part, root)
            for reference in self._referred(part, root):
                self.references.append(reference)
                target = reference.part
                if target in self.trees or target in self.kinds:
                    continue
                kind = _kind(reference.element)
                if kind or not target.casefold().endswith(".xml"):
                    self.kinds[target] = kind
                elif target not in waiting:
                    waiting.append(target)

    def _referred(self, part: str, root: etree._Element) -> list[Reference]:
        folder = posixpath.dirname(part)
        folders = [posixpath.join(folder, root.get("BaseLoc", "")), folder, ""]
        found = []
        for element in elements(root):
            for attribute, text in [("", element.text or ""), *((str(n), str(v)) for n, v in element.items())]:
                target = self._target(folders, text.strip())
                if target:
                    found.append(Reference(element, attribute, target))
        return found

    def _target(self, folders: list[str], said: str) -> str:
        if not said or len(said) > _LONGEST or "." not in said:
            return ""
        places = [said] if said.startswith("/") else [posixpath.join(folder, said) for folder in folders]
        names = [posixpath.normpath(place).lstrip("/").casefold() for place in places]
        return next((self._folded[name] for name in names if name in self._folded), "")

    def drop(self, part: str) -> None:
        """Take a part out, with the elements that name it; those of attributes lose the attribute."""
        for reference in [each for each in self.references if each.part == part]:
            if reference.attribute:
                del reference.element.attrib[reference.attribute]
            else:
                reference.element.text = None
        self.references = [each for each in self.references if each.part != part]
        self.trees.pop(part, None)
        self.kinds.pop(part, None)

    def is_reference(self, element: etree._Element, attribute: str) -> bool:
        """Whether a place names a part."""
        return (element, attribute) in self._places

    def settle(self) -> None:
        """All that is dropped has gone: from now on it is known which places name parts."""
        self._places = {(each.element, each.attribute) for each in self.references}

    def write(self, out: Sink, session: Session) -> None:
        """Write the parts that are left, renamed where their names say something, in order of their names."""
        names = sorted({*self.trees, *self.kinds})
        new = dict(zip(names, redacted_names(names, session), strict=True))
        if new[MAIN] != MAIN:
            raise FormatError("an OFD document whose main part would have to be renamed")
        for reference in self.references:
            if new[reference.part] != reference.part:
                if reference.attribute:
                    reference.element.set(reference.attribute, f"/{new[reference.part]}")
                else:
                    reference.element.text = f"/{new[reference.part]}"
        with ZipFile(cast(BinaryIO, Outlet(out)), "w", ZIP_DEFLATED) as archive:
            for name in names:
                tree = self.trees.get(name)
                add_element(archive, new[name], self.data[name] if tree is None else serialise(tree))


def opened(source: BinaryIO, session: Session) -> Package:
    """The package of a stream, all its members read within bounds. FormatError when it is broken or encrypted."""
    archive = open_zip(source)
    check_members(archive)
    members = {name_of(info): info for info in archive.infolist() if not info.is_dir()}
    check_names(list(members))
    if any("encrypt" in name.casefold() for name in members):
        raise FormatError("is encrypted; save it without a password first", reason=ENCRYPTED)
    data = {name: b"".join(content(archive, info, session.unpacked)) for name, info in members.items()}
    main = next((name for name in data if name.casefold() == MAIN.casefold()), None)
    if main is None:
        raise FormatError("an OFD document without its main part")
    data[MAIN] = data.pop(main)
    return Package(data)


def _kind(element: etree._Element) -> str:
    """What the file is that an element names, "" for parts of the document itself."""
    above = element.getparent()
    if local(element) == "FileLoc" and (above is None or local(above) != "Attachment"):
        return ""
    return _FILES.get(local(element), "")
