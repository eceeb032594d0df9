"""Options that commands share, and the Redactor that they ask for."""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import click

from redactor.detect.ner.onnx import NERS
from redactor.formats.options import Options
from redactor.formats.registry import FORMATS, find_format
from redactor.model import ENTITIES, PolicyError, RedactorError
from redactor.redactor import Redactor
from redactor.ruleset.cache import cache_folder
from redactor.text.decode import output_codec
from redactor.text.offsets import UNITS
from redactor.text.show import show

F = TypeVar("F", bound=Callable[..., Any])


class FormatName(click.Choice):  # type: ignore[type-arg]  # not generic before click 8.2
    """The name of a format: help lists those that are built in, and any that is installed is taken."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return value if find_format(value) else str(super().convert(value, param, ctx))


def rule_options(command: F) -> F:
    """--policy, --rules, --only, --own-place, --keep, --mask and their files."""
    path = click.Path(path_type=Path)
    for option in reversed(
        (
            click.option(
                "--policy", default="publish", show_default=True, metavar="NAME|FILE", help="Policy to act by."
            ),
            click.option(
                "--rules",
                multiple=True,
                type=path,
                metavar="PATH",
                help="Further rule file or folder, or an installed rule pack; later ones win.",
            ),
            click.option("--only", multiple=True, metavar="ENTITY", help="Act on this entity alone (repeatable)."),
            click.option(
                "--own-place", multiple=True, metavar="PLACE", help="The document's own place; its short form goes too."
            ),
            click.option("--keep", multiple=True, metavar="TERM", help="A term that stays whatever the rules say."),
            click.option("--keep-file", multiple=True, type=path, metavar="FILE", help="Terms to keep, one a line."),
            click.option("--mask", multiple=True, metavar="TERM", help="A term that goes whatever the rules say."),
            click.option("--mask-file", multiple=True, type=path, metavar="FILE", help="Terms to mask, one a line."),
            click.option(
                "--ner",
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
            click.option("--key-file", type=path, metavar="FILE", help="Key of the hash operator (or REDACTOR_KEY)."),
        )
    ):
        command = option(command)
    return command


def encoding_options(command: F) -> F:
    """--encoding and --errors."""
    command = click.option(
        "--errors",
        type=click.Choice(["strict", "replace", "keep"]),
        default="strict",
        show_default=True,
        help="Undecodable bytes: refuse the file, replace them by U+FFFD, or keep them as they are.",
    )(command)
    return click.option("--encoding", metavar="NAME", help="Encoding of the input (found out when not given).")(command)


def document_options(command: F) -> F:
    """--type, --strict, --scrub-metadata, --unknown, --field, --column."""
    for option in reversed(
        (
            click.option(
                "--type",
                "kind",
                type=FormatName(sorted(FORMATS)),
                help="Format of the input (found out by its content when not given); `redactor formats` tells of each.",
            ),
            click.option(
                "--strict", is_flag=True, help="Refuse a document that holds something that can't be checked."
            ),
            click.option(
                "--scrub-metadata/--keep-metadata",
                "scrub",
                default=None,
                help="Take out authors, revision marks, templates, thumbnails (what the policy says when not given).",
            ),
            click.option(
                "--unknown",
                type=click.Choice(["refuse", "drop"]),
                default="refuse",
                show_default=True,
                help="What to do with a part of a package that is not known.",
            ),
            click.option(
                "--field",
                "fields",
                multiple=True,
                metavar="PATH",
                help="Redact this field alone (JSON path or column).",
            ),
            click.option(
                "--column",
                "columns",
                multiple=True,
                metavar="NAME=ENTITY",
                help="Every value of this column is of this entity.",
            ),
        )
    ):
        command = option(command)
    return command


def build_options(given: dict[str, Any]) -> Options:
    """The `Options` that `document_options` and `encoding_options` describe; they are taken out of what was given."""
    known: dict[str, str] = {}
    for column in given.pop("columns"):
        name, _, entity = column.rpartition("=")
        if not name or entity not in ENTITIES:
            raise PolicyError(f"--column {column}: want NAME=ENTITY; entities are {', '.join(ENTITIES)}")
        known[name] = entity
    output = given.pop("output_encoding", None)
    for name in (given["encoding"], output):
        if name:
            output_codec(name)
    return Options(
        scrub_metadata=given.pop("scrub"),
        unknown=given.pop("unknown"),
        fields=given.pop("fields"),
        columns=known,
        encoding=given.pop("encoding"),
        output_encoding=output,
        errors=given.pop("errors"),
    )


def offset_option(command: F) -> F:
    """--offsets."""
    return click.option(
        "--offsets",
        type=click.Choice(UNITS),
        default=UNITS[0],
        show_default=True,
        help="What offsets count: code points, bytes of UTF-8, or code units of UTF-16.",
    )(command)


def quiet_option(command: F) -> F:
    """--quiet."""
    return click.option(
        "-q", "--quiet", is_flag=True, help="No progress bar, no summary; what was not checked is told all the same."
    )(command)


def memory_option(command: F) -> F:
    """--max-memory."""
    return click.option(
        "--max-memory",
        type=click.IntRange(1, 1 << 24),
        default=4096,
        show_default=True,
        metavar="MIB",
        help="Refuse a document (not a text file) that needs more.",
    )(command)


def jobs_option(command: F) -> F:
    """--jobs."""
    return click.option(
        "--jobs",
        type=click.IntRange(1, 256),
        metavar="N",
        help="Processes to use, for files, for the parts of a large one, or for the records in one (one for each processor).",
    )(command)


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
            only=only,
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


def read_terms(path: Path) -> list[str]:
    """Terms of a text file, one a line; blank lines and # comments are left out."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise RedactorError(f"{show(path)}: can't be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise RedactorError(f"{show(path)}: not UTF-8 text at byte {error.start}") from None
    return [term for line in text.splitlines() if (term := line.strip()) and not term.startswith("#")]


def read_key(path: Path | None) -> bytes | None:
    """The key from a file or from REDACTOR_KEY; never from the command line, where others could see it."""
    if path is None:
        value = os.environ.get("REDACTOR_KEY", "")
        return value.encode() or None
    try:
        return path.read_bytes().rstrip(b"\r\n") or None
    except OSError as error:
        raise RedactorError(f"{show(path)}: can't be read: {error.strerror}") from None


def given_paths(files: tuple[Path, ...]) -> list[Path]:
    """The inputs, `-` standing for standard input; without any, standard input unless it is a terminal."""
    if files:
        return list(files)
    if sys.stdin.isatty():
        raise click.UsageError("no input: name files or folders, or - for standard input")
    return [Path("-")]


def to_json(value: object, indent: int | None = None) -> str:
    """As JSON that any terminal or file takes: lone surrogates as escapes."""
    return json.dumps(value, ensure_ascii=False, indent=indent).encode("utf-8", "backslashreplace").decode()
