"""Labels of a token classification model: which entities they stand for, which may follow which, and the best path of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import regex
from numpy.typing import NDArray

from redactor.detect.ner.decode import KINDS, Tagged, log_probabilities

_TYPES: Final = {
    "PERSON": ("PER", "PERSON", "NR", "NAME"),
    "LOCATION": ("LOC", "LOCATION", "GPE", "NS", "ADDRESS", "SCENE"),
    "ORGANIZATION": ("ORG", "ORGANIZATION", "ORGANISATION", "NT", "COMPANY", "GOVERNMENT"),
}
_KIND_OF: Final = {name: KINDS.index(kind) for kind, names in _TYPES.items() for name in names}
_LABEL: Final = regex.compile(
    r"(?:(?P<role>[BIMELSU])[-_](?P<type>.+)|(?P<type>.+)[-_](?P<role>[BIMELSU])|(?P<type>.+))"
)
_ROLES: Final = {"M": "I", "L": "E", "U": "S"}
_NEVER: Final = -np.inf


@dataclass(frozen=True, slots=True)
class _Label:
    role: str
    """B, I, E, S; P: begins, or goes on after the same label; O: outside, or an entity that is not wanted."""
    type: str


@dataclass(frozen=True, slots=True)
class Scheme:
    """The labels of a model. The arrays of what is legal hold 0, or minus infinity for what is not."""

    outside: int
    roles: tuple[str, ...]
    kinds: NDArray[np.intp]
    """By label: its place in KINDS; -1: none of them."""
    opens: NDArray[np.float64]
    follows: NDArray[np.float64]
    """[a, b]: whether b may stand after a."""
    closes: NDArray[np.float64]

    def outside_of(self, logits: NDArray[Any]) -> NDArray[np.float64]:
        """The probability that each token is in no entity, from logits (tokens, labels)."""
        probabilities: NDArray[np.float64] = np.exp(log_probabilities(logits.astype(np.float64))[:, self.outside])
        return probabilities

    def spans(self, logits: NDArray[Any]) -> Iterator[Tagged]:
        """Entities of a line of tokens; start and end count tokens, the probability is that of the entity, not of the label."""
        logs = log_probabilities(logits.astype(np.float64))
        path = self._path(logs)
        first = 0
        for at, label in enumerate(path):
            if self._begins(path, at):
                first = at
            kind = self.kinds[label]
            if kind >= 0 and (at + 1 == len(path) or self._begins(path, at + 1)):
                share = np.exp(logs[first : at + 1, self.kinds == kind]).sum(1)
                yield first, at + 1, KINDS[kind], float(share.mean())

    def _begins(self, path: Sequence[int], at: int) -> bool:
        role = self.roles[path[at]]
        return role in "OBS" or (role == "P" and (at == 0 or path[at] != path[at - 1]))

    def _path(self, logs: NDArray[np.float64]) -> list[int]:
        """The most probable sequence of labels in which each may follow the one before (Viterbi)."""
        came = np.zeros(logs.shape, np.intp)
        score = logs[0] + self.opens
        for at in range(1, len(logs)):
            ways = score[:, None] + self.follows
            came[at] = ways.argmax(0)
            score = ways.max(0) + logs[at]
        path = [int((score + self.closes).argmax())]
        for at in range(len(logs) - 1, 0, -1):
            path.append(int(came[at, path[-1]]))
        return path[::-1]


def compile_scheme(names: Sequence[str]) -> Scheme:
    """The scheme of label names: BIO, BIOES (BMES, BILOU), or names of entities alone. ValueError when it can't be used."""
    labels = [_parse(name) for name in names]
    if "O" not in names:
        raise ValueError("no label O")
    if all(label.role == "O" for label in labels):
        raise ValueError(f"no person, place or organisation among the labels {', '.join(names)}")
    begun = {label.type for label in labels if label.role == "B"}
    # Where nothing says "begin", an entity begins with the label that goes on.
    labels = [_Label("P", x.type) if x.role == "I" and x.type not in begun else x for x in labels]
    ended = {label.type for label in labels if label.role == "E"}
    if ended - begun:
        raise ValueError(f"label that ends {min(ended - begun)} but none that begins it")
    closes = [x.role in "OESP" or x.type not in ended for x in labels]
    goes_on = [[b.role in "IE" and a.role in "BI" and a.type == b.type for b in labels] for a in labels]
    opens = np.array([x.role not in "IE" for x in labels])
    return Scheme(
        outside=names.index("O"),
        roles=tuple(label.role for label in labels),
        kinds=np.array([-1 if x.role == "O" else _KIND_OF[x.type] for x in labels], np.intp),
        opens=_allowed(opens),
        follows=_allowed(np.array(goes_on) | (np.array(closes)[:, None] & opens)),
        closes=_allowed(np.array(closes)),
    )


def _parse(name: str) -> _Label:
    match = _LABEL.fullmatch(name)
    kind = match["type"].upper() if match else ""
    if match is None or kind not in _KIND_OF:
        return _Label("O", "")
    role = match["role"] or "P"
    return _Label(_ROLES.get(role, role), kind)


def _allowed(what: NDArray[np.bool_]) -> NDArray[np.float64]:
    return np.where(what, 0.0, _NEVER)
