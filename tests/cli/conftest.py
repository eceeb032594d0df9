"""Fixtures of tests of the command."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def fault_id() -> None:
    """Stands for the fault that a test is called by."""
