"""`redactor eval`: precision, recall, F1 and cover on annotated texts, and what edits take of their body."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Literal

import click

from redactor.cli.help import Command
from redactor.cli.options import build_redactor, jobs_option, rule_options, to_json
from redactor.document.batches import batches
from redactor.language import say
from redactor.model import ENTITIES, RedactorError, Result
from redactor.parallel.pool import Pool, processors
from redactor.redactor import Redactor
from redactor.testing.scores import NAMES, Annotated, Count, Loss, Losses, Mention, Miss, Scores, entities_of
from redactor.text.document import Document
from redactor.text.show import escape
from redactor.text.whole_file import LARGEST_LIST, read_text

_NAMES = {"PER": "PERSON", "LOC": "LOCATION", "GPE": "LOCATION", "ORG": "ORGANIZATION"}


@click.command("eval", cls=Command)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@rule_options
@click.option("--by", type=click.Choice(["entity", "rule"]), default="entity", show_default=True)
@click.option(
    "--worst",
    type=click.IntRange(0),
    default=10,
    show_default=True,
    help="Misses, false hits and false edits to show of each.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@jobs_option
def evaluate(
    files: tuple[Path, ...],
    by: Literal["entity", "rule"],
    worst: int,
    as_json: bool,
    jobs: int | None,
    **rules: Any,
) -> None:
    """Score the findings on annotated FILES: BIO (character and tag a line) or JSON lines with `text` and `spans`.

    The policy is scan-only unless --policy says otherwise. Spans count when start, end and entity are right; cover is the
    share of annotated characters that some finding takes in.

    Under a policy that edits persons, places or organisations, a second table tells what these edits take of the body text:
    false edits, which touch no annotated character, and body characters lost, edited though not annotated, each also in 10,000
    characters of text.
    """
    if click.get_current_context().get_parameter_source("policy") is click.core.ParameterSource.DEFAULT:
        rules["policy"] = "scan-only"
    documents = [document for path in files for document in read_annotated(path)]
    redactor = build_redactor(**rules)
    entities = entities_of(documents)
    scores, losses = Scores(), Losses()
    results = _results(redactor, [each.text for each in documents], jobs or processors())
    for document, result in zip(documents, results, strict=True):
        scores.add(document, result.findings, entities)
        losses.add(document, result.edits)
    # Of a policy that leaves names alone, figures of nought would say nothing.
    edits_names = any(redactor.policy.operator(name).kind != "keep" for name in NAMES)
    if as_json:
        table = _table(scores, worst) | {"edits": _edits_table(losses, worst) if edits_names else None}
        click.echo(to_json(table))
        return
    _show(scores.entities if by == "entity" else scores.rules, scores.total)
    if edits_names:
        _show_edits(losses.entities if by == "entity" else losses.rules, losses)
    for title, misses in (("missed", scores.missed), ("false", scores.false), ("edited", losses.false)):
        for miss in misses[:worst]:
            click.echo(f"{title:7} {miss.entity:13} {miss.rule:24} {escape(miss.name)}: {escape(miss.context)}")


def _results(redactor: Redactor, texts: Sequence[str], jobs: int) -> Iterator[Result]:
    """What becomes of each of the texts, in order, as many at a time as are worth looking at together, by so many processes."""
    tasks = [[document.text for document in batch] for batch in batches(map(Document, texts))]
    if jobs == 1 or len(tasks) < 2:
        yield from redactor.redact_many(texts)
        return
    redactor.prepare()
    with Pool(partial(_redacted, redactor), min(jobs, len(tasks))) as pool:
        for results in pool.outcomes(tasks):
            yield from results


def _redacted(redactor: Redactor, texts: Sequence[str]) -> list[Result]:
    return list(redactor.redact_many(texts))


def read_annotated(path: Path) -> Iterator[Annotated]:
    """Texts with their entities; RedactorError names file, line and reason."""
    lines = read_text(path, LARGEST_LIST).splitlines()
    first = next((line for line in lines if line.strip()), "")
    # A sentence in BIO may begin with a brace too.
    json_lines = first.lstrip().startswith("{") and path.suffix != ".bio"
    yield from _json_lines(path, lines) if json_lines else _bio(path, lines)


def _json_lines(path: Path, lines: list[str]) -> Iterator[Annotated]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        where = f"{path}:{number}"
        try:
            row = json.loads(line)
            text, spans = row["text"], row["spans"]
            if not isinstance(text, str):
                raise TypeError
            mentions = tuple(_mention(span, len(text), where) for span in spans)
        except (ValueError, KeyError, TypeError, RecursionError):
            raise RedactorError(
                "{where}: not a JSON object with text and spans (start, end, entity)", where=where
            ) from None
        yield Annotated(str(row.get("id", where)), text, mentions)


def _mention(span: Any, size: int, where: str) -> Mention:
    if isinstance(span, Mapping):
        start, end, entity = span["start"], span["end"], span.get("entity") or span["type"]
    else:
        start, end, entity = span
    if not (type(start) is int and type(end) is int and 0 <= start < end <= size):
        raise RedactorError("{where}: span {start}..{end} is not in the text", where=where, start=start, end=end)
    name = _NAMES.get(entity, entity)
    if name not in ENTITIES:
        raise RedactorError(
            "{where}: unknown entity {entity!r}; known are {entities}",
            where=where,
            entity=str(entity)[:40],
            entities=say(", ").join(ENTITIES),
        )
    return start, end, name


def _bio(path: Path, lines: list[str]) -> Iterator[Annotated]:
    chars: list[str] = []
    mentions: list[Mention] = []
    begun: tuple[int, str] | None = None
    for number, line in enumerate([*lines, ""], 1):
        # The character itself may be white space; the tag never holds any.
        head, _, tag = line.rstrip().rpartition("\t" if "\t" in line else " ")
        if not line.strip() or tag[:2] != "I-" or begun is None:
            if begun is not None:
                mentions.append((begun[0], len(chars), begun[1]))
            begun = None
        if not line.strip():
            if chars:
                yield Annotated(f"{path}:{number - len(chars)}", "".join(chars), tuple(mentions))
            chars, mentions = [], []
            continue
        if not head or (tag != "O" and tag[:2] not in ("B-", "I-")):
            raise RedactorError("{path}:{number}: not a character and a BIO tag", path=path, number=number)
        if tag != "O" and begun is None:
            name = _NAMES.get(tag[2:], tag[2:])
            if name not in ENTITIES:
                raise RedactorError(
                    "{path}:{number}: unknown entity {tag!r}; known are {entities}",
                    path=path,
                    number=number,
                    tag=tag[2:42],
                    entities=say(", ").join(ENTITIES),
                )
            begun = len(chars), name
        chars.append(head[0])


def _table(scores: Scores, worst: int) -> dict[str, Any]:
    return {
        "total": _row(scores.total),
        "entities": {name: _row(count) for name, count in sorted(scores.entities.items())},
        "rules": {
            name: {"found": count.found, "right": count.right, "precision": _round(count.precision)}
            for name, count in sorted(scores.rules.items())
        },
        "missed": [_miss(miss) for miss in scores.missed[:worst]],
        "false": [_miss(miss) for miss in scores.false[:worst]],
    }


def _edits_table(losses: Losses, worst: int) -> dict[str, Any]:
    return {
        "characters": losses.chars,
        "total": _edits_row(losses.total, losses),
        "entities": {name: _edits_row(loss, losses) for name, loss in sorted(losses.entities.items())},
        "rules": {name: _edits_row(loss, losses) for name, loss in sorted(losses.rules.items())},
        "false": [_miss(miss) for miss in losses.false[:worst]],
    }


def _edits_row(loss: Loss, losses: Losses) -> dict[str, Any]:
    return {
        "edits": loss.edits,
        "false_edits": loss.false_edits,
        "false_edits_per_10000": _round(losses.per_10000(loss.false_edits)),
        "body_characters_lost": loss.lost_chars,
        "body_characters_lost_per_10000": _round(losses.per_10000(loss.lost_chars)),
    }


def _row(count: Count) -> dict[str, Any]:
    return {
        "gold": count.gold,
        "found": count.found,
        "right": count.right,
        "precision": _round(count.precision),
        "recall": _round(count.recall),
        "f1": _round(count.f1),
        "cover": _round(count.cover),
    }


def _miss(miss: Miss) -> dict[str, Any]:
    return {name: getattr(miss, name) for name in Miss.__slots__}


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _show(rows: Mapping[str, Count], total: Count) -> None:
    click.echo(f"{'':30} {'gold':>6} {'found':>6} {'right':>6} {'P':>6} {'R':>6} {'F1':>6} {'cover':>6}")
    for name, count in [*sorted(rows.items()), ("all", total)]:
        values = (count.precision, count.recall, count.f1, count.cover)
        shown = " ".join(f"{'–' if value is None else format(value, '.3f'):>6}" for value in values)
        click.echo(f"{name:30} {count.gold:>6} {count.found:>6} {count.right:>6} {shown}")


def _show_edits(rows: Mapping[str, Loss], losses: Losses) -> None:
    click.echo(
        f"\n{'':30} {'edits':>6} {'false edits':>12} {'per 10,000':>11} {'body characters lost':>21} {'per 10,000':>11}"
    )
    for name, loss in [*sorted(rows.items()), ("all", losses.total)]:
        false, lost = (
            "–" if (share := losses.per_10000(count)) is None else format(share, ".2f")
            for count in (loss.false_edits, loss.lost_chars)
        )
        click.echo(f"{name:30} {loss.edits:>6} {loss.false_edits:>12} {false:>11} {loss.lost_chars:>21} {lost:>11}")
