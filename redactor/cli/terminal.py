"""The review on a terminal, for those who have no browser: value by value, doubt first; every answer is one letter and Enter."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import click

from redactor.language import later, say, several
from redactor.model import RedactorError
from redactor.review.check import brief
from redactor.review.desk import Desk
from redactor.review.drawing import DOUBT
from redactor.review.roles import check_role
from redactor.review.session import Session
from redactor.text.show import escape, show

_SHOWN: Final = 40
_PLACES: Final = 3
"""Places of a value that are shown."""
_LINES: Final = 20
"""Paragraphs of the result that are shown at a time."""
_HELP: Final = (
    ("y, n, d", later("mask, keep, leave for later: the value, everywhere")),
    ("Y, N, D", later("the same, at its first place that is open alone")),
    ("c y, c n", later("mask all cells of its column; keep what was found in it")),
    ("Enter", later("not now: the next value")),
    ("u, U", later("undo, redo")),
    ("r TEXT", later("a reason for what was decided last")),
    ("a TEXT", later("mask TEXT, which no rule has found, everywhere")),
    ("A", later("mask all values that the rules are sure of")),
    ("w", later("why the rules found it, and all places")),
    ("l, g N", later("list all values; go to the one with that number")),
    ("t", later("read the result")),
    ("f", later("finish: check, write, verify")),
    ("q", later("stop here; the next review goes on where this one was left off")),
)
_ACTIONS: Final = {"y": "mask", "n": "keep", "d": "later"}
_EVENTS: Final = {**dict.fromkeys("yndYNDAc", "decide"), "u": "undo", "U": "redo", "a": "add"}
"""What answers do, as the page calls it."""
_KINDS: Final = {
    "finding": "",
    "doubtful": later("doubtful"),
    "left": later("left over"),
    "protected": later("protected by a rule"),
    "block": later("promotion"),
    "added": later("added"),
}
_SAID: Final = {
    "mask": later("masked"),
    "keep": later("kept"),
    "later": later("for later"),
    "open": later("not decided"),
}


def is_terminal() -> bool:
    """Whether somebody can be asked, and sees the question."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def review_on_terminal(desk: Desk) -> None:
    """Review the documents on a desk, one after the other. Ctrl-C or Ctrl-D ends it, and nothing is lost."""
    for sheet in desk.sheets:
        try:
            review = desk.review(sheet.number)
        except RedactorError as error:
            if len(desk.sheets) == 1:
                raise
            _say(str(error))
            continue
        _say(
            say(
                "{file}: {number} values; ? shows what you can answer",
                file=show(sheet.wanted.source),
                number=len(review.page.groups),
            )
        )
        if not _Terminal(desk, sheet.number, review).run():
            return


@dataclass
class _Terminal:
    """The review of one document. `passed`: groups that are not to be asked about now; `chosen`: the one that was asked for by number."""

    desk: Desk
    number: int
    review: Session
    passed: set[str] = field(default_factory=set)
    chosen: str = ""
    last: str = ""
    """The item that was decided last."""

    def run(self) -> bool:
        """Ask until it is finished; False when the whole review is to stop."""
        while True:
            group = self._next()
            self._show(group)
            line = unicodedata.normalize("NFKC", _asked(say("answer"))).strip()
            letter, rest = line[:1], line[1:].strip()
            if letter == "q":
                return False
            if letter == "f":
                if self._finish():
                    return True
                continue
            try:
                self._do(letter, rest, group)
            except RedactorError as error:
                _say(str(error))

    def _do(self, letter: str, rest: str, group: dict[str, Any] | None) -> None:
        """Do what was answered."""
        if event := _EVENTS.get(letter):
            check_role(self.desk.role, event, {"action": _ACTIONS.get(letter.lower())})
        always: dict[str, Callable[[], None]] = {
            "u": lambda: self._back(self.review.undo()),
            "U": lambda: self._back(self.review.redo()),
            "a": lambda: self._add(rest),
            "A": self._accept,
            "r": lambda: self._reason(rest),
            "l": self._list,
            "g": lambda: self._go(rest),
            "t": self._read,
        }
        if letter in always and (not rest or letter in "arg"):
            always[letter]()
        elif letter == "c" and group and rest in _ACTIONS:
            self._decide_column(_ACTIONS[rest], group)
        elif group is None or rest or (letter and letter.lower() not in "yndw"):
            for keys, text in _HELP:
                _say(f"  {keys:8} {say(text)}")
        elif not letter:
            self.passed.add(group["id"])
            self.chosen = ""
        elif letter == "w":
            self._why(group)
        else:
            self._decide(letter, group)

    def _groups(self) -> list[dict[str, Any]]:
        """All values, what is doubtful or left over first, then by score."""
        items = self.review.page.items

        def rank(group: dict[str, Any]) -> tuple[bool, float, int]:
            kinds = {items[id_]["kind"] for id_ in group["items"]}
            return not kinds & {*DOUBT}, group["score"], group["first"]

        return sorted(self.review.page.groups.values(), key=rank)

    def _open(self, group: dict[str, Any]) -> list[str]:
        return [id_ for id_ in group["items"] if self.review.page.items[id_]["open"]]

    def _next(self) -> dict[str, Any] | None:
        """The value to ask about: the one that was asked for, else the first that is open."""
        if self.chosen in self.review.page.groups:
            return self.review.page.groups[self.chosen]
        return next((each for each in self._groups() if self._open(each) and each["id"] not in self.passed), None)

    def _show(self, group: dict[str, Any] | None) -> None:
        counts = self.review.counts
        if group is None:
            _say(say("nothing more to ask; f finishes, t shows the result, ? what else you can answer"))
            return
        items = [self.review.page.items[id_] for id_ in group["items"]]
        states = say(", ").join(dict.fromkeys(say(_SAID[each["state"]]) for each in items))
        _say("")
        kind = say(_KINDS[items[0]["kind"]])
        told = (
            brief(group["value"], _SHOWN),
            f"{group['entity']} ×{len(items)}",
            kind,
            f"{group['score']:.2f}",
            states,
        )
        head = "  ".join(filter(None, told))
        _say(f"[{counts['open']}/{counts['items']}] {head}")
        for each in items[:_PLACES]:
            _say(_line(each))
        if len(items) > _PLACES:
            _say("  " + several("and {number} place more", "and {number} places more", len(items) - _PLACES))

    def _decide(self, letter: str, group: dict[str, Any]) -> None:
        """Decide of a value, or by a capital letter of its first open place alone."""
        action = _ACTIONS[letter.lower()]
        ids = self._open(group) or group["items"]
        scope = "place" if letter.isupper() else "value"
        answer = self.review.decide(ids[:1], action, scope)
        self.last, self.chosen = ids[0], ""
        text = several("{value}: {number} place {done}; u takes it back", "{value}: {number} places {done}; u takes it back", answer["number"], value=brief(group["value"], _SHOWN), done=say(_SAID[action]))  # fmt: skip
        _say(text)

    def _decide_column(self, action: str, group: dict[str, Any]) -> None:
        ids = self._open(group) or group["items"]
        answer = self.review.decide(ids[:1], action, "column")
        self.last, self.chosen = ids[0], ""
        _say(several("{number} cell or place of the column {done}; u takes it back", "{number} cells or places of the column {done}; u takes it back", answer["number"], done=say(_SAID[action])))  # fmt: skip

    def _accept(self) -> None:
        """Mask what the rules are sure of."""
        sure = [
            self._open(group)[0]
            for group in self._groups()
            if self._open(group)
            and all(self.review.page.items[id_]["kind"] in ("finding", "block") for id_ in group["items"])
        ]
        if sure and _yes(several("mask {number} value that the rules are sure of?", "mask {number} values that the rules are sure of?", len(sure))):  # fmt: skip
            self.review.decide(sure, "mask", "value")

    def _back(self, answer: dict[str, Any]) -> None:
        """After a step was taken back or taken again: its value is asked about anew."""
        _say(say("done") if answer["number"] else say("there is nothing to undo or redo"))
        item = self.review.page.items.get(answer["chosen"] or "")
        self.chosen = item["group"] if item else ""

    def _add(self, text: str) -> None:
        hits = self.review.find(text) if text else []
        if not hits:
            raise RedactorError("that stands nowhere in the text")
        spans = [(int(hit["paragraph"]), hit["start"], int(hit["end_paragraph"]), hit["end"]) for hit in hits[:1]]
        answer = self.review.add(spans)
        self.last = answer["chosen"] or ""
        _say(several("{number} place is masked as {entity}", "{number} places are masked as {entity}", answer["number"], entity=answer["entity"]))  # fmt: skip

    def _reason(self, text: str) -> None:
        if not self.last:
            raise RedactorError("nothing is decided of it yet")
        self.review.reason(self.last, text)

    def _list(self) -> None:
        for number, group in enumerate(self._groups(), 1):
            states = dict.fromkeys(say(_SAID[self.review.page.items[id_]["state"]]) for id_ in group["items"])
            _say(
                f"{number:4} {brief(group['value'], _SHOWN)}  {group['entity']} ×{len(group['items'])}  {say(', ').join(states)}"
            )

    def _go(self, number: str) -> None:
        groups = self._groups()
        if not (number.isascii() and number.isdigit() and 0 < int(number) <= len(groups)):
            raise RedactorError("there is no value with that number; l lists them")
        self.chosen = groups[int(number) - 1]["id"]

    def _why(self, group: dict[str, Any]) -> None:
        for id_ in group["items"]:
            item = self.review.page.items[id_]
            _say(_line(item))
            _say(f"      {item['title']}  {item['why']}".rstrip())

    def _read(self) -> None:
        """Show the result, some paragraphs at a time; what was shown and gone on from was read."""
        paragraphs = [each for number in range(self.review.parts) for each in self.review.part(number)]
        for start in range(0, len(paragraphs), _LINES):
            some = paragraphs[start : start + _LINES]
            for each in some:
                _say("".join(piece[0] or "" for piece in each["out"]))
            if _asked(say("Enter: read, go on; q: back")).strip() == "q":
                return
            self.review.mark_read(int(each["id"]) for each in some)

    def _finish(self) -> bool:
        """Ask about what is to be seen, then write the result; whether it is written."""
        points, _ = self.desk.check(self.number)
        must = [point for point in points if point.must]
        for point in must:
            _say(point.text)
        if must:
            self.passed.clear()
            return False
        for point in points:
            _say(point.text)
        if points and not _yes(say("have you seen all of this, and may it be written?")):
            return False
        context = _yes(say("have you considered whether people can still be told from the context?"))
        try:
            done = self.desk.finish(self.number, [point.id for point in points], context=context)
        except RedactorError as error:
            _say(str(error))
            return False
        for line in self._ended(done):
            _say(line)
        return True

    def _ended(self, done: dict[str, Any]) -> Iterator[str]:
        verdicts = {
            "pass": say("verified: nothing that was masked is left, nothing else has changed"),
            "unchecked": say("verified, but not all of it could be looked into"),
            "fail": say("the result did not pass its verification: do not publish it"),
            "held-unchecked": say("verified, but not all of it could be looked into"),
            "held-fail": say("what would be written did not pass its verification: it was not written"),
        }
        if message := verdicts.get(done["verdict"]):
            yield say("{path}: {message}", path=show(done["output"]), message=message)
        yield from done["lines"]


def _line(item: dict[str, Any]) -> str:
    """An item where it stands."""
    flag = "×" if item["masked"] else " "
    return f"  {flag} {item['where']}: {item['before']}[{item['text']}]{item['after']}"


def _yes(question: str) -> bool:
    return _asked(f"{question} (y/n)").strip().lower() in ("y", "yes")


def _asked(question: str) -> str:
    answer: str = click.prompt(escape(question), prompt_suffix="> ", default="", show_default=False)
    return answer


def _say(text: str) -> None:
    """A line: what a document holds must not speak to the terminal."""
    click.echo("\u3000".join(map(escape, text.split("\u3000"))))
