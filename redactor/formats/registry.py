"""The formats that are known: how each is called, what it needs, what it sees. Their modules are loaded when one is met."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

from redactor.formats.unit import Redact
from redactor.language import later, say
from redactor.model import NO_PACKAGE, FormatError, PluginError
from redactor.plugins import described, guarded, install_hint, installed, load


@dataclass(frozen=True, slots=True)
class Format:
    """One format. `module`: where its `redact` is, below redactor.formats; of a plug-in's, by its whole name.

    `suffixes`: of its files' names, in small letters. `sees`, `misses`: for users, what of it is redacted and what is not.
    `extra`: what to install for it (`pdf`), none when the core suffices. `page`: its page in docs/formats, where it is not called as its module is. `becomes`: the format that its redacted documents are of, where it is another.
    """

    name: str
    title: str
    suffixes: tuple[str, ...]
    module: str
    extra: str = ""
    sees: str = ""
    misses: str = ""
    page: str = ""
    becomes: str = ""


TEXT = "text"
FORMATS = {
    each.name: each
    for each in (
        Format(
            TEXT,
            "Plain text",
            (".txt", ".md", ".log"),
            "text",
            sees="all of it, in any encoding that can be told; text that is encoded in it (Base64, hexadecimal, escapes)",
            misses="what is encoded in other ways; armour and data in Base64 are reported",
        ),
        Format(
            "html",
            "HTML",
            (".html", ".htm", ".xhtml"),
            "web.html",
            sees="text across inline tags, title, attributes, comments, JSON-LD, strings, comments and long numbers of scripts and"
            " style sheets, markup in strings, text in data: addresses",
            misses="pictures (reported), text that a style sheet hides between characters or turns round, names in ASCII in"
            " scripts' code, in tags and in attributes, and what a script puts together of more than neighbouring strings",
        ),
        Format(
            "xml",
            "XML",
            (".xml", ".svg", ".rss", ".atom", ".opml", ".xsl"),
            "web.xml",
            sees="texts, CDATA sections, attributes, comments, instructions, markup in texts",
            misses="names of elements, attributes and instructions; a value split over elements; pictures in Base64 (reported)",
        ),
        Format(
            "csv",
            "CSV, TSV",
            (".csv", ".tsv", ".tab"),
            "tables.delimited",
            sees="every cell and header, in any encoding that can be told; columns whose header says what they hold",
            misses="a value that is split over several cells",
            page="tables",
        ),
        Format(
            "json",
            "JSON",
            (".json",),
            "tables.json_file",
            sees="every text, keys included, and whole numbers of five digits and more",
            misses="shorter numbers and those with a fraction; values that are split over several texts",
            page="tables",
        ),
        Format(
            "jsonl",
            "JSON Lines",
            (".jsonl", ".ndjson"),
            "tables.jsonl",
            sees="what is seen in JSON, each line as a document of its own",
            misses="what is missed in JSON",
            page="tables",
        ),
        Format(
            "parquet",
            "Parquet",
            (".parquet",),
            "tables.parquet",
            "parquet",
            sees="texts of any nesting, dictionaries, column names, metadata",
            misses="binary columns and, unless a column rule names them, numbers and dates",
            page="tables",
        ),
        Format(
            "arrow",
            "Arrow IPC, Feather",
            (".arrow", ".feather", ".ipc", ".arrows"),
            "tables.arrow",
            "parquet",
            sees="what is seen in Parquet",
            misses="what is missed in Parquet",
            page="tables",
        ),
        Format(
            "eml",
            "Mail",
            (".eml", ".mht", ".mhtml"),
            "mail.eml",
            sees="headers, texts, names of attachments, and attachments by their own formats; mails in mails",
            misses="pictures and encrypted parts, which are kept and reported; host names that look like none",
        ),
        Format(
            "zip",
            "Zip archive",
            (".zip",),
            "archives.archive",
            sees="every member by its own format, however it is called, and the members' names; archives in archives, 4 deep",
            misses="pictures and other binary members, which are kept and reported; encrypted archives are refused",
        ),
        Format(
            "tar",
            "Tar archive",
            (".tar",),
            "archives.archive",
            sees="as of zip archives",
            misses="as of zip archives; links and devices are refused",
        ),
        *(
            Format(
                name,
                f"File or tar archive compressed by {name}",
                suffixes,
                "archives.archive",
                sees="the file by its own format, or the archive's members",
                misses="what the format of the file misses",
            )
            for name, suffixes in (
                ("gzip", (".gz", ".tgz")),
                ("bzip2", (".bz2", ".tbz2")),
                ("xz", (".xz", ".txz")),
            )
        ),
        Format(
            "docx",
            "Word document",
            (".docx", ".dotx"),
            "office.docx",
            extra="docx",
            sees="all text of all parts: body, notes, headers, comments, text boxes, fields, links, properties, charts, embedded files",
            misses="what is to be seen in pictures, films, models and handwriting, and embedded files of old binary kinds",
        ),
        Format(
            "xlsx",
            "Excel workbook",
            (".xlsx", ".xltx"),
            "office.xlsx",
            extra="xlsx",
            sees="all cells, hidden ones too, by their columns; formulas, comments, names, pivot tables, charts, properties, embedded files",
            misses="what is to be seen in pictures, models and handwriting, embedded files of old binary kinds, a value that is split over"
            " several cells",
        ),
        Format(
            "pptx",
            "PowerPoint presentation",
            (".pptx", ".ppsx", ".potx"),
            "office.pptx",
            extra="pptx",
            sees="all text of slides, notes, masters, tables, charts and diagrams, comments, links, properties, embedded files",
            misses="what is to be seen or heard in pictures, films, sounds, models and handwriting, and embedded files of old binary"
            " kinds",
        ),
        *(
            Format(
                name,
                title,
                suffixes,
                "office.ole",
                extra=becomes,
                sees="what is seen in the new format (.docx, .xlsx, .pptx), once LibreOffice has made such a file of it; only written so",
                misses="what LibreOffice does not read",
                page="old",
                becomes=becomes,
            )
            for name, title, suffixes, becomes in (
                ("ole", later("Old Word document"), (".doc", ".wps"), "docx"),
                ("xls", later("Old Excel workbook"), (".xls", ".et"), "xlsx"),
                ("ppt", later("Old PowerPoint presentation"), (".ppt", ".dps"), "pptx"),
                ("rtf", later("Rich text"), (".rtf",), "docx"),
            )
        ),
        Format(
            "ofd",
            "OFD",
            (".ofd",),
            "ofd.redact",
            extra="ofd",
            sees="the text of all pages, templates and notes, properties, outlines, attachments by their own formats",
            misses="what is to be seen in pictures and drawings (reported); names of elements",
            page="ofd",
        ),
        Format(
            "pdf",
            "PDF",
            (".pdf",),
            "pdf",
            extra="pdf",
            sees="the text that its pages draw, hidden text and text of forms within pages too",
            misses="text in pictures (told of); all that is not on a page is left out (told of)",
        ),
    )
}


_SUFFIXES = frozenset(suffix for form in FORMATS.values() for suffix in form.suffixes)


def find_format(name: str) -> Format | None:
    """The format of that name, built in or installed; None when there is none. PluginError when a plug-in is broken."""
    if name in FORMATS:
        return FORMATS[name]
    return _plugged(name) if name in installed("formats") else None


def becomes(name: str) -> str:
    """The format that redacted documents of a format are of, where it is another; "" where it is not."""
    form = find_format(name)
    return form.becomes if form else ""


def all_formats() -> list[Format]:
    """The formats that are built in, then those of plug-ins."""
    return [*FORMATS.values(), *(_plugged(name) for name in installed("formats") if name not in FORMATS)]


def check_format(name: str | None) -> None:
    """FormatError for a name that no format has; None is none."""
    if name is not None and not find_format(name):
        known = say(", ").join(form.name for form in all_formats())
        raise FormatError("unknown format {format!r}; known are {all_formats}", format=name, all_formats=known)


def plugged_kind(suffix: str) -> str | None:
    """The plug-in's format of files whose names end so; what is built in is told by its content, and goes first."""
    if not suffix or suffix in _SUFFIXES:
        return None
    return next((form.name for form in all_formats() if suffix in form.suffixes), None)


def load_format(name: str) -> Redact:
    """The `redact` of a format other than plain text. FormatError names the extra that is missing."""
    form = find_format(name)
    assert form is not None
    try:
        module = f"redactor.formats.{form.module}" if name in FORMATS else form.module
        redact: Redact = import_module(module).redact
    except Exception as error:
        if name not in FORMATS:
            reason = " ".join(f"{type(error).__name__}: {error}".split())
            raise PluginError(
                "{described} can't be loaded: {why}", described=described("formats", name), why=reason
            ) from error
        if not isinstance(error, ImportError) or not form.extra or (error.name or "").startswith("redactor"):
            raise
        raise FormatError(
            "{title} needs {name}, which is not installed: {install_hint}",
            title=form.title,
            name=error.name,
            install_hint=install_hint(form.extra),
            reason=NO_PACKAGE,
        ) from None
    return redact if name in FORMATS else guarded(redact, described("formats", name))


def _plugged(name: str) -> Format:
    form = load("formats", name)
    if not isinstance(form, Format) or form.name != name:
        raise PluginError("{described} must be a redactor.Format of that name", described=described("formats", name))
    return form


def is_installed(form: Format) -> bool:
    """Whether what a format needs is there."""
    if not form.extra:
        return True
    try:
        load_format(form.name)
    except FormatError:
        return False
    return True
