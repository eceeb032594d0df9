"""Decisions found again in a document that has changed since: right, gone, or asked about; never in a wrong place."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from redactor import Redactor
from redactor.formats.options import Options
from redactor.review.decisions import Entry, entry
from redactor.review.items import Examined, examine
from redactor.review.placing import Placed, at_their_places, found_again
from tests.formats.office.test_docx import plain
from tests.review.reviews import MARKS

SPEECH = (Path(__file__).parents[1] / "data" / "speech.txt").read_text("utf-8")
INSERTED = ("另外，", "据了解，", "（略）", "今年以来", "有关部门", "新增一段说明文字。", "，并", "5")
Signs = list[tuple[int | None, str]]
"""Characters with the offset that each had before a text was edited; None: it is new."""


def edited(text: str, rng: Random, times: int) -> Signs:
    """A text after random edits: something put in, taken out, replaced or moved."""
    signs: Signs = list(enumerate(text))
    for _ in range(times):
        at, size = rng.randrange(len(signs)), rng.randint(1, 8)
        new: Signs = [(None, sign) for sign in rng.choice(INSERTED)]
        kind = rng.choice(["put in", "take out", "replace", "move"])
        if kind == "put in":
            signs[at:at] = new
        elif kind == "take out":
            del signs[at : at + size]
        elif kind == "replace":
            signs[at : at + size] = new
        else:
            moved = signs[at : at + 4 * size]
            del signs[at : at + 4 * size]
            to = rng.randrange(len(signs))
            signs[to:to] = moved
    return signs


def scored(entries: list[Entry], signs: Signs, placed: Placed) -> Counter[str]:
    """How decisions on single places of one text were found again, against where their characters are now."""
    now = {old: new for new, (old, _) in enumerate(signs) if old is not None}
    true: set[tuple[str, int, int]] = set()
    for each in entries:
        [(_, start, end)] = each.places
        places = [now.get(at) for at in range(start, end)]
        first = places[0]
        if first is not None and places == list(range(first, first + end - start)):
            true.add((each.action, first, first + end - start))
    [decided] = placed.decided.values()
    asked = {place[1:] for place in placed.asked}
    found = {("keep", *span) for span in decided.kept}
    found |= {("mask", start, end) for start, end, _ in decided.masked if (start, end) not in asked}
    return Counter(
        all=len(entries), right=len(found & true), wrong=len(found - true), gone=placed.gone, asked=len(asked)
    )


def entries_of(seen: Examined, rng: Random) -> list[Entry]:
    """Each place kept or masked, as it happens."""
    flows = [flow.text for flow in seen.flows]
    places = dict.fromkeys((each.flow, each.start, each.end, each.entity) for each in seen.found)
    return [
        entry(MARKS, flows, [(flow, start, end)], rng.choice(["keep", "mask"]), entity)
        for flow, start, end, entity in places
    ]


def again(entries: list[Entry], seen: Examined) -> Placed:
    items = [(each.flow, each.start, each.end) for each in seen.found]
    return found_again(entries, [flow.text for flow in seen.flows], items, MARKS)


def after_edits(redactor: Redactor, text: str, seed: int, times: int) -> Counter[str]:
    rng = Random(seed)
    entries = entries_of(examine(text.encode(), "a.txt", redactor, Options()), rng)
    signs = edited(text, rng, times)
    seen = examine("".join(sign for _, sign in signs).encode(), "a.txt", redactor, Options())
    return scored(entries, signs, again(entries, seen))


NAMES = ("王建国", "蔚丹青", "欧阳建国", "李大山", "赵铁柱", "钱多多", "孙小美", "周文武")
PLACES = ("云岭", "石桥", "青山", "白水", "巴岭", "东河", "西湖")
LONG = "".join(
    f"第{n}项工作。请{NAMES[n % 8]}同志到{PLACES[n % 7]}县调研，电话1380013{8000 + n}，增长{n}.5%。\n"
    for n in range(32)
)
"""Much in it has nearly the same surroundings."""


@pytest.mark.parametrize("seed", range(3))
def test_none_is_found_in_a_wrong_place(publish: Redactor, seed: int) -> None:
    done = after_edits(publish, LONG, seed, 10)
    assert done["wrong"] == 0
    assert done["right"] >= 0.8 * done["all"]


@pytest.mark.slow
def test_after_ten_edits_most_are_found_again(publish: Redactor) -> None:
    long = sum((after_edits(publish, LONG, seed, 10) for seed in range(100, 112)), Counter())
    short = sum((after_edits(publish, SPEECH, seed, 10) for seed in range(100, 112)), Counter())
    assert long["wrong"] == short["wrong"] == 0
    assert long["right"] >= 0.85 * long["all"]  # an edit for each 136 characters
    assert short["right"] >= 0.6 * short["all"]  # for each 49


def test_in_a_docx_paragraphs_may_be_put_in_taken_out_and_moved(publish: Redactor) -> None:
    lines: list[Signs] = []
    for line in LONG.splitlines():
        at = sum(len(signs) + 1 for signs in lines)
        lines.append(list(enumerate(line, at)))
    new: Signs = [(None, sign) for sign in "新的一段，请郑小宝同志到会。"]
    changed = [lines[5], new, *lines[:5], *lines[6:20], *lines[22:]]
    after = [pair for signs in changed for pair in (*signs, (None, "\n"))][:-1]
    documents = [plain(*("".join(sign for _, sign in signs) for signs in each)) for each in (lines, changed)]
    seen, then = (examine(document, "a.docx", publish, Options()) for document in documents)
    number = next(n for n, flow in enumerate(seen.flows) if LONG[:20] in flow.text)
    assert then.flows[number].text == "".join(sign for _, sign in after)
    entries = [each for each in entries_of(seen, Random(1)) if each.places[0][0] == number]
    one_flow = [replace(each, places=((0, *each.places[0][1:]),)) for each in entries]
    items = [(0, each.start, each.end) for each in then.found if each.flow == number]
    done = scored(one_flow, after, found_again(one_flow, [then.flows[number].text], items, MARKS))
    assert done["wrong"] == 0
    assert done["right"] >= 0.85 * done["all"]
    assert done["gone"] + done["asked"] + done["right"] == done["all"]


def test_of_two_that_cannot_be_told_apart_none_is_kept() -> None:
    line = "王建国在场。\n"
    flows = [line * 8]
    size = len(line)
    kept = entry(MARKS, flows, [(0, 3 * size, 3 * size + 3)], "keep", "PERSON")
    masked = entry(MARKS, flows, [(0, 4 * size, 4 * size + 3)], "mask", "PERSON")
    new = [line * 9]
    items = [(0, n * size, n * size + 3) for n in range(9)]
    placed = found_again([kept, masked], new, items, MARKS)
    assert not any(each.kept for each in placed.decided.values())
    assert placed.asked


def test_a_value_that_is_masked_everywhere_is_masked_where_it_is_new() -> None:
    flows = ["甲方是老王。"]
    everywhere = entry(MARKS, flows, [(0, 3, 5)], "mask", "PERSON", scope="value")
    placed = found_again([everywhere], ["乙方不是老张，甲方是老王。", "老王又来了"], [], MARKS)
    assert placed.decided[0].masked == ((10, 12, "PERSON"),)
    assert placed.decided[1].masked == ((0, 2, "PERSON"),)


def test_what_is_added_is_found_though_no_rule_finds_it_in_any_width() -> None:
    flows = ["项目代号ＡＢ12，由三处负责"]
    added = entry(MARKS, flows, [(0, 4, 8)], "mask", "DOC_NUMBER")
    placed = found_again([added], ["（按语）项目代号AB１2，由三处负责"], [], MARKS)
    assert placed.decided[0].masked == ((8, 12, "DOC_NUMBER"),)
    assert not placed.asked


def test_what_is_gone_is_counted_and_what_may_be_meant_is_asked_about() -> None:
    flows = ["请王建国同志讲话，然后散会。"]
    kept = entry(MARKS, flows, [(0, 1, 4)], "keep", "PERSON")
    assert found_again([kept], ["请大家讲话，然后散会。"], [], MARKS) == Placed({}, frozenset(), (), 1)
    placed = found_again([kept], ["会议由王建国主持。"], [(0, 3, 6)], MARKS)
    assert placed.asked == ((0, 3, 6),)
    assert placed.decided[0].masked == ((3, 6, "PERSON"),)
    assert not placed.decided[0].kept


def test_in_the_same_document_they_are_where_they_were() -> None:
    flows = ["请王建国同志讲话", "王建国到会"]
    kept = entry(MARKS, flows, [(0, 1, 4)], "keep", "PERSON")
    masked = entry(MARKS, flows, [(1, 0, 3)], "mask", "PERSON")
    placed = at_their_places([kept, masked])
    assert placed.decided[0].kept == ((1, 4),)
    assert placed.decided[1].masked == ((0, 3, "PERSON"),)
    assert placed == found_again([kept, masked], flows, [], MARKS)
