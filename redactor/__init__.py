"""Redact and anonymize Chinese text by rule files.

>>> from redactor import Redactor
>>> Redactor().redact("请王建国同志牵头，同比增长12.5%以上").text
'请×同志牵头，同比增长×%以上'
"""

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
    from redactor.redactor import Redactor

__version__ = "0.1.0"
__all__ = [
    "DecodeError",
    "Edit",
    "Evidence",
    "Finding",
    "FormatError",
    "LimitError",
    "PolicyError",
    "Redactor",
    "RedactorError",
    "Result",
    "RuleError",
    "__version__",
]


def __getattr__(name: str) -> Any:
    """The engine is imported when it is first asked for, so that the command's help need not wait for it."""
    if name == "Redactor":
        from redactor.redactor import Redactor

        return Redactor
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
