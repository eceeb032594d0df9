"""`redactor verify` finds each planted fault, and passes what the program itself has written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from redactor.files import verifying
from redactor.files.verifying import Looked, Way, look, made_of
from redactor.model import Decided
from redactor.verify.anew import unlike
from tests.build import ofd
from tests.build.packages import packed
from tests.conftest import made
from tests.verify.attacked import FAULTS
from tests.verify.faults import repacked
from tests.verify.planted import NAME, PHONE, TEXTS, Planted, original, output, path
from tests.verify.producers import PRODUCERS


@pytest.fixture(autouse=True, scope="module")
def made_once() -> Iterator[None]:
    """What the program makes of the same file under the same settings it makes once for all these tests."""
    make, known = verifying._made, {}

    def remembered(data: bytes, source: Path, target: Path, way: Way) -> object:
        asked = data, source, target, id(way.redactor), way.kind, repr((way.options, way.decisions))
        if asked not in known:
            known[asked] = make(data, source, target, way), way.redactor  # held, so that its id stays its own
        return known[asked][0]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(verifying, "_made", remembered)
        yield


def found(looked: Looked) -> set[str]:
    """The checks that something is wrong with."""
    return {name for name, faults in looked.faults.items() if faults}


def verified(kind: str, data: bytes, policy: str = "publish", *, resaved: bool = False) -> Looked:
    return look(original(kind), data, path(kind), path(kind), Way(made(policy), resaved=resaved))


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_planted_fault_is_found(fault: Planted) -> None:
    planted = fault.plant(output(fault.kind))
    assert planted != output(fault.kind)
    # Where the bytes are compared too, what is found without that is found all the same.
    looked = verified(fault.kind, planted, resaved=fault.resaved)
    assert found(looked) & fault.checks
    told = "\n".join(str(leak) for faults in looked.faults.values() for leak in faults)
    assert NAME not in told
    assert PHONE not in told


KINDS = [*PRODUCERS, *TEXTS, "gbk.txt", "utf16.txt", "ofd"]
POLICIES = ["publish", "label", "court", "strip", "clean"]
PAIRS = [
    (kind, policy)
    for number, kind in enumerate(KINDS)
    for turn, policy in enumerate(POLICIES)
    if policy == "publish" or (number + turn) % 5 == 1
]


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "policy"), PAIRS)
def test_what_the_program_writes_passes(kind: str, policy: str) -> None:
    assert found(verified(kind, output(kind, policy), policy)) == set()


def test_what_a_person_has_kept_may_stay_where_it_was_kept() -> None:
    text, place = "请王建国同志牵头。\n王建国已到。\n", Path("a.txt")
    way = Way(made(), decisions={0: Decided(kept=((1, 4),))})
    kept = made_of(text.encode(), place, place, way)
    assert kept.decode().startswith("请王建国同志牵头。\n")
    assert found(look(text.encode(), kept, place, place, way)) == set()
    assert "again" in found(look(text.encode(), kept, place, place, Way(made())))
    assert found(look(text.encode(), text.encode(), place, place, way)) >= {"gone", "intact"}


def test_an_identifier_with_the_digits_of_a_phone_number_may_stay() -> None:
    text = packed(ofd.document([ofd.lines("联系电话13812345678。")], info="<ofd:Author>某</ofd:Author>"))
    assert b"0123456789abcdef" in ofd.document([])["OFD.xml"]
    place, way = Path("a.ofd"), Way(made())
    assert found(look(text, made_of(text, place, place, way), place, place, way)) == set()


def test_names_that_a_converter_gives_by_chance_are_no_difference() -> None:
    def package(field: str, text: str) -> bytes:
        part = f'<a:fld id="{{{field}}}" type="slidenum"><a:t>{text}</a:t></a:fld>'
        return repacked(repacked(packed({}), new={"ppt/a.xml": part.encode()}))

    one, other = "85CCC34D-3193-45C1-BE25-11BE017FE236", "FD8B7D63-FCB3-44B9-96DD-AD44FC37874A"
    assert unlike(package(one, "会"), package(other, "会"), "pptx", converted=True) == []
    assert unlike(package(one, "会"), package(other, "会"), "pptx") != []
    assert unlike(package(one, "会"), package(other, "场"), "pptx", converted=True) != []


def test_there_are_enough_of_each() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS) >= 60
    assert len(PAIRS) >= 45
