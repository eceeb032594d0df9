"""Options that commands share, and the Redactor that they ask for."""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import click

from redactor.cli.project import ner_place, policy_place, rules_place, setting
from redactor.cli.usage import together
from redactor.cli.values import EntityNames, PolicyName, Whole, term
from redactor.cli.values import entity as entity_of
from redactor.detect.ner.onnx import NERS, check_name
from redactor.files.key import read_key
from redactor.formats.options import Options
from redactor.formats.registry import FORMATS, find_format
from redactor.language import say
from redactor.model import RedactorError
from redactor.policy.load import load_policy
from redactor.redactor import Redactor
from redactor.ruleset.cache import cache_folder
from redactor.ruleset.installed import rule_folder
from redactor.text.decode import output_codec
from redactor.text.mixed import MIXED
from redactor.text.offsets import UNITS
from redactor.text.show import show
from redactor.text.whole_file import LARGEST_LIST, read_text


class FormatName(click.Choice):  # type: ignore[type-arg]  # not generic before click 8.2
    """The name of a format: help lists those that are built in, and any that is installed is taken."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return value if find_format(value) else str(super().convert(value, param, ctx))


_PATH: Final = click.Path(path_type=Path)
rule_options: Final = together(
    setting(
        "--policy",
        default="publish",
        show_default=True,
        type=PolicyName(),
        metavar="NAME|FILE",
        place=policy_place,
        check=load_policy,
        help="Policy to act by.",
    ),
    setting(
        "--rules",
        adds=True,
        place=rules_place,
        check=lambda path: _check_there(rule_folder(path)),
        example='["our-rules.toml"]',
        multiple=True,
        type=_PATH,
        metavar="PATH",
        help="Further rule file or folder, or an installed rule pack; later ones win.",
    ),
    setting(
        "--only",
        multiple=True,
        type=EntityNames(),
        metavar="ENTITY",
        example='["PERSON", "PHONE_NUMBER"]',
        help="Act on this entity alone (repeatable, or several with commas).",
    ),
    setting(
        "--own-place",
        key="own_places",
        adds=True,
        multiple=True,
        type=term,
        metavar="PLACE",
        example='["云岭县"]',
        help="The document's own place; its short form goes too.",
    ),
    setting(
        "--keep",
        adds=True,
        multiple=True,
        type=term,
        metavar="TERM",
        example='["山海论坛"]',
        help="A term that stays wherever it stands, whatever the rules say.",
    ),
    setting(
        "--keep-file",
        adds=True,
        multiple=True,
        type=_PATH,
        metavar="FILE",
        example='["keep.txt"]',
        check=lambda path: read_terms(path),
        help="Terms to keep, one a line; after a tab come notes, lines that begin with # are skipped.",
    ),
    setting(
        "--mask",
        adds=True,
        multiple=True,
        type=term,
        metavar="TERM",
        example='["青石计划"]',
        help="A term that goes wherever it stands, whatever the rules say; inside a longer Latin word or number it is none, which is told.",
    ),
    setting(
        "--mask-file",
        adds=True,
        multiple=True,
        type=_PATH,
        metavar="FILE",
        example='["mask.txt"]',
        check=lambda path: read_terms(path),
        help="Terms to mask, likewise.",
    ),
    setting(
        "--ner",
        place=ner_place,
        check=check_name,
        default=NERS[0],
        show_default=True,
        metavar="|".join(NERS),
        help="Statistical recogniser of names, or the folder of one of your own; with none, names that nothing "
        "announces are missed.",
    ),
    click.option(
        "--no-cache",
        is_flag=True,
        help="Neither read nor write what is kept of rules for the next start (as REDACTOR_CACHE=off does).",
    ),
    setting(
        "--key-file",
        example='"key.txt"',
        check=lambda path: read_key(path),
        type=_PATH,
        metavar="FILE",
        help="Key of operators hash, code and fake, 16 bytes at least (or REDACTOR_KEY).",
    ),
)
"""--policy, --rules, --only, --own-place, --keep, --mask and their files."""


encoding_options: Final = together(
    setting(
        "--encoding",
        example='"gb18030"',
        check=output_codec,
        metavar="NAME",
        help="Encoding of the input (found out when not given); mixed: line by line, UTF-8 beside GB18030 or Big5.",
    ),
    click.option(
        "--errors",
        type=click.Choice(["strict", "replace", "keep"]),
        default="strict",
        show_default=True,
        help="Undecodable bytes: refuse the file, or replace them by U+FFFD or keep them, told of as not checked (exit code 3).",
    ),
)
"""--encoding and --errors."""


document_options: Final = together(
    click.option(
        "--type",
        "kind",
        type=FormatName(sorted(FORMATS)),
        help="Format of the input (found out by its content when not given); `redactor formats` tells of each.",
    ),
    setting("--strict", is_flag=True, help="Refuse a document that holds something that can't be checked."),
    setting(
        "--scrub-metadata/--keep-metadata",
        "scrub",
        key="scrub_metadata",
        default=None,
        help="Take out authors, revision marks, templates, thumbnails (what the policy says when not given).",
    ),
    setting(
        "--unknown",
        type=click.Choice(["refuse", "drop"]),
        default="refuse",
        show_default=True,
        help="What to do with a part of a package that is not known.",
    ),
    setting(
        "--bad-lines",
        type=click.Choice(["refuse", "quarantine"]),
        default="refuse",
        show_default=True,
        help="A record of JSON Lines or CSV that can't be read: refuse the file, or put the record, as it is, into FILE.bad "
        "beside the output and exit with 3.",
    ),
    setting(
        "--field",
        "fields",
        multiple=True,
        metavar="PATH",
        example='["text", "meta.title"]',
        help="Redact this field alone (JSON path or column).",
    ),
    setting(
        "--column",
        "columns",
        adds=True,
        multiple=True,
        metavar="NAME=ENTITY",
        example='{ "姓名" = "PERSON" }',
        check=lambda column: entity_of(column.rpartition("=")[2]),
        help="Every value of this column is of this entity.",
    ),
)
"""--type, --strict, --scrub-metadata, --unknown, --field, --column."""


def build_options(given: dict[str, Any]) -> Options:
    """The `Options` that `document_options` and `encoding_options` describe; they are taken out of what was given."""
    known: dict[str, str] = {}
    for column in given.pop("columns"):
        name, _, entity = column.rpartition("=")
        if not name:
            raise click.UsageError(say("--column {column}: want NAME=ENTITY", column=column))
        known[name] = entity_of(entity)
    output = given.pop("output_encoding", None)
    for name in (given["encoding"], output):
        if name:
            output_codec(name)
    if output == MIXED:
        raise click.UsageError(
            say("--output-encoding mixed: name one encoding; without, each line is written in its own")
        )
    return Options(
        scrub_metadata=given.pop("scrub"),
        unknown=given.pop("unknown"),
        fields=given.pop("fields"),
        columns=known,
        encoding=given.pop("encoding"),
        output_encoding=output,
        errors=given.pop("errors"),
        to=given.pop("to", None) or "",
        bad_lines=given.pop("bad_lines"),
    )


def job_settings(given: dict[str, Any]) -> dict[str, Any]:
    """What `scan` and `clean` set of a `Job` in the same way, taken out of what was given."""
    return {
        "options": build_options(given),
        "kind": given.pop("kind"),
        "strict": given.pop("strict"),
        "skip_unsupported": given.pop("skip_unsupported"),
        "debug": click.get_current_context().obj["debug"],
    }


output_encoding_option: Final = setting(
    "--output-encoding",
    example='"utf-8"',
    check=output_codec,
    metavar="NAME",
    help="Encoding of the output (that of the input when not given).",
)
"""--output-encoding."""


offset_option: Final = click.option(
    "--offsets",
    type=click.Choice(UNITS),
    default=UNITS[0],
    show_default=True,
    help="What offsets count: code points, bytes of UTF-8, or code units of UTF-16.",
)
"""--offsets."""


quiet_option: Final = click.option(
    "-q",
    "--quiet",
    is_flag=True,
    help="No progress bar, no summary; what was not checked or left out is told all the same.",
)
"""--quiet."""


memory_option: Final = setting(
    "--max-memory",
    type=Whole(1, 1 << 24),
    default=4096,
    show_default=True,
    metavar="MIB",
    help="Refuse a document (not a text file) that needs more.",
)
"""--max-memory."""


jobs_option: Final = setting(
    "--jobs",
    type=Whole(1, 256),
    metavar="N",
    example="4",
    help="Processes to use, for files, for the parts of a large one, or for the records in one (one for each processor).",
)
"""--jobs."""


def build_redactor(
    *,
    policy: str,
    rules: Iterable[Path],
    only: Iterable[str],
    own_place: Iterable[str],
    keep: Iterable[str],
    keep_file: Iterable[Path],
    mask: Iterable[str],
    mask_file: Iterable[Path],
    key_file: Path | None,
    ner: str,
    no_cache: bool = False,
) -> Redactor:
    """The Redactor that the options describe."""
    # All that is made here stays: the collector would look through it again and again for nothing.
    gc.disable()
    try:
        redactor = Redactor(
            policy=Path(policy) if "/" in policy or policy.endswith(".toml") else policy,
            rules=rules,
            only=[name for names in only for name in names.split(",")],
            own_places=own_place,
            keep=(*keep, *(t for f in keep_file for t in read_terms(f))),
            mask=(*mask, *(t for f in mask_file for t in read_terms(f))),
            key=read_key(key_file),
            ner=ner,
            cache=None if no_cache else cache_folder(os.environ),
        )
        # Rules live as long as the process: the collector need not look at them again, and forked processes share them.
        gc.freeze()
    finally:
        gc.enable()
    return redactor


def _check_there(path: Path) -> None:
    """RedactorError for a path at which nothing is."""
    if not path.exists():
        raise RedactorError("{path}: no such file or folder", path=show(path))


def read_terms(path: Path) -> list[str]:
    """Terms of a text file, one a line, as in the `terms_file` of a rule: notes after a tab, blank lines and # comments are left out."""
    text = read_text(path, LARGEST_LIST)
    return [term for line in text.splitlines() if (term := line.partition("\t")[0].strip()) and term[0] != "#"]


def given_paths(files: tuple[Path, ...], listed: Path | None = None) -> list[Path]:
    """The inputs, `-` standing for standard input; without any, standard input unless it is a terminal. `listed`: a list of others."""
    if files or listed:
        return list(files)
    if sys.stdin.isatty():
        raise click.UsageError(say("no input: name files or folders, or - for standard input"))
    return [Path("-")]


def to_json(value: object, indent: int | None = None) -> str:
    """As JSON that any terminal or file takes: lone surrogates as escapes."""
    return json.dumps(value, ensure_ascii=False, indent=indent).encode("utf-8", "backslashreplace").decode()
