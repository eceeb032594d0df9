"""One text with its views, computed when a rule first asks for them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any, Final, Literal, TypeAlias, TypeVar

from redactor.model import UNDECIDED, Decided, Finding, Span
from redactor.text.fold import View, contact_view, plain_view
from redactor.text.separator import WALL
from redactor.text.unwrap import unwrapped_view

_WIDTH: Final = 64
Seen = TypeVar("Seen")
ViewName = Literal["plain", "contact", "raw"]
Member: TypeAlias = "tuple[int, Document]"


class Document:
    """The input text and the views that rules see of it.

    `head`/`tail` say whether the text contains the beginning/end of the whole document: a large one comes in parts.
    `middle`: whether its lines are whole, so that boilerplate may be looked for in them.
    `members`: the documents that it is made of, with the offset of each (see `joined`); None: it is one by itself.
    `decided`: what a person has decided of it; of a document with several members, each has its own.
    `spared`: stretches of which no boilerplate takes anything, in order.
    """

    def __init__(
        self,
        text: str,
        *,
        head: bool = True,
        tail: bool = True,
        middle: bool = True,
        members: Sequence[Member] | None = None,
        decided: Decided = UNDECIDED,
        spared: Sequence[Span] = (),
    ) -> None:
        self.text = text
        self.spared = spared
        self.decided = decided
        self._members = members
        self.head = head
        self.tail = tail
        self.middle = middle
        self._seen: dict[tuple[int, Any], Any] = {}

    @property
    def members(self) -> Sequence[Member]:
        """The documents that it is made of."""
        # Made when it is asked for: what refers to itself is freed late, and what is seen of a text is large.
        return ((0, self),) if self._members is None else self._members

    @cached_property
    def plain(self) -> View:
        return plain_view(self.text)

    @cached_property
    def contact(self) -> View:
        return contact_view(self.plain)

    @cached_property
    def raw(self) -> View:
        return View(self.text)

    @cached_property
    def unwrapped(self) -> View | None:
        return unwrapped_view(self.plain)

    @cached_property
    def unwrapped_contact(self) -> View | None:
        return contact_view(self.unwrapped) if self.unwrapped else None

    def seen(self, view: View, look: Callable[[str], Seen], name: str = "") -> Seen:
        """What `look` makes of a view of this document; it looks once. `name`: for a `look` that is not always the same."""
        # By text: views of a text that needs no folding are the same.
        key = (id(view.text), name or look)
        if key not in self._seen:
            self._seen[key] = look(view.text)
        found: Seen = self._seen[key]
        return found

    def view(self, name: ViewName) -> View:
        """The view of that name."""
        if name == "plain":
            return self.plain
        return self.contact if name == "contact" else self.raw

    def unwrapped_twin(self, name: ViewName) -> View | None:
        """The hard-wrapped neighbourhoods in the fold of view `name`; None when the text has no soft break."""
        if name == "raw":
            return None
        return self.unwrapped if name == "plain" else self.unwrapped_contact


def joined(documents: Sequence[Document]) -> Document:
    """One document to be looked at in place of many: what a look costs by itself is paid once.

    Between them stand fences, which nothing looks over; what looks so many characters far as a fence is wide need not mind them.
    """
    if len(documents) == 1:
        return documents[0]
    fence = f"\n{WALL * _WIDTH}\n"
    members: list[Member] = []
    at = 0
    for document in documents:
        members.append((at, document))
        at += len(document.text) + len(fence)
    return Document(fence.join(document.text for document in documents), members=members)


def apart(findings: Iterable[Finding], document: Document) -> list[list[Finding]]:
    """The findings of each member of a document, which are in order of place, in the coordinates of that member."""
    if len(document.members) == 1:
        return [list(findings)]
    starts = [start for start, _ in document.members]
    found: list[list[Finding]] = [[] for _ in starts]
    for finding in findings:
        number = bisect_right(starts, finding.end - 1) - 1
        own = finding.within(starts[number], starts[number] + len(document.members[number][1].text))
        if own:
            found[number].append(own)
    return found
