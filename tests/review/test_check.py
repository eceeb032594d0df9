"""What an editor is told before the end of a review."""

from __future__ import annotations

from pathlib import Path

import pytest

from redactor.review.desk import Desk
from tests.review.serving import desk_of


@pytest.mark.slow
def test_what_a_policy_protects_is_told_of_when_it_is_masked(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("审判员李海波独任审理此案。\n原告王建国诉称，由书记员赵敏记录，赵敏到庭。\n", "utf-8")
    desk = desk_of(file, policy="court")
    review = desk.review(0)
    assert "protected" not in {point.id for point in desk.check(0)[0]}
    protected = [id_ for id_, each in review.page.items.items() if each["kind"] == "protected"]
    assert "李海波" in {review.page.items[id_]["text"] for id_ in protected}
    [judge] = [id_ for id_ in protected if review.page.items[id_]["text"] == "李海波"]
    review.decide([judge], "mask", "value")
    assert told(desk) == {judge}
    [hit] = review.find("员赵敏")
    review.add([(int(hit["paragraph"]), hit["start"], int(hit["paragraph"]), hit["end"])])
    [added] = [id_ for id_, each in review.page.items.items() if each["added"] and each["kind"] == "added"]
    assert told(desk) == {judge, added}
    desk.close()


@pytest.mark.slow
def test_what_is_kept_and_is_a_name_elsewhere_is_told(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("高峰同志到会。\n早高峰时间限行。\n到高峰镇调研。\n王平同志发言，王平安同志到会。\n", "utf-8")
    desk = desk_of(file)
    review = desk.review(0)
    by_text = {each["text"]: id_ for id_, each in review.page.items.items()}
    review.decide([by_text["王平"]], "keep", "value")  # another person is no other kind of name
    assert [point for point in desk.check(0)[0] if point.id.startswith("name-")] == []
    review.decide([by_text["高峰"]], "keep", "value")
    [point] = [point for point in desk.check(0)[0] if point.id.startswith("name-")]
    assert (point.items, point.must) == ([by_text["高峰镇"]], False)
    review.decide([by_text["高峰镇"]], "keep", "value")
    assert [point for point in desk.check(0)[0] if point.id.startswith("name-")] == []
    desk.close()


def told(desk: Desk) -> set[str]:
    """The places that are masked though rules protect them."""
    [point] = [point for point in desk.check(0)[0] if point.id == "protected"]
    assert point.text.startswith(f"{len(point.items)} place")
    return {*point.items}
