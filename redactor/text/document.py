"""One text with its views, computed when a rule first asks for them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, Literal, TypeVar

from redactor.text.fold import View, contact_view, plain_view
from redactor.text.unwrap import unwrapped_view

Seen = TypeVar("Seen")
ViewName = Literal["plain", "contact", "raw"]


class Document:
    """The input text and the views that rules see of it.

    `head`/`tail` say whether the text contains the beginning/end of the whole document: a large one comes in parts.
    `middle`: whether its lines are whole, so that boilerplate may be looked for in them.
    """

    def __init__(self, text: str, *, head: bool = True, tail: bool = True, middle: bool = True) -> None:
        self.text = text
        self.head = head
        self.tail = tail
        self.middle = middle
        self._seen: dict[tuple[int, Any], Any] = {}

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
