"""`Redactor`: the flow from text to edits in one screen. Pure once its rules are loaded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import partial
from itertools import repeat
from pathlib import Path
from typing import Final, TypeVar

from redactor.chinese.places import short_forms
from redactor.detect.ner.onnx import OnnxTagger, load_onnx
from redactor.detect.plan import compile_plan
from redactor.detect.registry import TAGGER
from redactor.document.decide import Decisions, decide
from redactor.document.edits import apply, assert_intact, merge, pieces, unchanged, widened
from redactor.document.propagate import propagate, remember
from redactor.document.residue import Residue, find_residue
from redactor.document.second_pass import Origin, edited_lines
from redactor.document.state import Memory
from redactor.model import ENTITIES, KEEP, Edit, Evidence, Finding, LimitError, PolicyError, Result, Tier
from redactor.policy.load import Policy, load_policy
from redactor.policy.operators import Labels, replacement
from redactor.ruleset.cache import known_rules
from redactor.ruleset.load import load_rules
from redactor.ruleset.schema import Rule, RuleSet
from redactor.text.document import Document, apart, joined
from redactor.text.given import one_text, several_texts
from redactor.text.invisible import has_invisible
from redactor.text.masked import is_masked_at, masked_spans
from redactor.text.separator import WALL

NERS: Final = ("builtin", "none", "onnx:PATH")
_ONNX: Final = "onnx:"
_SETTLE_ROUNDS = 6
BATCH: Final = 60_000
"""Characters that are looked at together."""
_FIXED: Final = 100
"""Characters that the fence beside a short text counts for."""


Item = TypeVar("Item")
Trusted = Callable[[Finding], bool]
"""Whether what is found in a text may prove anything for the whole document."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What a text shows by itself, before what other parts of its document have shown is brought in."""

    document: Document
    candidates: list[Finding]
    decisions: Decisions


@dataclass(slots=True)
class Draft:
    """One text on its way to its result, to which the looks at what was edited may still add."""

    text: str
    memory: Memory
    findings: tuple[Finding, ...]
    doubtful: tuple[Finding, ...]
    edits: tuple[Edit, ...] = ()
    fresh: frozenset[Edit] = frozenset()
    """The edits that the last look has brought."""

    def add(self, edits: Sequence[Edit]) -> None:
        """Make edits besides those that are made."""
        if not edits:
            self.fresh = frozenset()
            return
        grown = widened if has_invisible(self.text) else unchanged
        before = frozenset(self.edits)
        self.edits = grown(self.text, merge(self.edits, edits))
        self.fresh = frozenset(self.edits) - before

    def result(self) -> Result:
        """What has come of it; AssertionError when it is not the text with the edits made and nothing else."""
        output = apply(self.text, self.edits)
        assert_intact(self.text, output, self.edits)
        return Result(output, self.edits, self.findings, self.doubtful)


class Redactor:
    """Finds and redacts sensitive text under a policy. Safe to use from several threads.

    `rules`: further rule files or folders, later ones override by id. `only`: act on these entities alone.
    `own_places`: the document's own places (`青山县`), whose short forms are masked too. `keep`/`mask`: literal terms that
    stay / go whatever the rules say. `key`: for the hash operator. `ner`: the statistical recogniser, "builtin",
    "none" (much faster, and most names that no frame announces are missed) or "onnx:PATH", a folder with a model of your own,
    whose files are then in `ner_files`. `cache`: a folder of the user's own where what was worked out from the rules is kept for
    the next start; None: nowhere.
    Raises RuleError or PolicyError.
    """

    def __init__(
        self,
        policy: str | Path | Policy = "publish",
        rules: Iterable[str | Path] = (),
        *,
        only: Iterable[str] = (),
        own_places: Iterable[str] = (),
        keep: Iterable[str] = (),
        mask: Iterable[str] = (),
        key: bytes | None = None,
        builtin: bool = True,
        ner: str = "builtin",
        cache: Path | None = None,
    ) -> None:
        self.policy = policy if isinstance(policy, Policy) else load_policy(policy)
        rules = (rules,) if isinstance(rules, str | Path) else tuple(rules)
        known = known_rules(cache, rules, builtin=builtin)
        self.ruleset: RuleSet = load_rules(rules, builtin=builtin, memo=known.memo)
        self.only = frozenset(several_texts(only, "only"))
        unknown = self.only - set(ENTITIES)
        if unknown:
            raise PolicyError(f"unknown entity {min(unknown)!r}; known are {', '.join(ENTITIES)}")
        if self.policy.needs_key and not key:
            raise PolicyError(f"policy {self.policy.name!r} hashes values and needs a key (--key-file or REDACTOR_KEY)")
        self.ner = ner
        engine = _engine(ner)
        if engine and not any(rule.recognizer == TAGGER for rule in self.ruleset.rules):
            raise PolicyError(f"no rule has recognizer = {TAGGER!r}: {engine.name} would not be asked")
        self.ner_files: tuple[Path, ...] = engine.files if engine else ()
        self._key = key
        extra = (*user_rules("keep", KEEP, keep), *user_rules("mask", "PERSON", mask), *own_place_rules(own_places))
        self._plan = compile_plan(self._ranked(), self.policy.detects, extra, engine, known.memo)
        self._expressions = tuple(known.memo.expressions.values())
        known.save()

    def prepare(self) -> None:
        """Compile what is compiled when a text first needs it: before processes are forked that would each do so."""
        for expression in self._expressions:
            _ = expression.pattern

    def _ranked(self) -> RuleSet:
        """The rules that are wanted, with the priorities that the policy gives them."""
        priorities = self.policy.priorities
        return replace(
            self.ruleset,
            rules=tuple(
                replace(
                    rule,
                    priority=priorities.get(rule.id, rule.priority),
                    options={**rule.options, "convention": self.policy.convention}
                    if rule.recognizer == TAGGER
                    else rule.options,
                )
                for rule in self.ruleset.rules
                if self.ner != "none" or rule.recognizer != TAGGER
            ),
        )

    def scan(self, text: str) -> tuple[Finding, ...]:
        """What would be acted on, in order of place."""
        return self._consider(self.look(Document(one_text(text, "text"))), [Memory()]).accepted

    def redact(self, text: str) -> Result:
        """The text with every accepted finding replaced as the policy says."""
        return self.finish(self.look(Document(one_text(text, "text"))), Memory())

    def redact_many(self, texts: Iterable[str]) -> Iterator[Result]:
        """`redact` for each of many texts, in order: of short ones, several times as fast."""
        found = batches(map(Document, several_texts(texts, "texts")))
        return (result for batch in found for result in self.redact_all(batch, [Memory() for _ in batch]))

    def redact_parts(self, parts: Iterable[str]) -> Iterator[Result]:
        """A large text in parts cut at line ends: labels and proven names are carried on; offsets are per part."""
        memory = Memory()
        return (self.finish(self.look(part), memory) for part in documents(several_texts(parts, "parts")))

    def redact_value(self, text: str, entity: str, memory: Memory) -> Result:
        """A text that is known to be one value of an entity, whatever it says; what is masked already stays."""
        value = text.strip()
        start = text.find(value)
        if not value or (self.only and entity not in self.only) or is_masked_at(text, start):
            return Result(text, (), ())
        evidence = (Evidence("user", "column", 1.0),)
        finding = Finding(start, start + len(value), entity, "user.column", 1.0, priority=Tier.USER, evidence=evidence)
        edits = tuple(self._edits(text, (finding,), memory.labels))
        if edits:
            remember(text, finding, memory.known, self._plan.words)
        return Result(apply(text, edits), edits, (finding,) if edits else ())

    def redact_all(self, batch: Sequence[Document], memories: Sequence[Memory]) -> list[Result]:
        """Documents that are looked at together, each with what is known of it; the results are those of each by itself."""
        if len(batch) > 1 and self._plan.detectors and self._plan.joins:
            trial = deepcopy(memories)
            with suppress(LimitError):  # so that the one to blame is found, and given all the time that it may have
                results = self.finish_all(self.look(joined(batch)), trial)
                for memory, grown in zip(memories, trial, strict=True):
                    memory.labels, memory.known = grown.labels, grown.known
                return results
        return [self.finish(self.look(document), memory) for document, memory in zip(batch, memories, strict=True)]

    def look(self, document: Document) -> Looked:
        """The part of the work on a document that needs no other part of it: `finish` does the rest."""
        candidates = [*self._plan.candidates(document), *self._plan.boilerplate_findings(document)]
        candidates += self._plan.kept(document, candidates)
        return Looked(document, candidates, self._settler(document)(candidates))

    def finish(self, looked: Looked, memory: Memory) -> Result:
        """`redact` for a part that has been looked at, after the parts before it, whose memory is added to."""
        return self.finish_all(looked, [memory])[0]

    def finish_all(self, looked: Looked, memories: Sequence[Memory]) -> list[Result]:
        """The same for each of the documents that were looked at together."""
        decisions = self._consider(looked, memories)
        drafts = [
            Draft(document.text, memory, tuple(accepted), tuple(doubtful))
            for (_, document), memory, accepted, doubtful in zip(
                looked.document.members,
                memories,
                apart(decisions.accepted, looked.document),
                apart(decisions.doubtful, looked.document),
                strict=True,
            )
        ]
        for draft in drafts:
            draft.add(self._edits(draft.text, draft.findings, draft.memory.labels))
        waiting = drafts
        for _ in range(_SETTLE_ROUNDS):
            waiting = [draft for draft in waiting if draft.fresh]
            if not waiting:
                break
            for draft, more in zip(waiting, self._settle(waiting), strict=True):
                draft.findings = tuple(sorted((*draft.findings, *more), key=lambda f: f.start))
                draft.add(self._edits(draft.text, more, draft.memory.labels))
        return [draft.result() for draft in drafts]

    def residue(self, text: str, result: Result) -> tuple[Residue, ...]:
        """What in the result still deserves a look; offsets are those of `result.text`."""
        return self.residue_all([(one_text(text, "text"), result)])[0]

    def residue_all(self, redacted: Sequence[tuple[str, Result]]) -> list[tuple[Residue, ...]]:
        """`residue` for each of several texts and its result, looked at together."""
        return [tuple(r for r in each if r.kind != "kept-digits") for each in self.account_all(redacted)]

    def account(self, text: str, result: Result) -> tuple[Residue, ...]:
        """The same, and the digits that KEEP rules protect: under a policy that masks figures, each digit of the result is in it."""
        return self.account_all([(one_text(text, "text"), result)])[0]

    def account_all(self, redacted: Sequence[tuple[str, Result]]) -> list[tuple[Residue, ...]]:
        """`account` for each of several texts and its result, looked at together."""
        documents = [Document(result.text) for _, result in redacted]
        if len(redacted) > 1 and self._plan.joins and not any(WALL in document.text for document in documents):
            with suppress(LimitError):  # as above
                return self._residue_of(redacted, joined(documents))
        return [
            residue
            for each, document in zip(redacted, documents, strict=True)
            for residue in self._residue_of([each], document)
        ]

    def _residue_of(self, redacted: Sequence[tuple[str, Result]], document: Document) -> list[tuple[Residue, ...]]:
        found = list(self._plan.candidates(document))
        protected = list(self._plan.kept(document))
        # What would take all of a text stays and is told of; what is left of promotion otherwise was left on purpose.
        found += [each for each in self._plan.boilerplate_findings(document) if each.score < self.policy.threshold]
        decisions = self._settler(document, keep_list=True)([*found, *protected])
        return [
            find_residue(text, result, doubtful, kept, masked_spans(result.text))
            for (text, result), doubtful, kept in zip(
                redacted, apart(decisions.doubtful, document), apart(protected, document), strict=True
            )
        ]

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
            return lambda low, high: document.seen(document.raw, self._plan.words.lattice).covers(
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
                self._plan.words,
                self._plan.titles,
                cuts_word(start),
                proves,
            )
        ]
        if further:
            further = list(self._plan.repeated(document, further))
            kept = self._plan.kept(document, further)
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

    def _edits(self, text: str, findings: Sequence[Finding], labels: Labels) -> list[Edit]:
        edits: list[Edit] = []
        for finding in findings:
            operator = self.policy.operator(finding.entity)
            if operator.kind == "keep":
                continue
            parts = ((finding.start, finding.end),) if operator.whole else finding.parts
            for start, end in parts:
                written = replacement(operator, finding.entity, text[start:end], labels, self._key)
                if written == text[start:end]:
                    continue
                for number, (low, high) in enumerate(pieces(text, start, end, finding.entity)):
                    edits.append(Edit(low, high, written if number == 0 else "", finding.entity, finding.rule))
        return edits


def _lies_in_input(origin: Origin, finding: Finding) -> bool:
    return all(origin(*part) for part in finding.parts)


def _engine(ner: str) -> OnnxTagger | None:
    """The model that `ner` names; None when it names none."""
    if ner in ("builtin", "none"):
        return None
    if not ner.startswith(_ONNX) or ner == _ONNX:
        raise PolicyError(f"unknown recogniser {ner!r}; known are {', '.join(NERS)}")
    return load_onnx(Path(ner.removeprefix(_ONNX)))


def batches(texts: Iterable[Document], most: int = BATCH) -> Iterator[list[Document]]:
    """Documents as they come, as many at a time as are worth looking at together; `most`: of so many characters, if that is less."""
    most = min(most, BATCH)
    batch: list[Document] = []
    size = 0
    for document in texts:
        alone = WALL in document.text  # could be taken for a fence
        if batch and (alone or size + len(document.text) > most):
            yield batch
            batch, size = [], 0
        if alone:
            yield [document]
            continue
        batch.append(document)
        size += len(document.text) + _FIXED
    if batch:
        yield batch


def documents(parts: Iterable[str]) -> Iterator[Document]:
    """The parts of one text, each knowing whether it holds the text's head or tail."""
    return (Document(part, head=head, tail=tail) for part, head, tail in placed(parts))


def placed(parts: Iterable[Item]) -> Iterator[tuple[Item, bool, bool]]:
    """Each of some things in their order, whether it is the first of them, and whether it is the last."""
    rest = iter(parts)
    for part in rest:
        head = True
        for following in rest:
            yield part, head, False
            part, head = following, False
        yield part, head, True


def user_rules(name: str, entity: str, terms: Iterable[str]) -> tuple[Rule, ...]:
    """The user's own terms as a rule that outranks every rule file; protected ones win over masked ones."""
    terms = tuple(dict.fromkeys(t for t in several_texts(terms, name) if t))
    if not terms:
        return ()
    return (
        Rule(
            f"user.{name}",
            entity,
            "(user)",
            1,
            {"zh": "用户指定", "en": "Given by the user"},
            Tier.USER,
            1.0,
            terms=terms,
        ),
    )


def own_place_rules(places: Iterable[str]) -> tuple[Rule, ...]:
    """The document's own places, without the class words that stay (云岭 of 云岭县); KEEP rules (绿水青山) still protect."""
    terms = tuple(dict.fromkeys(t for p in several_texts(places, "own_places") if p for t in (short_forms(p) or (p,))))
    if not terms:
        return ()
    description = {"zh": "本文所在地", "en": "The document's own places"}
    return (Rule("user.own-place", "LOCATION", "(user)", 1, description, Tier.PLACE - 1, 0.75, terms=terms),)
