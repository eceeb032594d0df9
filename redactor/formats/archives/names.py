"""Names of files inside files: keys from strangers, never paths; what they say is redacted like any other value."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Final

import regex

from redactor.formats.pieces import numbered
from redactor.formats.unit import Session, Unit
from redactor.model import FormatError

_LONGEST: Final = 1000
_DEEPEST: Final = 50
_CONTROL: Final = regex.compile(r"[\x00-\x1f\x7f\\]|\A[A-Za-z]:")
_RESERVED: Final = regex.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]) *(?:\.|\Z)", regex.I)
_SUFFIX: Final = regex.compile(r"(?<=.)(?:\.tar)?\.[A-Za-z][A-Za-z0-9]{0,4}\Z")


def decode_name(raw: bytes) -> str:
    """A name as text: archives made on Chinese systems hold GBK without saying so."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            pass
    return raw.decode("cp437")


def check_names(names: Sequence[str]) -> None:
    """FormatError when a name leads out of the archive, means something else on another system, or comes twice."""
    seen: set[str] = set()
    for name in names:
        if len(name) > _LONGEST or name.count("/") > _DEEPEST:
            raise FormatError("a member whose name is too long")
        bare = name.removeprefix("./").removesuffix("/")
        pieces = bare.split("/")
        if name not in (".", "./") and (
            _CONTROL.search(name) or any(p in ("", ".", "..") or p[-1] in ". " or _RESERVED.match(p) for p in pieces)
        ):
            raise FormatError("a member whose name is dangerous to unpack")
        folded = unicodedata.normalize("NFC", bare).casefold()
        if folded in seen:
            raise FormatError("two members of one name, or of names that differ in case alone")
        seen.add(folded)


def redacted_names(names: Sequence[str], session: Session) -> list[str]:
    """The names with what is to be redacted in them gone; each folder and file name is looked at by itself.

    What is not redacted keeps its name. Of names that become equal, all but the first get a number.
    """
    pieces = list(dict.fromkeys(piece for name in names for piece in name.split("/") if piece))
    bare = [_SUFFIX.sub("", piece) for piece in pieces]
    redacted = session.flow([Unit(text, "name of a member") for text in bare], prose=False)
    new = {
        piece: _safe(done.text) + piece[len(text) :] if done.edits else piece
        for piece, text, done in zip(pieces, bare, redacted, strict=True)
    }
    paths = dict.fromkeys(path for name in names for path in _steps(name))
    written: dict[str, str] = {"": ""}
    taken: set[str] = set()
    # Shorter paths first, since a folder's name goes before its files'; names that stay before those that must give way.
    for path in sorted(paths, key=lambda p: (p.count("/"), new[p.rpartition("/")[2]] != p.rpartition("/")[2])):
        folder, _, piece = path.rpartition("/")
        written[path] = _free(written[folder] + "/" * bool(folder) + new[piece], piece, taken)
    return [
        written[name.removesuffix("/")] + "/" * name.endswith("/") if name not in (".", "./") else name
        for name in names
    ]


def _steps(name: str) -> list[str]:
    """The folders on the way to a name, and the name."""
    pieces = name.removesuffix("/").split("/")
    return ["/".join(pieces[: count + 1]) for count in range(len(pieces))]


def _safe(text: str) -> str:
    """What was written into a name must not make it a path."""
    return regex.sub(r"[\x00-\x1f\x7f/\\:*?\"<>|]", "_", text).rstrip(". ") or "_"


def _free(path: str, piece: str, taken: set[str]) -> str:
    suffix = "".join(_SUFFIX.findall(piece))
    stem = path[: len(path) - len(suffix)]
    free = next(name for name in numbered(stem, "~", suffix) if name.casefold() not in taken)
    taken.add(free.casefold())
    return free
