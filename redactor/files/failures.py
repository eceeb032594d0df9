"""What goes wrong with a file, in one line that names what is to blame."""

from __future__ import annotations

from redactor.language import because
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
            return LimitError("{name}: needs more memory than it may take; nothing was written", name=name)
        case RecursionError():
            return LimitError("{name}: is nested too deep; nothing was written", name=name)
    return None
