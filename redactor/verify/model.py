"""What passes through the last check: pieces that readers give, and what is told of an output at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

from redactor.language import later, say
from redactor.model import FormatError

MOST_BYTES: Final = 2 << 30
"""Bytes of all that is unpacked of one output; an input that held more was refused."""
MOST_DEPTH: Final = 6
"""Containers in containers that are opened."""

TEXT: Final = later("text")
ATTRIBUTE: Final = later("attributes")
COMMENT: Final = later("comments")
SCRIPT: Final = later("scripts")
NAME: Final = later("names")
METADATA: Final = later("metadata")
HEADER: Final = later("headers")
BYTES: Final = later("bytes")
ENCODED: Final = later("encoded text")
OLDER: Final = later("an older version")


@dataclass(frozen=True, slots=True)
class Piece:
    """A text that a reader has found. Line ends part what does not belong together.

    `where`: the part of the output, `what`: what of it. `prose`: whether people read it as text; short numbers are looked for there only.
    `again`: whether the same may have been read in another way. `views`: other readings of the same text; of a value, the one
    that shows it most often counts.
    """

    where: str
    what: str
    text: str
    prose: bool = True
    again: bool = False
    views: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Blob:
    """Bytes of a part as they are, unpacked. `read`: whether a reader has given their text, so that only what is encoded in them is of interest."""

    where: str
    data: bytes
    read: bool = False


Found = Iterator[Piece | Blob]


@dataclass(frozen=True, slots=True)
class Hint:
    """What is said of bytes: the name of the file that they are, their MIME type, their encoding."""

    name: str = ""
    type: str = ""
    charset: str = ""


Inner = Callable[[bytes, Hint, str], Found]
"""Reads bytes that lie in a container; the last argument is where that is."""


@dataclass(slots=True)
class Budget:
    """How much may still be unpacked of one output."""

    left: int = MOST_BYTES

    def take(self, size: int) -> None:
        """Count bytes. FormatError when there are too many."""
        self.left -= size
        if self.left < 0:
            raise FormatError("the last check can't read it: it holds too much")


@dataclass(frozen=True, slots=True)
class Leak:
    """A place of the output that is not as it should be: the part of the output, and what of it.

    `value`: what stands there, for who may read the original; it is in no message, and two leaks that differ in it alone are one.
    """

    where: str
    what: str
    value: str = field(default="", compare=False, repr=False)

    def __str__(self) -> str:
        return f"{self.where} ({say(self.what)})" if self.where else say(self.what)


CheckName = Literal["gone", "short"]


@dataclass(frozen=True, slots=True)
class Check:
    """One row of the last check. `values`: how many were looked for; `leaks`: where one was found that nothing explains.

    `gone`: values that are long enough to be told from what stands there by chance, wherever they are. `short`: those that are
    not, together with what stood around them.
    """

    name: CheckName
    values: int
    leaks: tuple[Leak, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the last check says of an output."""

    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        """Whether nothing was found that nothing explains."""
        return not any(check.leaks for check in self.checks)

    @property
    def leaks(self) -> tuple[Leak, ...]:
        """All places, in the order in which they were found."""
        return tuple(leak for check in self.checks for leak in check.leaks)
