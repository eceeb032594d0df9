"""Whether the labels of an output lead back: put back by the vault, they must give what the original says."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from redactor.files.restoring import put_back
from redactor.formats.options import Options
from redactor.formats.registry import TEXT
from redactor.formats.restoring import RESTORED
from redactor.language import later
from redactor.model import Edit, RedactorError
from redactor.policy.load import Policy
from redactor.vault.vault import Vault
from redactor.verify.intact import Known, Told, differences, lines_of
from redactor.verify.model import Leak
from redactor.verify.reading import read

_OTHER: Final = later("put back, it is not the original")
_STRAY: Final = later("reads like a label of the vault, and is none")
_NOWAY: Final = later("labels that can't be put back in this format")
_UNREAD: Final = later("the labels can't be put back")


@dataclass(frozen=True, slots=True)
class Written:
    """What the program makes of an original: its format, that of the output, its bytes, its texts with their edits."""

    before: str
    after: str
    data: bytes
    told: Sequence[Told]


def leads_back(
    original: bytes,
    output: bytes,
    made: Written,
    policy: Policy,
    vault: Vault,
    options: Options,
    unlooked: Callable[[Leak], object],
) -> Iterator[Leak]:
    """What of an output does not lead back to its original. `unlooked`: is told where that can't be looked into.

    What the policy replaces without keeping it can't come back, and is no fault.
    """
    if made.after not in RESTORED or made.after != made.before or options.to:
        unlooked(Leak("", _NOWAY))
        return
    encoding = options.output_encoding or options.encoding
    try:
        session, back = put_back(io.BytesIO(output), made.after, vault, encoding)
    except RedactorError:
        yield Leak("", _UNREAD)
        return
    yield from (Leak(where, _STRAY, label) for where, label in session.foreign)
    gone = [replace(each, edits=_unkept(each, policy)) for each in made.told]
    if made.after == TEXT and not options.output_encoding and not any(each.edits for each in gone):
        yield from _unlike(original, back)
        return
    hint = made.after if made.after != TEXT else ""
    known = Known(gone, written=lines_of(read(made.data, hint)))
    yield from (replace(leak, what=_OTHER) for leak in differences(read(original, hint), read(back, hint), known))


def _unkept(told: Told, policy: Policy) -> tuple[Edit, ...]:
    return tuple(edit for edit in told.edits if policy.operator(edit.entity).kind != "vault")


def _unlike(original: bytes, back: bytes) -> Iterator[Leak]:
    """The first line at which a text that was put back differs from what it was, byte for byte."""
    if original != back:
        pairs = zip(original.split(b"\n"), back.split(b"\n"), strict=False)
        line = next((number for number, (one, other) in enumerate(pairs, 1) if one != other), 0)
        yield Leak(str(line or min(original.count(b"\n"), back.count(b"\n")) + 2), _OTHER)
