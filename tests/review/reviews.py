"""Reviews made for tests: what the page does by hand, done by program."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from redactor import Redactor
from redactor.files.verifying import Way, made_of
from redactor.formats.decided import DecidedTexts
from redactor.formats.options import Options
from redactor.review.decisions import Action, DecisionsFile, Entry, Finish, entry
from redactor.review.fingerprints import Fingerprints
from redactor.review.items import Examined, Found, examine
from redactor.review.placing import at_their_places
from redactor.review.replay import bound_to
from tests.conftest import made
from tests.verify.planted import original, path

MARKS = Fingerprints(bytes(range(32)))
NOTHING_SAID = Options()
Choose = Callable[[Found], Action]


@cache
def seen_of(kind: str) -> Examined:
    """What there is to decide in the file of a kind."""
    return examine(original(kind), path(kind).name, made(), NOTHING_SAID)


def entries_of(seen: Examined, choose: Choose) -> list[Entry]:
    """An entry for each place, as somebody decides of it."""
    flows = [flow.text for flow in seen.flows]
    return [
        entry(MARKS, flows, [(each.flow, each.start, each.end)], choose(each), each.entity, rule=each.rule)
        for each in seen.found
        if choose(each) != "open" or each.kind in ("finding", "block")
    ]


def reviewed(
    source: bytes,
    path: Path,
    redactor: Redactor,
    choose: Choose,
    options: Options = NOTHING_SAID,
    seen: Examined | None = None,
) -> tuple[DecisionsFile, bytes]:
    """A document decided on and finished, and what came of it. `seen`: what there is to decide in it, if that is known."""
    seen = seen or examine(source, path.name, redactor, options)
    entries = entries_of(seen, choose)
    decided = DecidedTexts(at_their_places(entries).decided, [flow.text for flow in seen.flows])
    output = made_of(source, path, path, Way(redactor, options, decisions=decided))
    bound = bound_to(source, path.name, seen.format, redactor, options, MARKS)
    return DecisionsFile(bound, MARKS.key_id, tuple(entries), finished(output)), output


def finished(output: bytes) -> Finish:
    """The end of a review."""
    return Finish(hashlib.sha256(output).hexdigest(), by="甲", at="2026-01-02T03:04:05Z")


def keep(*texts: str, seen: Examined) -> Choose:
    """Keeps what says one of some texts; all else stays as it is."""

    def choose(found: Found) -> Action:
        return "keep" if seen.flows[found.flow].text[found.start : found.end] in texts else "open"

    return choose


def written(tmp_path: Path, name: str, source: bytes, file: DecisionsFile) -> Sequence[str]:
    """A document, its decisions and the review key in a folder; the options that replay them."""
    (tmp_path / name).write_bytes(source)
    (tmp_path / "review.key").write_bytes(MARKS.key)
    file.write(tmp_path / f"{name}.decisions.json")
    return [name, "--decisions", f"{name}.decisions.json", "--review-key", "review.key"]
