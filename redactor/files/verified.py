"""`verify_files`: whether an output is what its original becomes, as one call; the report of it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from redactor.files.bound import Bound, unbound
from redactor.files.failures import blaming
from redactor.files.inputs import STDIN
from redactor.files.verifying import NAMES, Kept, Looked, Way, look
from redactor.formats.limits import MAX_TOTAL
from redactor.formats.options import Options
from redactor.formats.registry import check_format
from redactor.language import say
from redactor.model import FormatError
from redactor.parallel.sandbox import Limits, confined
from redactor.redactor import Redactor
from redactor.text.show import escape, show
from redactor.text.whole_file import open_regular
from redactor.vault.vault import Vault

SCHEMA: Final = 1
"""Of the report."""
MOST: Final = 256 << 20
"""Bytes of a file that is verified."""
_SECONDS: Final = 600


@dataclass(frozen=True, slots=True)
class VerifyFault:
    """What is wrong in an output: the check that tells it (`gone`, `intact`), the part of the output, what of it.

    `text`: what stands there, as far as it is known; for who may read the original.
    """

    check: str
    where: str
    what: str
    text: str = ""

    def __str__(self) -> str:
        place = say("{where}: {what}", where=self.where, what=say(self.what)) if self.where else say(self.what)
        return f"{self.check}: {place}"


@dataclass(frozen=True, slots=True)
class VerifyResult:
    """What verifying a pair of files has come to.

    `faults`: what is wrong; `not_checked`: what could not be looked into (a picture), as place and kind. `values`: how many values
    were looked for. `sha256`: of original and output, in hex; `settings`: of rules, policy and the program's version. `checks`: those that
    were made: `back` wants a vault, `bound` a report.
    """

    original: Path
    output: Path
    format: str
    faults: tuple[VerifyFault, ...]
    not_checked: tuple[tuple[str, str], ...]
    values: int
    sha256: tuple[str, str]
    settings: str
    checks: tuple[str, ...] = NAMES

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong; something may still be `not_checked`."""
        return not self.faults


def verify_files(
    original: str | Path,
    output: str | Path,
    *,
    redactor: Redactor | None = None,
    format: str | None = None,
    options: Options | None = None,
    against: str | Path | None = None,
    kept: Kept = frozenset(),
    resaved: bool = False,
    libreoffice: bool = False,
    vault: Vault | None = None,
    max_memory: int = 4096,
) -> VerifyResult:
    """Check an output against its original by readers that have not written it: nothing that was masked is left, nothing else has changed.

    `redactor`, `format`, `options`: what the output was made with, as of `redact_file`. `against`: a report that names the hashes of files, rules or
    settings, which must agree. `kept`: findings, each as entity and text, that the output may have. `resaved`: another program has
    saved the output since: only what it says is compared. `libreoffice`: it is asked what it reads, where it is installed. `vault`: its labels,
    put back, must give what the original says. Both documents are read in a process of its own, which may take `max_memory` MiB.

    RedactorError, in one line, when one of the two can't be read.
    """
    source, target = Path(original), Path(output)
    check_format(format)
    if STDIN in (source, target):
        raise FormatError("-: not a file")
    redactor = redactor or Redactor()
    way = Way(redactor, options or Options(), format, resaved=resaved, office=libreoffice, kept=kept, vault=vault)
    return verified(source, target, way, None if against is None else Bound.read(Path(against)), max_memory)


def verified(source: Path, target: Path, way: Way, against: Bound | None, memory: int) -> VerifyResult:
    """The result of a pair. RedactorError, in one line that names the file, when one of the two can't be read."""
    before, after = _read(source), _read(target)
    with blaming(target):
        looked = _confined(before, after, source, target, way, memory)
    settings = way.redactor.settings.digest
    leaks = [(name, leak) for name in NAMES for leak in looked.faults[name]]
    leaks += [("bound", leak) for leak in unbound(against, source, looked.sha256, way.redactor)]
    return VerifyResult(
        source,
        target,
        looked.format,
        tuple(VerifyFault(name, escape(leak.where), leak.what, leak.value) for name, leak in leaks),
        tuple((escape(leak.where), say(leak.what)) for leak in looked.unchecked),
        looked.values,
        looked.sha256,
        settings,
        tuple(name for name in NAMES if (name != "back" or way.vault) and (name != "bound" or against)),
    )


def _read(path: Path) -> bytes:
    with blaming(path), open_regular(path) as stream:
        data = stream.read(MOST + 1)
    if len(data) > MOST:
        raise FormatError("{path}: of more than {most} MiB, which can't be verified", path=show(path), most=MOST >> 20)
    return data


def _confined(before: bytes, after: bytes, source: Path, target: Path, way: Way, memory: int) -> Looked:
    size = len(before) + len(after)
    limits = Limits(memory << 20, int(_SECONDS * (1 + size / 1e6)), 2 * MAX_TOTAL + 8 * size)
    return confined(partial(look, before, after, source, target, way), limits)


def report_of(
    results: Iterable[VerifyResult], errors: Iterable[tuple[str, str]], redactor: Redactor, *, include_text: bool
) -> dict[str, Any]:
    """The report of some pairs, ready for JSON. `errors`: the files that could not be read, and why."""
    results = list(results)
    failed = [{"name": name, "error": error} for name, error in errors]
    return {
        "schema": SCHEMA,
        "kind": "verify",
        "policy": redactor.policy.name,
        "settings": redactor.settings.digest,
        "totals": {
            "files": len(results) + len(failed),
            "passed": sum(each.passed and not each.not_checked for each in results),
            "unchecked": sum(each.passed and bool(each.not_checked) for each in results),
            "faulty": sum(not each.passed for each in results),
            "failed": len(failed),
        },
        "files": [_entry(each, include_text=include_text) for each in results],
        "errors": failed,
    }


def _entry(result: VerifyResult, *, include_text: bool) -> dict[str, Any]:
    checks = {}
    for name in result.checks:
        faults = [each for each in result.faults if each.check == name]
        checks[name] = {"passed": not faults, "faults": [_fault(each, include_text=include_text) for each in faults]}
    return {
        "original": {"name": show(result.original), "sha256": result.sha256[0]},
        "output": {"name": show(result.output), "sha256": result.sha256[1]},
        "format": result.format,
        "passed": result.passed,
        "values": result.values,
        "checks": checks,
        "not_checked": [{"where": where, "what": what} for where, what in result.not_checked],
    }


def _fault(fault: VerifyFault, *, include_text: bool) -> dict[str, str]:
    told = {"where": fault.where, "what": say(fault.what)}
    return told | {"text": fault.text} if include_text else told


def as_json(report: dict[str, Any]) -> bytes:
    """The report as bytes of a file."""
    return (json.dumps(report, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "backslashreplace")
