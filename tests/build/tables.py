"""What the tests of table formats share: twelve secrets, a way through a format, and seeded damage."""

from __future__ import annotations

import io
import random
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from redactor import Redactor, RedactorError
from redactor.formats.options import Options
from redactor.formats.registry import load_format
from redactor.formats.session import DocumentSession

SECRETS = (
    "欧阳明月",
    "慕容晓峰",
    "司徒若兰",
    "13900017788",
    "wang.xiaoming@example.com",
    "330106199003071234",
    "6222021234567890123",
    "浙A12F45",
    "青山县红旗镇",
    "上官云溪",
    "John Q. Smithers",
    "令狐一刀",
)


def masking(*terms: str, policy: str = "publish") -> Redactor:
    """A redactor that knows these terms and nothing else: what it finds is certain."""
    return Redactor(policy, builtin=False, ner="none", mask=terms)


def redacted(
    name: str, data: bytes, redactor: Redactor, *, strict: bool = False, **options: Any
) -> tuple[bytes, DocumentSession]:
    """What a format makes of a file, and the session with what it told."""
    session = DocumentSession(redactor, lambda *_: None, strict)
    out = io.BytesIO()
    load_format(name)(io.BytesIO(data), out, session, Options(**options))
    return out.getvalue(), session


def leaks(data: bytes, encoding: str = "utf-8") -> list[str]:
    """The secrets that stand in some bytes, plainly or in JSON escapes."""
    text = data.decode(encoding, "replace")
    return [s for s in SECRETS if s in text or s.encode("unicode_escape").decode() in text]


def damaged(data: bytes, number: int = 200) -> Iterator[bytes]:
    """The data with some bytes flipped, cut out, put in, or all after a place cut off; the same each time."""
    for seed in range(number):
        rng = random.Random(seed)
        changed = bytearray(data)
        for _ in range(rng.randint(1, 3)):
            at = rng.randrange(len(changed) or 1)
            match rng.randrange(5):
                case 0 if changed:
                    changed[at] ^= 1 << rng.randrange(8)
                case 1:
                    del changed[at : at + rng.randint(1, 40)]
                case 2:
                    changed[at:at] = rng.randbytes(rng.randint(1, 6))
                case 3:
                    changed[at : at + 4] = rng.choice([b"\xff\xff\xff\x7f", b"\0\0\0\0", b'"', b"]}"])
                case _:
                    del changed[at:]
        yield bytes(changed)


def survives(name: str, data: bytes, redactor: Redactor, options: dict[str, Any] | None = None) -> int:
    """How many damaged copies of a file are redacted; the others must be refused in one line that quotes nothing."""
    done = 0
    reasons: list[str] = []
    for copy in damaged(data):
        try:
            out, _ = redacted(name, copy, redactor, **(options or {}))
            done += 1
            assert not leaks(out)
        except RedactorError as error:
            reasons.append(str(error))
    assert not any("\n" in reason or leaks(reason.encode()) for reason in reasons)
    return done


def refuses(name: str, data: bytes, redactor: Redactor, match: str, **options: Any) -> str:
    """The one line by which a file is refused."""
    with pytest.raises(RedactorError, match=match) as caught:
        redacted(name, data, redactor, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def peak_of(name: str, path: str, options: str) -> int:
    """The most memory, in bytes, that a process holds that does nothing but redact the file."""
    code = f"""
import resource
from redactor import Redactor
from redactor.formats.known import load_format
from redactor.formats.options import Options
from redactor.formats.session import DocumentSession
class Nowhere:
    def write(self, data): pass
with open({path!r}, "rb") as file:
    session = DocumentSession(Redactor("clean", ner="none"), lambda *_: None)
    load_format({name!r})(file, Nowhere(), session, {options})
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return int(done.stdout) << 10
