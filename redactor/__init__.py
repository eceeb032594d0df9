"""Redact and anonymize Chinese text by rule files.

>>> from redactor import Redactor
>>> Redactor().redact("请王建国同志牵头，同比增长12.5%以上").text
'请×同志牵头，同比增长×%以上'
"""

from redactor.engine import Redactor
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
