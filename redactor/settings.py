"""`Settings`: all that a result depends on besides the text, the key and the program; made to be sent to other processes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from redactor import __version__
from redactor.detect.plugged import Recognizer
from redactor.packaged import packaged_rules
from redactor.plugins import name_of
from redactor.policy.load import Policy, load_policy
from redactor.ruleset.content import RuleFiles

if TYPE_CHECKING:
    from redactor.redactor import Redactor


@dataclass(frozen=True, slots=True)
class Settings:
    """What a `Redactor` was made with, as plain data: it can be pickled, compared and kept; `redactor()` makes one like it.

    Rule files are held by content, so that they need not be where the settings are taken to. A model of one's own
    (`ner = "onnx:PATH"`) is held by its path, and code (`recognizers`, functions in the policy) by its name, as pickle does: both
    must be there too. Neither the key nor anything of a text is ever part of it.
    """

    policy: Policy = field(default_factory=lambda: load_policy("publish"))
    rules: tuple[RuleFiles, ...] = ()
    only: tuple[str, ...] = ()
    own_places: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    mask: tuple[str, ...] = ()
    builtin: bool = True
    ner: str = "builtin"
    recognizers: tuple[Recognizer, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256, in hex, of these settings, the built-in rules and the program's version: where it is the same, so are the results.

        Of code and of a model of one's own it sees the name only.
        """
        return _sha(json.dumps([__version__, _rules_digest(), _plain(self)], sort_keys=True).encode())

    def redactor(self, key: bytes | None = None, *, cache: Path | None = None) -> Redactor:
        """A Redactor of these settings. `key`, `cache`: as of `Redactor`; PolicyError when the policy needs a key and has none."""
        from redactor.redactor import Redactor

        with TemporaryDirectory(prefix="redactor-") as place:
            paths = []
            for number, own in enumerate(self.rules):
                folder = Path(place, str(number))
                folder.mkdir()
                paths.append(own.written(folder))
            return Redactor(
                self.policy,
                paths,
                only=self.only,
                own_places=self.own_places,
                keep=self.keep,
                mask=self.mask,
                key=key,
                builtin=self.builtin,
                ner=self.ner,
                cache=cache,
                recognizers=self.recognizers,
            )


def _plain(value: Any) -> Any:
    """A value as JSON has it: dataclasses by field, functions by name."""
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return name_of(value) if callable(value) else value


@cache
def _rules_digest() -> str:
    root = packaged_rules()
    files = sorted(path for path in root.rglob("*") if path.is_file())
    return _sha("".join(f"{path.relative_to(root)}\0{_sha(path.read_bytes())}\n" for path in files).encode())


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
