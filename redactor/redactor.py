"""`Redactor`: rules and a policy made ready once, for any number of texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any, Literal, overload

from redactor.detect.ner.onnx import engine_of
from redactor.detect.plan import compile_plan
from redactor.detect.plugged import Recognizer, several_functions
from redactor.detect.registry import TAGGER
from redactor.document.batches import batches, documents
from redactor.document.edits import check_key
from redactor.document.pipeline import Pipeline
from redactor.document.residue import Residue
from redactor.document.state import Memory
from redactor.language import say
from redactor.model import ENTITIES, KEEP, UNDECIDED, Decided, Finding, PolicyError, RedactorError, Result
from redactor.policy.load import Policy, load_policy, with_operators
from redactor.policy.operators import Operator, Write
from redactor.ruleset.cache import known_rules
from redactor.ruleset.load import load_rules
from redactor.ruleset.schema import Rule, RuleSet
from redactor.ruleset.user import own_place_rules, user_rules
from redactor.settings import Settings
from redactor.text.document import Document
from redactor.text.encoded_terms import Terms
from redactor.text.given import one_text, several_texts, several_values


class Redactor:
    """Finds and redacts sensitive text under a policy. Safe to use from several threads, and can be sent to other processes.

    `policy`: name, file or `Policy`; `operators`: by entity, what stands in place of its operators. `rules`: further rule files or
    folders, or names of installed rule packs; later ones override by id. `recognizers`: functions that find what rules can't.
    `only`: act on these entities alone. `own_places`: the document's own places (`青山县`), whose short forms are masked too.
    `keep`/`mask`: literal terms that stay / go whatever the rules say. `key`: of operators hash, code and fake. `builtin`: whether the rules
    that come with the program are used. `ner`: the statistical recogniser, "builtin", "none" (much faster, and most names that
    nothing announces are missed) or "onnx:PATH", a folder with a model of your own, whose files are then in `ner_files`.
    `cache`: a folder of the user's own where what was worked out from the rules is kept for the next start; None: nowhere.
    Raises RuleError, PolicyError or PluginError.
    """

    settings: Settings
    """What it was made with, to be kept or sent elsewhere; never the key."""
    ruleset: RuleSet
    """The rules in force, and the files that they came from."""
    ner_files: tuple[Path, ...]
    pipeline: Pipeline
    """For formats and processes of this package: the steps that the methods are made of."""

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
        recognizers: Iterable[Recognizer] = (),
        operators: Mapping[str, str | Operator | Write] | None = None,
    ) -> None:
        chosen = with_operators(policy if isinstance(policy, Policy) else load_policy(policy), operators or {})
        rules = (rules,) if isinstance(rules, str | Path) else tuple(rules)
        known = known_rules(cache, rules, builtin=builtin)
        self.ruleset = load_rules(rules, builtin=builtin, memo=known.memo)
        self.ruleset.check_reviewed()
        self.settings = Settings(
            policy=chosen,
            rules=self.ruleset.own,
            only=tuple(several_texts(only, "only")),
            own_places=tuple(several_texts(own_places, "own_places")),
            keep=tuple(several_texts(keep, "keep")),
            mask=tuple(several_texts(mask, "mask")),
            builtin=builtin,
            ner=ner,
            recognizers=several_functions(recognizers),
        )
        unknown = set(self.settings.only) - set(ENTITIES)
        if unknown:
            raise PolicyError(
                "unknown entity {min!r}; known are {entities}", min=min(unknown), entities=say(", ").join(ENTITIES)
            )
        check_key(chosen, key)
        engine = engine_of(ner)
        if engine and not any(rule.recognizer == TAGGER for rule in self.ruleset.rules):
            raise PolicyError(
                "no rule has recognizer = {tagger!r}: {name} would not be asked", tagger=TAGGER, name=engine.name
            )
        self.ner_files = engine.files if engine else ()
        extra = (
            *user_rules("keep", KEEP, self.settings.keep),
            *user_rules("mask", "PERSON", self.settings.mask),
            *own_place_rules(self.settings.own_places),
        )
        ranked = _ranked(self.ruleset, self.settings)
        plan = compile_plan(ranked, chosen.detects, extra, engine, known.memo, self.settings.recognizers)
        terms = Terms(self.settings.mask) if self.settings.mask else None
        self.pipeline = Pipeline(chosen, plan, frozenset(self.settings.only), key, terms)
        self._cache = cache
        self._expressions = tuple(known.memo.expressions.values())
        known.save()

    @property
    def policy(self) -> Policy:
        """What is done with what is found."""
        return self.settings.policy

    def redact(self, text: str, decided: Decided = UNDECIDED) -> Result:
        """The text with every accepted finding replaced as the policy says. `decided`: what a person has decided of places of it."""
        return self.pipeline.redact(Document(one_text(text, "text"), decided=decided), Memory())

    @overload
    def redact_many(self, texts: Iterable[str]) -> Iterator[Result]: ...

    @overload
    def redact_many(self, texts: Iterable[str], *, errors: Literal["raise"]) -> Iterator[Result]: ...

    @overload
    def redact_many(
        self, texts: Iterable[object], *, errors: Literal["return"]
    ) -> Iterator[Result | RedactorError | TypeError]: ...

    def redact_many(
        self, texts: Iterable[Any], *, errors: Literal["raise", "return"] = "raise"
    ) -> Iterator[Result | RedactorError | TypeError]:
        """`redact` for each of many texts, in order: of short ones, several times as fast.

        `errors`: "return" gives the error in the place of a text that can't be redacted (what is no text is a TypeError), and
        goes on with the next; "raise" ends there.
        """
        if errors == "return":
            return self._redact_each(several_values(texts, "texts"))
        if errors != "raise":
            raise ValueError('errors must be "raise" or "return"')
        return self._redact_all(batches(map(Document, several_texts(texts, "texts"))))

    def _redact_all(self, found: Iterable[list[Document]]) -> Iterator[Result]:
        return (result for batch in found for result in self.pipeline.redact_all(batch, [Memory() for _ in batch]))

    def _redact_each(self, texts: Iterable[object]) -> Iterator[Result | RedactorError | TypeError]:
        def read(text: object) -> Document | TypeError:
            try:
                return Document(one_text(text, "each of texts"))
            except TypeError as error:
                return error

        for is_document, run in groupby(map(read, texts), lambda each: isinstance(each, Document)):
            if not is_document:
                yield from (each for each in run if isinstance(each, TypeError))
                continue
            for batch in batches(each for each in run if isinstance(each, Document)):
                try:
                    results: list[Result | RedactorError] = [*self._redact_all([batch])]
                except RedactorError:
                    results = [self._redact_one(document) for document in batch]
                yield from results

    def _redact_one(self, document: Document) -> Result | RedactorError:
        try:
            return self.pipeline.redact(document, Memory())
        except RedactorError as error:
            return error

    def redact_parts(self, parts: Iterable[str]) -> Iterator[Result]:
        """A large text in parts cut at line ends: labels and proven names are carried on; offsets are per part."""
        memory = Memory()
        return (self.pipeline.redact(part, memory) for part in documents(several_texts(parts, "parts")))

    def scan(self, text: str) -> tuple[Finding, ...]:
        """What would be acted on, in order of place."""
        return self.redact(text).findings

    def residue(self, text: str, result: Result) -> tuple[Residue, ...]:
        """What in the result still deserves a look; offsets are those of `result.text`."""
        return tuple(each for each in self.account(text, result) if each.kind != "kept-digits")

    def account(self, text: str, result: Result) -> tuple[Residue, ...]:
        """The same, and the digits that KEEP rules protect: under a policy that masks figures, each digit of the result is in it."""
        return self.pipeline.account_all([(one_text(text, "text"), result)])[0]

    def prepare(self) -> None:
        """Compile what is compiled when a text first needs it: before processes are forked that would each do so."""
        for expression in self._expressions:
            _ = expression.pattern
        for rule in self.ruleset.boilerplate:
            rule.prepare()

    def __repr__(self) -> str:
        count = len(self.ruleset.rules) + len(self.ruleset.boilerplate)
        return f"<Redactor policy={self.policy.name!r} ner={self.settings.ner!r}, {count} rules>"

    def __deepcopy__(self, _: object) -> Redactor:
        return self  # nothing in it changes

    def __reduce__(self) -> tuple[object, ...]:
        key = None
        if self.policy.uses_key and self.pipeline.key:
            from multiprocessing.context import get_spawning_popen

            # A process of our own that is just being started may have it, as it has the key that multiprocessing itself works with.
            key = self.pipeline.key if get_spawning_popen() else None
            if not key:
                raise PolicyError(
                    "a Redactor with a key can't be pickled, for the key would go along: send its settings,"
                    " and call settings.redactor(key) where the key is"
                )
        return partial(Settings.redactor, key=key, cache=self._cache), (self.settings,)


def _ranked(ruleset: RuleSet, settings: Settings) -> RuleSet:
    """The rules that are wanted, with the priorities that the policy gives them."""
    policy = settings.policy

    def ranked(rule: Rule) -> Rule:
        if rule.recognizer == TAGGER:
            rule = replace(rule, options={**rule.options, "convention": policy.convention})
        return replace(rule, priority=policy.priorities[rule.id]) if rule.id in policy.priorities else rule

    wanted = [
        rule
        for rule in ruleset.rules
        if (settings.ner != "none" or rule.recognizer != TAGGER) and (not rule.under or rule.under in policy.protect)
    ]
    return replace(ruleset, rules=tuple(map(ranked, wanted)))
