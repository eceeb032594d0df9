"""Redact and anonymize Chinese text by rule files.

>>> from redactor import Redactor
>>> Redactor().redact("请王建国同志牵头，同比增长12.5%以上").text
'请×同志牵头，同比增长×%以上'
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from redactor.model import (
    DecodeError,
    Edit,
    Evidence,
    Finding,
    FormatError,
    LimitError,
    PolicyError,
    RedactorError,
    Result,
    RuleError,
)

if TYPE_CHECKING:
    from redactor.files.redact import FileFinding, FileResult, redact_file
    from redactor.formats.options import Options
    from redactor.redactor import Redactor

__version__ = "0.1.0"
__all__ = [
    "DecodeError",
    "Edit",
    "Evidence",
    "FileFinding",
    "FileResult",
    "Finding",
    "FormatError",
    "LimitError",
    "Options",
    "PolicyError",
    "Redactor",
    "RedactorError",
    "Result",
    "RuleError",
    "__version__",
    "redact_file",
]

_HOMES = {
    "FileFinding": "redactor.files.redact",
    "FileResult": "redactor.files.redact",
    "Options": "redactor.formats.options",
    "Redactor": "redactor.redactor",
    "redact_file": "redactor.files.redact",
}


def __getattr__(name: str) -> Any:
    """The engine is imported when it is first asked for, so that the command's help need not wait for it."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
