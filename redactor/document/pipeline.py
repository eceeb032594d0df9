"""The way of texts through the core: candidates, decisions, edits, and a second look at what was edited. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import repeat
from typing import Final, TypeAlias

from redactor.detect.plan import Plan
from redactor.document.decide import Decisions, decide
from redactor.document.decided import DECISION, in_output, standing_in, with_decisions
from redactor.document.edits import apply, around, disjoint, edits_of
from redactor.document.encoded import MAX_DEPTH, Room, opened, residue_within
from redactor.document.propagate import propagate, remember
from redactor.document.residue import Residue, find_residue
from redactor.document.second_pass import Origin, edited_lines
from redactor.document.state import Draft, Looked, Memory
from redactor.model import KEEP, UNDECIDED, Decided, Edit, Evidence, Finding, LimitError, Result, Span, Tier
from redactor.policy.load import Policy
from redactor.policy.operators import Labels, replacement
from redactor.text.document import Document, apart, joined
from redactor.text.encoded_terms import Terms
from redactor.text.masked import is_masked_at, masked_spans
from redactor.text.separator import WALL

_SETTLE_ROUNDS: Final = 6
Trusted: TypeAlias = Callable[[Finding], bool]
"""Whether what is found in a text may prove anything for the whole document."""


@dataclass(frozen=True)
class Pipeline:
    """What every text goes through under one policy. Safe to use from several threads; formats and processes work with it.

    `only`: the entities that are acted on; all when empty. `key`: of the hash operator. `terms`: the user's own, which go wherever they stand.
    """

    policy: Policy
    plan: Plan
    only: frozenset[str] = frozenset()
    key: bytes | None = field(default=None, repr=False)
    terms: Terms | None = None

    def redact(self, document: Document, memory: Memory) -> Result:
        """A part of a document after the parts before it, whose memory is added to."""
        return self.finish(self.look(document), memory)

    def look(self, document: Document) -> Looked:
        """The part of the work on a document that needs no other part of it: `finish` does the rest."""
        candidates = [*self.plan.candidates(document), *self.plan.boilerplate_findings(document)]
        candidates = with_decisions(document, candidates, self.policy.threshold)
        candidates += self.plan.kept(document, candidates)
        return Looked(document, candidates, self._settler(document)(candidates), self._standing(document))

    def finish(self, looked: Looked, memory: Memory) -> Result:
        """`redact` for a part that has been looked at, after the parts before it, whose memory is added to."""
        return self.finish_all(looked, [memory])[0]

    def finish_all(self, looked: Looked, memories: Sequence[Memory], room: Room | None = None) -> list[Result]:
        """The same for each of the documents that were looked at together. `room`: for what is encoded in them."""
        decisions = self._consider(looked, memories)
        drafts = [
            Draft(document.text, memory, tuple(accepted), tuple(doubtful), _spans(standing), document.decided.kept)
            for (_, document), memory, accepted, doubtful, standing in zip(
                looked.document.members,
                memories,
                apart(decisions.accepted, looked.document),
                apart(decisions.doubtful, looked.document),
                apart(looked.standing, looked.document),
                strict=True,
            )
        ]
        for draft in drafts:
            draft.add(self._edits(draft.text, draft.findings, draft.memory.labels, draft.standing))
        waiting = drafts
        for _ in range(_SETTLE_ROUNDS):
            waiting = [draft for draft in waiting if draft.fresh]
            if not waiting:
                break
            for draft, more in zip(waiting, self._settle(waiting), strict=True):
                draft.findings = tuple(sorted((*draft.findings, *more), key=lambda f: f.start))
                draft.add(self._edits(draft.text, more, draft.memory.labels, draft.standing))
        for draft in drafts:
            draft.spare(self.policy)
        return [self._opened(draft, room or Room()) for draft in drafts]

    def _opened(self, draft: Draft, room: Room) -> Result:
        """The result of a text with that of what is encoded in it; nothing is looked for there but by detectors."""
        result = draft.result()
        if not self.plan.detectors:
            return result
        terms = self.terms if not self.only or "PERSON" in self.only else None
        return opened(draft.text, result, draft.standing, draft.memory, room, self, terms)

    def inner(self, text: str, memory: Memory, room: Room) -> Result:
        """What becomes of a text that is encoded inside another one."""
        looked = self.look(Document(text, head=False, tail=False, middle=False))
        return self.finish_all(looked, [memory], room)[0]

    def found_in(self, texts: Sequence[str]) -> list[list[Finding]]:
        """What is found, and edited, in each of several texts that are no whole documents."""
        near = joined([Document(text, head=False, tail=False, middle=False) for text in texts])
        found = self.look(near).decisions.accepted
        return apart([each for each in found if self.policy.operator(each.entity).kind != "keep"], near)

    def written(self, entity: str, value: str, memory: Memory) -> str:
        """What the policy writes in place of a value."""
        return replacement(self.policy.operator(entity), entity, value, memory.labels, self.key)

    def redact_all(self, batch: Sequence[Document], memories: Sequence[Memory]) -> list[Result]:
        """Documents that are looked at together, each with what is known of it; the results are those of each by itself."""
        if len(batch) > 1 and self.plan.detectors and self.plan.joins:
            trial = deepcopy(memories)
            with suppress(LimitError):  # so that the one to blame is found, and given all the time that it may have
                results = self.finish_all(self.look(joined(batch)), trial)
                for memory, grown in zip(memories, trial, strict=True):
                    memory.labels, memory.known = grown.labels, grown.known
                return results
        return [self.finish(self.look(document), memory) for document, memory in zip(batch, memories, strict=True)]

    def redact_value(self, text: str, entity: str, memory: Memory, decided: Decided = UNDECIDED) -> Result:
        """A text that is known to be one value of an entity, whatever it says; what is masked already stays."""
        value = text.strip()
        start = text.find(value)
        if not value or (self.only and entity not in self.only) or is_masked_at(text, start):
            return Result(text, (), ())
        evidence = (Evidence("user", "column", 1.0),)
        finding = Finding(start, start + len(value), entity, "user.column", 1.0, priority=Tier.USER, evidence=evidence)
        document = Document(text, decided=decided)
        retyped = next((other for low, high, other in decided.masked if (low, high) == (start, finding.end)), entity)
        finding = replace(finding, entity=retyped)
        standing = _spans(self._standing(document))
        edits = around(text, self._edits(text, (finding,), memory.labels, standing), standing, self.policy)
        if edits:
            remember(text, finding, memory.known, self.plan.words)
        return Result(apply(text, edits), edits, (finding,) if edits else (), kept=decided.kept)

    def account_all(self, redacted: Sequence[tuple[str, Result]]) -> list[tuple[Residue, ...]]:
        """`account` for each of several texts and its result, looked at together."""
        documents = [Document(result.text) for _, result in redacted]
        if len(redacted) > 1 and self.plan.joins and not any(WALL in document.text for document in documents):
            with suppress(LimitError):  # as above
                return self._residue_of(redacted, joined(documents))
        return [
            residue
            for each, document in zip(redacted, documents, strict=True)
            for residue in self._residue_of([each], document)
        ]

    def _residue_of(
        self, redacted: Sequence[tuple[str, Result]], document: Document, depth: int = MAX_DEPTH
    ) -> list[tuple[Residue, ...]]:
        found = list(self.plan.candidates(document))
        protected = [*self.plan.kept(document), *self.plan.standing(document)]
        # What would take all of a text stays and is told of; what is left of promotion otherwise was left on purpose.
        found += [each for each in self.plan.boilerplate_findings(document) if each.score < self.policy.threshold]
        decisions = self._settler(document, keep_list=True)([*found, *protected])
        return [
            self._with_encoded(
                result.text,
                find_residue(text, result, doubtful, [*kept, *_kept_by_hand(result)], masked_spans(result.text)),
                depth,
            )
            for (text, result), doubtful, kept in zip(
                redacted, apart(decisions.doubtful, document), apart(protected, document), strict=True
            )
        ]

    def _with_encoded(self, output: str, residue: tuple[Residue, ...], depth: int) -> tuple[Residue, ...]:
        def account(text: str) -> tuple[Residue, ...]:
            return self._residue_of([(text, Result(text, (), ()))], Document(text), depth - 1)[0]

        within = list(residue_within(output, account, depth)) if self.plan.detectors else []
        return tuple(sorted((*residue, *within), key=lambda each: each.start)) if within else residue

    def _settler(
        self, document: Document, *, keep_list: bool | None = None
    ) -> Callable[[Iterable[Finding]], Decisions]:
        return partial(
            decide,
            length=len(document.text),
            masked=lambda: document.seen(document.raw, masked_spans),
            threshold=self.policy.threshold,
            keep_list=self.policy.keep_list if keep_list is None else keep_list,
        )

    def _consider(self, looked: Looked, memories: Sequence[Memory], trusted: Sequence[Trusted] = ()) -> Decisions:
        document, decisions = looked.document, looked.decisions

        def cuts_word(start: int) -> Callable[[int, int], bool]:
            return lambda low, high: document.seen(document.raw, self.plan.words.lattice).covers(
                start + low, start + high
            )

        further = [
            finding.moved(start)
            for (start, member), memory, proves, accepted in zip(
                document.members,
                memories,
                trusted or repeat(bool, len(memories)),
                apart(decisions.accepted, document),
                strict=True,
            )
            for finding in propagate(
                member.text,
                accepted,
                memory.known,
                self.plan.words,
                self.plan.titles,
                cuts_word(start),
                partial(_proves, proves),
            )
        ]
        if further:
            further = list(self.plan.repeated(document, further))
            kept = self.plan.kept(document, further)
            decisions = self._settler(document)([*looked.candidates, *further, *kept])
        if self.only:
            wanted = tuple(f for f in decisions.accepted if f.entity in self.only)
            decisions = Decisions(wanted, tuple(f for f in decisions.doubtful if f.entity in self.only))
        return decisions

    def _settle(self, drafts: Sequence[Draft]) -> list[list[Finding]]:
        """Findings that show only once the edits are made, in the input's coordinates: redacting twice equals once."""
        more: list[list[Finding]] = [[] for _ in drafts]
        looks = [(*edited_lines(draft.text, draft.edits, draft.fresh), number) for number, draft in enumerate(drafts)]
        looks = [look for look in looks if look[0]]
        if not looks:
            return more
        near = [Document(lines, head=False, tail=False, middle=False) for lines, _, _ in looks]
        looked = self.look(joined(near))
        memories = [drafts[number].memory for _, _, number in looks]
        # What spans a cut, or stands in place of the input, must not be taken for proven all over the document.
        trusted = [partial(_lies_in_input, origin) for _, origin, _ in looks]
        accepted = self._consider(looked, memories, trusted).accepted
        for (_, origin, number), found in zip(looks, apart(accepted, looked.document), strict=True):
            fresh = list(self._in_input(found, origin))
            if fresh:
                # What an operator leaves as it is (王某某) is found again, and is no news.
                listed = {(finding.rule, finding.parts) for finding in drafts[number].findings}
                more[number] = [finding for finding in fresh if (finding.rule, finding.parts) not in listed]
        return more

    def _in_input(self, found: Iterable[Finding], origin: Origin) -> Iterator[Finding]:
        for finding in found:
            parts = [span for part in finding.parts for span in origin(*part)]
            if _lies_in_input(origin, finding) and self.policy.operator(finding.entity).kind != "keep":
                yield Finding(
                    parts[0][0],
                    parts[-1][1],
                    entity=finding.entity,
                    rule=finding.rule,
                    score=finding.score,
                    values=tuple(parts),
                    evidence=finding.evidence,
                )

    def _standing(self, document: Document) -> list[Finding]:
        """What stands whatever rules find."""
        standing = self.plan.standing(document)
        return standing_in(document, standing) if any(member.decided for _, member in document.members) else standing

    def _edits(self, text: str, findings: Iterable[Finding], labels: Labels, standing: Sequence[Span]) -> list[Edit]:
        return edits_of(text, findings, self.policy, labels, self.key, standing)


def _spans(standing: Iterable[Finding]) -> tuple[Span, ...]:
    return disjoint((each.start, each.end) for each in standing)


def _proves(trusted: Trusted, finding: Finding) -> bool:
    return finding.rule != DECISION and trusted(finding)


def _kept_by_hand(result: Result) -> list[Finding]:
    """What a person has decided to keep, in the coordinates of the output."""
    return [Finding(start, end, KEEP, DECISION, 1.0) for start, end in in_output(result.kept, result.edits)]


def _lies_in_input(origin: Origin, finding: Finding) -> bool:
    return all(origin(*part) for part in finding.parts)
