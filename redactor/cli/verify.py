"""`redactor verify`: whether an output is what its original becomes, and nothing of what was masked is left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from redactor.cli.decided import verified_under
from redactor.cli.exit_codes import Exit
from redactor.cli.notes import note
from redactor.cli.options import (
    build_redactor,
    document_options,
    encoding_options,
    job_settings,
    memory_option,
    output_encoding_option,
    quiet_option,
    rule_options,
)
from redactor.cli.project import WithProject
from redactor.cli.selection import find_inputs, fitting, selected, selection_options
from redactor.cli.usage import refuse_existing
from redactor.cli.vaulting import key_options, read_keys
from redactor.files.atomic import write_whole
from redactor.files.bound import Bound
from redactor.files.vaults import open_vault
from redactor.files.verified import VerifyResult, as_json, report_of, verified
from redactor.files.verifying import NAMES, Way
from redactor.files.walk import Selection, sources
from redactor.language import say, several
from redactor.model import RedactorError
from redactor.text.places import at
from redactor.text.show import escape, show
from redactor.vault.labelling import check_policy

Pair = tuple[Path, Path, Path]
"""Original, output, and how both are called below their folders."""
_SHOWN = 10


@click.command(cls=WithProject, codes=True)
@click.argument("original", type=click.Path(path_type=Path))
@click.argument("output", type=click.Path(path_type=Path))
@click.option(
    "--report", "report_file", type=click.Path(path_type=Path), metavar="FILE", help="Write a report in JSON."
)
@click.option("--force", is_flag=True, help="Write over a report that exists.")
@click.option(
    "--include-text", is_flag=True, help="Put what stands at a fault into the report (mode 0600) and show it."
)
@click.option(
    "--against",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A report in JSON whose hashes of files, rules and settings must agree.",
)
@click.option(
    "--decisions",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="What was decided of ORIGINAL in a review, as of clean; what was kept may be in OUTPUT, which must be what was reviewed.",
)
@click.option(
    "--review-key",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Key of the review, for an original that has changed since, as of clean.",
)
@click.option(
    "--signers",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="With --decisions: refuse unless somebody else has approved and signed, as of clean.",
)
@click.option(
    "--vault",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The vault of ORIGINAL, with what opens it: the labels in OUTPUT, put back, must give what ORIGINAL says.",
)
@key_options
@click.option(
    "--allow-unchecked", is_flag=True, help="Exit with 0 when all that is left is what could not be looked into."
)
@click.option(
    "--resaved",
    is_flag=True,
    help="Another program has saved OUTPUT since: compare what it says, not its bytes.",
)
@click.option("--libreoffice", is_flag=True, help="Ask LibreOffice, where it is installed, what it reads in OUTPUT.")
@selection_options
@rule_options
@document_options
@encoding_options
@click.option("--to", type=click.Choice(["text", "jsonl"]), help="What OUTPUT was written as, as of clean.")
@output_encoding_option
@memory_option
@quiet_option
def verify(
    original: Path,
    output: Path,
    report_file: Path | None,
    force: bool,
    include_text: bool,
    against: Path | None,
    decisions: Path | None,
    review_key: Path | None,
    signers: Path | None,
    vault: Path | None,
    identity: tuple[Path, ...],
    passphrase_fd: int | None,
    allow_unchecked: bool,
    resaved: bool,
    libreoffice: bool,
    max_memory: int,
    quiet: bool,
    **given: Any,
) -> None:
    """Check that OUTPUT is what ORIGINAL becomes: nothing that was masked is left in it, nothing else has changed.

    Both may be folders, OUTPUT as clean has mirrored it. Give the options that clean was given. Readers that have not written
    the output look for every value in all its bytes, and compare both sides.
    """
    if (decisions and original.is_dir()) or ((review_key or signers) and not decisions):
        raise click.UsageError(say("--decisions goes with one file, --review-key and --signers with --decisions"))
    _check_usage(original, output, report_file, force)
    common, chosen = job_settings(given), selected(given)
    redactor = build_redactor(**given)
    if (identity or passphrase_fd is not None) and not vault:
        raise click.UsageError(say("keys and passphrases go with --vault"))
    opened = open_vault(vault, read_keys(identity, passphrase_fd)) if vault else None
    if opened:
        check_policy(redactor.policy)
    way = Way(redactor, common["options"], common["kind"], resaved=resaved, office=libreoffice, vault=opened)
    bound = None if against is None else Bound.read(against)
    results: list[VerifyResult] = []
    errors: list[tuple[str, str]] = []
    pairs = list(_pairs(original, output, chosen, way.options.to))
    if decisions:
        way, said = verified_under(decisions, review_key, signers, *pairs[0][:2], way, max_memory)
        bound = bound or (None if resaved else said)
    for source, target, _ in pairs:
        try:
            results.append(verified(source, target, way, bound, max_memory))
        except RedactorError as error:
            errors.append((show(source), str(error)))
            note(str(error))
        else:
            _tell(results[-1], quiet=quiet, include_text=include_text)
    if original.is_dir():
        for path in _strangers(output, pairs):
            errors.append((show(path), say("has no original")))
            note(at(*errors[-1]))
        _total(results, errors)
    if report_file:
        write_whole(report_file, as_json(report_of(results, errors, redactor, include_text=include_text)), 0o600)
    raise SystemExit(_code(results, failed=bool(errors), allow=allow_unchecked))


def _check_usage(original: Path, output: Path, report: Path | None, force: bool) -> None:
    if original.is_dir() and not output.is_dir():
        raise click.UsageError(say("{path}: is no folder, and the original is one", path=show(output)))
    if report is None:
        return
    if report.resolve() in (original.resolve(), output.resolve()):
        raise RedactorError("{path}: the report would be written over an input or an output", path=show(report))
    refuse_existing(report, force)


def _pairs(original: Path, output: Path, chosen: dict[str, Any], to: str) -> Iterator[Pair]:
    """Each original with its output, as clean names it."""
    if not original.is_dir():
        target = output / original.name if output.is_dir() else output
        yield original, target, Path(original.name)
        return
    for source in find_inputs([original], chosen).sources:
        relative = fitting(source.relative, to)
        yield source.path, output / relative, relative


def _strangers(output: Path, pairs: Sequence[Pair]) -> Iterator[Path]:
    """Files of the output's folder that belong to no original."""
    known = {target for _, target, _ in pairs}
    for each in sources([output], Selection()).sources:
        if each.path not in known:
            yield each.path


def _tell(result: VerifyResult, *, quiet: bool, include_text: bool) -> None:
    """One line on a pair, and behind it one on each place that is wrong."""
    name = show(result.output)
    if result.faults:
        counts = ((check, sum(each.check == check for each in result.faults)) for check in NAMES)
        told = say(", ").join(f"{check} {number}" for check, number in counts if number)
        click.echo(say("{name}: FAILED ({told})", name=name, told=told))
        for fault in result.faults[:_SHOWN]:
            click.echo(f"    {fault}" + (f": {escape(fault.text)}" if include_text and fault.text else ""))
        if len(result.faults) > _SHOWN:
            click.echo("    …")
    elif result.not_checked:
        click.echo(
            several(
                "{name}: passed; {number} place was not checked",
                "{name}: passed; {number} places were not checked",
                len(result.not_checked),
                name=name,
            )
        )
    elif not quiet:
        click.echo(say("{name}: passed", name=name))
    for where, what in result.not_checked:
        note(say("{name}: {where}: {what} was not checked", name=name, where=where or "-", what=what))


def _total(results: Sequence[VerifyResult], errors: Sequence[tuple[str, str]]) -> None:
    good = sum(each.passed for each in results)
    note(
        say(
            "{files} files: {good} passed, {unchecked} of them with places that were not checked; {bad} failed; {unread} can't be read",
            files=len(results) + len(errors),
            good=good,
            unchecked=sum(each.passed and bool(each.not_checked) for each in results),
            bad=len(results) - good,
            unread=len(errors),
        )
    )


def _code(results: Sequence[VerifyResult], *, failed: bool, allow: bool) -> Exit:
    if failed:
        return Exit.ERROR
    if any(not each.passed for each in results):
        return Exit.FOUND
    return Exit.UNCHECKED if not allow and any(each.not_checked for each in results) else Exit.DONE
