"""The manifest of a run: what went in and what came out, each by its digest, under which settings, and the totals.

By it a run over a collection can be checked later, and told from another. It holds no text; yet by the digest of a short input a guess
at it can be confirmed: the file is made with mode 0600 and belongs with the originals.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Final

from redactor.files.atomic import write_whole
from redactor.text.whole_file import open_regular

SCHEMA: Final = 1
"""The version of what a manifest says; it is raised when a key changes its meaning or goes."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A file that a run has read or written. `sha256`, `bytes`: of all of it; None for an input that could not be read.

    `rows`: its records where its format has some (lines of JSONL, rows of CSV or Parquet), else None.
    """

    name: str
    sha256: str | None
    bytes: int | None
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """`settings`: the digest of all that outputs depend on besides their inputs. `complete`: whether the run has come to its end."""

    settings: str
    inputs: Sequence[Listed] = ()
    outputs: Sequence[Listed] = ()
    totals: Mapping[str, Any] = field(default_factory=dict)
    complete: bool = True


def listed(path: Path, name: str, rows: int | None = None) -> Listed:
    """A file as it stands now, read to its end; `name`: what it is called in the manifest. OSError when it can't be read."""
    with open_regular(path) as stream:
        return Listed(name, *digest_of(stream), rows)


def digest_of(stream: BinaryIO) -> tuple[str, int]:
    """SHA-256 of all that a stream holds, and its size; the stream is at its beginning afterwards."""
    stream.seek(0)
    found = hashlib.file_digest(stream, "sha256").hexdigest(), stream.tell()  # type: ignore[arg-type]  # it has readinto
    stream.seek(0)
    return found


def write_manifest(path: Path, manifest: Manifest) -> None:
    """Write a manifest as JSON, whole or not at all, for its owner's eyes only; equal manifests are equal files."""
    content = {
        "schema": SCHEMA,
        "complete": manifest.complete,
        "settings": manifest.settings,
        "inputs": [asdict(each) for each in manifest.inputs],
        "outputs": [asdict(each) for each in manifest.outputs],
        "totals": dict(manifest.totals),
    }
    write_whole(
        path, (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "backslashreplace"), 0o600
    )
