"""Write the weight file that is shipped: `python training/pack.py DIR/64.npz rules/data/ner.weights`.

Tables of characters and pairs become eight-bit integers with a scale a row, everything else sixteen-bit floats.
"""

from __future__ import annotations

import argparse
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from redactor.detect.ner.tagger import FORMAT
from redactor.detect.weights import digest
from redactor.model import CONVENTIONS


def main() -> None:
    """Read the command line and write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weights", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument(
        "--conventions", default="office,msra", help="corpora whose conventions are kept, in the order of CONVENTIONS"
    )
    parser.add_argument(
        "--beside",
        type=Path,
        help="another network, begun from the first: what lies half-way between the two is packed",
    )
    arguments = parser.parse_args()
    arrays = dict(np.load(arguments.weights))
    if arguments.beside:
        arrays = half_way(arrays, dict(np.load(arguments.beside)))
    names = json.loads(arguments.weights.with_name("corpora.json").read_text(encoding="utf-8"))
    kept = [names.index(name) for name in arguments.conventions.split(",")]
    assert len(kept) == len(CONVENTIONS)
    packed: dict[str, np.ndarray[Any, Any]] = {
        "outside": np.asarray(0, np.float32),
        "alphabet": arrays.pop("alphabet"),
    }
    packed["corpus"] = arrays.pop("corpus")[kept].astype(np.float16)
    for name, values in arrays.items():
        if name in ("char", "left", "right"):
            scale = np.maximum(np.abs(values).max(1), 1e-6) / 127
            packed[name] = np.round(values / scale[:, None]).astype(np.int8)
            packed[f"{name}.scale"] = scale.astype(np.float16)
        else:
            packed[name] = values.astype(np.float16)
    write(arguments.out, packed)


def half_way(first: dict[str, np.ndarray[Any, Any]], other: dict[str, np.ndarray[Any, Any]]) -> dict[str, Any]:
    """The mean of two networks of one course of training: it keeps what the first knew and has most of what the other learned."""
    assert first.keys() == other.keys()
    assert np.array_equal(first["alphabet"], other["alphabet"])
    return {
        name: values if name == "alphabet" else (0.5 * values + 0.5 * other[name]).astype(values.dtype)
        for name, values in first.items()
    }


def write(path: Path, packed: dict[str, np.ndarray[Any, Any]], form: str = FORMAT) -> None:
    """A weight file: members in the order of their names, without dates, and the checksum."""
    members = {f"{name}.npy": member(values) for name, values in packed.items()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, data in sorted(members.items()):
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_STORED)
        archive.writestr(zipfile.ZipInfo("CHECKSUM", (1980, 1, 1, 0, 0, 0)), f"{form} {digest(members)}")
    print(f"{path}: {path.stat().st_size / 1e6:.2f} MB, {digest(members)}")


def member(values: np.ndarray[Any, Any]) -> bytes:
    """The array as an .npy file."""
    stream = io.BytesIO()
    np.save(stream, np.ascontiguousarray(values), allow_pickle=False)
    return stream.getvalue()


if __name__ == "__main__":
    main()
