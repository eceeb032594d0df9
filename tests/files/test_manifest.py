"""Manifests: written whole, read back the same, refused when they are something else."""

from __future__ import annotations

import hashlib
import stat
from pathlib import Path

import pytest

from redactor.files.manifest import Listed, Manifest, listed, read_manifest, write_manifest
from redactor.model import FormatError


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    place = tmp_path / "manifest.json"
    source = tmp_path / "青山.jsonl"
    source.write_bytes(b'{"a": 1}\n{"a": 2}\n')
    manifest = Manifest(
        "ab" * 32,
        (listed(source, "青山.jsonl", 2), Listed("gone.txt", None, None)),
        (Listed("part-00000.jsonl", "cd" * 32, 18, 2),),
        {"files": 2, "rules": {"person.label": 3}},
        complete=False,
    )
    write_manifest(place, manifest)
    assert read_manifest(place) == manifest
    assert manifest.inputs[0] == Listed("青山.jsonl", hashlib.sha256(source.read_bytes()).hexdigest(), 18, 2)
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    before = place.read_bytes()
    write_manifest(place, manifest)
    assert place.read_bytes() == before


def test_a_name_of_any_bytes_can_stand_in_one(tmp_path: Path) -> None:
    write_manifest(tmp_path / "m.json", Manifest("", (Listed("a\udcff.txt", None, None),)))
    assert "\\udcff" in (tmp_path / "m.json").read_text("utf-8")


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", '{"schema": 2}', '{"schema": 1, "settings": "", "inputs": [{"name": 1, "more": 2}]}', "\ufeff1"],
)
def test_what_is_no_manifest_is_refused(tmp_path: Path, content: str) -> None:
    place = tmp_path / "m.json"
    place.write_text(content, "utf-8")
    with pytest.raises(FormatError, match=r"m\.json: not a manifest of redactor"):
        read_manifest(place)
