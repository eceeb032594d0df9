"""What stands between texts that are looked at together, or between parts of one that are apart."""

from __future__ import annotations

from typing import Final

WALL: Final = "\uffff"
"""No character (Unicode 23.7), of no class that a rule could ask for."""
FENCE: Final = 2 * WALL
"""Stands in every fence between two texts, and nowhere else."""
