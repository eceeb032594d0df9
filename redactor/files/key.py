"""The key of operators that need one, from where the user keeps it."""

from __future__ import annotations

import os
from pathlib import Path

from redactor.text.whole_file import read_whole


def read_key(path: Path | None) -> bytes | None:
    """The key from a file or from REDACTOR_KEY; never from the command line, where others could see it.

    None when there is neither. What is empty is a key that is too short: a secret that was meant to be there and is not must not pass for none.
    """
    if path is None:
        given = os.environ.get("REDACTOR_KEY")
        return None if given is None else os.fsencode(given)
    return read_whole(path).rstrip(b"\r\n")
