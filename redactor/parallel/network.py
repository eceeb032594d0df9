"""A process without a network: what reads documents of unknown origin has nothing to ask or tell there."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
from pathlib import Path
from typing import Any, Final

_CLONE_NEWUSER: Final = 0x10000000
_CLONE_NEWNET: Final = 0x40000000
"""Flags of unshare(2)."""
_VERSION_OF_CAPABILITIES: Final = 0x20080522
"""Of the header of capset(2), in which 0 stands for this process; each set has two words."""
_NETWORK: Final = frozenset({"socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo"})


def without_network() -> None:
    """Keep this process from the network for good: Python code everywhere, code in C where the system lets us.

    What it may do with files stays as it was. Root needs no namespace of users for that, and in one could not read what belongs to others.
    """
    sys.addaudithook(_refuse_network)
    with contextlib.suppress(OSError, AttributeError):
        user, group = os.geteuid(), os.getegid()
        library = ctypes.CDLL(None)
        if user == 0:
            library.unshare(_CLONE_NEWNET)
        elif library.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0:
            # Without these lines files would seem to belong to nobody.
            Path("/proc/self/uid_map").write_text(f"{user} {user} 1", encoding="ascii")
            Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
            Path("/proc/self/gid_map").write_text(f"{group} {group} 1", encoding="ascii")
            # The first in a namespace may do all there, such as read files that are closed to their owner.
            library.capset((ctypes.c_uint32 * 2)(_VERSION_OF_CAPABILITIES, 0), (ctypes.c_uint32 * 6)())


def _refuse_network(event: str, arguments: tuple[Any, ...]) -> None:
    if event in _NETWORK:
        raise PermissionError("a document may not reach the network")
