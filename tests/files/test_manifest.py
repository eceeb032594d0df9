"""Manifests: written whole, and the same for the same."""

from __future__ import annotations

import hashlib
import json
import stat
from dataclasses import asdict
from pathlib import Path

from redactor.files.manifest import Listed, Manifest, listed, write_manifest


def test_all_of_it_is_written(tmp_path: Path) -> None:
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
    assert json.loads(place.read_text("utf-8")) == json.loads(json.dumps({"schema": 1, **asdict(manifest)}))
    assert manifest.inputs[0] == Listed("青山.jsonl", hashlib.sha256(source.read_bytes()).hexdigest(), 18, 2)
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    before = place.read_bytes()
    write_manifest(place, manifest)
    assert place.read_bytes() == before


def test_a_name_of_any_bytes_can_stand_in_one(tmp_path: Path) -> None:
    write_manifest(tmp_path / "m.json", Manifest("", (Listed("a\udcff.txt", None, None),)))
    assert "\\udcff" in (tmp_path / "m.json").read_text("utf-8")
