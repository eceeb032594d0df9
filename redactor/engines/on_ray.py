"""Ray (https://www.ray.io): plain tasks, so that what a worker writes is ours to make whole or not at all."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any, Final, TypeVar

from redactor.language import say
from redactor.model import NO_PACKAGE, LimitError, RedactorError
from redactor.parallel.pool import processors
from redactor.plugins import install_hint

T = TypeVar("T")
R = TypeVar("R")
Unit = Sequence[T]

_TRIES: Final = 3
"""How often a task is given to another worker whose worker has died."""
_STORE: Final = 100 << 20
"""Bytes of shared memory of a Ray of our own: what is sent is small."""


class RayEngine:
    """A connection to Ray; as a context, it ends at its end.

    `address`: of a cluster that runs, or `auto` for the one that is found here; "": one of our own on this machine, with `jobs`
    processes. RedactorError where Ray is not installed or can't be reached.
    """

    def __init__(self, address: str = "", jobs: int | None = None) -> None:
        # A run that handles what nobody may know tells nobody that it runs.
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
        try:
            import ray
        except ImportError as error:
            raise RedactorError(
                "--engine {engine} needs {name}, which is not installed: {install_hint}",
                engine="ray",
                name=error.name or "ray",
                install_hint=install_hint("ray"),
                reason=NO_PACKAGE,
            ) from None
        self._ray: Any = ray
        own = {"num_cpus": jobs or processors(), "object_store_memory": _STORE, "include_dashboard": False}
        try:
            with _quiet():
                ray.init(
                    address=address or "local",
                    log_to_driver=False,
                    logging_level=logging.ERROR,
                    **({} if address else own),  # type: ignore[arg-type]
                )
        except (ConnectionError, RuntimeError, ValueError, OSError) as error:
            raise RedactorError(
                "Ray can't be reached at {address}: {why}", address=address or "local", why=type(error).__name__
            ) from None
        free = int(self._ray.cluster_resources().get("CPU", 1)) or 1
        self.slots = min(free, jobs) if jobs else free

    def __enter__(self) -> RayEngine:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(Exception):
            self._ray.shutdown()

    def each(
        self, work: Callable[[Any, Unit[T]], R], sent: object, units: Iterable[Unit[T]], lost: Callable[[T, str], R]
    ) -> Iterator[tuple[Unit[T], R]]:
        """`work` of what is sent once and of each unit, as they end. What `work` raises for the user is raised.

        A unit whose worker dies is done by another, some times; then its things are tried one by one, and `lost` makes the outcome of
        one that is still not done.
        """
        call = self._ray.remote(num_cpus=1, max_retries=_TRIES)(_call)
        shared = self._ray.put(partial(work, sent))
        waiting: dict[Any, Unit[T]] = {}
        again: list[Unit[T]] = []
        source = iter(units)
        while True:
            while len(waiting) < 2 * self.slots and (unit := next(source, None) or (again.pop() if again else None)):
                waiting[call.remote(shared, unit)] = unit
            if not waiting:
                return
            ready, _ = self._ray.wait(list(waiting), num_returns=1)
            for reference in ready:
                unit = waiting.pop(reference)
                try:
                    yield unit, self._ray.get(reference)
                except self._ray.exceptions.RayTaskError as error:
                    raise _told(error.cause) from None
                except self._ray.exceptions.RayError as error:
                    if len(unit) > 1:
                        again += [unit[number : number + 1] for number in range(len(unit))]
                    else:
                        yield unit, lost(unit[0], say("its workers have died ({error})", error=type(error).__name__))


def _call(work: Callable[[Unit[T]], R], unit: Unit[T]) -> R:
    return work(unit)


def _told(cause: BaseException) -> RedactorError:
    """What a worker has raised, for the user; nothing of its message is shown if it is none of ours, for it may hold text."""
    if isinstance(cause, RedactorError):
        return cause
    return LimitError("a worker ended with an unexpected {error}", error=type(cause).__name__)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """What Ray says while it starts is not for the user."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
