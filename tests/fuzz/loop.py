"""One target, over and over, in a process of its own: what it has done is in files, so that nothing is lost when it dies."""

from __future__ import annotations

import json
import mmap
import os
import shutil
import struct
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, Final

from tests.fuzz.code import others

if TYPE_CHECKING:
    from tests.fuzz.targets import Target

EVERY: Final = 5.0
"""Seconds after which what was done so far is written down."""
_ROOM: Final = 1 << 20
_HEAD: Final = struct.Struct("<ddI")
POOL: Final = 500
"""Inputs of the corpus, drawn anew for each run, that a run without coverage mutates: reading all of a large one would take its time."""
TOGETHER: Final = 96
"""Inputs that a run without coverage makes at a time: some targets take several together in half of the time."""
MEMORY: Final = 4 << 30
"""Bytes that a process may take, as a document may."""


@dataclass
class Sums:
    """What was done on a target, over all runs on a corpus folder.

    `seconds`: of processor time, reading the corpus left out. `outcomes`: executions by how far they came.
    """

    executions: int = 0
    seconds: float = 0.0
    outcomes: Counter[str] = field(default_factory=Counter)

    @classmethod
    def read(cls, path: Path) -> Sums:
        """The sums that were written down; none when there are none yet."""
        if not path.is_file():
            return cls()
        told = json.loads(path.read_text("utf-8"))
        return cls(told["executions"], told["seconds"], Counter(told["outcomes"]))

    def write(self, path: Path) -> None:
        """Write them down, whole or not at all."""
        beside = path.with_suffix(".new")
        beside.write_text(json.dumps(vars(self), indent=1), "utf-8")
        beside.replace(path)

    @property
    def passed(self) -> float:
        """The share of executions that passed the format's first checks."""
        return 1 - self.outcomes["UNREAD"] / self.executions if self.executions else 0.0


class Current:
    """The input that is being run, and since when, where another process can read it when this one has died of it."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(bytes(_ROOM))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), _ROOM)

    def put(self, data: bytes) -> None:
        """Note an input that begins now."""
        data = data[: _ROOM - _HEAD.size]
        self._map[: _HEAD.size] = _HEAD.pack(time.process_time(), time.monotonic(), len(data))
        self._map[_HEAD.size : _HEAD.size + len(data)] = data

    def get(self) -> tuple[float, bytes]:
        """The process's processor time when the last input began, and the input."""
        taken, _, size = _HEAD.unpack(self._map[: _HEAD.size])
        return taken, self._map[_HEAD.size : _HEAD.size + size]

    def changed(self) -> float:
        """When the last input began, by the machine's clock that nobody sets."""
        _, began, _ = _HEAD.unpack(self._map[: _HEAD.size])
        return float(began)


class Worker:
    """Runs inputs of a target until its time is over, or as many as are wanted in all; keeps the books of them."""

    def __init__(self, target: Target, folder: Path, seconds: float, most: int) -> None:
        from tests.fuzz.outcome import Found, attempt, attempt_all

        self._attempt, self._attempt_all, self._found = attempt, attempt_all, Found
        self._target, self._folder = target, folder
        self._written = time.monotonic()
        self._end, self._most = self._written + seconds, most
        self._began: float | None = None
        """Processor time at the first execution of this run."""
        self._sums = Sums.read(folder / "sums.json")
        self._before = self._sums.seconds
        self._current = Current(folder / "current")
        self.passed_over = 0
        """Executions at the start that are none of this run: the corpus read once more."""
        self._good: set[int] = set()
        """Hashes of inputs that passed the first checks."""
        self._seeds = target.seeds()

    def run(self, data: bytes) -> tuple[object, str] | None:
        """Run an input; what came of it, None when it broke something. Ends the process when its time is over."""
        self._current.put(data)
        return self._note(data, self._attempt(self._target.run, data))

    def run_all(self, inputs: list[bytes]) -> list[tuple[object, str] | None]:
        """The same for several, together where the target can; where that breaks something, each by itself, to find out which it was."""
        if not self._target.together:
            return [self.run(data) for data in inputs]
        self._current.put(b"\n".join(inputs))
        came = self._attempt_all(self._target.together, inputs)
        if not isinstance(came, self._found):
            return [self._note(data, each) for data, each in zip(inputs, came, strict=True)]
        alone = [self.run(data) for data in inputs]
        if None not in alone:
            keep_fault(self._folder, came.key, came.told, b"\n".join(inputs))
        return alone

    def _note(self, data: bytes, came: Any) -> tuple[object, str] | None:
        """Keep the books of an input."""
        if self.passed_over:
            self.passed_over -= 1
        else:
            self._began = time.process_time() if self._began is None else self._began
            self._sums.executions += 1
            self._sums.outcomes["BROKEN" if isinstance(came, self._found) else came[0].name] += 1
        if isinstance(came, self._found):
            keep_fault(self._folder, came.key, came.told, data)
        elif came[0].name != "UNREAD":
            self._good.add(hash(data))
        now = time.monotonic()
        over = now > self._end or self._sums.executions >= self._most
        if over or now - self._written > EVERY:
            self.write()
        if over:
            os._exit(0)
        return None if isinstance(came, self._found) else came

    def mutate(self, data: bytes, rng: Random) -> bytes:
        """A mutant: of the input where it has passed the first checks, mostly of a seed where it has not."""
        if hash(data) not in self._good and rng.random() < 0.85:
            data = rng.choice(self._seeds)
        return self._target.mutate(data, rng)

    def write(self) -> None:
        """Write down what was done."""
        self._written = time.monotonic()
        if self._began is not None:
            self._sums.seconds = self._before + time.process_time() - self._began
        self._sums.write(self._folder / "sums.json")


def keep_fault(folder: Path, key: str, told: str, data: bytes) -> None:
    """Keep an input that breaks something: the smallest of those that break the same."""
    from tests.fuzz.outcome import digest

    place = folder / "faults" / digest(key.encode())
    place.mkdir(parents=True, exist_ok=True)
    kept = place / "input"
    if not kept.exists() or kept.stat().st_size > len(data):
        kept.write_bytes(data)
        (place / "told.txt").write_text(f"{key}\n\n{told}", "utf-8", "backslashreplace")


def forget_mended(target: Target, folder: Path) -> None:
    """Take away what was kept of faults that are no longer there. Inputs that ended a process are kept: they might end this one."""
    from tests.fuzz.outcome import Found, attempt

    for place in sorted(folder.glob("faults/*")):
        ended = (place / "told.txt").read_text("utf-8").startswith(("never ends", "the process"))
        if not ended and not isinstance(attempt(target.run, (place / "input").read_bytes()), Found):
            shutil.rmtree(place)


def by_coverage(target: Callable[[], Target], folder: Path, seconds: float, most: int) -> None:
    """Run a target guided by coverage of what it is for: libFuzzer asks for inputs that reach what none has reached, and keeps them.

    `folder` has its name. Watching all of the program would take twice the time, and lead away from the reader.
    """
    import atheris

    with atheris.instrument_imports(["redactor"], others(folder.name), enable_loader_override=False):
        chosen = _ready(target())
    forget_mended(chosen, folder)
    worker = Worker(chosen, folder, seconds, most)
    corpus = folder / "inputs"
    for number, seed in enumerate(chosen.seeds()):
        (corpus / f"seed{number:02}").write_bytes(seed)
    worker.passed_over = len(list(corpus.iterdir()))

    def mutate(data: bytes, most: int, seed: int) -> bytes:
        rng = Random(seed)
        if rng.random() < chosen.blind:
            return bytes(atheris.Mutate(data, most))
        return worker.mutate(data, rng)[:most]

    arguments = [
        "fuzz",
        str(corpus),
        f"-max_len={chosen.longest}",
        "-timeout=1000000",
        "-rss_limit_mb=0",
        "-detect_leaks=0",
        "-verbosity=0",
        f"-artifact_prefix={folder}/",
    ]
    atheris.Setup(arguments, lambda data: worker.run(data) and None, custom_mutator=mutate)
    atheris.Fuzz()


def by_outcome(target: Callable[[], Target], folder: Path, seconds: float, most: int) -> None:
    """Run a target without coverage: inputs that end in a way that none has ended in before are kept, and mutated further."""
    chosen = _ready(target())
    forget_mended(chosen, folder)
    worker = Worker(chosen, folder, seconds, most)
    corpus = folder / "inputs"
    rng = Random(time.time_ns())
    kept = [path for path in sorted(corpus.iterdir()) if path.stat().st_size <= chosen.longest]
    pool = chosen.seeds() + [path.read_bytes() for path in rng.sample(kept, min(len(kept), POOL))]
    worker.passed_over = len(pool)
    seen: set[Any] = {worker.run(data) for data in pool}
    while True:
        made = [worker.mutate(rng.choice(pool), rng) for _ in range(TOGETHER)]
        for data, came in zip(made, worker.run_all(made), strict=True):
            if came and came not in seen:
                from tests.fuzz.outcome import digest

                seen.add(came)
                pool.append(data)
                (corpus / digest(data)).write_bytes(data)


def _ready(target: Target) -> Target:
    """What is loaded at the first input is loaded now, so that it is instrumented and costs no input its time."""
    for data in target.seeds():
        target.run(data)
    return target


def main(name: str, folder: str, seconds: str, most: str, way: str) -> None:
    """The process of a target, for so many seconds or executions in all; `way` is `coverage` or `outcome`."""
    import resource

    os.environ["PATH"] = ""  # programs that are asked for a second opinion would take all the time
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))

    def target() -> Target:
        from tests.fuzz.targets import TARGETS

        return TARGETS[name]

    Path(folder, "inputs").mkdir(parents=True, exist_ok=True)
    (by_coverage if way == "coverage" else by_outcome)(target, Path(folder), float(seconds), int(most))


if __name__ == "__main__":
    main(*sys.argv[1:])
