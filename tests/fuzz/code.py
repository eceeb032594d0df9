"""What of the program each target is for: the modules, below `redactor/`, that guide it and whose coverage is told."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
READERS: Final[Mapping[str, tuple[str, ...]]] = {
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
"""Of the readers, by format."""
CODE: Final[Mapping[str, tuple[str, ...]]] = {
    **READERS,
    "rules": ("ruleset", "matching"),
    "policies": ("policy", "ruleset/fields.py"),
    "engine": ("document", "detect", "text"),
    "builtin": ("document", "detect", "text"),
}


def others(name: str) -> list[str]:
    """Names of the program's modules that a target is not for."""
    own = CODE[name]
    paths = [path.relative_to(ROOT) for path in sorted(ROOT.glob("redactor/**/*.py"))]
    return [
        ".".join(path.with_suffix("").parts).removesuffix(".__init__")
        for path in paths
        if not any(place in (f"{path.relative_to('redactor')}", *_folders(path)) for place in own)
    ]


def _folders(path: Path) -> list[str]:
    return [f"{folder.relative_to('redactor')}" for folder in path.parents if folder.is_relative_to("redactor")]
