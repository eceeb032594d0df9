"""What a report, a manifest or a file of decisions says that a pair was made of: hashes, which must agree."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from redactor import __version__
from redactor.language import later
from redactor.model import FormatError
from redactor.redactor import Redactor
from redactor.text.show import show
from redactor.text.whole_file import read_whole
from redactor.verify.model import Leak

_MOST: Final = 256 << 20
_INPUT: Final = later("the hash of the original is another")
_OUTPUT: Final = later("the hash of the output is another")
_RULES: Final = later("the hashes of the rules are others")
_POLICY: Final = later("the policy is another")
_SETTINGS: Final = later("the hash of rules and settings is another")
_VERSION: Final = later("the version of the program is another")
_NOTHING: Final = later("it says no hash of these files, rules or settings")
_ORIGINAL: Final = ("original", "input", "source")


@dataclass(frozen=True, slots=True)
class Bound:
    """What such a file says."""

    content: dict[str, Any]

    @classmethod
    def read(cls, path: Path) -> Bound:
        """FormatError when it is no JSON object."""
        try:
            content = json.loads(read_whole(path, _MOST))
        except (ValueError, RecursionError):
            content = None
        if not isinstance(content, dict):
            raise FormatError("{path}: is no report in JSON", path=show(path))
        return cls(content)


def unbound(bound: Bound | None, source: Path, sha256: tuple[str, str], redactor: Redactor) -> Iterator[Leak]:
    """What of it does not agree with a pair of files and how they are looked at."""
    if bound is None:
        return
    content, said = bound.content, 0
    for key, why, here in (
        ("settings", _SETTINGS, redactor.settings.digest),
        ("policy", _POLICY, redactor.policy.name),
        ("redactor", _VERSION, __version__),
        ("rule_files", _RULES, _rules(redactor)),
    ):
        if key in content:
            said += key in ("settings", "rule_files")
            if content[key] != here:
                yield Leak("", why)
    wanted = _of_file(content, source)
    for place, why in enumerate((_INPUT, _OUTPUT)):
        if wanted[place]:
            said += 1
            if str(wanted[place]).lower() != sha256[place]:
                yield Leak("", why)
    if not said:
        yield Leak("", _NOTHING)


def _rules(redactor: Redactor) -> list[dict[str, str]]:
    return [{"name": name, "sha256": digest} for name, digest in redactor.ruleset.files]


def _of_file(content: dict[str, Any], source: Path) -> tuple[object, object]:
    """The hashes of original and output that are told of a file: of its own entry, or of the whole where there is no list."""
    files = content.get("files")
    if not isinstance(files, list):
        return _hashes(content)
    entries = [each for each in files if isinstance(each, dict)]
    own = [each for each in entries if _name(each) in (show(source), source.name)]
    return _hashes((own or (entries if len(entries) == 1 else [{}]))[0])


def _name(entry: dict[str, Any]) -> object:
    told = next((entry[key] for key in _ORIGINAL if key in entry), entry.get("name"))
    return told.get("name") if isinstance(told, dict) else told


def _hashes(entry: dict[str, Any]) -> tuple[object, object]:
    told = next((entry[key] for key in _ORIGINAL if key in entry), None)
    return _hash(entry.get("sha256"), told, 0), _hash(entry.get("sha256"), entry.get("output"), 1)


def _hash(pair: object, told: object, place: int) -> object:
    """The hash in one of the forms that reports have: `{"sha256": …}`, a bare one, or both of a file together."""
    if isinstance(told, dict):
        return told.get("sha256")
    if isinstance(pair, dict):
        return pair.get(("input", "output")[place])
    if isinstance(told, str) and len(told) == 64:
        return told
    return None
