"""The collector of cycles is left as it was found."""

from __future__ import annotations

import gc

import pytest

from redactor import Redactor
from redactor.document.collector import at_rest
from redactor.model import LimitError


@pytest.mark.parametrize("at_work", [True, False])
def test_left_as_it_was(publish: Redactor, at_work: bool) -> None:
    try:
        if not at_work:
            gc.disable()
        publish.redact("张伟在青山县。")
        assert gc.isenabled() is at_work
        with at_rest():
            assert not gc.isenabled()
        with pytest.raises(LimitError), at_rest():
            raise LimitError("too long")
        assert gc.isenabled() is at_work
    finally:
        gc.enable()
