"""Shared fixtures: redactors by policy, the installed command."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from redactor import Redactor

COMMAND = Path(sys.executable).with_name("redactor")
Run = Callable[..., subprocess.CompletedProcess[bytes]]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--slow", action="store_true", help="run also what takes minutes: inputs of a gigabyte and the like"
    )


def pytest_configure(config: pytest.Config) -> None:
    # Not the user's own; each state of the code has files of its own there.
    os.environ["REDACTOR_CACHE"] = str(Path(tempfile.gettempdir()) / f"redactor-tests-{getattr(os, 'getuid', int)()}")
    config.addinivalue_line("markers", "slow: takes minutes; run with --slow")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--slow"):
        for item in items:
            if item.get_closest_marker("slow"):
                item.add_marker(pytest.mark.skip(reason="runs with --slow"))


@pytest.fixture(scope="session")
def publish() -> Redactor:
    return Redactor()


@pytest.fixture(scope="session")
def clean() -> Redactor:
    return Redactor(policy="clean")


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run the installed command in a folder of its own."""

    def run_command(
        *arguments: str | Path, stdin: bytes = b"", seconds: int = 300, **settings: object
    ) -> subprocess.CompletedProcess[bytes]:
        environment = {**os.environ, "LC_ALL": "C.UTF-8", **settings.pop("env", {})}  # type: ignore[dict-item]
        return subprocess.run(
            [COMMAND, *arguments],
            input=stdin,
            capture_output=True,
            cwd=tmp_path,
            env=environment,
            timeout=seconds,
            check=False,
        )

    return run_command
