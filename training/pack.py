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

from redactor.detect.ner.tagger import FORMAT, dequantised, read_weights
from redactor.detect.weights import digest
from redactor.model import CONVENTIONS

Arrays = dict[str, np.ndarray[Any, Any]]


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
        help="another network, begun from the first: what lies between the two is packed",
    )
    parser.add_argument("--share", type=float, default=0.5, help="how far from the first towards the other that lies")
    arguments = parser.parse_args()
    arrays = saved(arguments.weights)
    if arguments.beside:
        arrays = between(arrays, saved(arguments.beside), arguments.share)
    conventions = arguments.conventions.split(",")
    known = arguments.weights.with_name("corpora.json")
    names = json.loads(known.read_text(encoding="utf-8")) if arguments.weights.suffix == ".npz" else conventions
    kept = [names.index(name) for name in conventions]
    assert len(kept) == len(CONVENTIONS)
    packed: Arrays = {
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


def saved(path: Path) -> Arrays:
    """The arrays of a network, as they were saved or as they are packed."""
    if path.suffix == ".npz":
        return dict(np.load(path))
    packed = {name: values for name, values in dequantised(read_weights(path)).items() if not name.startswith("screen")}
    return {
        name: values if name == "alphabet" else values.astype(np.float32)
        for name, values in packed.items()
        if name != "outside" and not name.endswith(".scale")
    }


def between(first: Arrays, other: Arrays, share: float) -> Arrays:
    """The mean of two networks of one course of training: it keeps what the first knew and has most of what the other learned."""
    assert first.keys() == other.keys()
    assert np.array_equal(first["alphabet"], other["alphabet"])
    return {
        name: values if name == "alphabet" else ((1 - share) * values + share * other[name]).astype(values.dtype)
        for name, values in first.items()
    }


def write(path: Path, packed: Arrays, form: str = FORMAT) -> None:
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
