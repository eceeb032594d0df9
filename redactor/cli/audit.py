"""`redactor audit`: the log of who has decided what."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click
import regex

from redactor.cli.exit_codes import Exit
from redactor.cli.help import Group
from redactor.cli.notes import note
from redactor.cli.usage import refuse_existing
from redactor.files.atomic import write_whole
from redactor.language import say, several
from redactor.model import FormatError
from redactor.review.audit import BrokenError, Head, verify
from redactor.review.signing import is_signed, sign
from redactor.text.show import show
from redactor.text.whole_file import read_text

_PATH: Final = click.Path(path_type=Path)


def known_head(value: str) -> Head:
    """The end of a log as it was told: NUMBER:HASH."""
    found = regex.fullmatch(r"([1-9][0-9]{0,11}):([0-9a-f]{64})", value)
    if not found:
        raise click.BadParameter(say("{value}: want NUMBER:HASH, as it was told", value=value))
    return Head(int(found[1]), found[2])


@click.group(cls=Group)
def audit() -> None:
    """The audit log of reviews: who has decided what, and when, without a text."""


@audit.command("sign")
@click.argument("file", type=_PATH)
@click.option("--key", required=True, type=_PATH, metavar="KEY", help="SSH key to sign by, with ssh-keygen.")
@click.option("-o", "--output", required=True, type=_PATH, metavar="OUT", help="Where the signed end of the log goes; keep it where who writes the log can't.")  # fmt: skip
@click.option("--force", is_flag=True, help="Write over an output that exists.")
def sign_log(file: Path, key: Path, output: Path, force: bool) -> None:
    """Sign the end of FILE, a log that is whole: who has it sees later whether the log was cut or written anew."""
    refuse_existing(output, force)
    end = verify(file)
    message = f"redactor audit {end.seq}:{end.hash}\n"
    write_whole(output, (message + sign(message, key)).encode())
    note(say("{output}: the end of the log, signed", output=show(output)))


@audit.command("verify")
@click.argument("file", type=_PATH)
@click.option("--head", type=known_head, metavar="NUMBER:HASH", help="The end of the log as it was once told; without it, lines that are cut off its end are not missed.")  # fmt: skip
@click.option(
    "--signed", type=_PATH, metavar="SIGNED", help="The end as audit sign has written it, in place of --head."
)
@click.option(
    "--signers", type=_PATH, metavar="ALLOWED", help="With --signed: the file of allowed signers (ssh-keygen)."
)
@click.option("--by", metavar="NAME", help="With --signed: the name of the signer in it.")
def verify_log(file: Path, head: Head | None, signed: Path | None, signers: Path | None, by: str | None) -> None:
    """Check that no line of FILE was changed, left out or moved since it was written.

    Exit code 0: it is whole; 1: it is not; 2: it can't be read.
    """
    if len({bool(signed), bool(signers), bool(by)}) > 1 or (signed and head):
        raise click.UsageError(say("--signed, --signers and --by go together, without --head"))
    try:
        if signed and signers and by:
            head = _signed_head(signed, signers, by)
        end = verify(file, head or Head())
    except BrokenError as error:
        note(str(error))
        raise SystemExit(Exit.FOUND) from None
    click.echo(
        several(
            "{file}: whole, {number} line; its end is {end}",
            "{file}: whole, {number} lines; its end is {end}",
            end.seq,
            file=show(file),
            end=f"{end.seq}:{end.hash}",
        )
    )


def _signed_head(signed: Path, signers: Path, by: str) -> Head:
    """The end of a log that somebody has signed. BrokenError where the signature is none of theirs; FormatError for another file."""
    first, _, signature = read_text(signed).partition("\n")
    found = regex.fullmatch(r"redactor audit ([1-9][0-9]{0,11}):([0-9a-f]{64})", first)
    if not found:
        raise FormatError("{path}: not the signed end of an audit log", path=show(signed))
    if not is_signed(f"{first}\n", signature, by, signers):
        raise BrokenError("{path}: {by} has not signed it", path=show(signed), by=by)
    return Head(int(found[1]), found[2])
