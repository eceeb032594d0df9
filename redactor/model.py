"""What flows through the core: spans, findings, edits, results; entity names; the tree of errors."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final, Literal, Self, get_args

from redactor.language import later, say

Entity = Literal[
    "PERSON",
    "LOCATION",
    "ORGANIZATION",
    "DATE_TIME",
    "MONEY",
    "PERCENT",
    "QUANTITY",
    "PHONE_NUMBER",
    "EMAIL_ADDRESS",
    "URL",
    "IP_ADDRESS",
    "CN_ID_CARD",
    "CREDIT_CARD",
    "CN_USCC",
    "CN_LICENSE_PLATE",
    "CN_PASSPORT",
    "QQ_NUMBER",
    "WECHAT_ID",
    "DOC_NUMBER",
    "BOILERPLATE",
]
ENTITIES: Final[tuple[str, ...]] = get_args(Entity)
KEEP: Final = "KEEP"
"""The pseudo-entity of protected text: a KEEP rule vetoes what it covers and is never edited."""


class Tier(IntEnum):
    """What a finding is taken for where findings overlap: that of the higher tier stays. A priority is a tier, or some steps from one."""

    DECIDED = 2000
    """What a person has decided of one place."""
    USER = 1000
    """The user's own terms: what the user wants gone goes, whatever rule files protect."""
    BOILERPLATE = 100
    LABELLED = 90
    CHECKED_ID = 85
    DOC_NUMBER = 80
    DATE = 75
    FIGURE = 70
    ORGANIZATION = 60
    PLACE = 55
    PERSON = 50
    PROPAGATED = 40
    """What is proven elsewhere in the document stands again here: every rule knows better."""
    OUTDONE = 30
    """What overlaps a name with more support."""
    REMAINDER = 20
    """What is taken only where nothing else was found."""
    LEFT = -1
    """Of which is taken what the others have left, where it is more than one character."""


Span = tuple[int, int]
"""A half-open range of code points, in the coordinates of the input."""

EvidenceKind = Literal[
    "pattern",
    "terms",
    "suffix",
    "recognizer",
    "boilerplate",
    "context",
    "validator",
    "document",
    "user",
    "judge",
    "encoded",
]
TURNED: Final = "read in the order in which it is shown"
"""What an evidence says of a finding that is turned round in the text: what stands there proves nothing elsewhere."""

EMPTY_LABEL: Final = "empty-label"
"""The rule of an edit that takes out a label of which every value is deleted: it names no value itself."""


class RedactorError(Exception):
    """Anything the user can mend: the message says what, where and why in one line.

    It is given as a template in English and what fills its `{fields}`, and is said in the language that is in use; a message that is already
    made is given by itself. `reason`: in a word or two, what files that fail alike are counted under (`encrypted`); None: that of the class.
    """

    reason = later("other")

    def __init__(self, template: str = "", /, *, reason: str | None = None, **values: object) -> None:
        super().__init__(say(template, **values))
        if reason is not None:
            self.reason = reason

    def reworded(self, message: str) -> Self:
        """The same error in other words."""
        error = copy(self)
        error.args = (message,)
        return error


class RuleError(RedactorError):
    """A rule file that can't be used; names file, rule and reason."""


class PolicyError(RedactorError):
    """A policy that can't be used."""


class PluginError(RedactorError):
    """A rule pack, recognizer, validator, operator or format of another package that can't be used; names it."""


class PseudonymError(RedactorError):
    """Pseudonyms that could not be told apart: two values would share one, or one stands in the text already."""

    reason = later("pseudonyms that can't be told apart")


class DecodeError(RedactorError):
    """Bytes that are not text in the encoding that was asked for or found."""

    reason = later("wrong encoding")


class FormatError(RedactorError):
    """A file that is not what it claims to be, or that can't be read or written safely."""

    reason = later("damaged or not safe to read")


class UnsupportedError(FormatError):
    """A file of a kind in which no text is looked for: a picture, a sound, a format that is not known."""


class LimitError(RedactorError):
    """A bound on time or size was reached; the document must not pass as clean."""

    reason = later("over a limit")


ENCRYPTED: Final = later("encrypted")
ACTIVE: Final = later("macros or a signature")
NOT_CHECKABLE: Final = later("holds what can't be checked")
NO_PACKAGE: Final = later("a package is not installed")
NO_TEXT: Final = later("no text")
OUTPUT: Final = later("output in the way")
CHANGED: Final = later("changed while it was read")
STILL_THERE: Final = later("what was masked is still there")
FAULT: Final = later("fault of the program")
"""Further reasons."""


CONVENTIONS: Final = ("office", "news")
"""What counts as a name, and how it is cut: as policy `publish` edits it, or as the annotated news of the field has it."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason for a finding.

    `detail` names rule words, never the text that was found; `weight` is what it added to the score.
    """

    kind: EvidenceKind
    detail: str
    weight: float = 0.0


@dataclass(frozen=True, slots=True)
class Finding:
    """A stretch of the input that a rule holds for an entity.

    `start`, `end`: the whole entity (`青山县`, `12.5%`). `values`: the parts of it that carry the secret and are edited
    under suffix-keeping operators (`青山`, `12.5`); empty means the whole. All are half-open code-point offsets of the input.
    """

    start: int
    end: int
    entity: str
    rule: str
    score: float
    values: tuple[Span, ...] = ()
    priority: int = Tier.PERSON
    evidence: tuple[Evidence, ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"bad span {self.start}..{self.end} of rule {self.rule}")
        for start, end in self.values:
            if not self.start <= start < end <= self.end:
                raise ValueError(f"value {start}..{end} outside {self.start}..{self.end} of rule {self.rule}")

    @property
    def parts(self) -> tuple[Span, ...]:
        """The spans to edit: `values`, or the whole finding when no part is named."""
        return self.values or ((self.start, self.end),)

    def moved(self, by: int) -> Finding:
        """The same finding where it stands in a text that begins so much earlier."""
        if not by:
            return self
        values = tuple((start + by, end + by) for start, end in self.values)
        return self._at(self.start + by, self.end + by, values)

    def within(self, low: int, high: int) -> Finding | None:
        """What of the finding lies in `[low, high)`, counted from there; None when it is nothing."""
        start, end = max(self.start, low), min(self.end, high)
        if start >= end:
            return None
        values = tuple((max(s, low) - low, min(e, high) - low) for s, e in self.values if s < high and e > low)
        return self._at(start - low, end - low, values)

    def _at(self, start: int, end: int, values: tuple[Span, ...]) -> Finding:
        return Finding(start, end, self.entity, self.rule, self.score, values, self.priority, self.evidence)

    def why(self) -> str:
        """One line of reasons: what matched, which context, which validator. Never the text itself."""
        reasons = "; ".join(f"{e.kind} {e.detail}" + (f" ({e.weight:+.2f})" if e.weight else "") for e in self.evidence)
        return f"{self.rule} → {self.entity}, score {self.score:.2f}: {reasons or 'no further evidence'}"


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the input's `[start, end)` by `replacement`."""

    start: int
    end: int
    replacement: str
    entity: str
    rule: str


@dataclass(frozen=True, slots=True)
class Decided:
    """What a person has decided of one text, in its coordinates: nothing that rules say undoes it.

    `kept`: stretches that stay as they are, and prove nothing of other places. `masked`: stretches that go, each with the entity
    whose operator is applied. They prove nothing either, unless a rule had found the same. Where both touch, `masked` holds.
    `same`: stretches of `masked` that name what another form names (老马 what 马建国 does), each with that form: both get one label.
    """

    kept: tuple[Span, ...] = ()
    masked: tuple[tuple[int, int, str], ...] = ()
    same: tuple[tuple[int, int, str], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.kept or self.masked)


UNDECIDED: Final = Decided()


@dataclass(frozen=True, slots=True)
class NotChecked:
    """A stretch of the input that can't be looked into, and stays as it is: `what` says what it is, in English, never what it holds."""

    start: int
    end: int
    what: str


@dataclass(frozen=True, slots=True)
class Result:
    """A redacted text: exactly the input with `edits` applied; edits are sorted and never overlap."""

    text: str
    edits: tuple[Edit, ...]
    findings: tuple[Finding, ...]
    doubtful: tuple[Finding, ...] = ()
    """Findings under the policy's threshold, for the residue report; nothing was done about them."""
    not_checked: tuple[NotChecked, ...] = ()
    """What can't be looked into: armour, pictures in Base64. None of it is known to be clean."""
    kept: tuple[Span, ...] = ()
    """Stretches of the input that a person has decided to keep: no residue is told of there."""
