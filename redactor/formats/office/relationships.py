"""Relationships and content types of a package (ECMA-376 part 2, 9 and 10), and the names of its parts."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Final
from urllib.parse import unquote
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import regex
from lxml import etree

from redactor.formats.office.markup import local, named, parse

TYPES: Final = "[Content_Types].xml"
_CONVENTIONAL: Final = regex.compile(
    r"""(?:(?:word|xl|ppt|docProps|customXml|glossary|theme|media|charts|chartsheets|diagrams|drawings|embeddings|fonts|activeX
    |worksheets|dialogsheets|tables|pivotTables|pivotCache|externalLinks|queryTables|threadedComments|persons|printerSettings
    |ctrlProps|slicers|slicerCaches|timelines|timelineCaches|richData|revisions|model|webextensions|ink
    |slides|slideLayouts|slideMasters|notesSlides|notesMasters|handoutMasters|comments|tags|theme|changesInfos
    |featurePropertyBag|namedSheetViews|docMetadata|customUI|userCustomization|documenttasks|models3D|model3d)/)*
    (?:document|styles|stylesWithEffects|settings|webSettings|fontTable|font|numbering|footnotes|endnotes|comments|comment
    |commentsExtended|commentsExtensible|commentsIds|people|header|footer|theme|themeOverride|image|media|video|audio
    |chart|chartEx|colors|style|data|layout|quickStyle|drawing|vmlDrawing|hdphoto
    |Microsoft_(?:Office_)?(?:Excel|Word|PowerPoint)_?(?:Worksheet|Sheet|Document|Presentation|Slide|Chart|97-2003_Worksheet|Macro-Enabled_Worksheet|Binary_Worksheet)?
    |package|oleObject|activeX|item|itemProps|core|app|custom|thumbnail|printerSettings|part|recipientData|afchunk|chunk
    |workbook|sheet|sharedStrings|calcChain|table|pivotTable|pivotCacheDefinition|pivotCacheRecords|externalLink|queryTable
    |connections|metadata|person|threadedComment|ctrlProp|slicer|slicerCache|timeline|timelineCache|xmlMaps|volatileDependencies
    |rdrichvalue|rdrichvaluestructure|rdRichValueTypes|richValueRel|userNames|revisionHeaders|revisionLog
    |slide|slideLayout|slideMaster|notesSlide|notesMaster|handoutMaster|presentation|presProps|viewProps|tableStyles
    |commentAuthors|authors|modernComment|tag|changesInfo|ink|featurePropertyBag|namedSheetView|model3d|model
    |rdRichValueWebImage|rdarray|richStyles|rdsupportingpropertybag|rdsupportingpropertybagstructure|webextension|taskpanes)
    [0-9]{0,6}\.(?:xml|png|jpe?g|jfif|gif|bmp|tiff?|[ew]mf|svg|webp|wdp|bin|xlsx|docx|pptx|xls|doc|ppt|html?|mht|rtf|txt|vml|odttf|fntdata|mp[34]|wav|m4a|glb|vtt)""",
    regex.X,
)
"""The names that office programs give to parts: any other name may say something."""


_TYPE: Final = {
    "Default": frozenset(("Extension", "ContentType")),
    "Override": frozenset(("PartName", "ContentType")),
}
_RELATIONSHIP: Final = {"Relationship": frozenset(("Id", "Type", "Target", "TargetMode"))}


@dataclass(frozen=True, slots=True)
class Relationship:
    """What a part refers to. `part`: the name of the part that `target` leads to, "" when it leads out of the package."""

    id: str
    type: str
    target: str
    external: bool = False
    part: str = ""

    @property
    def kind(self) -> str:
        """The last word of the type, which is the same in the transitional and the strict variant: `image`, `hyperlink`."""
        return self.type.rpartition("/")[2]


def read_types(data: bytes) -> tuple[dict[str, str], dict[str, str], bool]:
    """Types by extension, types by name (both in small letters), and whether nothing else is said."""
    root = parse(data, TYPES)
    defaults = {e.get("Extension", "").lower(): e.get("ContentType", "") for e in named(root, "Default")}
    overrides = {
        unquote(e.get("PartName", "")).lstrip("/").casefold(): e.get("ContentType", "") for e in named(root, "Override")
    }
    return defaults, overrides, _is_plain(root, _TYPE)


def read_relationships(data: bytes, source: str, parts: Mapping[str, str]) -> tuple[tuple[Relationship, ...], bool]:
    """The relationships of a part, and whether nothing else is said."""
    root = parse(data, "a list of relationships")
    found: list[Relationship] = []
    for element in named(root, "Relationship"):
        target, external = element.get("Target", ""), element.get("TargetMode") == "External"
        resolved = posixpath.normpath(posixpath.join("/", posixpath.dirname(source), unquote(target))).lstrip("/")
        part = "" if external or target.startswith("#") else parts.get(resolved.casefold(), "")
        found.append(Relationship(element.get("Id", ""), element.get("Type", ""), target, external, part))
    return tuple(found), _is_plain(root, _RELATIONSHIP)


def _is_plain(root: etree._Element, children: Mapping[str, frozenset[str]]) -> bool:
    """Whether a part holds these elements only, with these attributes: no comments, instructions, or texts."""
    nodes = list(root.iter())
    return (
        root.getprevious() is None
        and root.getnext() is None
        and not root.attrib
        and all(isinstance(n.tag, str) and set(n.attrib) <= children.get(local(n), set()) for n in nodes[1:])
        and all(local(n) in children for n in nodes[1:])
        and not any((n.text or "").strip() or (n is not root and (n.tail or "").strip()) for n in nodes)
    )


def new_names(names: Sequence[str]) -> dict[str, str]:
    """A name for each part: its own where office programs give such names, else a number."""
    taken = {name.casefold() for name in names}
    new: dict[str, str] = {}
    numbers = count(1)
    for name in names:
        if _CONVENTIONAL.fullmatch(name):
            new[name] = name
            continue
        folder, dot, extension = posixpath.dirname(name), ".", extension_of(name)
        if not _CONVENTIONAL.fullmatch(f"{folder}/part.xml"):
            folder = ""
        if not _CONVENTIONAL.fullmatch(f"part{dot}{extension}"):
            extension = "bin"
        made = (posixpath.join(folder, f"part{number}.{extension}") for number in numbers)
        new[name] = next(each for each in made if each not in taken)
    return new


def extension_of(name: str) -> str:
    return posixpath.splitext(name)[1].lstrip(".").lower()


def is_relationships(name: str) -> bool:
    return name.endswith(".rels") and posixpath.basename(posixpath.dirname(name)) == "_rels"


def source_of(member: str) -> str:
    """The part that a list of relationships belongs to, "" for the package."""
    folder = posixpath.dirname(posixpath.dirname(member))
    return posixpath.join(folder, posixpath.basename(member).removesuffix(".rels"))


def relationships_of(source: str) -> str:
    return posixpath.join(posixpath.dirname(source), "_rels", f"{posixpath.basename(source)}.rels")


def add_element(archive: ZipFile, name: str, data: bytes) -> None:
    info = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    info.create_system = 0
    info.compress_type = ZIP_DEFLATED
    archive.writestr(info, data)
