"""Short texts read ahead, so that several can be looked at together."""

from __future__ import annotations

from pathlib import Path

from redactor.files.inputs import open_input
from redactor.formats.options import Options
from redactor.formats.registry import TEXT
from redactor.formats.sniff import kind_of
from redactor.text.decode import detect_encoding, read_parts


def short_text(source: Path, kind: str | None, options: Options) -> list[str]:
    """The text of a file that is one. `kind`: the format of all files; None: what the content of each says."""
    with open_input(source) as opened:
        if (kind or kind_of(opened.stream, source.name)) != TEXT:
            return []
        encoding = detect_encoding(opened.stream, wanted=options.encoding, errors=options.errors)
        return ["".join(read_parts(opened.stream, encoding, options.errors))]
