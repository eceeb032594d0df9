"""Weight files: a zip of .npy members and `CHECKSUM`, the format's name and the SHA-256 of the members in the order of their names."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping
from importlib.resources.abc import Traversable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from redactor.language import because
from redactor.model import RuleError


def arrays_of(file: Traversable, form: str, owner: str) -> dict[str, NDArray[Any]]:
    """The arrays of a weight file; RuleError when it is absent, damaged or of another format. `owner`: whose weights they are."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise RuleError(
            "{name}: weights of {owner} can't be read: {strerror}",
            name=file.name,
            owner=owner,
            strerror=because(error),
        ) from None
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {name: archive.read(name) for name in sorted(archive.namelist()) if name.endswith(".npy")}
            checksum = archive.read("CHECKSUM").decode("ascii", "replace").split()
        arrays = {name[:-4]: np.load(io.BytesIO(member), allow_pickle=False) for name, member in members.items()}
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError, OSError, NotImplementedError):
        raise RuleError("{name}: weights of {owner} are damaged", name=file.name, owner=owner) from None
    if checksum != [form, digest(members)]:
        raise RuleError("{name}: weights of {owner} do not match their checksum", name=file.name, owner=owner)
    return arrays


def digest(members: Mapping[str, bytes]) -> str:
    """SHA-256 over the members in the order of their names."""
    sha = hashlib.sha256()
    for name in sorted(members):
        sha.update(name.encode() + b"\0" + members[name])
    return sha.hexdigest()
