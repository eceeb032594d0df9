"""A wide network that says what a narrow one says, to go on from: `python training/widen.py narrow/64.npz wide/128.npz`.

Each channel stands there twice, with half its weight in what reads it; a block that reaches farther is put in, which adds nothing yet.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path
from typing import Any, Final

import numpy as np
from net import DILATIONS

_NOISE: Final = 0.1
"""What the weights of the two copies differ by, beside what they are: alike, they would learn the same."""
Arrays = dict[str, np.ndarray[Any, Any]]


def main() -> None:
    """Read the command line and write the wide network."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("narrow", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    wide: dict[str, Any] = widened(dict(np.load(arguments.narrow)), np.random.default_rng(arguments.seed))
    np.savez(arguments.out, **wide)
    shutil.copy(arguments.narrow.with_name("corpora.json"), arguments.out.parent)


def widened(arrays: Arrays, chance: np.random.Generator) -> Arrays:
    """Twice the channels, and six blocks of five."""

    def apart(values: np.ndarray[Any, Any], axis: int) -> np.ndarray[Any, Any]:
        """The weights of what reads the channels: the two copies together say what the one said."""
        share = 0.5 + _NOISE * chance.standard_normal(values.shape)
        return np.concatenate([values * share, values * (1 - share)], axis).astype(np.float32)

    wide = {name: arrays[name] for name in ("alphabet", "char", "left", "right", "bias")}
    wide |= {name: np.concatenate([arrays[name]] * 2, -1) for name in ("enter", "corpus", "gain")}
    wide["leave"] = apart(arrays["leave"], 0)
    old = iter(range(len(DILATIONS[5])))
    for number, dilation in enumerate(DILATIONS[6]):
        new = dilation not in DILATIONS[5]
        source = 0 if new else next(old)
        block = {name: arrays[f"block{source}.{name}"] for name in ("gain", "kernel", "bias")}
        kernel = np.concatenate([apart(block["kernel"], 1)] * 2, 2)
        wide[f"block{number}.gain"] = np.concatenate([block["gain"]] * 2)
        # A new block begins with weights so small that they change nothing, but can be learned.
        wide[f"block{number}.kernel"] = (
            0.01 * chance.standard_normal(kernel.shape).astype(np.float32) if new else kernel
        )
        wide[f"block{number}.bias"] = (
            np.zeros(kernel.shape[2], np.float32) if new else np.concatenate([block["bias"]] * 2)
        )
    return wide


if __name__ == "__main__":
    main()
