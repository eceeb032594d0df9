"""Redact and anonymize Chinese text by rule files.

>>> from redactor import Redactor
>>> Redactor().redact("请王建国同志牵头，同比增长12.5%以上").text
'请×同志牵头，同比增长×%以上'
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from redactor.model import (
    ENTITIES,
    Decided,
    DecodeError,
    Edit,
    Entity,
    Evidence,
    Finding,
    FormatError,
    LimitError,
    NotChecked,
    PluginError,
    PolicyError,
    PseudonymError,
    RedactorError,
    Result,
    RuleError,
)

if TYPE_CHECKING:
    from redactor.document.foreign import apply
    from redactor.document.residue import Residue
    from redactor.files.redact import FileFinding, FileResult, redact_file
    from redactor.files.restoring import FileRestored, restore_file
    from redactor.files.vaults import read_vault, write_vault
    from redactor.files.verified import VerifyFault, VerifyResult, verify_files
    from redactor.formats.options import Options
    from redactor.formats.registry import Format
    from redactor.formats.unit import Unit
    from redactor.policy.load import Policy, load_policy, policy_names
    from redactor.policy.operators import Operator
    from redactor.redactor import Redactor
    from redactor.settings import Settings
    from redactor.vault.labelling import redact_to_vault
    from redactor.vault.restore import Foreign, Restored, restore
    from redactor.vault.vault import Vault

__version__ = "0.1.0"
__all__ = [
    "ENTITIES",
    "Decided",
    "DecodeError",
    "Edit",
    "Entity",
    "Evidence",
    "FileFinding",
    "FileRestored",
    "FileResult",
    "Finding",
    "Foreign",
    "Format",
    "FormatError",
    "LimitError",
    "NotChecked",
    "Operator",
    "Options",
    "PluginError",
    "Policy",
    "PolicyError",
    "PseudonymError",
    "Redactor",
    "RedactorError",
    "Residue",
    "Restored",
    "Result",
    "RuleError",
    "Settings",
    "Unit",
    "Vault",
    "VerifyFault",
    "VerifyResult",
    "__version__",
    "apply",
    "load_policy",
    "policy_names",
    "read_vault",
    "redact_file",
    "redact_to_vault",
    "restore",
    "restore_file",
    "verify_files",
    "write_vault",
]
_MODULES: Final = {
    "FileFinding": "redactor.files.redact",
    "FileRestored": "redactor.files.restoring",
    "FileResult": "redactor.files.redact",
    "Foreign": "redactor.vault.restore",
    "Format": "redactor.formats.registry",
    "Operator": "redactor.policy.operators",
    "Options": "redactor.formats.options",
    "Policy": "redactor.policy.load",
    "Redactor": "redactor.redactor",
    "Residue": "redactor.document.residue",
    "Restored": "redactor.vault.restore",
    "Settings": "redactor.settings",
    "Unit": "redactor.formats.unit",
    "Vault": "redactor.vault.vault",
    "VerifyFault": "redactor.files.verified",
    "VerifyResult": "redactor.files.verified",
    "apply": "redactor.document.foreign",
    "load_policy": "redactor.policy.load",
    "policy_names": "redactor.policy.load",
    "read_vault": "redactor.files.vaults",
    "redact_file": "redactor.files.redact",
    "redact_to_vault": "redactor.vault.labelling",
    "restore": "redactor.vault.restore",
    "restore_file": "redactor.files.restoring",
    "verify_files": "redactor.files.verified",
    "write_vault": "redactor.files.vaults",
}


def __getattr__(name: str) -> Any:
    """The engine is imported when it is first asked for, so that the command's help need not wait for it."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
