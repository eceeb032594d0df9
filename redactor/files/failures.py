"""What goes wrong with a file, in one line that names what is to blame."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from redactor.language import because, say
from redactor.model import OUTPUT, FormatError, LimitError, RedactorError
from redactor.text.places import at
from redactor.text.show import escape, show


def failure(error: Exception, name: str) -> RedactorError | None:
    """What went wrong with a file, as an error of one line that names the file; None for a fault of the program itself."""
    match error:
        case RedactorError():
            return error.reworded(escape(str(error) if name in str(error) else at(name, error)))
        case OSError():
            other = show(error.filename) if isinstance(error.filename, str) else name
            if other == name:
                return FormatError("{path}: {strerror}", path=name, strerror=because(error))
            return FormatError(
                "{path}: can't be written: {strerror}", path=other, strerror=because(error), reason=OUTPUT
            )
        case MemoryError():
            return LimitError("{name}: needs more memory than it may take", name=name)
        case RecursionError():
            return LimitError("{name}: is nested too deep", name=name)
        case LookupError() if str(error).startswith("unknown encoding: "):
            # Those that documents name are asked for with care: this is one of the program's own, which could not be loaded.
            return RedactorError(
                "{name}: a part of the program can't be loaded: {part}", name=name, part=escape(str(error))
            )
        case ImportError():
            return RedactorError(
                "{name}: a part of the program can't be loaded: {part}", name=name, part=part_of(error)
            )
    return None


@contextmanager
def blaming(path: Path) -> Iterator[None]:
    """What goes wrong in it is told of a file, in one line; what nobody has foreseen, as it is."""
    try:
        yield
    except Exception as error:
        raise (failure(error, show(path)) or error) from None


def unexpected(error: Exception) -> str:
    """What is said of a fault of the program: its message may hold text of a document, so only the kind of it is told."""
    return say("unexpected {error}; run with --debug for where it happened", error=type(error).__name__)


def part_of(error: ImportError) -> str:
    """The part of the program, or of a package that it needs, that could not be loaded."""
    return escape(error.name or str(error))


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands where an output is to go, so that it can be told afterwards whether that was written."""

    target: Path | None
    """None: there is no output with a name."""
    before: tuple[int, ...] | None

    @classmethod
    def at(cls, target: Path | None) -> Standing:
        """What stands there now."""
        return cls(target, _state(target))

    def said(self, *, unsure: bool = False) -> str:
        """Whether the output was written, in words. `unsure`: others were at it before this was looked at."""
        now = _state(self.target)
        if now is None or (now == self.before and not unsure):
            return say("nothing was written")
        target = show(self.target or "")
        if unsure:
            return say("{target} may have been written; if it was, it is whole", target=target)
        return say("{target} was written, and is whole", target=target)

    @property
    def written(self) -> bool:
        """Whether the output was written."""
        return _state(self.target) not in (None, self.before)


def _state(target: Path | None) -> tuple[int, ...] | None:
    """By what two states of a file differ; None where there is none."""
    if target is None:
        return None
    try:
        found = target.lstat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_mtime_ns
