"""`redactor verify` finds each planted fault, and passes what the program itself has written."""

from __future__ import annotations

import pytest

from redactor.files.verifying import Looked, Way, look
from tests.conftest import made
from tests.verify.planted import FAULTS, NAME, PHONE, Planted, original, output, path
from tests.verify.producers import PRODUCERS


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
    looked = verified(fault.kind, planted)
    assert found(looked) & fault.checks
    told = "\n".join(str(leak) for faults in looked.faults.values() for leak in faults)
    assert NAME not in told
    assert PHONE not in told
    assert bool(found(verified(fault.kind, planted, resaved=True)) & fault.checks) == fault.resaved


@pytest.mark.slow
@pytest.mark.parametrize("policy", ["publish", "label", "court", "strip", "clean"])
@pytest.mark.parametrize("kind", [*PRODUCERS, "txt", "md", "srt", "gbk.txt", "utf16.txt"])
def test_what_the_program_writes_passes(kind: str, policy: str) -> None:
    assert found(verified(kind, output(kind, policy), policy)) == set()
