"""The formats that are known: how each is called, what it needs, what it sees. Their modules are loaded when one is met."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

from redactor.formats.unit import Redact
from redactor.model import FormatError


@dataclass(frozen=True, slots=True)
class Format:
    """One format. `extra`: what to install for it (`redactor[docx]`), none when the core suffices."""

    name: str
    title: str
    suffixes: tuple[str, ...]
    module: str
    extra: str = ""
    sees: str = ""
    misses: str = ""


TEXT = "text"
FORMATS = {
    each.name: each
    for each in (
        Format(
            TEXT,
            "Plain text",
            (".txt", ".md", ".log"),
            "text",
            sees="all of it, in any encoding that can be told",
            misses="nothing",
        ),
        Format(
            "eml",
            "Mail",
            (".eml", ".mht", ".mhtml"),
            "eml",
            sees="headers, texts, names of attachments, and attachments by their own formats; mails in mails",
            misses="pictures and encrypted parts, which are kept and reported; host names that look like none",
        ),
        Format(
            "zip",
            "Zip archive",
            (".zip",),
            "archive",
            sees="every member by its own format, however it is called, and the members' names; archives in archives, 4 deep",
            misses="pictures and other binary members, which are kept and reported; encrypted archives are refused",
        ),
        Format(
            "tar",
            "Tar archive",
            (".tar",),
            "archive",
            sees="as of zip archives",
            misses="as of zip archives; links and devices are refused",
        ),
        *(
            Format(
                name,
                f"File or tar archive compressed by {name}",
                suffixes,
                "archive",
                sees="the file by its own format, or the archive's members",
                misses="what the format of the file misses",
            )
            for name, suffixes in (
                ("gzip", (".gz", ".tgz")),
                ("bzip2", (".bz2", ".tbz2")),
                ("xz", (".xz", ".txz")),
            )
        ),
    )
}


def load_format(name: str) -> Redact:
    """The `redact` of a format other than plain text. FormatError names the extra that is missing."""
    form = FORMATS[name]
    try:
        redact: Redact = import_module(f"redactor.formats.{form.module}").redact
    except ImportError as error:
        if not form.extra or (error.name or "").startswith("redactor"):
            raise
        raise FormatError(
            f'{form.title} needs {error.name}, which is not installed: pip install "redactor[{form.extra}]"'
        ) from None
    return redact


def is_installed(form: Format) -> bool:
    """Whether what a format needs is there."""
    if not form.extra:
        return True
    try:
        load_format(form.name)
    except FormatError:
        return False
    return True
