"""Checks that a rule may name in `validate`: each takes the matched text (as the view shows it) and says yes or no."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

Validator = Callable[[str], bool]

VALIDATORS: Final[Mapping[str, Validator]] = {}
