"""Documents of strangers: each reader reads one with a few rules, and what it has written once more."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any, Final
from zlib import crc32

from redactor import Redactor
from redactor.formats.options import Options
from redactor.formats.registry import becomes, load_format
from redactor.formats.session import DocumentSession
from redactor.formats.tables.delimited import delimiter_of
from redactor.model import DecodeError
from redactor.text.decode import detect_encoding
from tests.fuzz.outcome import Outcome, PromiseError, Run, known, refusal
from tests.fuzz.simple import no_guesses, simple

RULES: Final = """
[[rule]]
id = "fuzz.telephone"
entity = "PHONE_NUMBER"
pattern = '(?<!\\d)1[3-9]\\d{9}(?!\\d)'
[[rule]]
id = "fuzz.name"
entity = "PERSON"
terms = ["张三", "欧阳建国", "Zhugeliang"]
[[rule]]
id = "fuzz.share"
entity = "PERCENT"
pattern = '\\d+(?:\\.\\d+)?%'
[[rule]]
id = "fuzz.mail"
entity = "EMAIL_ADDRESS"
pattern = '[a-z]{1,20}@[a-z]{1,20}\\.cn'
"""
"""Few and cheap, so that the time goes to the readers."""
AGAIN: Final = 4
"""Of so many outputs one is read again."""
WHOLE: Final = 16
"""Of so many inputs one goes through the engine; to all others of one text it would do what the engine's own target is for."""
CHOICES: Final[Mapping[str, Sequence[Mapping[str, Any]]]] = {
    "text": ({}, {}, {"errors": "keep"}, {"encoding": "mixed"}, {"likely_utf8": True}),
    "pdf": ({"output": ".pdf"}, {"output": ".pdf"}, {"output": ".txt"}),
    "csv": ({}, {}, {}, {"columns": {"姓名": "PERSON"}}, {"bad_lines": "quarantine"}),
    "json": ({}, {}, {"fields": ("text", "items[*].body")}),
    "jsonl": ({}, {}, {"bad_lines": "quarantine"}, {"columns": {"姓名": "PERSON"}}),
    "docx": ({}, {"unknown": "drop"}, {"unknown": "drop", "scrub_metadata": False}),
    "xlsx": (*({"unknown": "drop"},) * 4, {}, {"columns": {"姓名": "PERSON"}, "unknown": "drop"}),
    "pptx": ({}, {"unknown": "drop"}, {"unknown": "drop", "scrub_metadata": False}),
    "parquet": ({}, {}, {}, {"columns": {"姓名": "PERSON"}}),
    "arrow": ({}, {}, {}, {"columns": {"姓名": "PERSON"}}),
}
"""What a user may ask for: each input is read under one of these, always the same."""


def reader(kind: str) -> Run:
    """The target of a format."""
    return partial(_read, kind)


@cache
def few_rules(policy: str = "publish", terms: Sequence[str] = ()) -> Redactor:
    """A redactor of the few rules, made once."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "few.toml")
        path.write_text(RULES, encoding="utf-8")
        return Redactor(policy, [path], builtin=False, ner="none", mask=terms)


@cache
def _without_engine() -> Redactor:
    return simple(few_rules())


def _read(kind: str, data: bytes) -> tuple[Outcome, str]:
    if (crc32(data) >> 20) % WHOLE == 0:
        return _read_by(few_rules(), kind, data)
    with no_guesses():
        return _read_by(_without_engine(), kind, data)


def _read_by(redactor: Redactor, kind: str, data: bytes) -> tuple[Outcome, str]:
    chosen = crc32(data)
    choices = CHOICES.get(kind, ({},))
    options = Options(**({"scrub_metadata": True} | choices[chosen % len(choices)]))
    seen: list[int] = []
    out = io.BytesIO()
    try:
        session = _redact(kind, data, out, options, seen, redactor)
    except Exception as error:
        # A page of a PDF that is refused has been opened, and its content followed.
        passed = seen or (kind == "pdf" and str(error).startswith("page "))
        return Outcome.REFUSED if passed else Outcome.UNREAD, refusal(error)
    if (
        chosen // len(choices) % AGAIN == 0
        and options.output != ".txt"
        and not options.encoding
        and options.errors == "strict"
    ):
        again = replace(options, encoding=_encoding(kind, data))
        if kind != "csv" or _delimiter(data, again.encoding) == _delimiter(out.getvalue(), again.encoding):
            _again(becomes(kind) or kind, out.getvalue(), again, redactor)
    told = (len(session.not_checked), len(session.taken_out), len(session.hidden_texts))
    return Outcome.DONE, f"{len(seen).bit_length()} {sum(seen).bit_length()} {told}"


def _encoding(kind: str, data: bytes) -> str | None:
    """The encoding that a text was read in: what is left of it may be too little to tell by."""
    return detect_encoding(io.BytesIO(data)).name if kind in ("text", "csv") else None


def _delimiter(data: bytes, encoding: str | None) -> str:
    """What stands between the cells of a table. Where it shows by cells alone that are edited, the table may read as another one afterwards.

    No other delimiter can be written: the cells would have to be quoted anew, and what was not edited would not stay as it was.
    """
    return delimiter_of(data.decode(encoding or "utf-8", "replace"))


def _redact(
    kind: str, data: bytes, out: io.BytesIO, options: Options, seen: list[int], redactor: Redactor
) -> DocumentSession:
    """`seen` takes for each text that the reader found the number of edits in it."""
    session = DocumentSession(redactor, lambda text, result, *_: seen.append(len(result.edits)))
    load_format(kind)(io.BytesIO(data), out, session, options)
    return session


def _again(kind: str, written: bytes, options: Options, redactor: Redactor) -> None:
    """What was written must be a document of its kind, and leave nothing to do."""
    edits: list[int] = []
    out = io.BytesIO()
    try:
        _redact(kind, written, out, options, edits, redactor)
    except Exception as error:
        if not known(error):
            raise
        # A declared encoding that ever less of the text bears out is refused in the end: nothing is left unread, and a text that says
        # GBK in ten bytes, nine of them edited, says nothing more. Where the encoding is given, as the first time, it can't be.
        if isinstance(error, DecodeError) and not options.encoding:
            return
        raise PromiseError(f"what was written is refused ({refusal(error)})") from error
    # Edits of a reading of the document that is not how it is written count for nothing: the file says it.
    if any(edits) and out.getvalue() != written:
        raise PromiseError("what was written is edited again")
