"""Operators: what is written in place of a finding. HMAC-SHA-256 (RFC 2104, FIPS 180-4) for `hash`."""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Final, Literal, TypeAlias

import regex

from redactor.chinese.places import is_division
from redactor.language import say
from redactor.model import Finding, PluginError, PolicyError, PseudonymError, Span
from redactor.packaged import packaged_rules, packaged_words
from redactor.plugins import answering, described, installed, name_of
from redactor.policy.pseudonyms import (
    Series,
    bracketed_spans,
    code,
    code_spans,
    codes_in,
    identity,
    is_code,
    keyed_code,
    keyed_surrogate,
)
from redactor.policy.reserved import ranges, surrogate, surrogate_spans
from redactor.ruleset.characters import HELD
from redactor.ruleset.fields import WRITTEN, read

OPERATORS: Final = ("strip", "mask", "partial", "label", "replace", "keep", "hash", "vault", "code", "fake")
"""Those that are built in."""
Write: TypeAlias = Callable[..., str]
"""An operator written in Python: takes the value, its entity, and the number that the value has among those of its entity in the
document (from 1; the same value, the same number), and gives what is written instead. `options` of a policy come as keyword arguments."""
_DIGEST_HEX = 32
SHORTEST_KEY: Final = 16
"""Bytes that a key must have: shorter ones can be guessed, and with them all that was hashed."""
_LONGEST: Final = 4
"""Characters of the longest surname."""
_UNNAMED: Final = frozenset(packaged_words("text-behind-unnamed"))
_HELD: Final = regex.compile(HELD)
_LATIN: Final = regex.compile(r"[\p{Latin}.·'’\-]{2,}")
_KIND: Final = regex.compile(r"\p{Han}{1,2}")
"""What stands before the number of a label that can be restored."""
_ASCII: Final = regex.compile("[0-9A-Za-z]")
_LABEL: Final = regex.compile(r"【([^【】\n]{1,40}?)[1-9][0-9]{0,8}】")
_SPACES = regex.compile(r"[\s\p{Cf}\p{Mn}\p{Me}]+")


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator with its settings. `kind`: one of OPERATORS, or the name of a plug-in's, which `write` and `options` are of.

    `whole`: act on the whole finding, suffix included, instead of its values. `each`: one sign per hidden character.
    `leave`: what stays all the same: `"divisions"`, the names of provinces, cities, counties and districts that bear their class word.
    `show_first`/`show_last`: characters that `partial` leaves (`"surname"`: the surname, one character or a compound).
    `show_from`: a sign from which on `partial` leaves all (`@`).
    `numbered`: what `partial` writes alike for different values gets an Arabic number from the second value on (张某, 张某2); a space parts it
    from a digit that follows.
    `series`, `brackets`: what `code` counts with, and what its numbers stand in.
    """

    kind: str
    sign: str = "×"
    replacement: str = ""
    name: str = ""
    show_first: int | Literal["surname"] = 0
    show_last: int = 0
    show_from: str = ""
    whole: bool = False
    leave: Literal["", "divisions"] = ""
    each: bool = False
    numbered: bool = False
    series: Series = "numbers"
    brackets: str = "〔〕"
    write: Write | None = None
    options: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        for key, text in (("sign", self.sign), ("with", self.replacement), ("name", self.name)):
            read(text, WRITTEN, f"operator {self.kind!r}: {key}", PolicyError)
        if self.kind == "vault" and not _KIND.fullmatch(self.name):
            raise PolicyError('operator vault needs name = "…", one or two Chinese characters')
        if self.kind not in OPERATORS and self.write is None:
            raise PolicyError(
                "unknown operator {kind!r}; built in are {operators}, or give a function",
                kind=self.kind,
                operators=say(", ").join(OPERATORS),
            )


@dataclass(frozen=True, slots=True)
class Named:
    """A pseudonym: what is written, and the value that it stands for among those of a series."""

    written: str
    series: str
    value: str


@dataclass(slots=True)
class Labels:
    """The numbers given out within one document: the same value of an entity has the same number everywhere."""

    numbers: dict[tuple[str, str], int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    standing: set[str] = field(default_factory=set)
    """Masks and pseudonyms that the document came with: no other value gets them."""
    given: dict[str, Named] = field(default_factory=dict)
    """Pseudonyms that were given out, each with the value that it stands for."""
    crowded: set[str] = field(default_factory=set)
    """Values of which a letter would touch another letter or a digit: they get their number in brackets."""
    same: dict[str, str] = field(default_factory=dict)
    """Forms of a value that somebody has said are one: what each stands for, by its text without spaces and width."""

    def apart(self, written: str, value: str) -> str:
        """What is written for a value, with a number where another value, or the text itself, has it already."""
        return self.pseudonym(written, value, lambda number: written if number == 1 else f"{written}{number}")

    def pseudonym(self, series: str, value: str, write: Callable[[int], str]) -> str:
        """What `write` gives for the number of `value` in a series; numbers of which that stands in the document already are left out."""
        return write(self.number(series, value, lambda number: write(number) in self.standing))

    def number(self, series: str, value: str, taken: Callable[[int], bool] = lambda _: False) -> int:
        """The number of `value` in a series, from 1 in order of first appearance, without those that are `taken`."""
        key = (series, value)
        if key not in self.numbers:
            number = self.counts.get(series, 0) + 1
            while taken(number):
                number += 1
            self.counts[series] = self.numbers[key] = number
        return self.numbers[key]

    def give(self, named: Named) -> str:
        """Give out a pseudonym. PseudonymError when another value has it."""
        if self.given.setdefault(named.written, named) != named:
            raise PseudonymError("two different values would get the same pseudonym; take another key, or policy code")
        return named.written

    def join(self, text: str, findings: Iterable[Finding], same: Iterable[tuple[int, int, str]]) -> None:
        """Take note that findings of a text name what another form of them does. `same`: their places, each with that form."""
        forms = {(start, end): form for start, end, form in same}
        for finding in findings if forms else ():
            if form := forms.get((finding.start, finding.end)):
                for start, end in {(finding.start, finding.end), *finding.parts}:
                    self.same[identity(finding.entity, text[start:end])] = form


def replacement(operator: Operator, entity: str, value: str, labels: Labels, key: bytes | None) -> str:
    """What stands in place of `value`, the text of one part of a finding."""
    if operator.kind == "mask":
        return operator.sign * (_visible(value) if operator.each else 1)
    if operator.kind == "strip":
        return ""
    if operator.kind == "replace":
        return operator.replacement
    if labels.same and operator.kind not in ("vault", "keep"):  # what is to be put back is each form by itself
        value = labels.same.get(identity(entity, value), value)
    canonical = _SPACES.sub("", value)
    if operator.write is not None:
        return _written(operator, operator.write, entity, canonical, labels)
    if operator.kind == "label":
        name = operator.name or entity
        return labels.pseudonym(name, identity(entity, value), lambda number: f"【{name}{number}】")
    if operator.kind == "vault":  # for the time being: `vault.labelling` puts labels in its place that lead back
        return f"〔{operator.name}{labels.number(operator.name, canonical):03}〕"
    if operator.kind in ("code", "fake"):
        named = pseudonym_of(operator, entity, value, labels, key)
        return labels.give(named) if named.written != value else value
    if operator.kind == "hash":
        assert key is not None
        digest = hmac.new(
            key, f"{entity}\0{identity(entity, value)}".encode("utf-8", "surrogatepass"), hashlib.sha256
        ).hexdigest()
        return f"<{entity}:{digest[:_DIGEST_HEX]}>"
    if operator.kind == "partial":
        written = _partial(operator, canonical)
        if operator.numbered and written != canonical:
            return labels.apart(written, canonical)
        return written
    return value


def pseudonym_of(operator: Operator, entity: str, value: str, labels: Labels, key: bytes | None) -> Named:
    """What `code` or `fake` writes in place of a value; what an earlier run has written stays as it is."""
    own = identity(entity, value)
    if operator.kind == "fake":
        if any(own in each for each in ranges()[entity]):
            return Named(value, entity, own)
        if key:
            return Named(keyed_surrogate(key, entity, own), entity, own)
        written = labels.pseudonym(f"{entity} fake", own, lambda number: surrogate(entity, number))
        return Named(written, entity, own)
    name = operator.name or entity
    # Places and bodies share their letters, or A would be two of them; numbers of a name are shared with operator `label`.
    series = name if key or operator.series == "numbers" else operator.series
    if is_code(operator.series, name, own):
        return Named(value, series, own)
    if key:
        return Named(keyed_code(key, name, own, operator.brackets), series, own)
    written_as: Series = "numbers" if series == "letters" and own in labels.crowded else operator.series
    written = labels.pseudonym(series, own, lambda number: code(written_as, name, number, operator.brackets))
    return Named(written, series, own)


def stays(text: str, start: int, end: int, operator: Operator) -> bool:
    """Whether an operator leaves a value that stands there, whatever it is."""
    return operator.leave == "divisions" and is_division(text, start, end)


def parted(written: str, text: str, end: int, operator: Operator) -> str:
    """What is written, and a space where a digit follows that would be read as the number of it (王某2次)."""
    return f"{written} " if operator.numbered and text[end : end + 1].isdecimal() else written


def reserve(text: str, operator: Operator, labels: Labels) -> None:
    """Take note of the masks that a text came with, so that no value gets one of them under an operator that is `numbered`."""
    if not operator.numbered or operator.sign not in text:
        return
    for match in regex.finditer(rf"(?:{regex.escape(operator.sign)})++(?:[1-9][0-9]{{0,3}})?", text):
        labels.standing.update(
            text[match.start() - size : match.end()] for size in range(1, min(_LONGEST, match.start()) + 1)
        )


def reserve_labels(text: str, operators: Mapping[str, Operator], labels: Labels) -> None:
    """Take note of the labels that a text came with, so that no value gets one of them."""
    if "【" not in text:
        return
    names = {each.name or entity for entity, each in operators.items() if each.kind == "label"}
    labels.standing |= {match.group() for match in _LABEL.finditer(text) if match[1] in names}


def reserve_pseudonyms(
    text: str, findings: Iterable[Finding], operators: Mapping[str, Operator], labels: Labels
) -> None:
    """Take note of what stands in a text beside what is about to be replaced in it, before pseudonyms are given without a key.

    No value gets a pseudonym that the text came with, and none a letter that would touch another one or a digit.
    """
    parts = [(finding, part) for finding in findings for part in finding.parts]
    ends = Counter(place for _, part in parts for place in part)
    left = list(text)
    for finding, (start, end) in parts:
        left[start:end] = " " * (end - start)
        operator = operators.get(finding.entity)
        touches = max(ends[start], ends[end]) > 1 or _ASCII.search(
            text[max(0, start - 1) : start] + text[end : end + 1]
        )
        if touches and operator and operator.kind == "code" and operator.series == "letters":
            labels.crowded.add(identity(finding.entity, text[start:end]))
    rest = "".join(left)
    for series, name in _codes(operators):
        labels.standing |= codes_in(rest, series, name)
    if _fakes(operators):
        labels.standing |= {rest[start:end] for start, end in surrogate_spans(rest)}


def pseudonym_spans(text: str, operators: Mapping[str, Operator]) -> list[Span]:
    """Where pseudonyms stand that an earlier run under these operators has written: nothing is found there."""
    found = [span for series, name in _codes(operators) for span in code_spans(text, series, name)]
    return found + surrogate_spans(text) if _fakes(operators) else found


def evident_spans(text: str, operators: Mapping[str, Operator]) -> list[Span]:
    """Those of them that nobody but an earlier run would have written: surrogates, and codes in brackets."""
    found = [span for _, name in _codes(operators) for span in bracketed_spans(text, name)]
    return found + surrogate_spans(text) if _fakes(operators) else found


def _codes(operators: Mapping[str, Operator]) -> set[tuple[Series, str]]:
    """The series that codes are of, each with its name."""
    return {(each.series, each.name or entity) for entity, each in operators.items() if each.kind == "code"}


def _fakes(operators: Mapping[str, Operator]) -> bool:
    return any(each.kind == "fake" for each in operators.values())


def _written(operator: Operator, write: Write, entity: str, value: str, labels: Labels) -> str:
    plugged = operator.kind in installed("operators")
    what = described("operators", operator.kind) if plugged else f"operator {operator.kind!r}"
    with answering(what):
        written = write(value, entity, labels.number(operator.name or entity, value), **operator.options)
    if not isinstance(written, str):
        raise PluginError(
            "{what} gave {name}; an operator gives the text that is written",
            what=what,
            name=type(written).__name__,
        )
    strange = next((c for c in written if c not in value and not _HELD.fullmatch(c)), "")
    if strange:
        raise PluginError(
            "{what} gave a character that not every format can hold (U+{point:04X})", what=what, point=ord(strange)
        )
    return written


def custom(write: Write) -> Operator:
    """A function of the caller's as an operator."""
    return Operator(name_of(write), write=write)


def _partial(operator: Operator, value: str) -> str:
    before, sign, behind = value.partition(operator.show_from) if operator.show_from else (value, "", "")
    if sign and before:
        return _partial(replace(operator, show_from=""), before) + sign + behind
    by_surname = operator.show_first == "surname"
    if by_surname and operator.numbered and _LATIN.fullmatch(value):
        return value[0]  # article 9 of the rules on publishing judgments: the first letter, and nothing else
    first = _surname(value) if operator.show_first == "surname" else operator.show_first
    last = operator.show_last
    if by_surname and len(value) <= first:
        return value  # a surname alone (李主任, 王某某) shows no more than the policy lets show
    if first + last >= len(value):
        first = last = 0  # too short to hide anything between: all of it goes
    hidden = max(1, len(value) - first - last)
    return value[:first] + operator.sign * (hidden if operator.each else 1) + value[len(value) - last :]


def _surname(value: str) -> int:
    """How many characters of a name are its surname."""
    if "·" in value:
        return 1
    known = compound_surnames()
    size = next((size for size in range(min(_LONGEST, len(value)), 1, -1) if value[:size] in known), 1)
    return 1 if known.get(value) else size


def surname_spans(text: str, operator: Operator) -> list[Span]:
    """Where an operator that shows surnames has written: each surname that stands before signs, in order, so that none is read as part of another name.

    A single sign that goes on as a word for something unnamed (某日, 某些) is none of those.
    """
    if operator.kind != "partial" or operator.show_first != "surname":
        return []
    known = compound_surnames()
    found = []
    for match in regex.finditer(f"(?:{regex.escape(operator.sign)})++", text):
        start = match.start()
        if match[0] == operator.sign and text[match.end() : match.end() + 1] in _UNNAMED:
            continue
        shown = next((n for n in range(min(_LONGEST, start), 1, -1) if text[start - n : start] in known), 1)
        if start and text[start - 1].isalpha():
            found.append((start - shown, start))
    return found


def is_partial_names(text: str, operator: Operator) -> bool:
    """Whether a text is nothing but names of which an operator shows the surname and the end (梁*平 孙*钊): as one name, less of them would be hidden."""
    if operator.kind != "partial" or operator.show_first != "surname" or not operator.show_last:
        return False
    sign, end = regex.escape(operator.sign), rf"\p{{Han}}{{{operator.show_last}}}"
    return bool(regex.fullmatch(rf"(?:\p{{Han}}{{1,{_LONGEST}}}{sign}{end}\s*)++", text))


@lru_cache(maxsize=1)
def compound_surnames() -> Mapping[str, bool]:
    """Surnames of more than one character, and whether each is a whole name too (贺兰)."""
    text = (packaged_rules() / "lists" / "compound_surnames.txt").read_text(encoding="utf-8")
    rows = (line.partition("\t") for line in text.splitlines() if line[:1] != "#")
    return {surname: note == "name" for surname, _, note in rows}


def _visible(value: str) -> int:
    return len(_SPACES.sub("", value)) or 1
