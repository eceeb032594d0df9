"""What contents call their fonts, pictures and colours: names that say something become numbers, the same everywhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import regex
from pikepdf import Name

_PLAIN: Final = regex.compile(rb"/(?:[A-Za-z0-9_.+*-]|#2[0-9A-Fa-f]){1,60}")
"""What programs call resources, tags and inks (`/F1`, `/Im0`, `/Artifact`, `/C2_0`, `/PANTONE#20123#20C`)."""
_MANY_DIGITS: Final = regex.compile(rb"(?:\d[-_.]?){11}")
"""As many as a number of somebody's has; names that programs make up have ten at most."""


def is_plain(name: Name | str) -> bool:
    """Whether a name is of the kind that programs give, and says nothing."""
    written = _written(name)
    return bool(_PLAIN.fullmatch(written)) and not _MANY_DIGITS.search(written)


def _written(name: Name | str) -> bytes:
    return (name if isinstance(name, Name) else Name(name)).unparse()


@dataclass(slots=True)
class NewNames:
    """The new names of a document's resources. That one is taken already is as good as impossible."""

    _new: dict[bytes, str] = field(default_factory=dict)

    def of(self, name: Name | str) -> str:
        """The name itself where it is plain, else its new one."""
        if is_plain(name):
            return str(name)
        return self._new.setdefault(_written(name), f"/RedactorName{len(self._new)}")
