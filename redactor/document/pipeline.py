"""The way of texts through the core: candidates, decisions, edits, and a second look at what was edited. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Final

from redactor.detect.plan import Plan
from redactor.document.collector import at_rest
from redactor.document.decide import DOUBT, Decisions, decide
from redactor.document.decided import DECISION, Trusted, in_output, kept_in, proving, settled, standing_in
from redactor.document.edits import apply, around, disjoint, edits_of, ends_in, touched
from redactor.document.encoded import MAX_DEPTH, Room, opened, residue_within
from redactor.document.left_over import left_over
from redactor.document.propagate import propagate, remember
from redactor.document.residue import Residue, find_residue
from redactor.document.second_pass import Origin, edited_lines, lies_in_input, trusting
from redactor.document.state import Draft, Looked, Memory
from redactor.model import KEEP, UNDECIDED, Decided, Edit, Evidence, Finding, LimitError, Result, Span, Tier
from redactor.policy.load import Policy
from redactor.policy.operators import (
    Labels,
    evident_spans,
    is_partial_names,
    pseudonym_spans,
    replacement,
    reserve,
    reserve_labels,
    reserve_pseudonyms,
    surname_spans,
)
from redactor.text.document import Document, apart, joined
from redactor.text.encoded_terms import Terms
from redactor.text.marks import marked
from redactor.text.masked import MASK_WORDS, label_spans, masked_spans, word_spans
from redactor.text.separator import WALL

_SETTLE_ROUNDS: Final = 6


@dataclass(frozen=True)
class Pipeline:
    """What every text goes through under one policy. Safe to use from several threads; formats and processes work with it.

    `only`: the entities that are acted on; all when empty. `key`: of operators that work with one. `terms`: the user's own, which go wherever they stand.
    """

    policy: Policy
    plan: Plan
    only: frozenset[str] = frozenset()
    key: bytes | None = field(default=None, repr=False)
    terms: Terms | None = None

    @at_rest()
    def redact(self, document: Document, memory: Memory) -> Result:
        """A part of a document after the parts before it, whose memory is added to."""
        return self.finish(self.look(document), memory)

    @at_rest()
    def look(self, document: Document) -> Looked:
        """The part of the work on a document that needs no other part of it: `finish` does the rest."""
        candidates = [*self.plan.candidates(document), *self._boilerplate(document)]
        # Where nothing may come of any of them, nothing need be kept from them.
        if any(each.score >= DOUBT for each in candidates) or any(each.decided for _, each in document.members):
            candidates += self.plan.kept(document, candidates)
        standing = standing_in(document, self.plan.standing(document))
        return Looked(document, candidates, self._settler(document)(candidates), standing)

    def _boilerplate(self, document: Document) -> list[Finding]:
        """Boilerplate, but for what an earlier run has left: a number that it has put there may be what the line has to be one."""
        found = self.plan.boilerplate_findings(document)
        if not found or not self.policy.pseudonyms:
            return found
        left = [
            (start + low, start + high)
            for start, member in document.members
            for low, high in evident_spans(member.text, self.policy.operators)
        ]
        return [each for each in found if not any(low < each.end and each.start < high for low, high in left)]

    def _left_over(self, looked: Looked, drafts: Sequence[Draft]) -> list[Draft]:
        """The drafts in which boilerplate shows only now that values are hidden: it goes too."""

        def found(document: Document) -> Sequence[Finding]:
            blocks = self._boilerplate(document)
            return self._settler(document)([*blocks, *self.plan.kept(document, blocks)]).accepted if blocks else ()

        if self.only and "BOILERPLATE" not in self.only:
            return []
        weighs = self.plan.boilerplate.weighs
        members = zip(drafts, looked.document.members, strict=True)
        left = [(draft, left_over(draft, document, weighs, found)) for draft, (_, document) in members]
        for draft, more in left:
            draft.replace(more, self._edits(draft.text, more, draft.memory.labels, draft.standing))
        return [draft for draft, more in left if more and draft.fresh]

    def finish(self, looked: Looked, memory: Memory) -> Result:
        """`redact` for a part that has been looked at, after the parts before it, whose memory is added to."""
        return self.finish_all(looked, [memory])[0]

    @at_rest()
    def finish_all(self, looked: Looked, memories: Sequence[Memory], room: Room | None = None) -> list[Result]:
        """The same for each of the documents that were looked at together. `room`: for what is encoded in them."""
        drafts = self._drafts(looked, self._consider(looked, memories), memories)
        for draft in drafts:
            self._reserve(draft)
            draft.add(self._edits(draft.text, draft.findings, draft.memory.labels, draft.standing))
        waiting = drafts
        for _ in range(_SETTLE_ROUNDS):
            waiting = [draft for draft in waiting if draft.fresh]
            waiting = waiting or [draft for draft in drafts if draft.drop_labels(self.policy)]
            waiting = waiting or self._left_over(looked, drafts)
            if not waiting:
                break
            for draft, more in zip(waiting, self._settle(waiting), strict=True):
                draft.findings = tuple(sorted((*draft.findings, *more), key=lambda f: f.start))
                draft.add(self._edits(draft.text, more, draft.memory.labels, draft.standing))
        for draft in drafts:
            draft.spare(self.policy)
        return [self._opened(draft, room or Room()) for draft in drafts]

    def _drafts(self, looked: Looked, decisions: Decisions, memories: Sequence[Memory]) -> list[Draft]:
        """What is to become of each of the documents that were looked at together, under what a person has decided of it."""

        def candidates(number: int) -> list[Finding]:
            return apart(looked.candidates, looked.document)[number]

        drafts = []
        for number, ((_, document), memory, accepted, doubtful, standing) in enumerate(
            zip(
                looked.document.members,
                memories,
                apart(decisions.accepted, looked.document),
                apart(decisions.doubtful, looked.document),
                apart(looked.standing, looked.document),
                strict=True,
            )
        ):
            found = settled(document.text, accepted, doubtful, partial(candidates, number), document.decided)
            memory.labels.join(document.text, found.accepted, document.decided.same)
            drafts.append(
                Draft(
                    document.text,
                    memory,
                    tuple(found.accepted),
                    tuple(found.doubtful),
                    _spans(standing),
                    tuple(kept_in(document.text, document.decided)),
                )
            )
        return drafts

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

    @at_rest()
    def redact_all(self, batch: Sequence[Document], memories: Sequence[Memory]) -> list[Result]:
        """Documents that are looked at together, each with what is known of it; the results are those of each by itself."""
        if len(batch) > 1 and self.plan.joins:
            trial = deepcopy(memories)
            with suppress(LimitError):  # so that the one to blame is found, and given all the time that it may have
                results = self.finish_all(self.look(joined(batch)), trial)
                for memory, grown in zip(memories, trial, strict=True):
                    memory.labels, memory.known = grown.labels, grown.known
                return results
        return [self.finish(self.look(document), memory) for document, memory in zip(batch, memories, strict=True)]

    def redact_value(self, text: str, entity: str, memory: Memory, decided: Decided = UNDECIDED) -> Result:
        """A text that is known to be one value of an entity, whatever it says; what is masked already stays."""
        document = Document(text, decided=decided)
        known = self._value(text, entity)
        found = settled(text, known, [], lambda: (), decided).accepted
        if not found:
            return Result(text, (), (), kept=decided.kept)
        memory.labels.join(text, found, decided.same)
        standing = _spans(standing_in(document, self.plan.standing(document)))
        edits = around(text, self._edits(text, found, memory.labels, standing), standing, self.policy)
        proves = proving(document)
        for finding in known if edits else ():
            if proves(finding):
                remember(text, finding, memory.known, self.plan.words)
        done = tuple(finding for finding in found if touched(finding, edits))
        return Result(apply(text, edits), edits, done, kept=tuple(kept_in(text, decided)))

    def _value(self, text: str, entity: str) -> list[Finding]:
        """The finding that a text is, as one value of an entity."""
        value = text.strip()
        start = text.find(value)
        if not value or (self.only and entity not in self.only) or self._is_masked_at(text, start):
            return []
        evidence = (Evidence("user", "column", 1.0),)
        return [Finding(start, start + len(value), entity, "user.column", 1.0, priority=Tier.USER, evidence=evidence)]

    def _is_masked_at(self, text: str, at: int) -> bool:
        return any(start <= at < end for start, end in self._masked(Document(text)))

    def protected(self, text: str, found: Iterable[Finding]) -> list[tuple[Finding, Finding]]:
        """What would be acted on in a text if nothing were kept, each with what keeps it. `found`: what is acted on."""
        document = Document(text)
        candidates = [*self.plan.candidates(document)]
        kept = [*self.plan.kept(document, candidates)] if self.policy.keep_list else []
        kept = sorted([*kept, *self.plan.standing(document)], key=lambda each: -each.score)
        taken = marked(len(text), ((each.start, each.end) for each in found))
        return [
            (each, keep)
            for each in self._settler(document, keep_list=False)(candidates).accepted
            if taken.find(1, each.start, each.end) < 0 and (not self.only or each.entity in self.only)
            for keep in [next((k for k in kept if k.start < each.end and each.start < k.end), None)]
            if keep
        ]

    @at_rest()
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
        candidates = list(self.plan.candidates(document))
        protected = [*self.plan.kept(document), *self.plan.standing(document)]
        # What would take all of a text stays and is told of; what is left of promotion otherwise was left on purpose.
        candidates += [each for each in self.plan.boilerplate_findings(document) if each.score < self.policy.threshold]
        decisions = self._settler(document, keep_list=True)([*candidates, *protected])
        residue: list[tuple[Residue, ...]] = []
        for (text, result), doubtful, kept in zip(
            redacted, apart(decisions.doubtful, document), apart(protected, document), strict=True
        ):
            by_hand = [Finding(low, high, KEEP, DECISION, 1.0) for low, high in in_output(result.kept, result.edits)]
            masked = self._masked(Document(result.text))
            found = find_residue(text, result, doubtful, [*kept, *by_hand], sorted(masked))
            residue.append(self._with_encoded(result.text, found, by_hand, depth))
        return residue

    def _with_encoded(
        self, output: str, residue: tuple[Residue, ...], by_hand: Sequence[Finding], depth: int
    ) -> tuple[Residue, ...]:
        def account(text: str) -> tuple[Residue, ...]:
            return self._residue_of([(text, Result(text, (), ()))], Document(text), depth - 1)[0]

        within = list(residue_within(output, account, depth)) if self.plan.detectors else []
        if by_hand:
            within = [each for each in within if not any(k.start <= each.start and each.end <= k.end for k in by_hand)]
        return tuple(sorted((*residue, *within), key=lambda each: each.start)) if within else residue

    def _settler(
        self, document: Document, *, keep_list: bool | None = None
    ) -> Callable[[Iterable[Finding]], Decisions]:
        settle = partial(
            decide,
            length=len(document.text),
            masked=partial(self._masked, document),
            labels=partial(document.seen, document.raw, label_spans),
            threshold=self.policy.threshold,
            keep_list=self.policy.keep_list if keep_list is None else keep_list,
        )
        # A surname that is shown beside its signs is neither a name nor the end of one (佟佳某, 李李某某): else it would be found the second time.
        operator = self.policy.operator("PERSON")
        shown = surname_spans(document.text, operator)
        if not shown:
            return settle

        def names_again(each: Finding) -> bool:
            return ends_in(each, shown) or is_partial_names(document.text[each.start : each.end], operator)

        return lambda found: settle(each for each in found if each.priority >= Tier.USER or not names_again(each))

    def _masked(self, document: Document) -> list[Span]:
        """What is masked in a document, and what pseudonyms stand in it."""
        spans = [*document.seen(document.raw, masked_spans), *word_spans(document.text, self._words)]
        if not self.policy.pseudonyms:
            return spans
        own = [(start, pseudonym_spans(member.text, self.policy.operators)) for start, member in document.members]
        return [*spans, *((start + low, start + high) for start, found in own for low, high in found)]

    @cached_property
    def _words(self) -> frozenset[str]:
        """Words that the policy writes as signs (若干)."""
        return MASK_WORDS.intersection(each.sign for each in self.policy.operators.values())

    def _reserve(self, draft: Draft) -> None:
        """Take note of what stands in a text, so that no value gets it."""
        operators, labels = self.policy.operators, draft.memory.labels
        reserve(draft.text, self.policy.operator("PERSON"), labels)
        reserve_labels(draft.text, operators, labels)
        if self.policy.pseudonyms and self.key is None:
            reserve_pseudonyms(draft.text, draft.findings, operators, labels)

    def _consider(self, looked: Looked, memories: Sequence[Memory], trusted: Sequence[Trusted] = ()) -> Decisions:
        document, decisions = looked.document, looked.decisions

        def cuts_word(start: int) -> Callable[[int, int], bool]:
            lattice = partial(document.seen, document.raw, self.plan.words.lattice)
            return lambda low, high: lattice().covers(start + low, start + high)

        further = [
            finding.moved(start)
            for (start, member), memory, proves, accepted in zip(
                document.members,
                memories,
                trusted or [proving(member) for _, member in document.members],
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
                proves,
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
        edited = (edited_lines(draft.text, draft.edits, draft.fresh) for draft in drafts)
        looks = [(*each, number) for number, each in enumerate(edited) if each[0]]
        # Boilerplate is looked for in whole texts alone.
        if not looks or not (self.plan.detectors or any(draft.memory.known.values for draft in drafts)):
            return more
        near = [Document(lines, head=False, tail=False, middle=False) for lines, _, _ in looks]
        looked = self.look(joined(near))
        memories = [drafts[number].memory for _, _, number in looks]
        # What spans a cut, or stands in place of the input, must not be taken for proven all over the document.
        proven = [trusting(drafts[number], origin) for _, origin, number in looks]
        accepted = self._consider(looked, memories, proven).accepted
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
            if lies_in_input(origin, finding) and self.policy.operator(finding.entity).kind != "keep":
                yield Finding(
                    parts[0][0],
                    parts[-1][1],
                    entity=finding.entity,
                    rule=finding.rule,
                    score=finding.score,
                    values=tuple(parts),
                    evidence=finding.evidence,
                )

    def _edits(self, text: str, findings: Iterable[Finding], labels: Labels, standing: Sequence[Span]) -> list[Edit]:
        return edits_of(text, findings, self.policy, labels, self.key, standing)


def _spans(standing: Iterable[Finding]) -> tuple[Span, ...]:
    return disjoint((each.start, each.end) for each in standing)
