"""A step of a datatrove pipeline (https://github.com/huggingface/datatrove): documents in, redacted documents out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cached_property
from itertools import islice
from typing import Any, Final

from datatrove.pipeline.base import PipelineStep

from redactor.model import Result
from redactor.redactor import Redactor
from redactor.ruleset.cache import cache_folder
from redactor.settings import Settings

_AT_ONCE: Final = 256


class RedactorStep(PipelineStep):
    """Redacts the text of each document; the counts of entities and rules are in the statistics of the pipeline.

    A document that can't be redacted is left out and counted as `failed`; with `keep_failed` it goes on, its text empty and the
    reason in its metadata as `redactor_error`. `key`: for a policy that needs one; it is sent to the workers with the step.
    """

    name = "× Redactor"
    type = "🔏 - REDACT"

    def __init__(
        self, settings: Settings | None = None, *, key: bytes | None = None, keep_failed: bool = False
    ) -> None:
        super().__init__()
        self.settings, self.keep_failed = settings or Settings(), keep_failed
        self._key = key

    @cached_property
    def redactor(self) -> Redactor:
        """Made where the work is done."""
        return self.settings.redactor(self._key, cache=cache_folder(os.environ))

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "redactor"}

    def run(self, data: Any, rank: int = 0, world_size: int = 1) -> Iterator[Any]:
        """The documents, in order."""
        waiting = iter(data or ())
        while documents := list(islice(waiting, _AT_ONCE)):
            with self.track_time(unit="batch"):
                done = list(self.redactor.redact_many((each.text for each in documents), errors="return"))
            for document, result in zip(documents, done, strict=True):
                if isinstance(result, Result):
                    self._count(result)
                    document.text = result.text
                else:
                    self.stat_update("failed")
                    if not self.keep_failed:
                        continue
                    document.text, document.metadata["redactor_error"] = "", str(result)
                self.update_doc_stats(document)
                yield document

    def _count(self, result: Result) -> None:
        self.stat_update("edits", value=len(result.edits), unit="doc")
        for edit in result.edits:
            self.stat_update(f"entity {edit.entity}", f"rule {edit.rule}")
