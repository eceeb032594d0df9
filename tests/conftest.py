"""Shared fixtures: redactors by policy, the installed command."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from redactor import Redactor

COMMAND = Path(sys.executable).with_name("redactor")
Run = Callable[..., subprocess.CompletedProcess[bytes]]


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
        *arguments: str | Path, stdin: bytes = b"", **settings: object
    ) -> subprocess.CompletedProcess[bytes]:
        environment = {**os.environ, "LC_ALL": "C.UTF-8", **settings.pop("env", {})}  # type: ignore[dict-item]
        return subprocess.run(
            [COMMAND, *arguments],
            input=stdin,
            capture_output=True,
            cwd=tmp_path,
            env=environment,
            timeout=300,
            check=False,
        )

    return run_command
