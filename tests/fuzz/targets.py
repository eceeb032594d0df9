"""The targets: what is run, what mutates its inputs, what of the program it is for, and how much is enough."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from redactor.formats.registry import FORMATS
from tests.fuzz import archives, columns, engine, mails, packages, pdfs, tomls, trees
from tests.fuzz.outcome import Mutate, Run
from tests.fuzz.readers import reader
from tests.fuzz.texts import by_words

CORPUS: Final = Path(__file__).parent / "corpus"
"""Seeds, a folder a target."""


@dataclass(frozen=True, slots=True)
class Target:
    """A target. `code`: the modules whose coverage is told, below `redactor/`; `floor`: executions that a release is worth."""

    name: str
    run: Run
    mutate: Mutate
    code: tuple[str, ...]
    floor: int = 30_000

    def seeds(self) -> list[bytes]:
        """The inputs that are committed, in the order of their names."""
        return [path.read_bytes() for path in sorted((CORPUS / self.name).iterdir())]


_STRUCTURED: Final[dict[str, Mutate]] = {
    "xml": packages.xml,
    "json": trees.values,
    "jsonl": trees.records,
    "eml": mails.mutate,
    "pdf": pdfs.mutate,
    "parquet": columns.parquet,
    "arrow": columns.arrow,
    **{name: archives.of(name) for name in ("docx", "xlsx", "pptx", "zip", "tar", "gzip")},
}
_CODE: Final = {
    "text": ("formats/text.py", "text"),
    "html": ("formats/web",),
    "xml": ("formats/web/xml.py", "formats/web/markup.py", "formats/web/splice.py"),
    "eml": ("formats/mail",),
    "pdf": ("formats/pdf",),
    "json": ("formats/tables/json_file.py", "formats/tables/json_scan.py", "formats/tables/json_paths.py"),
    "jsonl": ("formats/tables/jsonl.py", "formats/tables/json_records.py"),
    "csv": ("formats/tables/delimited.py", "formats/tables/told.py", "formats/tables/rows.py"),
    "parquet": ("formats/tables/parquet.py", "formats/tables/arrow_table.py"),
    "arrow": ("formats/tables/arrow.py", "formats/tables/arrow_table.py"),
    "docx": ("formats/office",),
    "xlsx": ("formats/office",),
    "pptx": ("formats/office",),
    "zip": ("formats/archives",),
    "tar": ("formats/archives/untar.py", "formats/archives/archive.py", "formats/archives/names.py"),
    "gzip": ("formats/archives/inflate.py", "formats/archives/archive.py"),
}
_TEXTS: Final = ("text", "html", "xml", "json", "jsonl", "csv")


def _targets() -> list[Target]:
    readers = [
        Target(
            name,
            reader(name),
            _STRUCTURED[name] if name in _STRUCTURED else by_words(name),
            code,
            1_000_000 if name in _TEXTS else 30_000,
        )
        for name, code in _CODE.items()
        if name in FORMATS
    ]
    return [
        *readers,
        Target("rules", engine.rules, tomls.mutate, ("ruleset", "matching"), 1_000_000),
        Target("policies", engine.policies, tomls.mutate, ("policy", "ruleset/fields.py"), 1_000_000),
        Target("engine", engine.engine, by_words("text"), ("document", "detect", "text"), 500_000),
        Target("builtin", engine.builtin, by_words("text"), ("document", "detect", "text")),
    ]


TARGETS: Final = {target.name: target for target in _targets()}
