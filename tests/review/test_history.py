"""Decisions, undone and done again: against a model that keeps every state."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from redactor.review.history import Choice, History, Place
from redactor.review.values import Value, value_of

PLACES: list[tuple[Place, Value]] = [((0, start, start + 2), value) for start, value in enumerate("PPQQ")]
CHOICES = [Choice("mask"), Choice("keep"), Choice("later"), None]
STEPS = st.one_of(
    st.tuples(st.just("place"), st.integers(0, 3), st.sampled_from(CHOICES)),
    st.tuples(st.just("value"), st.integers(0, 3), st.sampled_from(CHOICES)),
    st.tuples(st.sampled_from(["undo", "redo"]), st.just(0), st.none()),
)


@given(st.lists(STEPS, max_size=40))
def test_what_holds_is_what_was_decided_last_and_a_place_beats_its_value(steps: list[tuple[str, int, Choice | None]]) -> None:  # fmt: skip
    history = History()
    states: list[dict[Place | Value, Choice]] = [{}]
    at = 0
    for what, number, choice in steps:
        place, value = PLACES[number]
        if what == "undo":
            history.undo()
            at = max(0, at - 1)
        elif what == "redo":
            history.redo()
            at = min(len(states) - 1, at + 1)
        else:
            key: Place | Value = place if what == "place" else value
            after = {**states[at], key: choice} if choice else {k: v for k, v in states[at].items() if k != key}
            history.take([(key, choice)])
            if after != states[at]:
                states[at + 1 :] = [after]
                at += 1
        now = states[at]
        assert {**history.places, **history.values} == now
        for spot, name in PLACES:
            wanted = (now[spot], "place") if spot in now else (now[name], "value") if name in now else None
            assert history.holds(spot, name) == wanted
    while history.undo():
        pass
    assert not history.places
    assert not history.values


def test_width_and_invisible_signs_are_nothing_to_a_value() -> None:
    assert value_of("王\u200b建国") == "王建国"
    assert value_of("１３８００") == "13800"
    assert value_of("𠮷田") == "𠮷田"
