"""The review of one document, without a browser: what decisions do to what the engine writes; journals replayed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redactor.document.edits import apply
from redactor.formats.options import Options
from redactor.model import RedactorError
from redactor.review.items import examine
from redactor.review.session import Session
from tests.conftest import made

TEXT = "请王建国同志牵头。\n王建国同志到会，电话13800138000，同比增长12.5%。\n由周会负责。\n"


def review_of(text: str, note: Any = None, policy: str = "publish") -> Session:
    redactor = made(policy)

    def refresh(decisions: Any) -> Any:
        return examine(text.encode(), "a.txt", redactor, Options(), decisions=decisions)

    more = {"note": note} if note else {}
    return Session("a.txt", refresh, redactor.ruleset, lambda _: "PERSON", "tester", **more)


def output(review: Session) -> str:
    return "".join(apply(flow.text, flow.edits) for flow in review.examined.flows)


def item(review: Session, text: str, number: int = 0) -> str:
    return [id_ for id_, each in review.page.items.items() if each["text"] == text][number]


def test_untouched_it_is_what_clean_writes() -> None:
    assert output(review_of(TEXT)) == made().redact(TEXT).text


@pytest.mark.parametrize("number", [0, 1])
def test_one_of_two_places_stays(number: int) -> None:
    review = review_of(TEXT)
    review.decide([item(review, "王建国", number)], "keep", "place")
    lines = output(review).splitlines()
    assert ["王建国" in line for line in lines[:2]] == [number == 0, number == 1]
    assert review.page.groups[review.page.items[item(review, "王建国")]["group"]]["split"]


def test_a_value_goes_or_stays_everywhere_but_where_a_place_was_decided() -> None:
    review = review_of(TEXT)
    review.decide([item(review, "王建国", 1)], "mask", "place")
    review.decide([item(review, "王建国")], "keep", "value")
    assert output(review).startswith("请王建国同志")
    assert output(review).count("王建国") == 1
    review.decide([item(review, "王建国")], "open", "value")
    assert output(review) == made().redact(TEXT).text


def test_a_decision_on_a_place_that_is_taken_back_bares_the_one_on_its_value() -> None:
    review = review_of(TEXT)
    place = item(review, "王建国")
    review.decide([place], "mask", "place")
    review.decide([place], "keep", "value")
    review.decide([place], "open", "place")
    assert output(review).count("王建国") == 2
    review.decide([place], "mask", "place")
    assert output(review).count("王建国") == 1


def test_a_figure_and_a_phone_beside_what_goes_can_stay() -> None:
    review = review_of(TEXT)
    review.decide([item(review, "13800138000"), item(review, "12.5%")], "keep", "place")
    assert "13800138000" in output(review)
    assert "12.5%" in output(review)
    assert "王建国" not in output(review)


def test_what_was_added_goes_wherever_it_stands_and_comes_back() -> None:
    review = review_of("代号𠮷山。𠮷山与𠮷 山。\n")
    answer = review.add([(0, 2, 0, 5)])
    assert (answer["value"], answer["number"]) == ("𠮷山", 2)
    assert output(review) == "代号×。×与𠮷 山。\n"
    assert review.undo()["chosen"] is None
    assert output(review) == "代号𠮷山。𠮷山与𠮷 山。\n"


def test_the_engine_follows_in_its_own_time_and_finishing_waits_for_it() -> None:
    review = review_of(TEXT)
    woken: list[Session] = []
    review.wake = woken.append
    before, name = output(review), item(review, "王建国")
    answer = review.decide([name], "keep", "value")
    assert (answer["doc"]["behind"], [each["state"] for each in answer["items"]]) == (True, ["keep", "keep"])
    assert output(review) == before
    number, decisions = review.asked()
    review.decide([item(review, "13800138000")], "keep", "value")
    review.settle(number, review.answered(decisions))
    assert output(review).count("王建国") == 2
    assert review.behind
    assert woken == [review, review]
    since = review.page.serial
    review.look()
    assert not review.behind
    news = review.news(since)
    assert [each["text"] for each in news["items"]] == ["13800138000"]
    assert len(news["paragraphs"]) == 1
    review.settle(review.asked()[0], "no")
    assert review.news(since)["doc"]["trouble"] == "no"


def test_what_stands_between_cells_is_nothing_to_read() -> None:
    redactor, table = made(), "姓名,备注\n甲,请李明同志牵头\n".encode()
    review = Session(
        "a.csv", lambda _: examine(table, "a.csv", redactor, Options()), redactor.ruleset, lambda _: "PERSON"
    )
    shown = review.part(0)
    assert {each["text"] for each in shown if each["wall"]} == {"----"}
    review.mark_read(int(each["id"]) for each in shown if not each["wall"])
    assert review.counts["share"] == 100


def test_edges_are_moved() -> None:
    review = review_of(TEXT)
    chosen = review.span(item(review, "王建国"), 0, 2)["chosen"]
    assert output(review).startswith("请×牵头")
    assert review.page.items[chosen]["text"] == "王建国同志"
    with pytest.raises(RedactorError):
        review.span(chosen, -2, 0)


def test_nothing_is_selected() -> None:
    with pytest.raises(RedactorError):
        review_of("一，。二\n").add([(0, 1, 0, 3)])


@pytest.mark.slow
def test_the_parts_of_a_long_document_and_what_stands_at_their_edges() -> None:
    line = "请王建国同志牵头。" + "会后要把材料收好。" * 98 + "请王建国同志牵头。\n"
    review = review_of(line * 250)
    assert review.parts == 3
    shown = [paragraph for number in range(3) for paragraph in review.part(number)]
    assert "".join(f"{paragraph['text']}\n" for paragraph in shown) == line * 250
    assert "".join("".join(piece[0] for piece in paragraph["out"]) + "\n" for paragraph in shown) == output(review)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["mask", "keep", "later", "open", "undo", "redo", "add", "read"]),
        st.integers(0, 3),
        st.sampled_from(["place", "value"]),
    ),
    max_size=6,
)


@pytest.mark.slow
@given(STEPS)
def test_a_journal_gives_the_same_again_and_holds_no_text(steps: list[tuple[str, int, str]]) -> None:
    noted: list[tuple[str, Mapping[str, Any]]] = []
    review = review_of(TEXT, lambda event, record: noted.append((event, json.loads(json.dumps(record)))))
    for action, number, scope in steps:
        if action in ("undo", "redo"):
            getattr(review, action)()
        elif action == "add":
            review.add([(2, number, 2, number + 2)])
        elif action == "read":
            review.mark_read([number])
        else:
            ids = sorted(review.page.items)
            review.decide([ids[number % len(ids)]], action, scope)
    again = review_of(TEXT)
    again.replay(noted)
    assert again.page.items.keys() == review.page.items.keys()
    assert output(again) == output(review)
    assert again.counts == review.counts
    assert "建国" not in json.dumps(noted, ensure_ascii=False)


def test_what_can_not_be_noted_is_not_done(tmp_path: Path) -> None:
    def refuse(*_: Any) -> None:
        raise OSError("the disk is full")

    review = review_of(TEXT, refuse)
    with pytest.raises(OSError, match="full"):
        review.decide([item(review, "王建国")], "keep", "value")
    assert output(review) == made().redact(TEXT).text
    assert review.counts["kept"] == 0


FORMS = "请马建国同志牵头。\n马书记到会，李明同志到会。\n马建国同志讲话，老马补充。\n"
MERGED = {
    "label": "请【人名1】同志牵头。\n【人名1】书记到会，【人名2】同志到会。\n【人名1】同志讲话，老【人名1】补充。\n",
    "court": "请马某同志牵头。\n马某书记到会，李某同志到会。\n马某同志讲话，老马某补充。\n",
}


@pytest.mark.parametrize("policy", MERGED)
def test_two_forms_of_one_person_get_one_label(policy: str) -> None:
    noted: list[tuple[str, Any]] = []
    review = review_of(FORMS, lambda event, record: noted.append((event, json.loads(json.dumps(record)))), policy)
    before = output(review)
    forms = [item(review, "马"), item(review, "马建国")]
    review.decide(forms, "mask", "value", "PERSON", same=forms[1])
    assert output(review) == MERGED[policy] != before
    assert {each["same"] for each in review.page.items.values() if each["text"].startswith("马")} == {"马建国"}
    again = review_of(FORMS, policy=policy)
    again.replay(noted)
    assert output(again) == MERGED[policy]
    review.undo()
    assert output(review) == before
