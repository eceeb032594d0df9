"""Keys of the page that a user has moved: what may be asked for, and what the page is told of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from redactor.model import RedactorError
from redactor.review.keys import USUAL, for_page, moved_keys

STATIC = Path(__file__).parents[2] / "redactor" / "review" / "static"


def test_a_key_is_moved_and_two_change_places() -> None:
    assert for_page(moved_keys([])) == {"places": {}, "names": {}}
    assert for_page(moved_keys(["mask=V"])) == {"places": {"KeyY": "", "KeyV": "KeyY"}, "names": {"y": "v"}}
    assert for_page(moved_keys(["mask=n", "keep=y"]))["places"] == {"KeyN": "KeyY", "KeyY": "KeyN"}
    assert for_page(moved_keys(["mask=v", "mask=F8"])) == {"places": {"KeyY": "", "F8": "KeyY"}, "names": {"y": "F8"}}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["mask"], "want a letter"),
        (["mask="], "want a letter"),
        (["mask=1"], "want a letter"),
        (["mask=Enter"], "want a letter"),
        (["masks=v"], "did you mean 'mask'"),
        (["mask=n"], "key n would do two things, mask and keep"),
        (["mask=v", "keep=v"], "key v would do two things"),
    ],
)
def test_what_is_no_key_is_refused(given: list[str], said: str) -> None:
    with pytest.raises(RedactorError, match=re.escape(said)):
        moved_keys(given)


def test_every_usual_key_is_one_of_the_page_and_of_its_help() -> None:
    page, help_page = ((STATIC / name).read_text("utf-8") for name in ("keys.js", "dialogs.js"))
    listed = help_page.partition("const HELP")[2].partition("];")[0]
    for name, key in USUAL.items():
        assert f'case "Key{key.upper()}"' in page, name
        assert re.search(rf"(?<![A-Za-z]){key}(?![A-Za-z])", listed), name
