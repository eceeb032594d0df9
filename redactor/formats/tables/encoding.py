"""The encoding of a data file: one that is sure, or the one that the user names."""

from __future__ import annotations

from typing import BinaryIO, Final

from redactor.formats.options import Options
from redactor.model import DecodeError
from redactor.text.decode import Encoding, check_alone, check_round_trip, detect_encoding

_SURE: Final = 0.7


def sure_encoding(source: BinaryIO, options: Options) -> Encoding:
    """A Unicode encoding, or GB18030 or Big5 where the text is Chinese, proven to give back the same bytes.

    DecodeError for what could only be guessed. Read in a wrong encoding, names are not found: one broken byte of UTF-8 must not make a file of GB18030 of it.
    """
    encoding = detect_encoding(source, wanted=options.encoding)
    if encoding.confidence < _SURE or encoding.how == "chardet":
        raise DecodeError("not valid utf-8; could be {name}: if it is, name it with --encoding", name=encoding.name)
    if options.encoding:
        check_alone(source, encoding)
    check_round_trip(source, encoding)
    return encoding
