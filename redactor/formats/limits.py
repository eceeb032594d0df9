"""Bounds on what a container may hold: real bytes are counted, what headers say is not believed."""

from __future__ import annotations

from typing import Final

MAX_MEMBER: Final = 200 << 20
"""Bytes of one member, unpacked."""
MAX_TOTAL: Final = 1 << 30
"""Bytes of all members, unpacked."""
MAX_RATIO: Final = 200
"""Unpacked over packed, once a member has more than `RATIO_FROM` bytes."""
RATIO_FROM: Final = 10 << 20
MAX_MEMBERS: Final = 10_000
MAX_DEPTH: Final = 4
"""Containers within containers."""
